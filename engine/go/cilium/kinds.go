package main

import (
	"encoding/json"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cilium/cilium/pkg/k8s/apis/cilium.io/client"
)

// The kinds that BGP and the addresses of Services need, as Cilium's operator would define them.
var kindNames = []string{
	client.CNCRDName,
	client.BGPClusterConfigCRDName,
	client.BGPPeerConfigCRDName,
	client.BGPAdvertisementCRDName,
	client.BGPNodeConfigCRDName,
	client.BGPNodeConfigOverrideCRDName,
	client.LBIPPoolCRDName,
	client.CPIPCRDName,
}

// A command that prints Cilium's own CustomResourceDefinitions as JSON.
func kinds() *cobra.Command {
	return &cobra.Command{
		Use:   "kinds",
		Short: "Prints the CustomResourceDefinitions that the agent and the operator need",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			definitions := []apiextensions.CustomResourceDefinition{}
			for _, name := range kindNames {
				definition := client.GetPregeneratedCRD(slog.New(slog.NewTextHandler(os.Stderr, nil)), name)
				definition.TypeMeta = metav1.TypeMeta{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition"}
				definition.Status = apiextensions.CustomResourceDefinitionStatus{}
				definitions = append(definitions, definition)
			}
			return json.NewEncoder(cmd.OutOrStdout()).Encode(definitions)
		},
	}
}
