/** kube-router behind the one interface that every CNI has. */
import { flag, list, object, text, whole, type Schema } from "../crds/schema";
import { kubeRouterAgentNeeds } from "./agentNeeds";
import { flagsOf } from "./flags";
import { kubeRouterImages } from "./images";
import { installedKubeRouter } from "./installed";
import type { Cni } from "../cni";
import { readKubeRouter } from ".";
import { VERSIONS } from "./versions";
import { writeKubeRouter } from "./write";

const number = (): Schema => whole(0, 4294967295);

export const kubeRouterCni: Cni = {
  title: "kube-router",
  domain: "kube-router.io",
  versions: VERSIONS,
  carriesPods: true,
  announces: "addresses",
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
  installed: installedKubeRouter,
  flags: flagsOf,
  images: kubeRouterImages,
  agent: kubeRouterAgentNeeds,
  kinds: () => [],
  secretsNamespace: () => undefined,
  // Its allocator gives the next free one, and knows no wish.
  addressRequest: () => ({}),
  addressMarks: () => ({}),
};
