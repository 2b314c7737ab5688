/** MetalLB behind the one interface that every CNI has. */
import { definitions } from "../crds";
import { metallbKinds } from "../crds/metallb";
import { choice, text } from "../crds/schema";
import { metallbImages } from "./images";
import { installedMetallb } from "./installed";
import type { Cni } from "../cni";
import { readMetallb } from ".";
import { metallbAgentNeeds } from "./agentNeeds";
import { NAMESPACE } from "./options";
import { metallbPeers } from "./peerTable";
import { USUAL, VERSIONS } from "./versions";
import { writeMetallb } from "./write";

export const metallbCni: Cni = {
  title: "MetalLB",
  domain: "metallb.io",
  versions: VERSIONS,
  carriesPods: false,
  announces: "addresses",
  settings: { mode: choice(["native", "frr", "frr-k8s"]), namespace: text() },
  write: writeMetallb,
  read: readMetallb,
  installed: installedMetallb,
  agent: metallbAgentNeeds,
  images: metallbImages,
  kinds: (version = USUAL) => definitions(metallbKinds, version),
  secretsNamespace: ({ namespace }) => (typeof namespace === "string" ? namespace : NAMESPACE),
  // Its controller refuses a BGPPeer whose Secret has another (0.15).
  secretType: "kubernetes.io/basic-auth",
  // The native speaker refuses its whole configuration while a BFDProfile is there, or a BGPPeer with one (0.15).
  checksAsOne: true,
  addressRequest: (addresses) => ({ "metallb.io/loadBalancerIPs": addresses.join(",") }),
  peers: metallbPeers,
  addressMarks: () => ({}),
};
