/**
 * Arbitrary routers, each as one speaker with its segments: everything that the router's system can be told, in the form
 * in which it is read back (lists numbered, communities in order, nothing said that is the default anyway).
 */
import fc from "fast-check";
import type {
  BgpOptions,
  CommunityListEntry,
  FamilySettings,
  Interface,
  Match,
  Neighbor,
  NeighborSettings,
  Network,
  Origination,
  Policy,
  PrefixListEntry,
  PrefixMatch,
  SetActions,
  Speaker,
  StaticRoute,
  Term,
} from "../../components/bgp/network";
import { compareCommunities, compareLargeCommunities } from "../../components/model/community";
import type { Links } from "../../components/config/lab/links";

export type RouterSystem = "frr" | "eos";

/** Values of the passwords that arbitrary neighbors name. */
export const passwords: Readonly<Record<string, string>> = { "rack-password": "s3cret", "spine-password": "another/1" };

const optional = <T>(value: fc.Arbitrary<T>, freq = 2): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq });

/** A record without the fields that came out undefined. */
function some<T extends object>(fields: { [K in keyof T]-?: fc.Arbitrary<T[K] | undefined> }): fc.Arbitrary<T> {
  return fc
    .record(fields as Record<string, fc.Arbitrary<unknown>>)
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as T);
}

const yes = optional(fc.constant(true as const), 3);
const v4 = fc
  .integer({ min: 1, max: 223 })
  .chain((a) => fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((rest) => [a === 127 ? 10 : a, ...rest].join(".")));
const v4Prefix: fc.Arbitrary<string> = fc
  .tuple(fc.nat(0xffffffff), fc.integer({ min: 1, max: 32 }))
  .map(([bits, length]) => {
    const base = Number((BigInt(bits) >> BigInt(32 - length)) << BigInt(32 - length));
    return `${(base >>> 24) & 255}.${(base >>> 16) & 255}.${(base >>> 8) & 255}.${base & 255}/${length}`;
  });
const v6Prefix = fc.integer({ min: 1, max: 0xffff }).map((number) => `2001:db8:${number.toString(16)}::/48`);
const anyFamilyPrefix = fc.oneof({ weight: 3, arbitrary: v4Prefix }, { weight: 1, arbitrary: v6Prefix });
const asn = fc.oneof(fc.integer({ min: 64512, max: 65534 }), fc.integer({ min: 4200000000, max: 4200000999 }));
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const standard = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 64000 }), fc.nat(65535)).map((parts) => parts.join(":")),
  fc.constantFrom("no-export", "no-advertise", "local-AS", "graceful-shutdown", "blackhole"),
);
const large = fc.tuple(u32, u32, u32).map((parts) => parts.join(":"));
const standards = fc.uniqueArray(standard, { minLength: 1, maxLength: 3 }).map((all) => all.sort(compareCommunities));
const larges = fc.uniqueArray(large, { minLength: 1, maxLength: 2 }).map((all) => all.sort(compareLargeCommunities));
const regex = fc.constantFrom("^$", "^65000_", "_64512_", ".*", "^(65001|65002)_65003$", "^[0-9]+$");
const communityRegex = fc.constantFrom("64512:.*", "^65000:[0-9]+$", "_65001:1_");

const LISTS = ["PODS", "SERVICES", "BOTH", "missing"];
const COMMUNITY_LISTS = ["MARKED", "LARGE", "none-such"];
const PATH_LISTS = ["SHORT", "absent"];

function bounded(prefix: string): fc.Arbitrary<PrefixMatch> {
  const own = Number(prefix.split("/")[1]);
  const most = prefix.includes(":") ? 128 : 32;
  if (own === most) return fc.constant({ prefix });
  const longer = fc.integer({ min: own + 1, max: most });
  return fc.oneof(
    fc.constant({ prefix }),
    longer.map((le) => ({ prefix, le })),
    longer.map((ge) => ({ prefix, ge })),
    fc.tuple(longer, longer).map(([a, b]) => ({ prefix, ge: Math.min(a, b), le: Math.max(a, b) })),
  );
}
const prefixMatch = anyFamilyPrefix.chain(bounded);
const never = fc.constant(undefined);
const action = fc.constantFrom("permit" as const, "deny" as const);

