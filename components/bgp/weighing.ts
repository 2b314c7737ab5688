/** The knobs of one speaker's decision: what its configuration says, and its dialect's defaults for the rest. */
import type { CompiledSpeaker } from "./compile";
import type { Weighing } from "./compare";
import type { Family } from "./network";

/** Of each speaker; one list for both families where none tells them apart. */
export function weighings(speakers: readonly CompiledSpeaker[]): Record<Family, Weighing[]> {
  const ipv4 = speakers.map((each) => weighing(each, "ipv4"));
  const apart = speakers.some(({ speaker }) => speaker.bgp.maximumPathsIpv6 !== undefined);
  return { ipv4, ipv6: apart ? speakers.map((each) => weighing(each, "ipv6")) : ipv4 };
}

export function weighing(speaker: CompiledSpeaker, family: Family): Weighing {
  const { dialect } = speaker;
  const { bgp } = speaker.speaker;
  const relax = bgp.multipathRelax;
  const paths = family === "ipv6" ? (bgp.maximumPathsIpv6 ?? bgp.maximumPaths) : bgp.maximumPaths;
  const medMissingAsWorst = bgp.medMissingAsWorst ?? dialect.medMissingAsWorst;
  return {
    showsMissingMed: dialect.showsMissingMed && medMissingAsWorst,
    order: dialect.order,
    floating: dialect.floating,
    defaultLocalPreference: bgp.defaultLocalPreference ?? dialect.defaultLocalPreference,
    alwaysCompareMed: bgp.alwaysCompareMed ?? dialect.alwaysCompareMed,
    deterministicMed: bgp.deterministicMed ?? dialect.deterministicMed,
    medMissingAsWorst,
    asPathIgnore: bgp.asPathIgnore ?? false,
    countConfederation: bgp.countConfederation ?? false,
    compareRouterId: bgp.compareRouterId ?? dialect.compareRouterId,
    comparesOriginator: dialect.comparesOriginator,
    ranksIpv6Neighbors: dialect.ranksIpv6Neighbors,
    invalidCompetes: dialect.nextHops !== "tracked",
    equalClusterLength: paths?.ibgpEqualClusterLength ?? false,
    multipathRule:
      relax === undefined ? dialect.multipath.rule : relax ? "any-path" : strictRule(dialect.multipath.rule),
    choice: dialect.multipath.choice,
    skipsSameNextHop: dialect.multipath.skipsSameNextHop,
    maximum: {
      ebgp: paths?.ebgp ?? dialect.multipath.ebgp,
      ibgp: paths?.ibgp ?? dialect.multipath.ibgp,
    },
  };
}

const strictRule = (rule: Weighing["multipathRule"]): Weighing["multipathRule"] =>
  rule === "any-path" ? "same-path" : rule;
