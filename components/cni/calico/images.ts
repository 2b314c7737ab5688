/**
 * Calico by its operator. The chart brings the operator alone, which installs its own kinds (-manage-crds, as the chart has
 * it); the Installation and the API server are asked of it here, so that each is waited for by what the operator reports.
 */
import type { Fault } from "../../model/errors";
import type { AskedObject, CniImages, ImagesCluster } from "../images";
import { isDual } from "../images";
import { type IpPoolSpec, SECRETS_NAMESPACE } from "./types";
import type { VERSIONS } from "./versions";

const RELEASES: Record<(typeof VERSIONS)[number], string> = { "3.31": "v3.31.7", "3.32": "v3.32.3", "3.33": "v3.33.1" };

const OPERATOR = "operator.tigera.io/v1";
/** The operator's controllers copy Available to the objects that they own under this name (1.40 to 1.43). */
const READY = "Ready";

export const calicoImages: CniImages = {
  releases: RELEASES,
  chart: {
    name: "tigera-operator",
    repository: "https://docs.tigera.io/calico/charts",
    namespace: () => "tigera-operator",
  },
  cannot,
  values: () => ({
    installation: { enabled: false },
    apiServer: { enabled: false },
    // Flow logs and their page: no part of a fabric asks for them.
    goldmane: { enabled: false },
    whisker: { enabled: false },
  }),
  asks,
  bringsPools: true,
  passwordReader: { account: "calico-node", namespace: SECRETS_NAMESPACE },
};

/** Blocks that nodes announce have to be the plan's, and host-local alone takes a Node's: the operator refuses VXLAN with it. */
function cannot({ announcesPods, objects }: ImagesCluster): Fault[] {
  const overlay = poolsOf(objects).find(({ spec }) => encapsulationOf(spec) !== "None");
  if (!announcesPods || overlay === undefined) return [];
  return [
    {
      path: "cni.exportPodBlocks",
      found: `true, with encapsulation ${encapsulationOf(overlay.spec)}`,
      expected: "no announced pod blocks: by its own images Calico chooses the blocks of such a pool itself",
      fix: 'calico({ encapsulation: "None" }), or kind: { cni: "agent" }',
    },
  ];
}

function asks({ pods, kubeProxyMode, announcesPods, objects }: ImagesCluster): AskedObject[] {
  const address = { kubernetes: "NodeInternalIP" };
  const installation = {
    cni: { type: "Calico", ipam: { type: announcesPods ? "HostLocal" : "Calico" } },
    calicoNetwork: {
      bgp: "Enabled",
      linuxDataplane: kubeProxyMode === "nftables" ? "Nftables" : "Iptables",
      // A node has two addresses; kubelet reports the rack's.
      nodeAddressAutodetectionV4: address,
      ...(isDual(pods) ? { nodeAddressAutodetectionV6: address } : {}),
      ipPools: poolsOf(objects).map(({ metadata, spec }) => poolOf(metadata.name, spec)),
    },
    // Two of a kind never share a node.
    controlPlaneReplicas: 1,
  };
  return [
    { apiVersion: OPERATOR, kind: "Installation", metadata: { name: "default" }, spec: installation, condition: READY },
    // Serves projectcalico.org/v3, which a fabric's objects are written in.
    { apiVersion: OPERATOR, kind: "APIServer", metadata: { name: "default" }, spec: {}, condition: READY },
  ];
}

interface PoolObject {
  metadata: { name: string };
  spec: IpPoolSpec;
}

function poolsOf(objects: ImagesCluster["objects"]): PoolObject[] {
  return objects.flatMap(({ kind, metadata, spec }) =>
    kind === "IPPool" ? [{ metadata, spec: spec as IpPoolSpec }] : [],
  );
}

/** A pool as the operator's Installation has it. */
function poolOf(name: string, spec: IpPoolSpec): object {
  return {
    name,
    cidr: spec.cidr,
    encapsulation: encapsulationOf(spec),
    natOutgoing: spec.natOutgoing === true ? "Enabled" : "Disabled",
    ...(spec.blockSize === undefined ? {} : { blockSize: spec.blockSize }),
    disableBGPExport: spec.disableBGPExport === true,
  };
}

function encapsulationOf({ vxlanMode, ipipMode }: IpPoolSpec): string {
  if (vxlanMode === "CrossSubnet") return "VXLANCrossSubnet";
  if (vxlanMode === "Always") return "VXLAN";
  if (ipipMode === "CrossSubnet") return "IPIPCrossSubnet";
  return ipipMode === "Always" ? "IPIP" : "None";
}
