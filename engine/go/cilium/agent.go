package main

import (
	"github.com/cilium/hive/cell"
	"github.com/cilium/statedb"

	daemonk8s "github.com/cilium/cilium/daemon/k8s"
	"github.com/cilium/cilium/pkg/bgp"
	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/datapath/tables"
	envoy "github.com/cilium/cilium/pkg/envoy/config"
	"github.com/cilium/cilium/pkg/hive"
	"github.com/cilium/cilium/pkg/k8s/client"
	"github.com/cilium/cilium/pkg/kpr"
	"github.com/cilium/cilium/pkg/lbipamconfig"
	"github.com/cilium/cilium/pkg/loadbalancer"
	"github.com/cilium/cilium/pkg/loadbalancer/reflectors"
	"github.com/cilium/cilium/pkg/loadbalancer/writer"
	"github.com/cilium/cilium/pkg/metrics"
	"github.com/cilium/cilium/pkg/node"
	"github.com/cilium/cilium/pkg/nodeipamconfig"
	"github.com/cilium/cilium/pkg/source"
	"github.com/cilium/cilium/pkg/svcrouteconfig"
)

func agentHive() *hive.Hive {
	return hive.New(
		cell.Config(usual),
		cell.Provide(
			daemonConfig,
			func(s settings) kpr.KPRConfig { return kpr.KPRConfig{KubeProxyReplacement: s.KubeProxyReplacement} },
			func() source.Sources { return source.Sources{} },
			func(nodes daemonk8s.LocalNodeResource) node.LocalNodeSynchronizer { return localNode{nodes} },
		),
		metrics.Cell,
		client.Cell,
		daemonk8s.ResourcesCell,
		daemonk8s.TablesCell,
		cell.Config(envoy.SecretSyncConfig{}),
		cell.Config(cmtypes.DefaultClusterInfo),
		node.LocalNodeStoreCell,
		linkTables,
		// Services with their backends, as the real agent keeps them for its load balancer.
		loadbalancer.ConfigCell,
		writer.Cell,
		reflectors.Cell,
		lbipamconfig.Cell,
		nodeipamconfig.Cell,
		svcrouteconfig.Cell,
		bgp.Cell,
		cell.Invoke(answer),
	)
}

// Links and routes stay unknown: Interface advertisements announce nothing here and DefaultGateway discovery finds no
// peer. What fills these tables in Cilium belongs to its datapath.
var linkTables = cell.Provide(
	tables.NewRouteTable,
	tables.NewDeviceTable,
	tables.NewNodeAddressTable,
	statedb.RWTable[*tables.Route].ToTable,
	statedb.RWTable[*tables.Device].ToTable,
	statedb.RWTable[tables.NodeAddress].ToTable,
)
