/**
 * What each speaker says of its own: network statements, redistribution, default attributes. Equal own routes are one
 * object, so that a thousand nodes announcing one service cost a number each.
 */
import type { Prefix } from "../model/prefix";
import { changed, maintained, plain, type Attributes, type Bundle, type Interner } from "./attributes";
import { canonicalPrefix, familyOfPrefix } from "./bits";
import type { CompiledSpeaker, OwnRoute } from "./compile";
import type { Candidate } from "./compare";
import type { Family, Origination } from "./network";
import { applyPolicy, glob } from "./policy";

/** An own route without its prefix and speaker. */
export interface Own {
  id: number;
  local: NonNullable<Candidate["local"]>;
  bundle: Bundle;
  nextHop: string;
  valid: boolean;
  /** It stands in the table (BIRD) without being announced. */
  announced: boolean;
  /** Of the route behind it, as BIRD's export filters see them (krt_metric, ifname). */
  metric?: number;
  interface?: string;
  /** Neighbors' paths of this kind have a better distance (decide.ts). */
  floats?: Candidate["floats"];
}

export type Owns = (own: Omit<Own, "id">) => Own;

export function ownInterner(): Owns {
  const known = new Map<string, Own>();
  return (own) => {
    const key = `${own.local} ${own.bundle.id} ${own.nextHop} ${own.valid} ${own.announced} ${own.metric ?? ""} ${own.interface ?? ""} ${own.floats ?? ""}`;
    let found = known.get(key);
    if (found === undefined) {
      found = { ...own, id: known.size };
      known.set(key, found);
    }
    return found;
  };
}

export type Aggregate = Extract<Origination, { kind: "aggregate" }>;

export type OwnAggregate = Aggregate & { prefix: Prefix };

/** Takes each own route of a speaker; `said` is the statement it came from where that alone names the prefix. */
export interface OriginVisitor {
  route(prefix: Prefix, own: Own): void;
  /** A statement without a policy: the prefix is read from it once, however many speakers share the object. */
  statement(said: { prefix: string }, own: (prefix: Prefix) => Own): void;
  aggregate(aggregate: OwnAggregate): void;
  /** How many statements from a place on are taken at once; `own` is the same for all prefixes of a family. */
  row?(said: readonly Origination[], at: number, own: (family: Family) => Own): number;
  /** Has the speaker itself said this prefix already? */
  said(prefix: Prefix): boolean;
}

export function visitOrigins(speaker: CompiledSpeaker, intern: Interner, owns: Owns, visitor: OriginVisitor): void {
  if (!speaker.up) return;
  const plainNetwork = networkWithoutPolicy(speaker, intern, owns);
  const checked = speaker.speaker.bgp.importCheck ?? speaker.dialect.importCheck;
  const said = speaker.speaker.originate ?? [];
  const except: string[] = [];
  for (let at = 0; at < said.length; at++) {
    const each = said[at] as Origination;
    if (!checked && each.kind === "network" && each.policy === undefined) {
      const taken = visitor.row?.(said, at, (family) => plainNetwork(family === "ipv4" ? ANY : ANY6)) ?? 0;
      if (taken > 0) {
        at += taken - 1;
        continue;
      }
    }
    switch (each.kind) {
      case "aggregate":
        visitor.aggregate({ ...each, prefix: canonicalPrefix(each.prefix) });
        break;
      case "network": {
        if (each.policy === undefined) {
          visitor.statement(each, plainNetwork);
          break;
        }
        const prefix = canonicalPrefix(each.prefix);
        const own = network(speaker, prefix, each.policy, intern, owns);
        if (own !== undefined) visitor.route(prefix, own);
        break;
      }
      case "redistribute":
        if (each.from === "connected") except.push(...(each.except ?? []));
        for (const [prefix, list] of speaker.routes.entries()) {
          const route = list[0];
          if (route === undefined || route.source !== each.from) continue;
          if (each.family !== undefined && familyOfPrefix(prefix) !== each.family) continue;
          if (each.from === "connected" && prefix.startsWith("fe80:")) continue;
          if (each.except !== undefined && isLeftOut(each.except, route)) continue;
          const own = redistributed(speaker, prefix as Prefix, route, each, intern, owns);
          if (own === undefined) continue;
          visitor.route(prefix as Prefix, own);
        }
        break;
    }
  }
  if (speaker.dialect.oneTable) silentRoutes(speaker, except, intern, owns, visitor);
}

