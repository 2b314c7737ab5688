/** The bodies of this package's custom resources: what the state names as "bgpfabric/bodies". */
export { Authority } from "./authority";
export { ClusterReady } from "./clusterReady";
export { ExistingCluster } from "./existingCluster";
export { Gate } from "./gate";
export { KindRoom } from "./kindRoom";
export { Leaving } from "./leaving";
export { Preflight } from "./preflight";
export { RouterConfiguration } from "./routerConfiguration";
export { Schedulable } from "./schedulable";
export { SessionsUp } from "./sessionsUp";
