// Cilium's BGP control plane by itself, for a bare node: `kinds` prints what the API server must define, `agent` runs on each
// node, `operator` once a cluster, `peers` and `routes` print what an agent knows. It composes cells that Cilium exports;
// there is no datapath, no eBPF and no IPAM.
package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/cilium/cilium/pkg/hive"
	nodeTypes "github.com/cilium/cilium/pkg/node/types"
)

func main() {
	root := &cobra.Command{Use: "cilium-bgp", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(
		running("agent", "Runs the BGP speakers of this node", agentHive()),
		running("operator", "Makes node configurations of cluster configurations, and gives Services their addresses", operatorHive()),
		asking("peers", "Prints the sessions of the agent on this node"),
		kinds(),
		asking("routes", "Prints what the agent on this node announces to each peer"),
	)
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func running(name, short string, h *hive.Hive) *cobra.Command {
	c := &cobra.Command{
		Use:   name,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// Code of Cilium reads the name of its node from a global.
			if node, _ := cmd.Flags().GetString(nodeNameFlag); node != "" {
				nodeTypes.SetName(node)
			}
			return h.Run(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo})))
		},
	}
	h.RegisterFlags(c.Flags())
	if err := h.Viper().BindPFlags(c.Flags()); err != nil {
		panic(err)
	}
	return c
}