const ANY = "0.0.0.0/0" as Prefix;
const ANY6 = "::/0" as Prefix;

function isLeftOut(except: readonly string[], { interface: name = "" }: OwnRoute): boolean {
  return except.some((pattern) => glob(pattern, name));
}

/** BIRD has one table for all protocols: what is not announced still stands against what BGP brings. */
function silentRoutes(
  speaker: CompiledSpeaker,
  except: readonly string[],
  intern: Interner,
  owns: Owns,
  visitor: OriginVisitor,
): void {
  const bundles = new Map<OwnRoute["source"], Bundle>();
  const bundleOf = (source: OwnRoute["source"]): Bundle => {
    let bundle = bundles.get(source);
    if (bundle === undefined) {
      bundle = intern({ ...base(speaker, "igp"), preference: speaker.dialect.ownPreference[source] });
      bundles.set(source, bundle);
    }
    return bundle;
  };
  for (const [prefix, list] of speaker.routes.entries()) {
    const route = list[0];
    if (route === undefined || visitor.said(prefix as Prefix)) continue;
    if (except.length > 0 && route.source === "connected" && isLeftOut(except, route)) continue;
    const bundle = bundleOf(route.source);
    const own = owns({ local: route.source, bundle, nextHop: unspecified(prefix), valid: true, announced: false });
    visitor.route(prefix as Prefix, own);
  }
}

function networkWithoutPolicy(speaker: CompiledSpeaker, intern: Interner, owns: Owns): (prefix: Prefix) => Own {
  const checked = speaker.speaker.bgp.importCheck ?? speaker.dialect.importCheck;
  const made: (Own | undefined)[] = [];
  const make = (prefix: Prefix, valid: boolean): Own =>
    owns({
      local: "network",
      bundle: intern(maintained(speaker.speaker, base(speaker, "igp"))),
      nextHop: unspecified(prefix),
      valid,
      announced: true,
    });
  return (prefix) => {
    const valid = !checked || speaker.routes.get(prefix) !== undefined;
    const at = (valid ? 1 : 0) + (prefix.includes(":") ? 2 : 0);
    return (made[at] ??= make(prefix, valid));
  };
}

export const unspecified = (prefix: string): string => (familyOfPrefix(prefix) === "ipv4" ? "0.0.0.0" : "::");

function base(speaker: CompiledSpeaker, origin: "igp" | "incomplete"): Attributes {
  const { dialect } = speaker;
  const med = dialect.localMed;
  const localPreference = dialect.attachesLocalPreference
    ? (speaker.speaker.bgp.defaultLocalPreference ?? dialect.defaultLocalPreference)
    : undefined;
  return changed(plain(origin), {
    weight: dialect.localWeight,
    preference: dialect.ownPreference.network,
    med,
    localPreference,
  });
}

/** `network P`: where the import check is on, P must be in the routing table, or the path is there and not valid. */
function network(
  speaker: CompiledSpeaker,
  prefix: Prefix,
  policyName: string,
  intern: Interner,
  owns: Owns,
): Own | undefined {
  const bundle = intern(base(speaker, "igp"));
  const route = speaker.routes.get(prefix)?.[0];
  const checked = speaker.speaker.bgp.importCheck ?? speaker.dialect.importCheck;
  const valid = !checked || route !== undefined;
  return policed(speaker, policyName, prefix, bundle, "static", unspecified(prefix), intern, (passed, nextHop) =>
    owns({ local: "network", bundle: passed, nextHop, valid, announced: true }),
  );
}

