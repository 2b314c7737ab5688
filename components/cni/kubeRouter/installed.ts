/** kube-router in a cluster that others set up: it has no kinds of its own, and its nodes' annotations are patches. */
import { daemonSet, type Installed } from "../installed";

export const installedKubeRouter: Installed = {
  shown: [daemonSet("kube-system", "kube-router")],
  rights: [],
  shared: [],
};
