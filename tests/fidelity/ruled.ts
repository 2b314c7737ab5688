/** One network a rule that configurations name and random networks hardly draw: cases like those of cases.ts. */
import type {
  DialectRef,
  FamilySettings,
  Match,
  MaximumPaths,
  Network,
  SetActions,
  Speaker,
} from "../../components/bgp/network";
import { BIRD, build, FRR10, FRR8, frr, GOBGP, LINE, settings, side, type Change } from "./build";

const accepting = (match: Match, set: SetActions = {}) => ({
  terms: [{ seq: 10, action: "accept" as const, match, set }],
});

/** s1 announces with what `sent` sets; s2 lets in what matches, and makes `set` of it. */
const filtered = (dialect: DialectRef, sent: SetActions, match: Match, set: SetActions = {}, more?: Change): Network =>
  build([FRR8, dialect, FRR8], [], LINE, (network, s) => {
    s(1).policies = { OUT: accepting({}, sent) };
    settings(s(1)).exportPolicy = "OUT";
    s(2).communityLists = {
      TWO: [{ seq: 5, action: "permit", kind: "standard", communities: ["65000:1", "65000:2"] }],
    };
    s(2).policies = { IN: accepting(match, set) };
    settings(s(2), 0).importPolicy = "IN";
    more?.(network, s);
  });

/** s3 and s2 announce the same to s1: s3 over sixteen links with low addresses, s2, the best, over the last. */
const seventeenHops = (): Network =>
  build([BIRD, FRR8, FRR8], [], [...times(16, [1, 3]), [1, 2]], (_, s) => {
    for (const at of [2, 3]) announceAlike(s(at));
  });

/** s4 and s5 announce the same, s3 tells s1 of s4 over seventeen sessions, s2 of s5 over one. */
const heardOften = (): Network =>
  build([BIRD, FRR8, FRR8, FRR8, FRR8], [100, 100, 100, 200, 200], [[1, 2, 3, 4, 5], ...times(16, [1, 3])], (_, s) => {
    for (const at of [4, 5]) announceAlike(s(at));
    s(3).routerId = "10.255.0.1";
    s(1).routerId = "10.255.0.3";
    const heard: Record<number, number[]> = { 1: [2, 3], 2: [1, 5], 3: [1, 4], 4: [3], 5: [2] };
    for (const [at, from] of Object.entries(heard)) {
      s(Number(at)).neighbors = s(Number(at)).neighbors.filter(
        ({ address = "" }) => !address.startsWith("10.0.0.") || from.includes(Number(address.split(".")[3])),
      );
    }
  });

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

function announceAlike(speaker: Speaker): void {
  speaker.routes?.push({ prefix: "172.17.0.0/24", blackhole: true });
  speaker.originate?.push({ kind: "network", prefix: "172.17.0.0/24" });
}

/** s1 - s2 - s3 - s4: s2 and s3 are members of AS 100, and one to the two others. */
const confederation = (dialect: DialectRef, more?: Change): Network =>
  build(
    [FRR8, dialect, FRR8, dialect, FRR8],
    [200, 65001, 65001, 65002, 300],
    [
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ],
    (network, s) => {
      for (const [at, other] of [
        [2, 65002],
        [3, 65002],
        [4, 65001],
      ] as const) {
        s(at).bgp.confederation = { identifier: 100, members: [other] };
      }
      side(s(1)).remoteAs = side(s(5)).remoteAs = 100;
      settings(s(2), 1).nextHopSelf = settings(s(3), 1).nextHopSelf = true;
      settings(s(3), 0).nextHopSelf = settings(s(4), 0).nextHopSelf = true;
      more?.(network, s);
    },
  );

const routeServer = (server: DialectRef, clients: FamilySettings[]): Network =>
  build([server, FRR8, BIRD, FRR8], [], [[1, 2, 3, 4]], (_, s) => {
    clients.forEach((each, at) => Object.assign(settings(s(1), at), each));
    for (const at of [2, 3, 4]) s(at).neighbors = s(at).neighbors.filter(({ address }) => address === "10.0.0.1");
    s(2).policies = { OUT: accepting({}, { med: 7, communities: { set: ["no-export"] } }) };
    settings(s(2)).exportPolicy = "OUT";
  });

