/** What random networks showed that no rule had, each made small by hand: cases like those of cases.ts. */
import type { Neighbor, Network, Speaker } from "../../components/bgp/network";
import { BIRD, build, FRR10, FRR8, frr, GOBGP, LINE, settings, side } from "./build";

const SHARED = "198.18.0.0/24";

/** Announces one more prefix, which others announce too. */
function anycast(speaker: Speaker): void {
  speaker.routes?.push({ prefix: SHARED, blackhole: true });
  if (speaker.dialect.system !== "bird") speaker.originate?.push({ kind: "network", prefix: SHARED });
}

/** Keeps the sessions with these neighbors on the first segment alone. */
function only(speaker: Speaker, ...hosts: number[]): void {
  const wanted = hosts.map((host) => `10.0.0.${host}`);
  speaker.neighbors = speaker.neighbors.filter((each) => wanted.includes(each.address ?? ""));
}

/** eBGP between loopbacks that something other than FRR has made reachable. */
const afar = (dialects: (typeof FRR8)[], ends: [Neighbor, Neighbor]): Network =>
  build(dialects, [], [[1, 2]], (_, s) => {
    for (const [own, other] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const loopback = `10.254.0.${other}`;
      s(own).routes?.push({ prefix: `${loopback}/32`, via: [`10.0.0.${other}`], source: "kernel" });
      Object.assign(side(s(own)), { address: loopback, localAddress: `10.254.0.${own}`, multihop: 2 }, ends[own - 1]);
    }
  });

/** The hub's update group: with another of the same kind on the network the echo keeps its next hop. */
const echo = (third: typeof FRR8): Network =>
  build([FRR8, FRR8, third], [], [[1, 2, 3]], (_, s) => {
    settings(s(2)).allowAsIn = 1;
    only(s(2), 1);
    only(s(3), 1);
  });

/** s3 hears of s1's routes with next hops that a BGP route alone leads to. */
const overBgp = (dialect: typeof FRR8): Network =>
  build([FRR8, FRR8, dialect], [65001, 65002, 65002], LINE, (_, s) => {
    s(2).originate?.push({ kind: "redistribute", from: "connected" });
  });

/** s4 hears of s1's route twice: with a next hop that a BGP route with a MED leads to, and with a connected one. */
const costly = (dialect: typeof FRR8): Network =>
  build(
    [FRR8, FRR8, FRR8, dialect],
    [65001, 65002, 65002, 65002],
    [
      [1, 2],
      [1, 3],
      [2, 3, 4],
    ],
    (_, s) => {
      s(2).originate?.push({ kind: "redistribute", from: "connected", metric: 20 });
      for (const i of [1, 2]) settings(s(3), i).nextHopSelf = true;
    },
  );

/** s2 refuses s3 what s1's system made, and puts its own ASN in that one's place. */
const overridden = (dialect: typeof FRR8): Network =>
  build([FRR8, dialect, FRR8], [65001, 65002, 65001], LINE, (_, s) => {
    s(2).asPathLists = { FROM: [{ action: "permit", regex: "_65001$" }] };
    s(2).policies = {
      P: {
        terms: [
          { seq: 10, action: "reject", match: { asPathList: "FROM" } },
          { seq: 20, action: "accept" },
        ],
        otherwise: "reject",
      },
    };
    Object.assign(settings(s(2), 1), { asOverride: true, exportPolicy: "P" });
  });

/** Addresses, sessions and own prefixes in IPv6 instead. */
function inIpv6(network: Network): void {
  const six = (text: string): string =>
    text
      .replace(/^10\.0\.(\d+)\.(\d+)(\/24)?$/, (_, k: string, n: string, mask?: string) => {
        return `fd00:0:0:${Number(k) + 1}::${n}${mask === undefined ? "" : "/64"}`;
      })
      .replace(/^172\.16\.(\d+)\.0\/24$/, "fd01:$1::/48");
  network.segments.forEach((segment, k) => (segment.prefixes = [`fd00:0:0:${k + 1}::/64`]));
  for (const speaker of network.speakers) {
    for (const port of speaker.interfaces) port.addresses = port.addresses.map(six);
    for (const route of speaker.routes ?? []) route.prefix = six(route.prefix);
    for (const own of speaker.originate ?? []) if (own.kind === "network") own.prefix = six(own.prefix);
    for (const each of speaker.neighbors) {
      each.address = six(each.address ?? "");
      each.families = { ipv4: { active: false }, ipv6: { active: true } };
    }
  }
}

/** s2 keeps s1's next hop towards s3, which knows no way to it, and puts its own link-local address beside it. */
const keptBeside = (dialect: typeof FRR8): Network =>
  build([FRR8, dialect, dialect], [], LINE, (network, s) => {
    inIpv6(network);
    Object.assign(side(s(2), 1).families?.ipv6 ?? {}, { nextHopUnchanged: true });
  });

