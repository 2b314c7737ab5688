/** Calico behind the one interface that every CNI has. */
import { definitions } from "../crds";
import { calicoKinds } from "../crds/calico";
import { text } from "../crds/schema";
import { calicoAgentNeeds } from "./agentNeeds";
import { calicoImages } from "./images";
import { installedCalico } from "./installed";
import type { Cni } from "../cni";
import { readCalico } from ".";
import { ANNOTATION, SECRETS_NAMESPACE } from "./types";
import { USUAL, VERSIONS } from "./versions";
import { writeCalico } from "./write";

export const calicoCni: Cni = {
  title: "Calico",
  domain: "projectcalico.org",
  versions: VERSIONS,
  carriesPods: true,
  announces: "ranges",
  settings: { namespace: text() },
  write: writeCalico,
  read: readCalico,
  // ClusterInformation.
  versionIn: (objects) => /calicoVersion"?\s*:\s*"?v?(\d+\.\d+)/.exec(objects)?.[1],
  installed: installedCalico,
  images: calicoImages,
  agent: calicoAgentNeeds,
  kinds: (version = USUAL) => definitions(calicoKinds, version),
  secretsNamespace: ({ namespace }) => (typeof namespace === "string" ? namespace : SECRETS_NAMESPACE),
  addressRequest: (addresses) => ({ "projectcalico.org/loadBalancerIPs": JSON.stringify(addresses) }),
  addressMarks: ({ ipv4, ipv6 }) => ({
    ...(ipv4 === undefined ? {} : { [ANNOTATION.ipv4]: withLength(ipv4) }),
    ...(ipv6 === undefined ? {} : { [ANNOTATION.ipv6]: withLength(ipv6) }),
  }),
};

function withLength({ address, length }: { address: string; length?: number }): string {
  return length === undefined ? address : `${address}/${length}`;
}