/** Only what s1 sends back to s2 of s2's own is looked at: s2 takes its own ASN. */
const echo = (more: Change): Network =>
  build(frr(2), [], [[1, 2]], (network, s) => {
    settings(s(2)).allowAsIn = 1;
    more(network, s);
  });

/** s1 - s2 - s3 - s4, where s1 and s2 have the addresses that s3 and s4 have. */
const alike = (dialect: DialectRef, more?: Change): Network =>
  build(
    [FRR8, dialect, FRR8, dialect],
    [],
    [
      [1, 2],
      [3, 4],
      [2, 3],
    ],
    (network, s) => {
      for (const [own, other] of [
        [3, 4],
        [4, 3],
      ] as const) {
        const port = s(own).interfaces.find(({ segment }) => segment === "n1");
        if (port !== undefined) port.addresses = [`10.0.0.${own - 2}/24`];
        for (const each of s(own).neighbors)
          if (each.address === `10.0.1.${other}`) each.address = `10.0.0.${other - 2}`;
      }
      (network.segments[1] ?? { prefixes: [] }).prefixes = ["10.0.0.0/24"];
      more?.(network, s);
    },
  );

/** s4 is a table of s2. */
const asVrf: Change = (_, s) => {
  s(4).name = "s2 vrf RED";
};

const floating = (dialect: DialectRef, distance: number): Network =>
  build([FRR8, dialect, FRR8], [], LINE, (_, s) => {
    s(2).routes?.push({ prefix: "172.16.1.0/24", blackhole: true, distance });
    s(2).originate?.push({ kind: "redistribute", from: "static" });
  });

/** s3 is told of s1's route by iBGP, marked as a black hole. */
const blackholed = (dialect: DialectRef): Network =>
  build([FRR8, dialect], [65000, 65000], [[1, 2]], (_, s) => {
    s(1).policies = { OUT: accepting({}, { communities: { set: ["blackhole"] } }) };
    settings(s(1)).exportPolicy = "OUT";
  });

const merges = (rejectAsSets: boolean): Network =>
  build(
    [FRR8, FRR10, FRR8, FRR10],
    [],
    [
      [1, 2],
      [2, 3],
      [2, 4],
    ],
    (_, s) => {
      s(2).originate?.push({ kind: "aggregate", prefix: "172.16.0.0/16", asSet: true });
      s(4).bgp.rejectAsSets = rejectAsSets;
    },
  );

/** s2 calls a policy that takes what matches, whose last clause continues past its end, and has a clause behind the call. */
const calling = (dialect: DialectRef, match: Match, action: "accept" | "continue" = "accept"): Network =>
  filtered(dialect, { communities: { set: ["65000:1"] } }, {}, {}, (_, s) => {
    s(2).prefixLists = { FIRST: [{ seq: 5, action: "permit", prefix: "172.16.1.0/24" }] };
    s(2).policies = {
      IN: {
        terms: [
          { seq: 10, action, set: { med: 5 }, call: "MORE" },
          { seq: 20, action: "accept", set: { communities: { add: ["65000:20"] } } },
        ],
      },
      MORE: {
        terms: [
          { seq: 10, action: "continue", match, set: { localPreference: 300 } },
          { seq: 20, action: "continue", match, set: { med: 7, communities: { add: ["65000:9"] } } },
        ],
      },
    };
  });

const ownHop = (importCheck: boolean): Network =>
  build([FRR8, FRR10], [], [[1, 2]], (_, s) => {
    const host = "10.9.9.9/32";
    s(1).routes?.push({ prefix: host, blackhole: true });
    s(1).originate?.push({ kind: "network", prefix: host });
    s(1).policies = { OUT: accepting({}, { nextHop: "10.9.9.9" }) };
    settings(s(1)).exportPolicy = "OUT";
    s(2).bgp.importCheck = importCheck;
    s(2).routes?.push({ prefix: "10.9.9.0/24", via: ["10.0.0.1"] });
    side(s(2)).disableConnectedCheck = true;
  });

