/** The public surface: what a stack program imports. */
export { Rack, type RackArgs } from "./resources/routers/rack";
export { Router, type RouterArgs } from "./resources/routers/router";
export { ExistingRouter, type ExistingRouterArgs } from "./resources/routers/existingRouter";
export { Segment, type SegmentArgs } from "./resources/routers/segment";
export type { RackRouterSpec } from "./plan/rack";
export { Cluster, type ClusterArgs } from "./resources/clusters/cluster";
export * from "./cni/choices";
export type { CniName } from "./cni";
export { place, type Place, type PlaceOptions } from "./plan/place";
export type { EachFamily } from "./plan/families";
export { LoadBalancerPool, type LoadBalancerPoolArgs } from "./resources/clusters/loadBalancerPool";
export { AdvertisedServices, type AdvertisedServicesArgs } from "./resources/clusters/advertisedServices";
export { kubeconfigs } from "./resources/clusters/kubeconfigs";
export { ClusterPeering, type ClusterPeeringArgs } from "./resources/fabrics/clusterPeering";
export { RouteReflectorTier, type RouteReflectorTierArgs } from "./resources/fabrics/reflectorTier";
export { EchoService, type EchoServiceArgs } from "./resources/clusters/echoService";
export { ReachabilityCheck, type ReachabilityCheckArgs } from "./resources/clusters/reachabilityCheck";
export { Shell, type ShellArgs } from "./resources/clusters/shell";
export { LeafSpineFabric, type LeafSpineFabricArgs } from "./resources/fabrics/leafSpine";
export { MultiSiteFabric, type MultiSiteFabricArgs, type SiteHandle } from "./resources/fabrics/multiSite";
export { SelectiveBgpFabric, type SelectiveBgpFabricArgs } from "./resources/fabrics/selective";
export { LabImage, type LabImageArgs } from "./resources/labImage";
export { LiveNetwork, type LiveNetworkArgs } from "./resources/liveNetwork";
export type { Measured, Receipt } from "./live/receipt";
export type {
  ClusterHandle,
  Each,
  FlagsIn,
  Given,
  NodeHandle,
  Part,
  Probe,
  RackHandle,
  Reach,
  ReachInputs,
  ReflectorTierHandle,
  RouterHandle,
  SegmentHandle,
} from "./resources/handles";
export type { ClusterPart, Daemon, NetworkPart } from "./plan/part";
export type { EapiReach, SshReach } from "./live/reach/reach";
export type { ChartOptions, ExistingOptions, KindOptions } from "./resources/runtimes";
export type { AdvertisedSpec } from "./plan/advertised";
export type { ClusterSpec } from "./plan/cluster";
export type { ClusterPeeringSpec } from "./plan/clusterPeering";
export type { ReflectorSelection, ReflectorTierFacts, ReflectorTierSpec } from "./plan/reflectorTier";
export type { CheckBy, CheckSpec, NodeEnd, PodFacts, ServiceFacts } from "./plan/check";
export type { End, PlannedCheck } from "./plan/plannedCheck";
export type { EchoSpec } from "./plan/echo";
export type { ClusterFacts, NodeFacts, Planned, RackFacts, RouterFacts, SegmentFacts } from "./plan/facts";
export type { PoolSpec } from "./plan/pool";
export type { RouterPlace, RouterSettings } from "./plan/router";
export type { ExistingRouterSpec, ExistingSegment } from "./plan/existingRouter";
export type { SegmentSpec } from "./plan/segment";
export type { LeafRouterSpec, LeafSpec, LeafSpineSpec, SpineSpec } from "./plan/leafSpine";
export type { MultiSiteSpec, SiteSpec } from "./plan/multiSite";
export type { SelectiveSpec } from "./plan/selective";
export type { SessionSpec } from "./plan/session";
export type { NamedSpeakers, SpeakerSelection, SpeakersPerRack } from "./plan/speakers";
export type { ShellSpec } from "./plan/shell";
export { combine } from "./plan/combine";
export { forecast, type Forecast } from "./forecast/forecast";
export { UserError, type Fault } from "./model/errors";