/** Each once, numbered in fives, as routers do it. */
const inFives = <T extends object>(entries: T[]): (T & { seq: number })[] =>
  [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()].map((entry, index) => ({
    ...entry,
    seq: (index + 1) * 5,
  }));

const prefixEntries: fc.Arbitrary<PrefixListEntry[]> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.tuple(action, prefixMatch).map(([act, match]) => ({ action: act, ...match })) },
      { weight: 1, arbitrary: action.map((act) => ({ action: act, prefix: "any" })) },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map(inFives);

const communityEntries = (kind: "standard" | "large"): fc.Arbitrary<CommunityListEntry[]> => {
  const named = fc.tuple(action, kind === "large" ? larges : standards);
  const matched = fc.tuple(action, communityRegex);
  return fc.oneof(
    fc
      .array(named, { minLength: 1, maxLength: 3 })
      .map((all) => inFives(all.map(([act, communities]) => ({ action: act, kind, communities })))),
    fc
      .array(matched, { minLength: 1, maxLength: 2 })
      .map((all) => inFives(all.map(([act, text]) => ({ action: act, kind, regex: text })))),
  );
};

const match = (system: RouterSystem): fc.Arbitrary<Match> =>
  some<Match>({
    prefixes: optional(fc.uniqueArray(prefixMatch, { maxLength: 3, selector: (one) => JSON.stringify(one) }), 1),
    notPrefixes: optional(
      fc.uniqueArray(prefixMatch, { minLength: 1, maxLength: 2, selector: (one) => JSON.stringify(one) }),
      1,
    ),
    prefixList: optional(fc.constantFrom(...LISTS)),
    nextHopPrefixList: optional(fc.constantFrom(...LISTS), 1),
    communityList: optional(fc.constantFrom(...COMMUNITY_LISTS)),
    communities: optional(
      fc.tuple(standards, optional(larges)).map(([a, b]) => [...a, ...(b ?? [])]),
      1,
    ),
    asPathList: optional(fc.constantFrom(...PATH_LISTS)),
    asPathPrefix: optional(fc.array(asn, { minLength: 1, maxLength: 3 }), 1),
    localPreference: optional(u32, 1),
    med: optional(u32, 1),
    interface: optional(fc.constantFrom("eth0", "eth9"), 1),
    peerType: never,
    learnedBy: system === "eos" ? optional(fc.constantFrom("ebgp" as const, "ibgp" as const), 1) : never,
    source: fc.constant(undefined),
    metricBelow: fc.constant(undefined),
    communityMatch: system === "frr" ? optional(fc.constantFrom("any" as const, "exact" as const)) : never,
    communityCountMax: system === "frr" ? optional(fc.nat(65535), 1) : never,
    asPathCountMax: system === "frr" ? optional(fc.nat(65535), 1) : never,
    peer: system === "frr" ? optional(fc.constantFrom("10.0.0.9", "local", "eth0"), 1) : never,
    sourcePeer: system === "frr" ? optional(fc.constantFrom("10.0.0.9", "eth0"), 1) : never,
    tag: optional(fc.integer({ min: 1, max: 0xffffffff }), 1),
    origin: system === "frr" ? optional(fc.constantFrom("igp" as const, "incomplete" as const), 1) : never,
  }).map((one) => {
    // One condition of a kind is what a clause has room for.
    if (one.prefixList !== undefined) for (const field of ["prefixes", "notPrefixes"] as const) delete one[field];
    if (one.prefixes?.length === 0) delete one.notPrefixes;
    if (one.communityList !== undefined) delete one.communities;
    else delete one.communityMatch;
    if (one.asPathList !== undefined) delete one.asPathPrefix;
    return one;
  });

