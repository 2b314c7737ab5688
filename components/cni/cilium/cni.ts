/** Cilium behind the one interface that every CNI has. */
import { definitions } from "../crds";
import { ciliumKinds } from "../crds/cilium";
import { choice, flag, list, object, text, type Schema } from "../crds/schema";
import { ciliumAgentNeeds } from "./agentNeeds";
import { ciliumImages } from "./images";
import { installedCilium } from "./installed";
import type { Cni } from "../cni";
import { readCilium } from ".";
import { SECRETS_NAMESPACE } from "./options";
import { ciliumPeers } from "./peerTable";
import { USUAL, VERSIONS } from "./versions";
import { writeCilium } from "./write";

/** By node: where a peer of `autoDiscovery` is, and what an advertisement of an interface announces. */
const nodes: Schema = {
  type: "object",
  additionalProperties: object({
    gateways: list(text({ pattern: "^[0-9A-Fa-f.:]+$" })),
    interfaces: list(
      object({ name: text(), segment: text(), addresses: list(text({ format: "cidr" })) }, ["name", "addresses"]),
    ),
  }),
};

export const ciliumCni: Cni = {
  title: "Cilium",
  domain: "cilium.io",
  versions: VERSIONS,
  carriesPods: true,
  announces: "addresses",
  settings: {
    secretsNamespace: text(),
    noEndpointsRoutable: flag(),
    ipam: choice(["kubernetes", "cluster-pool", "multi-pool", "eni", "azure", "alibabacloud", "delegated-plugin"]),
    nodes,
  },
  write: writeCilium,
  read: readCilium,
  installed: installedCilium,
  images: ciliumImages,
  agent: ciliumAgentNeeds,
  kinds: (version = USUAL) => definitions(ciliumKinds, version),
  secretsNamespace: ({ secretsNamespace: own }) => (typeof own === "string" ? own : SECRETS_NAMESPACE),
  takesRouterIds: true,
  addressRequest: (addresses) => ({ "lbipam.cilium.io/ips": addresses.join(",") }),
  peers: ciliumPeers,
  addressMarks: () => ({}),
};
