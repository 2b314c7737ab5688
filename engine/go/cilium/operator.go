package main

import (
	"context"

	"github.com/cilium/hive/cell"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/workqueue"

	operatorbgp "github.com/cilium/cilium/operator/pkg/bgp"
	"github.com/cilium/cilium/operator/pkg/lbipam"
	"github.com/cilium/cilium/pkg/hive"
	"github.com/cilium/cilium/pkg/k8s"
	v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	"github.com/cilium/cilium/pkg/k8s/client"
	"github.com/cilium/cilium/pkg/k8s/resource"
	slim "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	"github.com/cilium/cilium/pkg/k8s/utils"
	"github.com/cilium/cilium/pkg/metrics"
)

func operatorHive() *hive.Hive {
	return hive.New(
		cell.Config(usual),
		cell.Provide(daemonConfig),
		metrics.Cell,
		client.Cell,
		// The same resources come from operator/k8s.ResourcesCell, together with two hundred packages more.
		cell.Config(k8s.DefaultConfig),
		cell.Provide(
			k8s.DefaultServiceWatchConfig,
			listed(func(c client.Clientset) lister[*v2.CiliumBGPClusterConfigList] {
				return c.CiliumV2().CiliumBGPClusterConfigs()
			}, (*v2.CiliumBGPClusterConfig)(nil)),
			listed(func(c client.Clientset) lister[*v2.CiliumBGPNodeConfigList] {
				return c.CiliumV2().CiliumBGPNodeConfigs()
			}, (*v2.CiliumBGPNodeConfig)(nil)),
			listed(func(c client.Clientset) lister[*v2.CiliumBGPNodeConfigOverrideList] {
				return c.CiliumV2().CiliumBGPNodeConfigOverrides()
			}, (*v2.CiliumBGPNodeConfigOverride)(nil)),
			listed(func(c client.Clientset) lister[*v2.CiliumBGPPeerConfigList] {
				return c.CiliumV2().CiliumBGPPeerConfigs()
			}, (*v2.CiliumBGPPeerConfig)(nil)),
			listed(func(c client.Clientset) lister[*v2.CiliumNodeList] { return c.CiliumV2().CiliumNodes() }, (*v2.CiliumNode)(nil)),
			listed(func(c client.Clientset) lister[*v2.CiliumLoadBalancerIPPoolList] {
				return c.CiliumV2().CiliumLoadBalancerIPPools()
			}, (*v2.CiliumLoadBalancerIPPool)(nil)),
			listed(func(c client.Clientset) lister[*slim.ServiceList] { return c.Slim().CoreV1().Services("") }, (*slim.Service)(nil)),
		),
		operatorbgp.Cell,
		lbipam.Cell,
	)
}

// What a typed client of Cilium's clientset can do, as far as a resource needs it.
type lister[L runtime.Object] interface {
	List(ctx context.Context, opts metav1.ListOptions) (L, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
}

// A constructor of the resource of one kind; the last argument only names the kind.
func listed[T runtime.Object, L runtime.Object](of func(client.Clientset) lister[L], _ T) func(cell.Lifecycle, client.Clientset, workqueue.MetricsProvider) resource.Resource[T] {
	return func(lc cell.Lifecycle, c client.Clientset, mp workqueue.MetricsProvider) resource.Resource[T] {
		return resource.New[T](lc, utils.ListerWatcherFromTyped[L](of(c)), mp)
	}
}