const sets = (system: RouterSystem): fc.Arbitrary<SetActions> =>
  some<SetActions>({
    localPreference: optional(system === "frr" ? fc.oneof(u32, fc.constantFrom("+5", "-100")) : u32),
    med: optional(
      fc.oneof(
        u32,
        fc.integer({ min: 1, max: 1000 }).map((n) => `+${n}`),
        fc.constant("-5"),
      ),
    ),
    weight: optional(fc.nat(65535), 1),
    origin: optional(fc.constantFrom("igp" as const, "egp" as const, "incomplete" as const), 1),
    prepend: optional(fc.array(asn, { minLength: 1, maxLength: 3 }), 1),
    nextHop: optional(fc.oneof(v4, fc.constant("2001:db8::9"), fc.constantFrom("self", "peer", "unchanged")), 1),
    communities: optional(
      fc.oneof<fc.Arbitrary<NonNullable<SetActions["communities"]>>[]>(
        fc.oneof(standards, fc.constant<string[]>([])).map((set) => ({ set })),
        standards.map((add) => ({ add })),
        standards.map((remove) => ({ remove })),
        fc.tuple(standards, standards).map(([add, remove]) => ({ add, remove })),
        fc.constant({ removeList: "MARKED" }),
      ),
    ),
    largeCommunities: optional(
      fc.oneof(
        larges.map((set) => ({ set })),
        larges.map((add) => ({ add })),
        larges.map((remove) => ({ remove })),
        fc.constant({ removeList: "LARGE" }),
      ),
      1,
    ),
    preference: fc.constant(undefined),
    tag: optional(fc.integer({ min: 1, max: 0xffffffff }), 1),
  });

const policy = (system: RouterSystem): fc.Arbitrary<Policy> =>
  fc
    .array(
      fc
        .tuple(match(system), sets(system), fc.constantFrom("accept", "accept", "reject", "continue", "jump"))
        .map(([one, set, kind]): Term => ({
          action: kind === "jump" ? "continue" : kind,
          ...(kind === "jump" ? { goto: 90 } : {}),
          ...(Object.keys(one).length > 0 ? { match: one } : {}),
          ...(kind !== "reject" && Object.keys(set).length > 0 ? { set } : {}),
        })),
      { minLength: 1, maxLength: 4 },
    )
    .map((terms) => ({ terms: terms.map((term, index) => ({ ...term, seq: (index + 1) * 10 })) }));

const IN = ["IN-1", "IN-2"];
const OUT = ["OUT-1", "OUT-2"];

function familySettings(system: RouterSystem, internal: boolean): fc.Arbitrary<FamilySettings> {
  const frr = system === "frr";
  const never = fc.constant(undefined);
  return some<FamilySettings>({
    active: optional(fc.boolean()),
    importPolicy: optional(fc.constantFrom(...IN, "NOT-THERE")),
    exportPolicy: optional(fc.constantFrom(...OUT)),
    importPrefixList: optional(fc.constantFrom(...LISTS), 1),
    exportPrefixList: optional(fc.constantFrom(...LISTS), 1),
    importAsPathList: frr ? optional(fc.constantFrom(...PATH_LISTS), 1) : never,
    exportAsPathList: frr ? optional(fc.constantFrom(...PATH_LISTS), 1) : never,
    nextHopSelf: optional(frr ? fc.constantFrom(true as const, "force" as const) : fc.constant(true as const)),
    nextHopUnchanged: yes,
    reflectorClient: internal ? yes : never,
    defaultOriginate: optional(
      fc.oneof(
        fc.constant(true),
        fc.constantFrom(...OUT).map((name) => ({ policy: name })),
      ),
      1,
    ),
    maximumPrefix: frr
      ? optional(
          fc.oneof(
            fc.integer({ min: 1, max: 100000 }).map((limit) => ({ limit })),
            fc.constant({ limit: 20, warningOnly: true }),
            fc.constant({ limit: 30, restart: 5 }),
          ),
        )
      : never,
    allowAsIn: optional(
      frr ? fc.oneof(fc.integer({ min: 1, max: 10 }), fc.constant("origin" as const)) : fc.constant(2),
      1,
    ),
    asOverride: internal ? never : yes,
    removePrivateAs: internal
      ? never
      : optional(
          frr
            ? fc.constantFrom(true as const, "all" as const, "replace" as const, "replace-private-only" as const)
            : fc.constantFrom(true as const, "all" as const, "replace" as const),
          1,
        ),
    sendCommunity: frr
      ? optional(fc.constantFrom({ standard: false }, { large: false }, { standard: false, large: false }))
      : never,
    weight: optional(fc.nat(65535), 1),
    addPath: frr
      ? optional(
          fc.constantFrom(
            { send: "all" as const },
            { send: "best-per-as" as const },
            { receive: false },
            { send: "all" as const, receive: false },
          ),
        )
      : optional(fc.constantFrom({ send: "all" as const }, { receive: true }, { receive: false })),
    softReconfiguration: frr ? yes : never,
    maximumPrefixOut: frr ? optional(fc.integer({ min: 1, max: 1000 }), 1) : never,
    routeServerClient: frr ? yes : never,
  });
}

