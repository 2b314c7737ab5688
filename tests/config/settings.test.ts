import { describe, expect, test } from "vitest";
import { readEos, writeEos } from "../../components/config/eos";
import { readFrr } from "../../components/config/frr";
import { validateNetwork } from "../../components/bgp/validate";
import { orThrow } from "../../components/model/errors";

const FRR = (lines: string): string => `frr version 10.3
hostname tor1
interface eth0
 ip address 10.0.0.1/24
 ipv6 address 2001:db8::1/64
route-map M permit 10
 CLAUSE
exit
router bgp 65001
 bgp router-id 10.0.0.1
 neighbor G peer-group
 neighbor G remote-as external
 neighbor 10.0.0.2 peer-group G
 neighbor eth0 interface remote-as external
 ${lines}
exit
`;

describe("FRR: what a line of router bgp says", () => {
  test.each([
    ["bgp minimum-holdtime 20", "bgp.minimumHoldTime", 20],
    [
      "bgp confederation identifier 100\n bgp confederation peers 65002 65003",
      "bgp.confederation",
      { identifier: 100, members: [65002, 65003] },
    ],
    ["bgp bestpath as-path confed", "bgp.countConfederation", true],
    ["bgp reject-as-sets", "bgp.rejectAsSets", true],
    ["bgp graceful-shutdown", "bgp.gracefulShutdown", true],
    ["neighbor G description all of the rack's nodes", "groups.G.description", "all of the rack's nodes"],
    ["neighbor 10.0.0.2 solo", "neighbors.0.solo", true],
    ["neighbor 10.0.0.2 sender-as-path-loop-detection", "neighbors.0.senderLoopCheck", true],
    ["neighbor 10.0.0.2 graceful-shutdown", "neighbors.0.gracefulShutdown", true],
    ["neighbor 10.0.0.2 capability extended-nexthop", "neighbors.0.extendedNextHop", true],
    ["neighbor eth0 capability extended-nexthop", "neighbors.1.extendedNextHop", undefined],
    ["no neighbor eth0 capability extended-nexthop", "neighbors.1.extendedNextHop", false],
    ["neighbor 10.0.0.2 maximum-prefix-out 9", "neighbors.0.families.ipv4.maximumPrefixOut", 9],
    ["neighbor 10.0.0.2 route-server-client", "neighbors.0.families.ipv4.routeServerClient", true],
    [
      "neighbor 10.0.0.2 remove-private-AS replace-AS",
      "neighbors.0.families.ipv4.removePrivateAs",
      "replace-private-only",
    ],
    ["aggregate-address 10.0.0.0/8 origin egp", "originate.0.origin", "egp"],
    ["timers bgp 3 9", "groups.G.timers", { keepalive: 3, hold: 9 }],
  ])("%j is %s", (lines, path, value) => {
    const { speaker, segments, faults, unmodelled } = readFrr(FRR(lines).replace("CLAUSE", "set weight 1"));
    expect([faults, unmodelled]).toEqual([[], []]);
    expect(at(speaker, path)).toEqual(value);
    expect(validateNetwork({ version: 1, speakers: [speaker], segments })).toMatchObject({ ok: true });
  });

  test.each([
    ["match community C any", "match", { communityList: "C", communityMatch: "any" }],
    ["match community C exact-match", "match", { communityList: "C", communityMatch: "exact" }],
    ["match community-limit 3", "match", { communityCountMax: 3 }],
    ["match as-path-count 4", "match", { asPathCountMax: 4 }],
    ["match peer 10.0.0.2", "match", { peer: "10.0.0.2" }],
    ["match peer local", "match", { peer: "local" }],
    ["match src-peer eth0", "match", { sourcePeer: "eth0" }],
    ["match tag 7", "match", { tag: 7 }],
    ["match origin incomplete", "match", { origin: "incomplete" }],
    ["set local-preference +10", "set", { localPreference: "+10" }],
    ["set ip next-hop unchanged", "set", { nextHop: "unchanged" }],
    ["set tag 7", "set", { tag: 7 }],
    ["set comm-list C delete", "set", { communities: { removeList: "C" } }],
    ["set large-comm-list C delete", "set", { largeCommunities: { removeList: "C" } }],
  ])("a clause's %j is %s %j", (line, kind, value) => {
    const { speaker, segments, faults, unmodelled } = readFrr(FRR("bgp log-neighbor-changes").replace("CLAUSE", line));
    expect([faults, unmodelled]).toEqual([[], []]);
    expect(at(speaker, `policies.M.terms.0.${kind}`)).toEqual(value);
    expect(validateNetwork({ version: 1, speakers: [speaker], segments })).toMatchObject({ ok: true });
  });
});

