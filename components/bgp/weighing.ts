/** The knobs of one speaker's decision: what its configuration says, and its dialect's defaults for the rest. */
import type { CompiledSpeaker } from "./compile";
import type { Weighing } from "./compare";

export function weighing(speaker: CompiledSpeaker): Weighing {
  const { dialect } = speaker;
  const { bgp } = speaker.speaker;
  const relax = bgp.multipathRelax;
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
    equalClusterLength: bgp.maximumPaths?.ibgpEqualClusterLength ?? false,
    multipathRule:
      relax === undefined ? dialect.multipath.rule : relax ? "any-path" : strictRule(dialect.multipath.rule),
    choice: dialect.multipath.choice,
    skipsSameNextHop: dialect.multipath.skipsSameNextHop,
    maximum: {
      ebgp: bgp.maximumPaths?.ebgp ?? dialect.multipath.ebgp,
      ibgp: bgp.maximumPaths?.ibgp ?? dialect.multipath.ibgp,
    },
  };
}

const strictRule = (rule: Weighing["multipathRule"]): Weighing["multipathRule"] =>
  rule === "any-path" ? "same-path" : rule;
