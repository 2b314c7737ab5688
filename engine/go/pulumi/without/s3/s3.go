// Package s3 stands in for the client of S3: one type of it is named where a bucket copies an object.
package s3

// CopyObjectInput has what is read and written there.
type CopyObjectInput struct {
	CopySource *string
}
