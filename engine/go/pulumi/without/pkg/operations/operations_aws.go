package operations

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
)

var errLeftOut = errors.New(
	"this pulumi was built for labs, without the logs of clouds; install the official pulumi")

// AWSOperationsProvider would read logs for `pulumi logs`.
func AWSOperationsProvider(context.Context, map[config.Key]string, *Resource) (Provider, error) {
	return nil, errLeftOut
}
