/**
 * EOS's "missing-policy ... action deny": a neighbor without a route-map carries nothing that way. Of both directions and
 * all neighbors it is RFC 8212; else each neighbor that it is about gets a policy that rejects everything.
 */
import type { Family, NeighborSettings } from "../../bgp/network";
import { family as familyOfSettings, type Build } from "../ios/reading";
import type { Missing } from "./readBgp";

const REJECTS = "missing-policy-deny";

export function foldMissing(b: Build, missing: readonly Missing[]): void {
  const wide = (direction: "in" | "out"): boolean =>
    missing.some((one) => one.id === undefined && one.family === undefined && one.direction === direction && one.deny);
  const requires = wide("in") && wide("out");
  if (requires) b.bgp.ebgpRequiresPolicy = true;
  const rest = missing.filter((one) => !(requires && one.id === undefined && one.family === undefined && one.deny));
  if (rest.length === 0) return;
  const listening = new Set(b.listen.map(({ group }) => group));
  const targets: [string, NeighborSettings & { group?: string }][] = [
    ...[...b.groups].filter(([name]) => listening.has(name)),
    ...b.neighbors,
  ];
  for (const [id, settings] of targets) {
    const group = settings.group === undefined ? undefined : b.groups.get(settings.group);
    for (const family of ["ipv4", "ipv6"] as const) {
      for (const direction of ["in", "out"] as const) {
        if (!denies(rest, id, settings.group, family, direction)) continue;
        const field = direction === "in" ? "importPolicy" : "exportPolicy";
        if ((settings.families?.[family]?.[field] ?? group?.families?.[family]?.[field]) !== undefined) continue;
        familyOfSettings(settings, family)[field] = REJECTS;
        if (!b.policies.has(REJECTS)) {
          b.policies.set(REJECTS, { terms: new Map([[10, { seq: 10, action: "reject" }]]), source: {} });
        }
      }
    }
  }
}

/** The neighbor's own line wins over its group's, and that over the family's and the instance's. */
function denies(
  missing: readonly Missing[],
  id: string,
  group: string | undefined,
  family: Family,
  direction: "in" | "out",
): boolean {
  const fitting = missing.filter(
    (one) => one.direction === direction && (one.family === undefined || one.family === family),
  );
  const rank = (one: Missing): number =>
    one.id === undefined ? (one.family === undefined ? 0 : 1) : one.id === id ? 3 : one.id === group ? 2 : -1;
  const [best] = fitting.filter((one) => rank(one) >= 0).sort((a, z) => rank(z) - rank(a));
  return best?.deny ?? false;
}
