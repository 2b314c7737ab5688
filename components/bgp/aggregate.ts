/**
 * Aggregates: made where at least one valid more specific path stands, of the worst origin of all of them (FRR 8.4,
 * bgp_aggregate_route and bgp_add_route_to_aggregate).
 */
import { changed, plain, withCommunity, type Attributes, type Interner } from "./attributes";
import type { CompiledSpeaker } from "./compile";
import type { Candidate } from "./decide";
import { unspecified, type Aggregate, type Own, type Owns } from "./origins";
import type { Speaker } from "./network";
import { applyPolicy } from "./policy";
import type { Prefix } from "../model/prefix";

export function aggregated(
  speaker: CompiledSpeaker,
  aggregate: Aggregate & { prefix: Prefix },
  contributors: Iterable<Candidate>,
  intern: Interner,
  owns: Owns,
): Own | undefined {
  const asSet = aggregate.asSet === true && !(speaker.speaker.bgp.rejectAsSets ?? speaker.dialect.rejectsAsSets);
  let count = 0;
  let origin: Attributes["origin"] = "igp";
  const paths: Attributes[] = [];
  for (const { bundle, valid, local } of contributors) {
    if (!valid || local === "aggregate") continue;
    count++;
    if (bundle.origin === "incomplete" || (bundle.origin === "egp" && origin === "igp")) origin = bundle.origin;
    if (asSet) paths.push(bundle);
  }
  if (count === 0) return undefined;
  const { dialect } = speaker;
  const plainSpeaker = speaker.speaker;
  const start = changed(plain(origin), {
    weight: dialect.localWeight,
    preference: dialect.ownPreference.network,
    med: dialect.localMed,
    ...(aggregate.origin === undefined ? {} : { origin: aggregate.origin }),
    ...(asSet ? merged(paths) : { atomicAggregate: true }),
    aggregator: {
      asn: plainSpeaker.bgp.confederation?.identifier ?? plainSpeaker.asn,
      routerId: plainSpeaker.routerId,
    },
  });
  let bundle = intern(maintained(plainSpeaker, start));
  const policy = aggregate.policy === undefined ? undefined : plainSpeaker.policies?.[aggregate.policy];
  if (policy !== undefined) {
    const passed = applyPolicy(
      plainSpeaker,
      dialect,
      policy,
      bundle,
      {
        prefix: aggregate.prefix,
        nextHop: unspecified(aggregate.prefix),
        source: "aggregate",
        own: true,
        defaultLocalPreference: plainSpeaker.bgp.defaultLocalPreference ?? dialect.defaultLocalPreference,
      },
      intern,
    );
    if (passed === undefined) return undefined;
    bundle = intern(maintained(plainSpeaker, passed.bundle));
  }
  return owns({ local: "aggregate", bundle, nextHop: unspecified(aggregate.prefix), valid: true, announced: true });
}

/** bgp_attr_aggregate_intern (FRR 8.4): a router in maintenance marks its own aggregates too. */
function maintained({ bgp }: Speaker, made: Attributes): Attributes {
  if (bgp.gracefulShutdown !== true) return made;
  const communities = withCommunity(made.communities, "graceful-shutdown");
  return changed(made, { communities, localPreference: 0 });
}

/** With as-set: the leading ASNs that all share stay a sequence, the others become a set; communities unite. */
function merged(paths: readonly Attributes[]): Partial<Attributes> {
  const first = paths[0]?.asPath ?? [];
  let shared = 0;
  while (shared < first.length && paths.every(({ asPath }) => asPath[shared] === first[shared])) shared++;
  const rest = new Set<number>();
  for (const { asPath, asSet } of paths) for (const asn of [...asPath.slice(shared), ...(asSet ?? [])]) rest.add(asn);
  const unite = (field: "communities" | "largeCommunities"): string[] =>
    [...new Set(paths.flatMap((each) => each[field]))].sort();
  return {
    asPath: first.slice(0, shared),
    ...(rest.size === 0 ? {} : { asSet: [...rest].sort((a, b) => a - b) }),
    communities: unite("communities"),
    largeCommunities: unite("largeCommunities"),
  };
}