describe("lines that can matter and lines that cannot", () => {
  const text = (bgp: string, top = ""): string =>
    `hostname t\ninterface e0\n ip address 10.0.0.1/24\n${top}\nrouter bgp 65001\n bgp router-id 10.0.0.1\n neighbor 10.0.0.2 remote-as 65002\n${bgp}\n`;

  test("OSPF beside eBGP with connected neighbors alone puts nothing in doubt", () => {
    const reading = readFrr(text("", "router ospf\n network 10.0.0.0/24 area 0\nexit"));
    expect([reading.faults, reading.unmodelled]).toEqual([[], []]);
    expect(reading.lines.filter(({ is }) => is === "harmless").map(({ line, why }) => [line, why])).toEqual([
      [4, "ospf: every neighbor, next hop and announced prefix is connected or static"],
      [5, "ospf, another routing protocol"],
    ]);
  });

  test.each([
    ["an iBGP neighbor", " neighbor 10.0.0.3 remote-as internal"],
    ["a neighbor that is not connected", " neighbor 192.0.2.1 remote-as 65009\n neighbor 192.0.2.1 ebgp-multihop 2"],
    ["a network that only OSPF may have", " network 192.0.2.0/24"],
  ])("OSPF beside %s is not modelled", (_what, line) => {
    expect(readFrr(text(line, "router ospf\nexit")).unmodelled.map(({ what }) => what)).toEqual(["router ospf"]);
  });

  test("a line of IPv6 that no rule covers matters where a neighbor carries IPv6", () => {
    const family = (more: string): string =>
      ` address-family ipv6 unicast\n  neighbor 10.0.0.2 unsuppress-map U\n${more} exit-address-family`;
    expect(readFrr(text(family(""))).unmodelled).toEqual([]);
    expect(readFrr(text(family("  neighbor 10.0.0.2 activate\n"))).unmodelled).toMatchObject([
      { neighbor: "10.0.0.2" },
    ]);
  });
});

describe("EOS", () => {
  const EOS = (bgp: string, clause = "set weight 1"): string => `hostname leaf1
interface Et1
   ip address 10.0.0.1/24
interface Et2-3
ip host spine1 10.0.0.2
ip community-list C permit 65001:1
route-map M permit 10
   ${clause}
router bgp 65001
   router-id 10.0.0.1
   neighbor G peer group
   neighbor G remote-as 65002
   neighbor 10.0.0.2 peer group G
   neighbor 10.0.0.3 remote-as 65003
   neighbor 10.0.0.3 route-map M in
   ${bgp}
`;

  test.each([
    ["bgp advertise-inactive", "bgp.advertiseInactive", true],
    ["neighbor G description the spines", "groups.G.description", "the spines"],
    ["neighbor G remove-private-as all replace-as", "groups.G.families.ipv4.removePrivateAs", "replace"],
    ["neighbor 10.0.0.2 next-hop address-family ipv6 originate", "neighbors.0.extendedNextHop", true],
    ["bgp confederation identifier 100", "bgp.confederation", { identifier: 100 }],
    [
      "bgp missing-policy direction in action deny\n   bgp missing-policy direction out action deny",
      "bgp.ebgpRequiresPolicy",
      true,
    ],
    ["bgp missing-policy direction in action deny", "neighbors.0.families.ipv4.importPolicy", "missing-policy-deny"],
    ["bgp missing-policy direction in action deny", "neighbors.1.families.ipv4.importPolicy", "M"],
    [
      "neighbor G missing-policy direction out action deny",
      "neighbors.0.families.ipv4.exportPolicy",
      "missing-policy-deny",
    ],
    ["neighbor G missing-policy direction out action deny", "neighbors.1.families.ipv4.exportPolicy", undefined],
    ["neighbor interface Et7-8 peer-group G", "neighbors.3.interface", "Ethernet8"],
    ["distance bgp 20", "bgp.distance", { ebgp: 20, ibgp: 200, local: 200 }],
  ])("%j is %s", (lines, path, value) => {
    const { speaker, segments, faults, unmodelled } = readEos(EOS(lines));
    expect([faults, unmodelled]).toEqual([[], []]);
    expect(at(speaker, path)).toEqual(value);
    expect(validateNetwork({ version: 1, speakers: [speaker], segments })).toMatchObject({ ok: true });
  });

  test("communities taken away by name are written and read back", () => {
    const { speaker, segments, faults } = readEos(
      EOS("bgp advertise-inactive", "set community 65001:1 no-export delete"),
    );
    expect(faults).toEqual([]);
    expect(at(speaker, "policies.M.terms.0.set")).toEqual({ communities: { remove: ["65001:1", "no-export"] } });
    const text = orThrow(writeEos({ version: 1, speakers: [speaker], segments }, "leaf1"));
    expect(at(readEos(text).speaker, "policies.M.terms.0.set")).toEqual({
      communities: { remove: ["65001:1", "no-export"] },
    });
  });

  test("routes of eBGP alone: match route-type external", () => {
    const { speaker, segments } = readEos(EOS("bgp advertise-inactive", "match route-type external"));
    expect(at(speaker, "policies.M.terms.0.match")).toEqual({ learnedBy: "ebgp" });
    expect(orThrow(writeEos({ version: 1, speakers: [speaker], segments }, "leaf1"))).toContain(
      "match route-type external",
    );
  });
});

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], value);
}
