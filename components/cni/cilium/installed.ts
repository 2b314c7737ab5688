/** Cilium in a cluster that others set up. */
import { daemonSet, type Installed, OWN, rights } from "../installed";

const KINDS = [
  "ciliumbgpadvertisements",
  "ciliumbgpclusterconfigs",
  "ciliumbgpnodeconfigoverrides",
  "ciliumbgppeerconfigs",
  "ciliumloadbalancerippools",
];

export const installedCilium: Installed = {
  shown: [daemonSet("kube-system", "cilium")],
  rights: rights("cilium.io", KINDS, OWN),
  shared: [],
};
