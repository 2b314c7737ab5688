/**
 * Advertisements that say different things of the same addresses. For different local preferences MetalLB (0.15) refuses its
 * whole configuration; of different communities its native speaker sends those of one, and the order in which it reads
 * them is not in the objects. FRR's backends unite communities. Two of one pool differ enough where their aggregation lengths differ, where both name peers and share none,
 * or where no node is in both.
 */
import { selects } from "../labels";
import type { Node } from "../objects";
import type { Report } from "../reading";
import { boundPools } from "./services";
import type { Advertisement, MetallbObjects, Mode, Refusal } from "./types";

export function preferenceRefusals(metallb: MetallbObjects, nodes: readonly Node[]): Refusal[] {
  const { advertisements, pools } = metallb;
  return advertisements.flatMap((advertisement, index) => {
    const earlier = advertisements.slice(0, index);
    return boundPools(advertisement, pools).flatMap((one): Refusal[] => {
      const other = earlier.find(
        (known) =>
          boundPools(known, pools).includes(one) &&
          (known.spec.localPref ?? 0) !== (advertisement.spec.localPref ?? 0) &&
          collide(known, advertisement, one, nodes),
      );
      if (other === undefined) return [];
      return [
        {
          object: advertisement,
          path: "spec.localPref",
          rule: "invalid",
          sentence: `BGPAdvertisement ${other.metadata.name} gives the same addresses of ${one.pool.metadata.name} another local preference`,
          fix: "make them equal, or name different peers",
        },
      ];
    });
  });
}

export function checkCommunities(
  { advertisements, pools }: MetallbObjects,
  nodes: readonly Node[],
  mode: Mode,
  report: Report,
): void {
  if (mode !== "native") return;
  advertisements.forEach((advertisement, index) => {
    const other = advertisements
      .slice(0, index)
      .find(
        (known) =>
          said(known) !== said(advertisement) &&
          boundPools(known, pools).some(
            (one) => boundPools(advertisement, pools).includes(one) && collide(known, advertisement, one, nodes),
          ),
      );
    if (other === undefined) return;
    report(
      "communities-contradict",
      "warning",
      advertisement,
      "spec.communities",
      `BGPAdvertisement ${other.metadata.name} gives the same addresses other communities: the native speaker sends those of one of them`,
      "make them equal, or run the FRR or FRR-K8s backend, which sends all",
    );
  });
}

/** Its communities, in no order. */
export function said({ spec }: Advertisement): string {
  return JSON.stringify([...(spec.communities ?? [])].sort());
}

function collide(
  a: Advertisement,
  b: Advertisement,
  { ranges }: MetallbObjects["pools"][number],
  nodes: readonly Node[],
): boolean {
  const v6 = ranges.some(({ first }) => first.includes(":"));
  const v4 = ranges.some(({ first }) => !first.includes(":"));
  const lengths = ({ spec }: Advertisement) => [spec.aggregationLength ?? 32, spec.aggregationLengthV6 ?? 128] as const;
  const [[a4, a6], [b4, b6]] = [lengths(a), lengths(b)];
  // A pool of one family is told apart by that family's length, one of both by both.
  const apart = (a4 !== b4 && (!v6 || a6 !== b6)) || (a6 !== b6 && !v4);
  if (apart || ranges.length === 0) return false;
  const { peers: first = [] } = a.spec;
  const { peers: second = [] } = b.spec;
  if (first.length > 0 && second.length > 0 && !first.some((peer) => second.includes(peer))) return false;
  // Of a cluster without nodes nothing is known: then it counts as one that is in both.
  return nodes.length === 0 || nodes.some((node) => isAt(a, node) && isAt(b, node));
}

function isAt({ spec }: Advertisement, { metadata }: Node): boolean {
  const { nodeSelectors = [] } = spec;
  return nodeSelectors.length === 0 || nodeSelectors.some((selector) => selects(selector, metadata.labels ?? {}));
}
