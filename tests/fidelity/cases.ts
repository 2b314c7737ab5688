/**
 * Hand-written networks, one a feature of the Network: small enough to reason about, run as real daemons like the random
 * ones. A name says what the case is about, not what the answer is: the daemons give that.
 */
import type { Network } from "../../components/bgp/network";
import { BIRD, build, FRR10, FRR8, FRR8_TRADITIONAL, frr, GOBGP, LINE, settings, side, SQUARE } from "./build";
import { found } from "./found";
import { ruled } from "./ruled";

export const cases: Record<string, Network> = {
  "eBGP over one segment": build(frr(2), [], [[1, 2]]),
  "eBGP in a line of three systems": build([FRR8, BIRD, GOBGP], [], LINE),
  "FRR 10 beside FRR 8": build([FRR8, FRR10, FRR8_TRADITIONAL], [], LINE),
  "three on one segment: third-party next hops": build(frr(3), [], [[1, 2, 3]]),
  "three systems on one segment": build([FRR8, BIRD, GOBGP], [], [[1, 2, 3]]),
  "iBGP full mesh on one segment": build(frr(3), [65000, 65000, 65000], [[1, 2, 3]]),
  "iBGP does not pass on what iBGP brought": build([FRR8, BIRD, FRR8], [65000, 65000, 65000], LINE),
  "a reflector between two clients": build(frr(3), [65000, 65000, 65000], LINE, (_, s) => {
    settings(s(2), 0).reflectorClient = true;
    settings(s(2), 1).reflectorClient = true;
    s(2).bgp.clusterId = "1.0.0.1";
    for (const i of [0, 1]) settings(s(2), i).nextHopSelf = "force";
  }),
  "BIRD as the reflector": build([FRR8, BIRD, FRR8], [65000, 65000, 65000], [[1, 2, 3]], (_, s) => {
    for (const i of [0, 1]) settings(s(2), i).reflectorClient = true;
    s(2).bgp.clusterId = "1.0.0.1";
    s(1).neighbors = s(1).neighbors.filter((each) => each.address === "10.0.0.2");
    s(3).neighbors = s(3).neighbors.filter((each) => each.address === "10.0.0.2");
  }),
  "two reflectors of one cluster": build(frr(4), [65000, 65000, 65000, 65000], [[1, 2, 3, 4]], (_, s) => {
    for (const r of [1, 2]) {
      s(r).bgp.clusterId = "1.0.0.1";
      for (const i of [1, 2]) settings(s(r), i).reflectorClient = true;
    }
    for (const c of [3, 4]) s(c).neighbors = s(c).neighbors.slice(0, 2);
  }),
  "next-hop-self towards iBGP": build(frr(3), [65001, 65002, 65002], LINE, (_, s) => {
    settings(s(2), 1).nextHopSelf = true;
  }),
  "an iBGP route whose next hop nobody knows": build(frr(3), [65001, 65002, 65002], LINE),
  "a table-map keeps routes out of FRR's kernel": build([FRR8, FRR10, FRR8, BIRD], [], [...LINE, [3, 4]], (_, s) => {
    for (const at of [1, 2]) {
      s(at).prefixLists = { FAR: [{ seq: 5, action: "permit", prefix: "172.16.4.0/24" }] };
      s(at).policies = {
        FIB: {
          terms: [
            { seq: 10, match: { prefixList: "FAR" }, action: "reject" },
            { seq: 20, set: { localPreference: 50 }, action: "accept" },
          ],
        },
      };
      s(at).bgp.fibPolicy = "FIB";
    }
  }),
  "a kernel filter keeps learned and static routes out of BIRD's kernel": build(
    [FRR8, BIRD, FRR8],
    [],
    LINE,
    (_, s) => {
      s(2).policies = {
        FIB: {
          terms: [
            { match: { prefixes: [{ prefix: "172.16.2.0/24" }, { prefix: "172.16.3.0/24" }] }, action: "reject" },
          ],
          otherwise: "accept",
        },
      };
      s(2).bgp.fibPolicy = "FIB";
    },
  ),
  "ECMP over two spines": build(frr(4), [65001, 65100, 65100, 65004], SQUARE),
  "ECMP with different systems needs multipath-relax": build(frr(4), [], SQUARE, (_, s) => {
    s(1).bgp.multipathRelax = true;
  }),
  "ECMP cut at maximum-paths": build(
    frr(5),
    [65001, 65100, 65100, 65100, 65005],
    [
      [1, 2],
      [1, 3],
      [1, 4],
      [2, 5],
      [3, 5],
      [4, 5],
    ],
    (_, s) => {
      s(1).bgp.maximumPaths = { ebgp: 2 };
      s(5).bgp.maximumPaths = { ebgp: 1 };
    },
  ),
  "local preference decides": build(frr(4), [65001, 65100, 65101, 65004], SQUARE, (_, s) => {
    s(1).policies = {
      PREFER: { terms: [{ seq: 10, action: "accept", set: { localPreference: 200 } }], otherwise: "reject" },
    };
    settings(s(1), 1).importPolicy = "PREFER";
  }),
  "weight decides on one speaker alone": build(frr(4), [], SQUARE, (_, s) => {
    settings(s(1), 1).weight = 100;
  }),
  "MED compared between one system's paths": build(frr(4), [65001, 65100, 65100, 65004], SQUARE, (_, s) => {
    s(2).policies = { MED: { terms: [{ seq: 10, action: "accept", set: { med: 50 } }], otherwise: "reject" } };
    settings(s(2), 0).exportPolicy = "MED";
  }),
  "MED across systems with always-compare-med": build(frr(4), [], SQUARE, (_, s) => {
    s(2).policies = { MED: { terms: [{ seq: 10, action: "accept", set: { med: 50 } }], otherwise: "reject" } };
    settings(s(2), 0).exportPolicy = "MED";
    s(1).bgp.alwaysCompareMed = true;
  }),
  "prepending moves traffic": build(frr(4), [65001, 65100, 65101, 65004], SQUARE, (_, s) => {
    s(2).policies = {
      LONG: { terms: [{ seq: 10, action: "accept", set: { prepend: [65100, 65100] } }], otherwise: "reject" },
    };
    settings(s(2), 0).exportPolicy = "LONG";
  }),
  "a prefix list keeps pods and drops the rest": build(frr(2), [], [[1, 2]], (_, s) => {
    s(1).routes?.push({ prefix: "10.9.0.0/16", blackhole: true });
    s(1).originate?.push({ kind: "network", prefix: "10.9.0.0/16" });
    s(2).prefixLists = { PODS: [{ seq: 5, action: "permit", prefix: "172.16.0.0/16", le: 26 }] };
    settings(s(2)).importPrefixList = "PODS";
  }),
  "a policy that names a list nobody defined": build(frr(2), [], [[1, 2]], (_, s) => {
    settings(s(2)).importPolicy = "NOWHERE";
  }),
  "communities: added, matched, kept from leaving": build(frr(3), [], LINE, (_, s) => {
    s(1).policies = {
      MARK: {
        terms: [
          {
            seq: 10,
            action: "accept",
            set: { communities: { add: ["64510:100"] }, largeCommunities: { add: ["64510:1:1"] } },
          },
        ],
        otherwise: "reject",
      },
    };
    settings(s(1)).exportPolicy = "MARK";
    s(2).communityLists = { LOCAL: [{ action: "permit", kind: "standard", communities: ["64510:100"] }] };
    s(2).policies = {
      STAY: {
        terms: [
          { seq: 10, action: "reject", match: { communityList: "LOCAL" } },
          { seq: 20, action: "accept" },
        ],
        otherwise: "reject",
      },
    };
    settings(s(2), 1).exportPolicy = "STAY";
  }),
  "no-export stays in the neighbor's system": build([FRR8, BIRD, FRR8], [], LINE, (_, s) => {
    s(1).policies = {
      NE: { terms: [{ seq: 10, action: "accept", set: { communities: { add: ["no-export"] } } }], otherwise: "reject" },
    };
    settings(s(1)).exportPolicy = "NE";
  }),
  "RFC 8212: an eBGP session without policies carries nothing": build(
    [FRR8_TRADITIONAL, FRR8],
    [],
    [[1, 2]],
    (_, s) => {
      delete s(1).bgp.ebgpRequiresPolicy;
    },
  ),
  "one system twice in a path: allowas-in": build(frr(3), [65001, 65002, 65001], LINE, (_, s) => {
    settings(s(3)).allowAsIn = 1;
  }),
  "one system twice in a path: as-override": build(frr(3), [65001, 65002, 65001], LINE, (_, s) => {
    settings(s(2), 1).asOverride = true;
  }),
  "private ASNs removed on the way out": build(frr(3), [65001, 3000, 3001], LINE, (_, s) => {
    settings(s(2), 1).removePrivateAs = true;
  }),
  "a session under another ASN: local-as": build(frr(2), [], [[1, 2]], (_, s) => {
    side(s(1)).localAs = { asn: 64900 };
    side(s(2)).remoteAs = 64900;
  }),
  "default-originate without a default route": build(frr(3), [], LINE, (_, s) => {
    settings(s(2), 1).defaultOriginate = true;
  }),
  "an aggregate and its parts": build(frr(3), [], LINE, (_, s) => {
    s(2).originate?.push({ kind: "aggregate", prefix: "172.16.0.0/16" });
  }),
  "an aggregate that hides its parts": build(frr(3), [], LINE, (_, s) => {
    s(2).originate?.push({ kind: "aggregate", prefix: "172.16.0.0/16", summaryOnly: true });
  }),
  "connected and static routes redistributed": build(frr(3), [], LINE, (_, s) => {
    s(2).originate?.push({ kind: "redistribute", from: "connected" }, { kind: "redistribute", from: "static" });
  }),
  "a network that is in no table": build(frr(2), [], [[1, 2]], (_, s) => {
    s(1).originate?.push({ kind: "network", prefix: "172.31.0.0/24" });
  }),
  "maximum-prefix takes the session down": build(frr(2), [], [[1, 2]], (_, s) => {
    for (const n of [21, 22, 23, 24]) {
      s(1).routes?.push({ prefix: `172.16.${n}.0/24`, blackhole: true });
      s(1).originate?.push({ kind: "network", prefix: `172.16.${n}.0/24` });
    }
    settings(s(2)).maximumPrefix = { limit: 3 };
  }),
  "wrong ASN": build(frr(2), [], [[1, 2]], (_, s) => void (side(s(1)).remoteAs = 64999)),
  "passwords that differ": build(frr(2), [], [[1, 2]], (_, s) => {
    side(s(1)).password = "one";
    side(s(2)).password = "two";
  }),
  "one password on both sides": build([FRR8, BIRD], [], [[1, 2]], (_, s) => {
    side(s(1)).password = side(s(2)).password = "one";
  }),
  "shut down by hand": build(frr(2), [], [[1, 2]], (_, s) => void (side(s(1)).shutdown = true)),
  "both sides wait": build(frr(2), [], [[1, 2]], (_, s) => {
    side(s(1)).passive = side(s(2)).passive = true;
  }),
  "TTL security on both sides": build(frr(2), [], [[1, 2]], (_, s) => {
    side(s(1)).ttlSecurity = side(s(2)).ttlSecurity = 1;
  }),
  "a listen range accepts whoever dials": build([FRR8, BIRD, GOBGP], [65001, 65010, 65010], [[1, 2, 3]], (_, s) => {
    s(1).groups = { RACK: { remoteAs: 65010, families: { ipv4: { active: true } } } };
    s(1).listen = [{ prefix: "10.0.0.0/24", group: "RACK" }];
    s(1).neighbors = [];
    s(2).neighbors = s(2).neighbors.filter((each) => each.address === "10.0.0.1");
    s(3).neighbors = s(3).neighbors.filter((each) => each.address === "10.0.0.1");
  }),
  "a listen range that is full": build(frr(3), [65001, 65010, 65010], [[1, 2, 3]], (_, s) => {
    s(1).groups = { RACK: { remoteAs: "external", families: { ipv4: { active: true } } } };
    s(1).listen = [{ prefix: "10.0.0.0/24", group: "RACK" }];
    s(1).neighbors = [];
    s(1).bgp.listenLimit = 2;
    for (const n of [2, 3]) s(n).neighbors = s(n).neighbors.filter((each) => each.address === "10.0.0.1");
  }),
  "eBGP between loopbacks needs multihop": build(frr(2), [], [[1, 2]], (_, s) => {
    for (const [a, b] of [
      [1, 2],
      [2, 1],
    ] as const) {
      s(a).routes?.push({ prefix: `10.254.0.${b}/32`, via: [`10.0.0.${b}`] });
      Object.assign(side(s(a)), { address: `10.254.0.${b}`, localAddress: `10.254.0.${a}`, multihop: 2 });
    }
  }),
  "eBGP between loopbacks without multihop": build(frr(2), [], [[1, 2]], (_, s) => {
    for (const [a, b] of [
      [1, 2],
      [2, 1],
    ] as const) {
      s(a).routes?.push({ prefix: `10.254.0.${b}/32`, via: [`10.0.0.${b}`] });
      Object.assign(side(s(a)), { address: `10.254.0.${b}`, localAddress: `10.254.0.${a}` });
    }
  }),
  "unnumbered eBGP": build(frr(2), [], [[1, 2]], (_, s) => {
    for (const n of [1, 2]) {
      delete side(s(n)).address;
      Object.assign(side(s(n)), { interface: "e0", remoteAs: "external" });
    }
  }),
  "IPv6 unicast beside IPv4": build(frr(3), [], LINE, (network, s) => {
    for (const n of [1, 2, 3]) {
      s(n)
        .interfaces.slice(1)
        .forEach((port) => port.addresses.push(`fd00:0:0:${Number(port.name.slice(1)) + 1}::${n}/64`));
      s(n).routes?.push({ prefix: `fd01:${n}::/48`, blackhole: true });
      s(n).originate?.push({ kind: "network", prefix: `fd01:${n}::/48` });
    }
    network.segments.forEach((segment, k) => segment.prefixes.push(`fd00:0:0:${k + 1}::/64`));
    for (const [a, b, k] of [
      [1, 2, 1],
      [2, 1, 1],
      [2, 3, 2],
      [3, 2, 2],
    ] as const) {
      s(a).neighbors.push({
        address: `fd00:0:0:${k}::${b}`,
        remoteAs: s(b).asn,
        families: { ipv4: { active: false }, ipv6: { active: true } },
      });
    }
  }),
  "ADD-PATH between reflector and client": build(
    [FRR8, FRR8, BIRD, FRR8],
    [65000, 65000, 65000, 65000],
    [[1, 2, 3, 4]],
    (_, s) => {
      for (const n of [1, 3, 4]) s(n).neighbors = s(n).neighbors.filter((each) => each.address === "10.0.0.2");
      for (const i of [0, 1, 2]) {
        Object.assign(settings(s(2), i), { reflectorClient: true, addPath: { send: "all", receive: true } });
      }
      for (const n of [1, 3, 4]) settings(s(n)).addPath = { receive: true };
      for (const n of [1, 4]) {
        s(n).routes?.push({ prefix: "198.18.0.0/24", blackhole: true });
        s(n).originate?.push({ kind: "network", prefix: "198.18.0.0/24" });
      }
    },
  ),
  "a broken segment with a way around": build(frr(4), [], SQUARE, (network) => {
    const [first] = network.segments;
    if (first !== undefined) first.down = true;
  }),
  "a speaker that is off": build(frr(4), [], SQUARE, (_, s) => void (s(2).down = true)),
  "anycast from two, without compare-routerid": build(frr(3), [], LINE, (_, s) => {
    for (const n of [1, 3]) {
      s(n).routes?.push({ prefix: "198.18.0.0/24", blackhole: true });
      s(n).originate?.push({ kind: "network", prefix: "198.18.0.0/24" });
    }
    s(2).bgp.compareRouterId = false;
    s(2).bgp.maximumPaths = { ebgp: 1 };
  }),
  ...found,
  ...ruled,
};