function neighborSettings(system: RouterSystem, internal: boolean): fc.Arbitrary<NeighborSettings> {
  const frr = system === "frr";
  const never = fc.constant(undefined);
  return some<NeighborSettings>({
    remoteAs: never,
    localAs: internal
      ? never
      : optional(
          fc
            .tuple(fc.integer({ min: 65100, max: 65110 }), fc.constantFrom({}, { noPrepend: true, replaceAs: true }))
            .map(([as, how]) => ({ asn: as, ...how })),
          1,
        ),
    localAddress: optional(fc.constantFrom("lo", "10.254.0.1"), 1),
    port: optional(fc.integer({ min: 1, max: 65535 }), 1),
    passive: yes,
    shutdown: yes,
    password: optional(fc.constantFrom(...Object.keys(passwords))),
    multihop: optional(fc.integer({ min: 2, max: 255 }), 1),
    ttlSecurity: never,
    description: optional(fc.constantFrom("spine, first of two", "node (rack 1)"), 1),
    gracefulShutdown: yes,
    solo: frr ? yes : never,
    senderLoopCheck: frr ? yes : never,
    extendedNextHop: never,
    disableConnectedCheck: frr ? yes : never,
    timers: optional(
      fc.oneof(
        fc.constantFrom({ keepalive: 3, hold: 9 }, { keepalive: 10, hold: 30 }),
        fc.integer({ min: 1, max: 600 }).map((connectRetry) => ({ connectRetry })),
        fc.constant({ keepalive: 1, hold: 3, connectRetry: 5 }),
      ),
    ),
    bfd: optional(
      fc.oneof(
        fc.constant(true),
        fc.constantFrom({ minimumInterval: 500, multiplier: 5 }, { minimumInterval: 100, multiplier: 4 }),
      ),
    ),
    gracefulRestart: optional(
      fc.constantFrom("restarter" as const, "helper" as const, "off" as const).map((mode) => ({ mode })),
      1,
    ),
    role: never,
    families: optional(
      some<NonNullable<NeighborSettings["families"]>>({
        ipv4: optional(familySettings(system, internal), 4),
        ipv6: optional(familySettings(system, internal)),
      }),
      5,
    ),
  });
}

interface Group {
  settings: NeighborSettings;
  internal: boolean;
  hasAs: boolean;
}

const groupOf = (system: RouterSystem, own: number): fc.Arbitrary<Group> =>
  fc.boolean().chain((internal) =>
    fc
      .tuple(neighborSettings(system, internal), system === "eos" ? fc.constant(true) : fc.boolean(), fc.boolean())
      .map(([settings, hasAs, word]) => ({
        settings: hasAs ? { ...settings, remoteAs: remoteAs(system, own, internal, word) } : withoutClients(settings),
        internal,
        hasAs,
      })),
  );

/** FRR takes reflector clients in a group only when the group's ASN says that they are internal. */
function withoutClients(settings: NeighborSettings): NeighborSettings {
  for (const own of [settings.families?.ipv4, settings.families?.ipv6]) delete own?.reflectorClient;
  return settings;
}

function remoteAs(system: RouterSystem, own: number, internal: boolean, word: boolean) {
  if (word && system === "frr") return internal ? ("internal" as const) : ("external" as const);
  return internal ? own : own === 64999 ? 64998 : 64999;
}

function neighbors(system: RouterSystem, own: number, groups: Group[], ports: Interface[]): fc.Arbitrary<Neighbor[]> {
  const one = fc
    .tuple(fc.boolean(), optional(fc.nat(Math.max(0, groups.length - 1))), fc.boolean())
    .chain(([alone, number, word]) => {
      const group = number === undefined ? undefined : groups[number];
      const internal = group?.internal ?? alone;
      return fc.tuple(neighborSettings(system, internal)).map(([settings]): Neighbor => ({
        ...settings,
        ...(group === undefined && !internal && word && settings.multihop === undefined ? { ttlSecurity: 2 } : {}),
        ...(group === undefined || number === undefined ? {} : { group: `GROUP-${number}` }),
        ...(group?.hasAs === true ? {} : { remoteAs: remoteAs(system, own, internal, word) }),
      }));
    });
  return fc.array(one, { minLength: 1, maxLength: 4 }).map((all) =>
    all.map((neighbor, index): Neighbor => {
      const port = ports[index];
      // A port without addresses has an unnumbered neighbor; EOS has those only as bare members of a group.
      if (port !== undefined && port.addresses.length === 0 && system === "frr") {
        const unnumbered: Neighbor = { ...neighbor, interface: port.name };
        for (const field of ["ttlSecurity", "multihop", "disableConnectedCheck"] as const) delete unnumbered[field];
        return unnumbered;
      }
      return { ...neighbor, address: index % 3 === 2 ? `2001:db8:0:${index + 1}::9` : `10.0.${index}.9` };
    }),
  );
}

