package main

import (
	"github.com/spf13/pflag"

	"github.com/cilium/cilium/pkg/option"
)

const nodeNameFlag = "node-name"

// What Cilium's agent and operator read from their ConfigMap, as far as BGP depends on it.
type settings struct {
	NodeName             string
	IPAM                 string
	BGPSecretsNamespace  string
	KubeProxyReplacement bool
	Socket               string
}

var usual = settings{
	IPAM:                 "kubernetes",
	BGPSecretsNamespace:  "kube-system",
	KubeProxyReplacement: false,
	Socket:               "/run/cilium/bgp.sock",
}

func (s settings) Flags(flags *pflag.FlagSet) {
	flags.String(nodeNameFlag, s.NodeName, "name of this node")
	flags.String("ipam", s.IPAM, "kubernetes, cluster-pool or multi-pool")
	flags.String("bgp-secrets-namespace", s.BGPSecretsNamespace, "namespace of the Secrets with BGP passwords")
	flags.Bool("kube-proxy-replacement", s.KubeProxyReplacement, "as the chart's kubeProxyReplacement")
	flags.String("socket", s.Socket, "where the agent answers peers and routes")
}

func daemonConfig(s settings) *option.DaemonConfig {
	// Some code of Cilium reads the global instead of the value that is given to it.
	option.Config = &option.DaemonConfig{
		EnableBGPControlPlane:             true,
		EnableBGPControlPlaneStatusReport: true,
		BGPSecretsNamespace:               s.BGPSecretsNamespace,
		BGPRouterIDAllocationMode:         "default",
		IPAM:                              s.IPAM,
		EnableIPv4:                        true,
		EnableIPv6:                        true,
	}
	return option.Config
}