/** Both families over one session of one of them; both speakers have addresses of both on the link. */
const crossed = (dialects: DialectRef[], over: "ipv4" | "ipv6", more?: Change): Network =>
  build(dialects, [], [[1, 2]], (network, s) => {
    network.segments[0]?.prefixes.push("fd00::/64");
    for (const [own, other] of [
      [1, 2],
      [2, 1],
    ] as const) {
      s(own).interfaces[1]?.addresses.push(`fd00::${own}/64`);
      s(own).routes?.push({ prefix: `fd01:${own}::/48`, blackhole: true });
      s(own).originate?.push({ kind: "network", prefix: `fd01:${own}::/48` });
      side(s(own)).families = { ipv4: { active: true }, ipv6: { active: true } };
      if (over === "ipv6") side(s(own)).address = `fd00::${other}`;
    }
    more?.(network, s);
  });

/** s1 hears of one prefix of each family from s2 and from s3, and takes another number of paths in each. */
const wider = (dialect: DialectRef, maximumPaths: MaximumPaths, maximumPathsIpv6: MaximumPaths): Network =>
  build(
    [dialect, FRR8, FRR8],
    [65001, 65002, 65002],
    [
      [1, 2],
      [1, 3],
    ],
    (network, s) => {
      Object.assign(s(1).bgp, { maximumPaths, maximumPathsIpv6 });
      network.segments.forEach(({ prefixes }, index) => prefixes.push(`fd00:${index + 1}::/64`));
      for (const [own, others] of [
        [1, [2, 3]],
        [2, [1]],
        [3, [1]],
      ] as const) {
        const nets = s(own).interfaces.flatMap(({ segment }) =>
          segment === undefined ? [] : [Number(segment.slice(1)) + 1],
        );
        s(own)
          .interfaces.slice(1)
          .forEach((port, at) => port.addresses.push(`fd00:${nets[at] ?? 0}::${own}/64`));
        s(own).neighbors.push(
          ...s(own).neighbors.map((each, index) => ({
            ...each,
            address: `fd00:${nets[index] ?? 0}::${others[index] ?? 0}`,
            families: { ipv6: { active: true } },
          })),
        );
        for (const each of s(own).neighbors.slice(0, others.length)) each.families = { ipv4: { active: true } };
        if (own === 1) continue;
        for (const prefix of ["203.0.113.0/24", "fd01::/48"]) {
          s(own).routes?.push({ prefix, blackhole: true });
          s(own).originate?.push({ kind: "network", prefix });
        }
      }
    },
  );

