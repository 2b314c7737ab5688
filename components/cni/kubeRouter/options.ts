/** kube-router's flags, which stand in no object: what its reading is told besides the nodes and services. */
import type { CniOptions } from "../place";
import type { VipOptions } from "./services";

/** kube-router's flags, as far as BGP needs them. */
export interface KubeRouterOptions extends CniOptions, VipOptions {
  /** --cluster-asn. Default 64512. */
  clusterAsn?: number;
  /** --nodes-full-mesh. Default true; false: nodes of one node.asn peer with each other. */
  fullMesh?: boolean;
  /** --enable-ibgp. Default true. */
  ibgp?: boolean;
  /** --peer-router-ips and its fellows: peers of every node, in place of annotations. */
  peerRouters?: readonly { address: string; asn: number; port?: number; password?: string }[];
  /** --peer-router-multihop-ttl. Below 2 it is off. */
  multihopTtl?: number;
  /** --advertise-pod-cidr. Default true. */
  advertisePodCidr?: boolean;
  /** --override-nexthop. Default false. */
  overrideNextHop?: boolean;
  /** --bgp-port. Default 179. */
  port?: number;
  /** --bgp-holdtime, in seconds. Default 90. */
  holdTime?: number;
  /** --bgp-graceful-restart and its time in seconds. */
  gracefulRestart?: { restartTime?: number };
  /** --enable-overlay. Default true: nodes of other subnets are reached through tunnels. */
  overlay?: boolean;
  /** --strict-external-ip-validation. Default true since 2.10. */
  strictExternalIps?: boolean;
  /** --service-external-ip-range and --loadbalancer-ip-range. */
  externalIpRanges?: readonly string[];
  loadBalancerIpRanges?: readonly string[];
}
