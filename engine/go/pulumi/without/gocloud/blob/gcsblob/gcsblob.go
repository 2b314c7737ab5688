// Package gcsblob stands in for the driver of gs://.
package gcsblob

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/blob"
)

// Scheme is the one that this driver would open.
const Scheme = "gs"

type refusal struct{}

func (refusal) OpenBucketURL(context.Context, *url.URL) (*blob.Bucket, error) {
	return nil, errors.New("this pulumi was built for labs, without gs://; install the official pulumi")
}

func init() { blob.DefaultURLMux().RegisterBucket(Scheme, refusal{}) }
