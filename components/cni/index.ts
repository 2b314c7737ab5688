/** The CNIs that the house knows, by the names that people write. */
import { calicoKinds } from "./crds/calico";
import { ciliumKinds } from "./crds/cilium";
import { metallbKinds } from "./crds/metallb";
import { definitions } from "./crds";
import { choice, flag, list, object, text, whole, type Schema } from "./crds/schema";
import { readCalico } from "./calico";
import { ANNOTATION } from "./calico/types";
import { writeCalico } from "./calico/write";
import { readCilium } from "./cilium";
import { writeCilium } from "./cilium/write";
import type { Cni } from "./cni";
import { readKubeRouter } from "./kubeRouter";
import { writeKubeRouter } from "./kubeRouter/write";
import { readMetallb } from "./metallb";
import { writeMetallb } from "./metallb/write";
import { usualVersion, VERSIONS, type CniName } from "./versions";

export { calico, cilium, kubeRouter, metallb, type CniChoice } from "./choice";
export type { CniName } from "./versions";

const number = (): Schema => whole(0, 4294967295);

export const CNIS: Readonly<Record<CniName, Cni>> = {
  calico: {
    title: "Calico",
    versions: VERSIONS.calico,
    carriesPods: true,
    settings: { namespace: text() },
    write: writeCalico,
    read: readCalico,
    kinds: (version = usualVersion("calico")) => definitions(calicoKinds, version),
    addressRequest: (address) => ({ "projectcalico.org/loadBalancerIPs": JSON.stringify([address]) }),
    addressMarks: ({ ipv4, ipv6 }) => ({
      ...(ipv4 === undefined ? {} : { [ANNOTATION.ipv4]: withLength(ipv4) }),
      ...(ipv6 === undefined ? {} : { [ANNOTATION.ipv6]: withLength(ipv6) }),
    }),
  },
  cilium: {
    title: "Cilium",
    versions: VERSIONS.cilium,
    carriesPods: true,
    settings: {
      secretsNamespace: text(),
      noEndpointsRoutable: flag(),
      ipam: choice(["kubernetes", "cluster-pool", "multi-pool", "eni", "azure", "alibabacloud", "delegated-plugin"]),
    },
    write: writeCilium,
    read: readCilium,
    kinds: (version = usualVersion("cilium")) => definitions(ciliumKinds, version),
    addressRequest: (address) => ({ "lbipam.cilium.io/ips": address }),
    addressMarks: () => ({}),
  },
  metallb: {
    title: "MetalLB",
    versions: VERSIONS.metallb,
    carriesPods: false,
    settings: { mode: choice(["native", "frr", "frr-k8s"]), namespace: text() },
    write: writeMetallb,
    read: readMetallb,
    kinds: (version = usualVersion("metallb")) => definitions(metallbKinds, version),
    addressRequest: (address) => ({ "metallb.io/loadBalancerIPs": address }),
    addressMarks: () => ({}),
  },
  "kube-router": {
    title: "kube-router",
    versions: VERSIONS["kube-router"],
    carriesPods: true,
    settings: {
      ...{ clusterAsn: number(), fullMesh: flag(), ibgp: flag(), multihopTtl: number(), port: number() },
      ...{ holdTime: number(), advertisePodCidr: flag(), advertiseClusterIp: flag(), advertiseExternalIp: flag() },
      ...{ advertiseLoadBalancerIp: flag(), overrideNextHop: flag(), overlay: flag(), strictExternalIps: flag() },
      ...{ externalIpRanges: list(text()), loadBalancerIpRanges: list(text()) },
      gracefulRestart: object({ restartTime: number() }),
      peerRouters: list(object({ address: text(), asn: number(), port: number() }, ["address", "asn"])),
    },
    write: writeKubeRouter,
    read: readKubeRouter,
    kinds: () => [],
    // Its allocator gives the next free one, and knows no wish.
    addressRequest: () => ({}),
    addressMarks: () => ({}),
  },
};

function withLength({ address, length }: { address: string; length?: number }): string {
  return length === undefined ? address : `${address}/${length}`;
}