export const ruled: Record<string, Network> = {
  "minimum-holdtime refuses a shorter hold time": build(frr(3), [], LINE, (_, s) => {
    s(2).bgp.minimumHoldTime = 10;
    side(s(1)).timers = { ...side(s(1)).timers, hold: 9, keepalive: 3 };
    side(s(3)).timers = { ...side(s(3)).timers, hold: 30, keepalive: 10 };
  }),
  "the same two addresses on two links": alike(FRR8),
  "a VRF beside its device, with the same address on its link (8.4)": alike(FRR8, asVrf),
  "a VRF beside its device, with the same address on its link (10.3)": alike(FRR10, asVrf),
  "a floating static, redistributed, beside eBGP (8.4)": floating(FRR8, 250),
  "a floating static, redistributed, beside eBGP (10.3)": floating(FRR10, 250),
  "a static of the usual distance, redistributed, beside eBGP": floating(FRR10, 1),
  "seventeen next hops at BIRD, whose kernel takes sixteen": seventeenHops(),
  "one next hop heard seventeen times at BIRD, and one heard once": heardOften(),
  "a host route that is its own next hop, without import-check (10.3)": ownHop(false),
  "a host route that is its own next hop, with import-check (10.3)": ownHop(true),
  "paths with an AS_SET are taken": merges(false),
  "paths with an AS_SET are refused": merges(true),
  "a black hole told by iBGP (8.4)": blackholed(FRR8),
  "a black hole told by iBGP (10.3)": blackholed(FRR10),
  "a confederation of two members (8.4)": confederation(FRR8),
  "a confederation of two members (10.3)": confederation(FRR10),
  "a confederation counts its members": confederation(FRR8, (_, s) => {
    s(4).bgp.countConfederation = true;
  }),
  "local-AS stays within a member": confederation(FRR8, (_, s) => {
    s(1).policies = { OUT: accepting({}, { communities: { set: ["local-AS"] } }) };
    settings(s(1)).exportPolicy = "OUT";
  }),
  "no-export stays within a confederation": confederation(FRR10, (_, s) => {
    s(1).policies = { OUT: accepting({}, { communities: { set: ["no-export"] } }) };
    settings(s(1)).exportPolicy = "OUT";
  }),
  "an aggregate made in a confederation": confederation(FRR8, (_, s) => {
    s(3).originate?.push({ kind: "aggregate", prefix: "172.16.0.0/16" });
  }),
  "a reflector within a confederation": confederation(FRR8, (_, s) => {
    settings(s(3), 0).reflectorClient = true;
  }),
  "a member that the other does not know as one": confederation(FRR8, (_, s) => {
    s(3).bgp.confederation = { identifier: 100 };
  }),
  "a route server and its clients (8.4)": routeServer(
    FRR8,
    [1, 2, 3].map(() => ({ routeServerClient: true })),
  ),
  "a route server and its clients (10.3)": routeServer(
    FRR10,
    [1, 2, 3].map(() => ({ routeServerClient: true })),
  ),
  "a route server with a neighbor that is no client": routeServer(FRR8, [{}, { routeServerClient: true }]),
  "a route server between two links, one neighbor no client": build([FRR8, FRR8, GOBGP], [], LINE, (_, s) => {
    settings(s(2), 1).routeServerClient = true;
  }),
  "a route server between two links (10.3)": build([FRR8, FRR10, FRR8], [], LINE, (_, s) => {
    for (const at of [0, 1]) settings(s(2), at).routeServerClient = true;
  }),
  "set local-preference by a step": filtered(FRR8, {}, {}, { localPreference: "+50" }),
  "set local-preference below nothing": filtered(FRR10, {}, {}, { localPreference: "-500" }),
  "match community any (10.3)": filtered(
    FRR10,
    { communities: { set: ["65000:2", "65000:3"] } },
    { communityList: "TWO", communityMatch: "any" },
  ),
  "match community any, of none (10.3)": filtered(FRR10, {}, { communityList: "TWO", communityMatch: "any" }),
  "match community exact-match": filtered(
    FRR8,
    { communities: { set: ["65000:1", "65000:2"] } },
    { communityList: "TWO", communityMatch: "exact" },
  ),
  "match community exact-match, of more": filtered(
    FRR8,
    { communities: { set: ["65000:1", "65000:2", "65000:3"] } },
    { communityList: "TWO", communityMatch: "exact" },
  ),
  "match origin": filtered(FRR8, { origin: "egp" }, { origin: "egp" }),
  "match peer on the way in": filtered(FRR8, {}, { peer: "10.0.0.1" }),
  "match peer on the way out knows no address": filtered(FRR8, {}, {}, {}, (_, s) => {
    s(2).policies = { ...s(2).policies, OUT: accepting({ peer: "10.0.1.3" }) };
    settings(s(2), 1).exportPolicy = "OUT";
  }),
  "match src-peer on the way out (10.3)": filtered(FRR10, {}, {}, {}, (_, s) => {
    s(2).policies = { ...s(2).policies, OUT: accepting({ sourcePeer: "10.0.0.1" }) };
    settings(s(2), 1).exportPolicy = "OUT";
  }),
  "a tag set on the way in, matched on the way out": filtered(FRR8, {}, {}, { tag: 7 }, (_, s) => {
    s(2).policies = { ...s(2).policies, OUT: accepting({ tag: 7 }) };
    settings(s(2), 1).exportPolicy = "OUT";
  }),
  "a tagged static, redistributed by its tag": build(frr(2), [], [[1, 2]], (_, s) => {
    s(1).routes?.push(
      { prefix: "172.30.1.0/24", blackhole: true, tag: 7 },
      { prefix: "172.30.2.0/24", blackhole: true, tag: 8 },
    );
    s(1).policies = { TAG: accepting({ tag: 7 }) };
    s(1).originate?.push({ kind: "redistribute", from: "static", policy: "TAG" });
  }),
  "set ip next-hop unchanged": filtered(FRR8, {}, {}, {}, (_, s) => {
    s(2).policies = { ...s(2).policies, OUT: accepting({}, { nextHop: "unchanged" }) };
    settings(s(2), 1).exportPolicy = "OUT";
    side(s(3)).disableConnectedCheck = true;
  }),
  "comm-list delete": filtered(
    FRR8,
    { communities: { set: ["65000:1", "65000:2", "65000:3"] } },
    {},
    { communities: { removeList: "ONE" } },
    (_, s) => {
      s(2).communityLists = {
        ...s(2).communityLists,
        ONE: [{ seq: 5, action: "permit", kind: "standard", communities: ["65000:1"] }],
      };
    },
  ),
  "the first ASN once more, twice (8.4)": filtered(FRR8, { prepend: [65009] }, {}, { prependFirst: 2 }),
  "the first ASN once more, twice (10.3)": filtered(FRR10, { prepend: [65009] }, {}, { prependFirst: 2 }),
  "an own route has no first ASN": build(frr(2), [], [[1, 2]], (_, s) => {
    s(1).policies = { OUT: accepting({}, { prependFirst: 3 }) };
    settings(s(1)).exportPolicy = "OUT";
  }),
  "ASNs excluded from a path (8.4)": filtered(FRR8, { prepend: [65009, 65008, 65009] }, {}, { exclude: [65009] }),
  "ASNs excluded from a path (10.3)": filtered(FRR10, { prepend: [65009, 65008] }, {}, { exclude: [65008, 65001] }),
  "IPv6 over more paths than IPv4 (8.4)": wider(FRR8, { ebgp: 1 }, { ebgp: 2 }),
  "IPv6 over as many paths as FRR takes by itself (10.3)": wider(FRR10, { ebgp: 1 }, {}),
  "an own route comes back where the own ASN was taken out": build(frr(3), [], LINE, (_, s) => {
    s(2).policies = { OUT: accepting({}, { exclude: [65001] }) };
    settings(s(2), 0).exportPolicy = settings(s(2), 1).exportPolicy = "OUT";
  }),
  "a router in graceful shutdown, whose redistribution sets communities": build(frr(2), [], [[1, 2]], (_, s) => {
    s(1).bgp.gracefulShutdown = true;
    s(1).policies = { OWN: accepting({}, { localPreference: 200, communities: { set: ["no-export"] } }) };
    s(1).originate = [
      { kind: "redistribute", from: "static", policy: "OWN" },
      { kind: "network", prefix: "172.16.1.0/24", policy: "OWN" },
    ];
  }),
  "a policy that calls another, which sets more (8.4)": calling(FRR8, {}),
  "a policy that calls another, which sets more (10.3)": calling(FRR10, {}),
  "a policy that calls another, which refuses some": calling(FRR8, { prefixList: "FIRST" }),
  "a policy that calls another and goes on": calling(FRR10, {}, "continue"),
  "a policy that calls another, is refused some and goes on": calling(FRR8, { prefixList: "FIRST" }, "continue"),
  "a policy that calls one that is not there": filtered(FRR8, {}, {}, {}, (_, s) => {
    s(2).policies = { IN: { terms: [{ seq: 10, action: "accept", set: { med: 5 }, call: "NOBODY" }] } };
  }),
  "what is sent back": echo(() => undefined),
  "nothing is sent back to a neighbor that is solo": echo((_, s) => void (side(s(1)).solo = true)),
  "nothing is sent back that holds the neighbor's ASN": echo((_, s) => void (side(s(1)).senderLoopCheck = true)),
  "a neighbor in graceful shutdown (10.3)": build([FRR10, FRR8, FRR8], [], LINE, (_, s) => {
    side(s(1)).gracefulShutdown = true;
  }),
  "a router in graceful shutdown": build(frr(3), [65001, 65002, 65002], LINE, (_, s) => {
    s(2).bgp.gracefulShutdown = true;
    settings(s(2), 1).nextHopSelf = true;
  }),
  "private ASNs replaced in a path of them alone": build(frr(3), [65001, 65002, 3001], LINE, (_, s) => {
    settings(s(2), 1).removePrivateAs = "replace-private-only";
  }),
  "an aggregate with an origin of its own": build(frr(3), [], LINE, (_, s) => {
    s(2).originate?.push({ kind: "aggregate", prefix: "172.16.0.0/16", origin: "egp" });
  }),
  "default-originate while the table holds a route": build(frr(3), [], LINE, (_, s) => {
    s(2).prefixLists = { FIRST: [{ seq: 5, action: "permit", prefix: "172.16.1.0/24" }] };
    s(2).policies = { IF: accepting({ prefixList: "FIRST" }, { med: 30, communities: { set: ["65000:9"] } }) };
    settings(s(2), 1).defaultOriginate = { policy: "IF" };
  }),
  "default-originate while the table lacks a route": build([FRR8, FRR10, FRR8], [], LINE, (_, s) => {
    s(2).prefixLists = { OTHER: [{ seq: 5, action: "permit", prefix: "172.16.77.0/24" }] };
    s(2).policies = { IF: accepting({ prefixList: "OTHER" }) };
    settings(s(2), 1).defaultOriginate = { policy: "IF" };
  }),
  "default-originate of the first clause that a route matches (10.3)": build([FRR8, FRR10, FRR8], [], LINE, (_, s) => {
    s(2).prefixLists = {
      OTHER: [{ seq: 5, action: "permit", prefix: "172.16.77.0/24" }],
      OWN: [{ seq: 5, action: "permit", prefix: "172.16.2.0/24" }],
    };
    s(2).policies = {
      IF: {
        terms: [
          { seq: 10, action: "accept", match: { prefixList: "OTHER" }, set: { med: 10 } },
          { seq: 20, action: "accept", match: { prefixList: "OWN" }, set: { med: 20, localPreference: 70 } },
          { seq: 30, action: "accept", set: { med: 30 } },
        ],
      },
    };
    settings(s(2), 1).defaultOriginate = { policy: "IF" };
  }),
  "a confederation whose members need policies (8.4)": confederation(
    { system: "frr", version: "8.4", profile: "traditional" },
    (_, s) => {
      for (const at of [2, 4]) delete s(at).bgp.ebgpRequiresPolicy;
    },
  ),
  "IPv6 routes over an IPv4 session of GoBGP and FRR (8.4)": crossed([GOBGP, FRR8], "ipv4"),
  "IPv6 routes over an IPv4 session of GoBGP and FRR (10.3)": crossed([GOBGP, FRR10], "ipv4"),
  "IPv4 routes over an IPv6 session of GoBGP and FRR (8.4)": crossed([GOBGP, FRR8], "ipv6"),
  "IPv4 routes over an IPv6 session of GoBGP and FRR (10.3)": crossed([GOBGP, FRR10], "ipv6"),
  "IPv4 routes over an IPv6 session with extended-nexthop, GoBGP and FRR": crossed([GOBGP, FRR10], "ipv6", (_, s) => {
    side(s(2)).extendedNextHop = true;
  }),
  "IPv4 routes over an IPv6 session of two GoBGPs": crossed([GOBGP, GOBGP], "ipv6"),
  "IPv6 routes over an IPv4 session of two GoBGPs": crossed([GOBGP, GOBGP], "ipv4"),
  "IPv6 routes over an IPv4 session of two FRRs": crossed([FRR8, FRR10], "ipv4"),
  "IPv4 routes over an IPv6 session of two FRRs": crossed([FRR8, FRR10], "ipv6"),
  "IPv4 routes over an IPv6 session of two FRRs with extended-nexthop": crossed([FRR8, FRR10], "ipv6", (_, s) => {
    side(s(1)).extendedNextHop = side(s(2)).extendedNextHop = true;
  }),
  "maximum-prefix-out that is not reached": build(frr(3), [], LINE, (_, s) => {
    settings(s(2), 1).maximumPrefixOut = 5;
  }),
};