/** s3 hears of s1's prefix by one next hop from two neighbors, each with its own link-local address. */
const twiceBeside = (dialect: typeof FRR8): Network =>
  build([FRR8, dialect, dialect], [65000, 65000, 65001], [[1, 2, 3]], inIpv6);

/** s3 hears of the prefix of s2's client, whose next hop is on their link; what goes beside it is FRR 8's alone. */
const clientBeside = (dialect: typeof FRR8): Network =>
  build([FRR8, dialect, FRR8], [65000, 65000, 65001], [[1, 2, 3]], (network, s) => {
    only(s(1), 2);
    only(s(3), 2);
    inIpv6(network);
    Object.assign(side(s(2)).families?.ipv6 ?? {}, { reflectorClient: true });
  });

/** s3 hears of s1's prefix from s1 and from its reflector s2, by one next hop; FRR 10.3 passes it on without a second one. */
const clientTwice = (dialect: typeof FRR8): Network =>
  build([FRR8, FRR10, dialect], [65000, 65000, 65001], [[1, 2, 3]], (network, s) => {
    inIpv6(network);
    Object.assign(side(s(2)).families?.ipv6 ?? {}, { reflectorClient: true });
    s(3).bgp.maximumPaths = { ebgp: 4, ibgp: 4 };
  });

/** s4 hears of s2's and s3's common prefix by two paths, which s1 passes on by a policy; in FRR 8.4 one may stay twice. */
const fanned = (dialect: typeof FRR8): Network =>
  build([dialect, BIRD, BIRD, FRR8], [65001, 65002, 65003, 65001], [[1, 2, 3, 4]], (_, s) => {
    for (const n of [2, 3]) {
      anycast(s(n));
      only(s(n), 1);
    }
    only(s(4), 1);
    s(1).policies = { OUT: { terms: [{ seq: 10, action: "accept" }], otherwise: "reject" } };
    Object.assign(settings(s(1), 2), { addPath: { send: "all" }, exportPolicy: "OUT", nextHopSelf: true });
  });

