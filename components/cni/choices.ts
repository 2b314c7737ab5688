/** What a program writes to choose a CNI: one line each. */
export type { CniChoice } from "./choice";
export { calico, type CalicoArgs } from "./calico/choice";
export { cilium, type CiliumArgs } from "./cilium/choice";
export { kubeRouter, type KubeRouterArgs } from "./kubeRouter/choice";
export { metallb, type MetallbArgs } from "./metallb/choice";