function options(system: RouterSystem): fc.Arbitrary<BgpOptions> {
  const frr = system === "frr";
  const never = fc.constant(undefined);
  return some<BgpOptions>({
    compareRouterId: fc.boolean(),
    ebgpRequiresPolicy: frr ? optional(fc.boolean()) : yes,
    defaultIpv4Unicast: optional(fc.constant(false), 1),
    importCheck: frr ? optional(fc.boolean(), 1) : never,
    multipathRelax: optional(fc.boolean()),
    alwaysCompareMed: yes,
    deterministicMed: frr ? optional(fc.boolean()) : never,
    medMissingAsWorst: yes,
    asPathIgnore: yes,
    defaultLocalPreference: frr ? optional(u32, 1) : never,
    clusterId: optional(v4, 1),
    maximumPaths: frr
      ? optional(fc.constantFrom({ ebgp: 4 }, { ibgp: 8 }, { ebgp: 2, ibgp: 3, ibgpEqualClusterLength: true }))
      : optional(fc.constantFrom({ ebgp: 4, ibgp: 4 }, { ebgp: 64, ibgp: 64 })),
    listenLimit: optional(fc.integer({ min: 1, max: 5000 }), 1),
    distance: optional(fc.constant({ ebgp: 21, ibgp: 201, local: 202 }), 1),
    resolveViaDefault: frr ? optional(fc.boolean(), 1) : never,
    reflectorAllowsOutboundPolicy: frr ? yes : never,
    clientToClientReflection: optional(fc.constant(false), 1),
    enforceFirstAs: frr ? yes : optional(fc.constant(false), 1),
    suppressDuplicates: frr ? optional(fc.constant(false), 1) : never,
    gracefulRestart: yes,
    fibPolicy: frr ? optional(fc.constantFrom(...OUT), 1) : never,
    listens: never,
    listenAddresses: never,
    installs: never,
    port: never,
    minimumHoldTime: frr ? optional(fc.integer({ min: 1, max: 65535 }), 1) : never,
    rejectAsSets: frr ? yes : never,
    confederation: optional(fc.constantFrom({ identifier: 65500 }, { identifier: 65500, members: [65501, 65502] }), 1),
    countConfederation: frr ? yes : never,
    gracefulShutdown: frr ? yes : never,
    advertiseInactive: frr ? never : yes,
  });
}

const origination = (system: RouterSystem): fc.Arbitrary<Origination> => {
  const withPolicy = optional(fc.constantFrom(...OUT));
  const clean = <T extends object>(value: T): T =>
    Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
  return fc.oneof(
    fc
      .tuple(anyFamilyPrefix, withPolicy)
      .map(([prefix, name]) => clean({ kind: "network" as const, prefix, policy: name }) as Origination),
    fc
      .tuple(
        fc.constantFrom("connected" as const, "static" as const, ...(system === "frr" ? (["kernel"] as const) : [])),
        fc.constantFrom("ipv4" as const, "ipv6" as const),
        withPolicy,
        optional(u32, 1),
      )
      .map(
        ([from, family, name, metric]) =>
          clean({
            kind: "redistribute" as const,
            from,
            family,
            policy: name,
            metric: system === "frr" ? metric : undefined,
          }) as Origination,
      ),
    fc
      .tuple(
        anyFamilyPrefix.filter((prefix) => !prefix.endsWith("/32")),
        yes,
        system === "frr" ? yes : fc.constant(undefined),
        withPolicy,
      )
      .map(
        ([prefix, summaryOnly, asSet, name]) =>
          clean({
            kind: "aggregate" as const,
            prefix,
            summaryOnly,
            asSet,
            policy: system === "frr" ? name : undefined,
          }) as Origination,
      ),
  );
};