/** The route's next hop goes along (FRR: bgp_redistribute_add takes the gateway); connected and blackhole have none. */
function redistributed(
  speaker: CompiledSpeaker,
  prefix: Prefix,
  route: OwnRoute,
  how: Extract<Origination, { kind: "redistribute" }>,
  intern: Interner,
  owns: Owns,
): Own | undefined {
  const { dialect } = speaker;
  const med = how.metric ?? (dialect.localMed === undefined ? undefined : route.metric);
  const start = changed(base(speaker, dialect.redistributedOrigin), {
    med,
    preference: dialect.ownPreference[route.source],
    tag: route.tag,
  });
  const nextHop = route.via[0] ?? unspecified(prefix);
  return policed(speaker, how.policy, prefix, intern(start), route.source, nextHop, intern, (passed, hop) =>
    owns({
      local: route.source,
      bundle: passed,
      nextHop: hop,
      valid: true,
      announced: true,
      ...behind(route),
      ...floating(speaker, route),
    }),
  );
}

/** Which neighbors' paths zebra would select instead of the route. */
function floating({ speaker, dialect }: CompiledSpeaker, { distance }: OwnRoute): Pick<Own, "floats"> {
  if (dialect.oneTable || !(speaker.bgp.installs ?? dialect.installs)) return {};
  const { ebgp, ibgp } = speaker.bgp.distance ?? dialect.distance;
  if (distance > ebgp && distance > ibgp) return { floats: "bgp" };
  return distance > ebgp ? { floats: "ebgp" } : {};
}

function behind({ metric, interface: name }: OwnRoute): Pick<Own, "metric" | "interface"> {
  return { ...(metric === 0 ? {} : { metric }), ...(name === undefined ? {} : { interface: name }) };
}

function policed(
  speaker: CompiledSpeaker,
  policyName: string | undefined,
  prefix: Prefix,
  bundle: Bundle,
  source: "connected" | "static" | "kernel",
  nextHop: string,
  intern: Interner,
  make: (bundle: Bundle, nextHop: string) => Own,
): Own | undefined {
  const own = (attributes: Bundle): Bundle => intern(maintained(speaker.speaker, attributes));
  if (policyName === undefined) return make(own(bundle), nextHop);
  const policy = speaker.speaker.policies?.[policyName];
  // FRR: a route-map that does not exist lets `network` and `redistribute` pass nothing (route_map_apply: deny).
  if (policy === undefined) return speaker.dialect.missingPolicy === "reject" ? undefined : make(own(bundle), nextHop);
  const route = speaker.routes.get(prefix)?.[0];
  const passed = applyPolicy(
    speaker.speaker,
    speaker.dialect,
    policy,
    bundle,
    {
      prefix,
      nextHop,
      source,
      own: true,
      defaultLocalPreference: speaker.speaker.bgp.defaultLocalPreference ?? speaker.dialect.defaultLocalPreference,
      ...(route?.interface === undefined ? {} : { interface: route.interface }),
      metric: route?.metric ?? 0,
    },
    intern,
  );
  if (passed === undefined) return undefined;
  const hop = passed.nextHop === undefined || NAMES_NO_ADDRESS.has(passed.nextHop) ? nextHop : passed.nextHop;
  return make(own(passed.bundle), hop);
}

const NAMES_NO_ADDRESS: ReadonlySet<string> = new Set(["self", "peer", "unchanged"]);

export function ownCandidate(own: Own): Candidate {
  return {
    bundle: own.bundle,
    nextHop: own.nextHop,
    channel: -1,
    kind: "local",
    local: own.local,
    valid: own.valid,
    igpMetric: 0,
    routerId: "0.0.0.0",
    address: "0.0.0.0",
    peerAsn: 0,
    pathId: own.local === "network" ? 0 : 1,
    announced: own.announced,
    ...(own.metric === undefined ? {} : { metric: own.metric }),
    ...(own.interface === undefined ? {} : { interface: own.interface }),
    ...(own.floats === undefined ? {} : { floats: own.floats }),
  };
}