export const found: Record<string, Network> = {
  "a multihop session over an IGP's routes that one end dials": afar([FRR8, FRR8], [{}, { passive: true }]),
  "a multihop session that both dial, without the connected check": afar(
    [FRR8, FRR8],
    [{ disableConnectedCheck: true }, { disableConnectedCheck: true }],
  ),
  "a multihop session that both dial, of FRR 10": afar([FRR10, FRR10], [{}, {}]),
  "an echo where the hub's neighbors are two FRRs": echo(FRR8),
  "an echo where a BIRD is beside the FRR": echo(BIRD),
  "an echo where a GoBGP is beside the FRR": echo(GOBGP),
  "next hops that a BGP route leads to": overBgp(FRR8),
  "next hops that a BGP route leads to, in FRR 10": overBgp(FRR10),
  "several paths by an export policy": fanned(FRR8),
  "several paths by an export policy, in FRR 10": fanned(FRR10),
  "a next hop costs the MED of the BGP route that leads to it": costly(FRR8),
  "a next hop costs the MED of the BGP route that leads to it, in FRR 10": costly(FRR10),
  "two paths that differ in a MED of 0 alone, sent on by iBGP": build(
    [FRR8, FRR8, BIRD, FRR8],
    [65001, 65002, 65002, 65001],
    [[1, 2, 3, 4]],
    (_, s) => {
      for (const n of [2, 3]) {
        anycast(s(n));
        only(s(n), 1);
      }
      only(s(4), 1);
      settings(s(1), 2).nextHopSelf = true;
    },
  ),
  "one neighbor's several paths by one next hop share once": build(
    [FRR8, BIRD, FRR8, FRR8, FRR8],
    [65000, 65000, 65000, 65000, 65000],
    [[1, 2, 3, 4, 5]],
    (_, s) => {
      only(s(1), 2, 5);
      for (const n of [3, 4]) only(s(n), 2);
      only(s(5), 1);
      s(2).neighbors = s(2).neighbors.filter((each) => each.address !== "10.0.0.5");
      for (const i of [0, 1, 2]) Object.assign(settings(s(2), i), { reflectorClient: true, nextHopSelf: true });
      for (const n of [3, 4, 5]) anycast(s(n));
      s(5).routerId = "10.0.0.5";
    },
  ),
  "a kept next hop that came over an unnumbered session": build(frr(3), [], LINE, (_, s) => {
    for (const [n, i] of [
      [1, 0],
      [2, 0],
    ] as const) {
      delete side(s(n), i).address;
      Object.assign(side(s(n), i), { interface: "e0", remoteAs: "external" });
    }
    settings(s(2), 1).nextHopUnchanged = true;
  }),
  "maximum-prefix counts each of a prefix's paths": build(
    [FRR8, BIRD, FRR8, FRR8],
    [65000, 65000, 65000, 65000],
    [[1, 2, 3, 4]],
    (_, s) => {
      for (const n of [1, 3, 4]) only(s(n), 2);
      for (const i of [0, 1, 2]) Object.assign(settings(s(2), i), { reflectorClient: true, nextHopSelf: true });
      for (const n of [3, 4]) anycast(s(n));
      settings(s(1)).maximumPrefix = { limit: 3 };
    },
  ),
  "an IPv6 next hop that a reflector passes on": build(frr(3), [65000, 65000, 65000], [[1, 2, 3]], (network, s) => {
    network.segments.forEach((segment) => segment.prefixes.push("fd00:0:0:1::/64"));
    for (const n of [1, 2, 3]) {
      s(n).interfaces[1]?.addresses.push(`fd00:0:0:1::${n}/64`);
      s(n).routes?.push({ prefix: `fd01:${n}::/48`, blackhole: true });
      s(n).originate?.push({ kind: "network", prefix: `fd01:${n}::/48` });
      s(n).neighbors = (n === 2 ? [1, 3] : [2]).map((far) => ({
        address: `fd00:0:0:1::${far}`,
        remoteAs: 65000,
        timers: { connectRetry: 3 },
        families: { ipv4: { active: false }, ipv6: { active: true, ...(n === 2 ? { reflectorClient: true } : {}) } },
      }));
    }
  }),
  "several paths for a GoBGP that takes one, and the next best is withheld": build(
    [FRR8, FRR8, FRR8, GOBGP],
    [],
    [[1, 2, 3, 4]],
    (_, s) => {
      for (const n of [2, 3]) {
        anycast(s(n));
        only(s(n), 1);
      }
      only(s(4), 1);
      s(1).policies = {
        STAY: {
          terms: [{ seq: 10, action: "accept", set: { localPreference: 200, communities: { add: ["no-export"] } } }],
          otherwise: "reject",
        },
      };
      settings(s(1), 0).importPolicy = "STAY";
      settings(s(1), 2).addPath = { send: "all" };
    },
  ),
  "local-as where private ASNs are removed": build([FRR8, FRR10], [], [[1, 2]], (_, s) => {
    side(s(1)).localAs = { asn: 64900 };
    side(s(2)).localAs = { asn: 64901 };
    side(s(1)).remoteAs = 64901;
    side(s(2)).remoteAs = 64900;
    settings(s(1)).removePrivateAs = "all";
    settings(s(2)).removePrivateAs = true;
  }),
  "an export policy before as-override": overridden(FRR8),
  "an export policy before as-override, in FRR 10": overridden(FRR10),
  "a kept IPv6 next hop and the link-local one beside it": keptBeside(FRR8),
  "a kept IPv6 next hop and the link-local one beside it, in FRR 10": keptBeside(FRR10),
  "a client's IPv6 route towards eBGP on one link": clientBeside(FRR8),
  "a client's IPv6 route towards eBGP on one link, in FRR 10": clientBeside(FRR10),
  "one IPv6 next hop, two link-local ones": twiceBeside(FRR8),
  "one IPv6 next hop, two link-local ones, in FRR 10": twiceBeside(FRR10),
  "one IPv6 next hop from its owner and from a reflector": clientTwice(FRR8),
  "one IPv6 next hop from its owner and from a reflector, in FRR 10": clientTwice(FRR10),
  "two IPv6 sessions with one router, in FRR 10": build(
    [FRR10, FRR8],
    [],
    [
      [1, 2],
      [1, 2],
    ],
    (network, s) => {
      for (const [k, hosts] of [
        [0, [1, 5]],
        [1, [1, 2]],
      ] as const) {
        network.segments[k]?.prefixes.push(`fd00:0:0:${k + 1}::/64`);
        for (const n of [1, 2]) s(n).interfaces[k + 1]?.addresses.push(`fd00:0:0:${k + 1}::${hosts[n - 1] ?? 0}/64`);
      }
      s(2).routes?.push({ prefix: "fd01:2::/48", blackhole: true });
      s(2).originate?.push({ kind: "network", prefix: "fd01:2::/48" });
      for (const [n, far] of [
        [1, ["fd00:0:0:1::5", "fd00:0:0:2::2"]],
        [2, ["fd00:0:0:1::1", "fd00:0:0:2::1"]],
      ] as const) {
        s(n).neighbors = far.map((address) => ({
          address,
          remoteAs: 65003 - n,
          timers: { connectRetry: 3 },
          families: { ipv4: { active: false }, ipv6: { active: true } },
        }));
      }
    },
  ),
};
