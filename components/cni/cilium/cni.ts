/** Cilium behind the one interface that every CNI has. */
import { definitions } from "../crds";
import { ciliumKinds } from "../crds/cilium";
import { choice, flag, text } from "../crds/schema";
import type { Cni } from "../cni";
import { readCilium } from ".";
import { SECRETS_NAMESPACE } from "./options";
import { USUAL, VERSIONS } from "./versions";
import { writeCilium } from "./write";

export const ciliumCni: Cni = {
  title: "Cilium",
  domain: "cilium.io",
  versions: VERSIONS,
  carriesPods: true,
  settings: {
    secretsNamespace: text(),
    noEndpointsRoutable: flag(),
    ipam: choice(["kubernetes", "cluster-pool", "multi-pool", "eni", "azure", "alibabacloud", "delegated-plugin"]),
  },
  write: writeCilium,
  read: readCilium,
  kinds: (version = USUAL) => definitions(ciliumKinds, version),
  secretsNamespace: ({ secretsNamespace: own }) => (typeof own === "string" ? own : SECRETS_NAMESPACE),
  addressRequest: (address) => ({ "lbipam.cilium.io/ips": address }),
  addressMarks: () => ({}),
};