const staticRoute: fc.Arbitrary<StaticRoute> = fc
  .tuple(anyFamilyPrefix, fc.constantFrom("hole", "hops", "port"), optional(fc.integer({ min: 2, max: 254 })))
  .map(([prefix, kind, distance]) => ({
    prefix,
    ...(kind === "hole" ? { blackhole: true } : {}),
    ...(kind === "hops" ? { via: prefix.includes(":") ? ["2001:db8::1"] : ["10.0.0.7", "10.0.0.8"] } : {}),
    ...(kind === "port" ? { interface: "Ethernet9" } : {}),
    ...(distance === undefined ? {} : { distance }),
  }));

/** Ports 0 to 3 of the router: its loopback, and ports with IPv4, both families, or nothing (unnumbered). */
const ports: fc.Arbitrary<Interface[]> = fc
  .array(fc.constantFrom("v4", "both", "none"), { minLength: 1, maxLength: 4 })
  .map((kinds) =>
    kinds.map((kind, index) => ({
      name: `Ethernet${index}`,
      segment: kind === "none" ? `link-${index}` : `10.0.${index}.0/24`,
      addresses:
        kind === "none" ? [] : [`10.0.${index}.1/24`, ...(kind === "both" ? [`2001:db8:0:${index + 1}::1/64`] : [])],
    })),
  );

/** Without what FRR 8.4 has no words for yet, or no version shows. */
function sayable(network: Network): Network {
  for (const { dialect, policies, groups, neighbors: all } of network.speakers) {
    for (const neighbor of all) if (neighbor.group !== undefined) delete neighbor.solo;
    if (dialect.system !== "frr" || dialect.version !== "8.4") continue;
    for (const settings of [...Object.values(groups ?? {}), ...all]) delete settings.gracefulShutdown;
    for (const settings of Object.values(groups ?? {})) delete settings.solo;
    for (const term of Object.values(policies ?? {}).flatMap(({ terms }) => terms)) {
      const { match: wanted } = term;
      if (wanted === undefined) continue;
      for (const field of ["communityCountMax", "asPathCountMax", "sourcePeer"] as const) delete wanted[field];
      if (wanted.communityMatch === "any") delete wanted.communityMatch;
      if (Object.keys(wanted).length === 0) delete term.match;
    }
  }
  return network;
}

