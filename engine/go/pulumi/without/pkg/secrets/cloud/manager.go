// Package cloud stands in for the CLI's manager of secrets that a cloud's key service encrypts.
package cloud

import (
	"encoding/json"
	"errors"

	"github.com/pulumi/pulumi/pkg/v3/secrets"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// Type is how a state names this kind of manager.
const Type = "cloud"

var errLeftOut = errors.New(
	"this pulumi was built for labs, without the key services of clouds: use a passphrase, or install the official pulumi")

// NewCloudSecretsManagerFromState opens what a state was encrypted with.
func NewCloudSecretsManagerFromState(json.RawMessage) (secrets.Manager, error) { return nil, errLeftOut }

// NewCloudSecretsManager opens what a stack's settings name.
func NewCloudSecretsManager(*workspace.ProjectStack, string, bool) (secrets.Manager, error) {
	return nil, errLeftOut
}

// EditProjectStack writes the manager into a stack's settings.
func EditProjectStack(*workspace.ProjectStack, json.RawMessage) error { return errLeftOut }
