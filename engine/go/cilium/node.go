package main

import (
	"context"
	"net"

	daemonk8s "github.com/cilium/cilium/daemon/k8s"
	"github.com/cilium/cilium/pkg/k8s/resource"
	slim "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	"github.com/cilium/cilium/pkg/node"
	"github.com/cilium/cilium/pkg/node/addressing"
	nodeTypes "github.com/cilium/cilium/pkg/node/types"
	"github.com/cilium/cilium/pkg/source"
)

// The local node, kept equal to its Node object: labels, annotations and addresses are all that BGP asks of it.
type localNode struct {
	nodes daemonk8s.LocalNodeResource
}

func (l localNode) InitLocalNode(ctx context.Context, local *node.LocalNode) error {
	local.Source = source.Local
	store, err := l.nodes.Store(ctx)
	if err != nil {
		return err
	}
	for _, object := range store.List() {
		follow(local, object)
	}
	return nil
}

func (l localNode) SyncLocalNode(ctx context.Context, store *node.LocalNodeStore) {
	for event := range l.nodes.Events(ctx) {
		if event.Kind == resource.Upsert {
			store.Update(func(local *node.LocalNode) { follow(local, event.Object) })
		}
		event.Done(nil)
	}
}

func follow(local *node.LocalNode, object *slim.Node) {
	local.Labels, local.Annotations = object.Labels, object.Annotations
	local.IPAddresses = nil
	for _, one := range object.Status.Addresses {
		if ip := net.ParseIP(one.Address); ip != nil {
			local.IPAddresses = append(local.IPAddresses, nodeTypes.Address{Type: addressing.AddressType(one.Type), IP: ip})
		}
	}
}
