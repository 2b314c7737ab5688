/** MetalLB in a cluster that others set up, by its manifest or its chart. */
import { daemonSet, type Installed, OWN, rights } from "../installed";

const KINDS = ["bfdprofiles", "bgpadvertisements", "bgppeers", "communities", "ipaddresspools"];

export const installedMetallb: Installed = {
  shown: [daemonSet("metallb-system", "speaker"), daemonSet("metallb-system", "metallb-speaker")],
  rights: rights("metallb.io", KINDS, OWN),
  shared: [],
};
