/**
 * Arbitrary routers, each as one speaker with its segments: everything that the router's system can be told, in the form
 * in which it is read back (lists numbered, communities in order, nothing said that is the default anyway).
 */
import fc from "fast-check";
import type {
  BgpOptions,
  Interface,
  NeighborSettings,
  Network,
  Origination,
  Speaker,
  StaticRoute,
} from "../../../components/bgp/network";
import type { Links } from "../../../components/config/lab/links";
import {
  type RouterSystem,
  action,
  anyFamilyPrefix,
  asn,
  communityEntries,
  inFives,
  optional,
  prefixEntries,
  regex,
  some,
  u32,
  v4,
  yes,
} from "./values";
import { policy } from "./policies";
import { OUT, groupOf, neighbors } from "./neighbors";

function options(system: RouterSystem): fc.Arbitrary<BgpOptions> {
  const frr = system === "frr";
  const never = fc.constant(undefined);
  return some<BgpOptions>({
    maximumPathsIpv6: never,
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
export const ports: fc.Arbitrary<Interface[]> = fc
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
          {
            "IN-1": policy(system, "SHARED"),
            "IN-2": policy(system),
            "OUT-1": policy(system, "SHARED"),
            "OUT-2": policy(system),
            SHARED: policy(system),
          },
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
      // What it stands for depends on the way that a policy is used, and this one is used both ways.
      const shared = name === "SHARED" && (set?.nextHop === "self" || set?.nextHop === "peer");
      if (set !== undefined && (unwanted || shared || (set.nextHop === "self" && imports))) delete set.nextHop;
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
