// Package azureblob stands in for the driver of azblob://.
package azureblob

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/blob"
)

// Scheme is the one that this driver would open.
const Scheme = "azblob"

// ServiceURLOptions has nothing to say here.
type ServiceURLOptions struct{}

// URLOpener refuses.
type URLOpener struct {
	MakeClient        func()
	ServiceURLOptions ServiceURLOptions
}

// OpenBucketURL says why.
func (*URLOpener) OpenBucketURL(context.Context, *url.URL) (*blob.Bucket, error) {
	return nil, errors.New("this pulumi was built for labs, without azblob://; install the official pulumi")
}

// NewDefaultClient makes none.
func NewDefaultClient() {}

// NewDefaultServiceURLOptions are none.
func NewDefaultServiceURLOptions() *ServiceURLOptions { return &ServiceURLOptions{} }

func init() { blob.DefaultURLMux().RegisterBucket(Scheme, &URLOpener{}) }