/** One router of that system, and the segments that it stands on. */
export function arbitraryRouter(
  system: RouterSystem,
  versions: readonly string[] = ["8.4", "10.6"],
): fc.Arbitrary<Network> {
  return fc
    .tuple(asn, ports)
    .chain(([own, up]) => fc.tuple(fc.constant({ own, up }), fc.array(groupOf(system, own), { maxLength: 2 })))
    .chain(([{ own, up }, groups]) =>
      fc.record({
        own: fc.constant(own),
        up: fc.constant(up),
        groups: fc.constant(groups),
        neighbors: neighbors(system, own, groups, up),
        bgp: options(system),
        routerId: v4,
        profile: fc.constantFrom("traditional" as const, "datacenter" as const),
        version: fc.constantFrom(...versions),
        listens: fc.boolean(),
        originate: fc.uniqueArray(origination(system), { maxLength: 4, selector: originKey }),
        routes: fc.uniqueArray(staticRoute, { maxLength: 3, selector: (route) => route.prefix }),
        policies: fc.record(
          { "IN-1": policy(system), "IN-2": policy(system), "OUT-1": policy(system), "OUT-2": policy(system) },
          { requiredKeys: [] },
        ),
        prefixLists: fc.record(
          { PODS: prefixEntries, SERVICES: prefixEntries, BOTH: prefixEntries },
          { requiredKeys: [] },
        ),
        communityLists: fc.record({ MARKED: communityEntries("standard"), LARGE: communityEntries("large") }),
        asPathLists: fc.record(
          {
            SHORT: fc
              .array(
                fc.tuple(action, regex).map(([act, text]) => ({ action: act, regex: text })),
                { minLength: 1, maxLength: 3 },
              )
              .map(inFives),
          },
          { requiredKeys: [] },
        ),
        restartTime: optional(fc.integer({ min: 1, max: 4095 })),
      }),
    )
    .map((parts): Network => {
      const speaker: Speaker = {
        name: "router1",
        dialect:
          system === "frr" ? { system, version: parts.version, profile: parts.profile } : { system, version: "4.32" },
        asn: parts.own,
        routerId: parts.routerId,
        interfaces: [
          { name: system === "frr" ? "lo" : "Loopback0", addresses: ["10.254.0.1/32", "2001:db8:ffff::1/128"] },
          ...parts.up,
        ],
        routes: parts.routes,
        bgp: parts.bgp,
        groups: Object.fromEntries(parts.groups.map((group, index) => [`GROUP-${index}`, group.settings])),
        neighbors: parts.neighbors,
        listen: parts.groups.flatMap((group, index) =>
          parts.listens && group.hasAs ? [{ prefix: `10.${100 + index}.0.0/16`, group: `GROUP-${index}` }] : [],
        ),
        originate: parts.originate,
        policies: parts.policies,
        prefixLists: parts.prefixLists,
        communityLists: parts.communityLists,
        asPathLists: parts.asPathLists,
      };
      fit(speaker, system === "frr" ? parts.restartTime : undefined);
      // FRR drops "as-set" from an aggregate beside "bgp reject-as-sets" (said by vtysh 8.4.4).
      if (speaker.bgp.rejectAsSets === true) {
        for (const origin of speaker.originate ?? []) if (origin.kind === "aggregate") delete origin.asSet;
      }
      return sayable({
        version: 1,
        speakers: [speaker],
        segments: parts.up.map((port) => ({
          name: port.segment ?? "",
          prefixes: port.addresses.map((text) => text.replace("::1/", "::/").replace(/\.1\/24$/, ".0/24")),
        })),
      });
    });
}

const originKey = (origin: Origination): string =>
  origin.kind === "redistribute" ? `${origin.from} ${origin.family}` : `${origin.kind} ${origin.prefix}`;

/** What one part of a router asks of another: next hops by a policy's use, one restart time, aliases of defaults. */
function fit(speaker: Speaker, restartTime: number | undefined): void {
  const all: NeighborSettings[] = [...Object.values(speaker.groups ?? {}), ...speaker.neighbors];
  for (const settings of all) {
    const { gracefulRestart, families } = settings;
    if ([families?.ipv4, families?.ipv6].some((own) => own?.addPath?.send === "best-per-as")) {
      speaker.bgp.deterministicMed = true;
    }
    if (gracefulRestart !== undefined && gracefulRestart.mode !== "off" && restartTime !== undefined) {
      settings.gracefulRestart = { ...gracefulRestart, restartTime };
    }
  }
  for (const neighbor of speaker.neighbors) {
    const group = neighbor.group === undefined ? undefined : speaker.groups?.[neighbor.group];
    for (const family of ["ipv4", "ipv6"] as const) {
      // FRR keeps a group's warning-only for its members.
      const own = neighbor.families?.[family];
      if (group?.families?.[family]?.maximumPrefix !== undefined) delete own?.maximumPrefix;
    }
  }
  for (const [name, each] of Object.entries(speaker.policies ?? {})) {
    const exports = all.some((s) => [s.families?.ipv4, s.families?.ipv6].some((f) => f?.exportPolicy === name));
    const imports = all.some((s) => [s.families?.ipv4, s.families?.ipv6].some((f) => f?.importPolicy === name));
    for (const { set } of each.terms) {
      const unwanted =
        speaker.dialect.system === "eos"
          ? set?.nextHop === "self" || set?.nextHop === "peer"
          : set?.nextHop === (exports ? "peer" : "self");
      if (set !== undefined && (unwanted || (set.nextHop === "self" && imports))) delete set.nextHop;
    }
    for (const term of each.terms) if (term.set !== undefined && Object.keys(term.set).length === 0) delete term.set;
  }
}

/** Where the router's ports lead: what no configuration of a router says. */
export function linksOf(network: Network): Links {
  const links: Links = { links: [], addresses: new Map() };
  for (const speaker of network.speakers) {
    for (const port of speaker.interfaces) {
      if (port.segment !== undefined) links.links.push({ name: port.segment, ends: [`${speaker.name}:${port.name}`] });
    }
  }
  return links;
}
