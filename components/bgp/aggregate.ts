/**
 * Aggregates. FRR 8.4 makes one where at least one valid more specific path stands, of the worst origin of all of them
 * (bgp_aggregate_route, bgp_add_route_to_aggregate); EOS asks its routing table.
 */
import { changed, maintained, plain, type Attributes, type Interner } from "./attributes";
import type { CompiledSpeaker } from "./compile";
import type { Held } from "./step";
import { unspecified, type Aggregate, type Own, type Owns } from "./origins";
import { applyPolicy } from "./policy";
import { containsPrefix, type Prefix } from "../model/prefix";

export function aggregated(
  speaker: CompiledSpeaker,
  aggregate: Aggregate & { prefix: Prefix },
  contributors: readonly Held[],
  intern: Interner,
  owns: Owns,
): Own | undefined {
  const { dialect } = speaker;
  const said = dialect.aggregatesByTable
    ? ofTable(speaker, aggregate, contributors)
    : ofPaths(speaker, aggregate, contributors);
  if (said === undefined) return undefined;
  const plainSpeaker = speaker.speaker;
  const start = changed(plain("igp"), {
    weight: dialect.localWeight,
    preference: dialect.ownPreference.network,
    med: dialect.localMed,
    ...said,
    ...(aggregate.origin === undefined ? {} : { origin: aggregate.origin }),
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

type Said = Partial<Attributes> | undefined;

function ofPaths({ speaker, dialect }: CompiledSpeaker, { asSet }: Aggregate, contributors: readonly Held[]): Said {
  const paths = contributors
    .flatMap(({ candidates }) => candidates)
    .filter(({ valid, local }) => valid && local !== "aggregate")
    .map(({ bundle }) => bundle);
  if (paths.length === 0) return undefined;
  const origins = new Set(paths.map(({ origin }) => origin));
  const origin = origins.has("incomplete") ? "incomplete" : origins.has("egp") ? "egp" : "igp";
  const makesSet = asSet === true && !(speaker.bgp.rejectAsSets ?? dialect.rejectsAsSets);
  return { origin, ...(makesSet ? merged(paths) : { atomicAggregate: true }) };
}

/** Any more specific route will do, of whatever protocol; of the path only those count that BGP has (cEOS 4.36). */
function ofTable(
  { routes }: CompiledSpeaker,
  { prefix, asSet }: Aggregate & { prefix: Prefix },
  contributors: readonly Held[],
): Said {
  const paths = contributors.flatMap(({ best }) =>
    best?.valid === true && best.local !== "aggregate" ? [best.bundle] : [],
  );
  if (paths.length === 0 && ![...routes.entries()].some(([each]) => isMoreSpecific(each as Prefix, prefix))) {
    return undefined;
  }
  return {
    origin: "incomplete",
    ...(asSet === true ? merged(paths) : { asPath: shared(paths), atomicAggregate: true }),
  };
}

const isMoreSpecific = (one: Prefix, than: Prefix): boolean => one !== than && containsPrefix(than, one);

/** With as-set: the leading ASNs that all share stay a sequence, the others become a set; communities unite. */
function merged(paths: readonly Attributes[]): Partial<Attributes> {
  const begin = shared(paths);
  const rest = new Set<number>();
  for (const { asPath, asSet } of paths) {
    for (const asn of [...asPath.slice(begin.length), ...(asSet ?? [])]) rest.add(asn);
  }
  const unite = (field: "communities" | "largeCommunities"): string[] =>
    [...new Set(paths.flatMap((each) => each[field]))].sort();
  return {
    asPath: begin,
    ...(rest.size === 0 ? {} : { asSet: [...rest].sort((a, b) => a - b) }),
    communities: unite("communities"),
    largeCommunities: unite("largeCommunities"),
  };
}

/** The ASNs that all the paths begin with. */
function shared(paths: readonly Attributes[]): readonly number[] {
  const first = paths[0]?.asPath ?? [];
  let length = 0;
  while (length < first.length && paths.every(({ asPath }) => asPath[length] === first[length])) length++;
  return first.slice(0, length);
}
