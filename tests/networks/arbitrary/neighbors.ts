/** Arbitrary neighbors and groups of them, with all that a session can be told. */
import fc from "fast-check";
import type { FamilySettings, Interface, Neighbor, NeighborSettings } from "../../../components/bgp/network";
import { LISTS, PATH_LISTS, type RouterSystem, optional, passwords, some, yes } from "./values";

export const IN = ["IN-1", "IN-2"];
export const OUT = ["OUT-1", "OUT-2"];

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

export const groupOf = (system: RouterSystem, own: number): fc.Arbitrary<Group> =>
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

export function neighbors(
  system: RouterSystem,
  own: number,
  groups: Group[],
  ports: Interface[],
): fc.Arbitrary<Neighbor[]> {
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
