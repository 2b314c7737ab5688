/**
 * Advertisements of one kind that contradict each other. Cilium 1.19 makes one export policy of all PodCIDR advertisements
 * of a peer's family, and the last of them in its cache holds; that order is not in the objects. The same is true of
 * Interface advertisements, and of CiliumPodIPPool ones of one pool. Services' advertisements are united instead.
 */
import type { Report } from "../reading";
import { selectedBy } from "./adverts";
import type { Advert, Advertisement, CiliumObjects, PeerConfig } from "./types";

export interface Contested {
  type: Advert["advertisementType"];
  /** Names of the advertisements, sorted. */
  names: string[];
}

/** Those that a family of the peer's configuration selects, with attributes that differ between objects. */
export function contested(
  config: PeerConfig | undefined,
  v6: boolean,
  advertisements: readonly Advertisement[],
): Contested[] {
  const selected = selectedBy(config, v6, advertisements);
  const types: Advert["advertisementType"][] = ["PodCIDR", "Interface", "CiliumPodIPPool"];
  return types.flatMap((type) => {
    const said = selected.flatMap(({ metadata, spec }) => {
      // Within one object their order is known: the last one holds.
      const last = spec.advertisements.filter(({ advertisementType }) => advertisementType === type).at(-1);
      return last === undefined ? [] : [{ name: metadata.name, attributes: JSON.stringify(last.attributes ?? {}) }];
    });
    if (new Set(said.map(({ attributes }) => attributes)).size < 2) return [];
    return [{ type, names: said.map(({ name }) => name).sort() }];
  });
}

export function checkContested({ peerConfigs, advertisements }: CiliumObjects, report: Report): void {
  for (const config of peerConfigs.values()) {
    const found = [false, true].flatMap((v6) => contested(config, v6, advertisements));
    const once = new Map(found.map((one) => [JSON.stringify(one), one]));
    for (const { type, names } of once.values()) {
      report(
        "advertisements-contradict",
        "warning",
        config,
        "spec.families",
        `it selects ${names.join(" and ")}, which give ${type} different attributes: one of them holds, and which one may differ from node to node`,
        "give them the same attributes, or let the family select one of them",
      );
    }
  }
}
