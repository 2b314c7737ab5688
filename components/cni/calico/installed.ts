/** Calico in a cluster that others set up, by its operator or its manifest. */
import { daemonSet, type Installed, OWN, rights } from "../installed";

const GROUP = "projectcalico.org";

const information = (version: string) => ({
  path: `/apis/${version}/clusterinformations/default`,
  field: "calicoVersion",
});

export const installedCalico: Installed = {
  shown: [
    information(`${GROUP}/v3`),
    information(`crd.${GROUP}/v1`),
    daemonSet("calico-system", "calico-node"),
    daemonSet("kube-system", "calico-node"),
  ],
  rights: [
    ...rights(GROUP, ["bgppeers", "bgpfilters", "ippools"], OWN),
    ...rights(GROUP, ["ippools"], ["list"]),
    ...rights(GROUP, ["bgpconfigurations"], ["get", "patch"]),
  ],
  shared: [`/apis/${GROUP}/v3/bgpconfigurations/default`],
  pools: {
    kind: "IPPool",
    path: `/apis/${GROUP}/v3/ippools`,
    defaults: { blockSize: 26, disableBGPExport: false, ipipMode: "Never", vxlanMode: "Never" },
  },
};
