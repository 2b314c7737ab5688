/** Where MetalLB and the FRR beside it look for what they need, in a node's container. */
export const KUBECONFIG = "/etc/metallb/kubeconfig.json";
export const CONTROLLER_KUBECONFIG = "/etc/metallb/controller.json";
/** The speaker's status file has no other place than this one (MetalLB 0.15.2). */
export const RELOADER = "/etc/frr_reloader";
/** The speaker's metrics: its sessions are among them. */
export const METRICS_PORT = 7472;
/** The controller's. */
export const CONTROLLER_PORT = 7473;
