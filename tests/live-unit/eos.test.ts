/**
 * What a switch with EOS shows, in a forecast's words. The answers are those of published captures, cut to the fields that
 * matter: Batfish's lab validation (show ip bgp and show ip route of cEOS), NAPALM (show ip bgp detail and show ip route,
 * iss_1069; errors of eAPI), ANTA (show bgp summary).
 */
import { describe, expect, it } from "vitest";
import { routeLine } from "../../components/forecast/lines";
import { sentence } from "../../components/live/reach/eapiErrors";
import { observed } from "../../components/live/systems/eos";
import { clock } from "../../components/live/systems/eosSession";
import { commandsOf, differences, keysOf, only, replacement, treeOf } from "../../components/live/systems/eosSections";

const summary = (peers: Record<string, object>, asn: string | number = "65002") => ({
  vrfs: { default: { asn, routerId: "2.2.2.2", peers } },
});
const table = (entries: Record<string, object>) => ({ vrfs: { default: { bgpRouteEntries: entries } } });
const kernel = (routes: Record<string, object>) => ({ vrfs: { default: { routes } } });
const lines = (entries: Record<string, object>, routes: Record<string, object>, asn: string | number = "65002") =>
  observed("tor1", summary({}, asn), table(entries), kernel(routes)).routes.map(routeLine);

describe("sessions", () => {
  it("an established peer is up, whatever it was idle for before (ANTA)", () => {
    const peers = { "7.7.7.7": { peerState: "Established", peerStateIdleReason: "NoInterface", asn: "65000" } };
    expect(observed("tor1", summary(peers)).sessions).toEqual([
      { speaker: "tor1", peer: "7.7.7.7", peerAsn: 65000, up: true, state: "Established" },
    ]);
  });

  it("a peer that is shut down is idle, and why (NAPALM)", () => {
    const peers = { "1.1.1.1": { peerState: "Idle", peerStateIdleReason: "Admin", asn: 1 } };
    expect(observed("tor1", summary(peers)).sessions).toMatchObject([{ up: false, state: "Idle (Admin)" }]);
  });

  it("an ASN with a dot is the number that it stands for", () => {
    const peers = { "1.1.1.1": { peerState: "Active", asn: "1.10" } };
    expect(observed("tor1", summary(peers)).sessions).toMatchObject([{ peerAsn: 65546 }]);
  });

  it("a VRF's peers are those of the speaker that the VRF is, and a switch without BGP has none", () => {
    const both = { vrfs: { ...summary({ "1.1.1.1": {} }).vrfs, RED: { asn: "65002", peers: { "2.2.2.2": {} } } } };
    expect(observed("tor1 vrf RED", both).sessions).toMatchObject([{ peer: "2.2.2.2" }]);
    expect(observed("tor1", { vrfs: {} })).toEqual({ sessions: [], routes: [] });
  });
});

describe("routes", () => {
  it("a path of eBGP that is installed (NAPALM, iss_1069)", () => {
    const path = {
      asPathEntry: { asPathType: "External", asPath: "65003" },
      med: 0,
      localPreference: 100,
      weight: 0,
      peerEntry: { peerRouterId: "3.3.3.3", peerAddr: "169.254.123.2" },
      nextHop: "169.254.123.2",
      routeType: { origin: "Igp", valid: true, active: true, ecmp: false, ecmpHead: false },
      routeDetail: { origin: "Igp", communityList: [], largeCommunityList: [] },
    };
    const via = { vias: [{ interface: "Vlan123", nexthopAddr: "169.254.123.2" }], routeType: "eBGP", preference: 200 };
    expect(lines({ "1.0.4.0/24": { bgpRoutePaths: [path] } }, { "1.0.4.0/24": via })).toEqual([
      "tor1 1.0.4.0/24: ebgp via 169.254.123.2, path 65003",
    ]);
  });

  it("two paths that share the traffic (Batfish, cEOS): both next hops are those of the forwarding table", () => {
    const path = (nextHop: string, head: boolean) => ({
      asPathEntry: { asPath: "1 i", asPathType: null },
      localPreference: 100,
      nextHop,
      routeType: { origin: "Igp", valid: true, active: head, ecmp: true, ecmpHead: head },
    });
    const vias = ["172.31.255.2", "172.31.255.0"].map((nexthopAddr) => ({ nexthopAddr, interface: "Ethernet1" }));
    expect(
      lines(
        { "192.168.255.8/32": { bgpRoutePaths: [path("172.31.255.0", true), path("172.31.255.2", false)] } },
        { "192.168.255.8/32": { routeType: "eBGP", vias } },
      ),
    ).toEqual(["tor1 192.168.255.8/32: ebgp via 172.31.255.0 172.31.255.2, path 1"]);
  });

  it("a path of iBGP without an AS in it, and its local preference (Batfish)", () => {
    const path = {
      asPathEntry: { asPathType: null, asPath: "i" },
      localPreference: 200,
      nextHop: "10.10.30.2",
      routeType: { valid: true, active: true },
    };
    const via = { routeType: "iBGP", vias: [{ nexthopAddr: "10.10.30.2" }] };
    expect(lines({ "10.10.20.0/24": { bgpRoutePaths: [path] } }, { "10.10.20.0/24": via })).toEqual([
      "tor1 10.10.20.0/24: ibgp via 10.10.30.2, local-preference 200",
    ]);
  });

  it("a static route in the forwarding table in its place (Batfish: routeType static)", () => {
    const path = {
      asPathEntry: { asPath: "65003" },
      nextHop: "10.10.30.2",
      routeType: { origin: "Igp", active: true },
    };
    const via = { routeType: "static", preference: 1, vias: [{ interface: "Ethernet3", nexthopAddr: "10.10.30.9" }] };
    expect(lines({ "172.17.211.0/24": { bgpRoutePaths: [path] } }, { "172.17.211.0/24": via })).toEqual([
      "tor1 172.17.211.0/24: ebgp via , path 65003, not installed (static is)",
    ]);
  });

  it("a path that nobody sent is the switch's own; communities have the names of the forecast", () => {
    const own = { asPathEntry: { asPath: "i" }, nextHop: "", routeType: { origin: "Igp", active: true } };
    const marked = {
      asPathEntry: { asPath: "65003 {65004,65005} ?" },
      nextHop: "10.0.0.2",
      routeType: { active: true },
      routeDetail: { communityList: ["no-export", "65001:100", "GSHUT"], largeCommunityList: ["65001:1:2"] },
    };
    const via = { routeType: "eBGP", vias: [{ nexthopAddr: "10.0.0.2" }] };
    expect(
      lines(
        { "10.1.0.0/16": { bgpRoutePaths: [own] }, "10.2.0.0/16": { bgpRoutePaths: [marked] } },
        { "10.2.0.0/16": via },
      ),
    ).toEqual([
      "tor1 10.1.0.0/16: local",
      "tor1 10.2.0.0/16: ebgp via 10.0.0.2, path 65003 {65004,65005}, origin incomplete, communities 65001:100 graceful-shutdown no-export, large 65001:1:2",
    ]);
  });

  it("paths of which none is active are unusable", () => {
    const path = { asPathEntry: { asPath: "65003" }, nextHop: "10.0.0.2", routeType: { valid: false, active: false } };
    expect(lines({ "10.1.0.0/16": { bgpRoutePaths: [path] } }, {})).toEqual([
      "tor1 10.1.0.0/16: unusable, no valid path",
    ]);
  });
});

describe("what EOS says about a command that it refuses", () => {
  const said = (errors: string[], code = 1002, cmd = "show bogus command") =>
    sentence(["show version", cmd], {
      code,
      message: `CLI command 2 of 2 '${cmd}' failed: invalid command`,
      data: [{}, { errors }],
    });

  it.each<[string, string]>([
    ["Invalid input (at token 1: 'bogus')", 'EOS does not know "bogus" in "show bogus command"'],
    [
      "Incomplete command (at token 2: 'command')",
      '"show bogus command" is not complete for EOS: it wants more after "command"',
    ],
    [
      "Incomplete token (at token 1: 'bogus')",
      '"show bogus command" is not complete for EOS: it wants more after "bogus"',
    ],
    ["Ambiguous command (at token 1: 'bogus')", '"bogus" in "show bogus command" is short for several words of EOS'],
    ["Interface does not exist", 'EOS refuses "show bogus command": Interface does not exist'],
  ])("%s", (eos, ours) => {
    expect(said([eos])).toBe(ours);
  });

  it("without a right: which role it takes", () => {
    expect(said([], 1005)).toMatch(/the user may not run "show bogus command": it takes the role network-admin/);
  });
});

describe("the program's part of a configuration", () => {
  const RUNNING = `hostname tor1
ip prefix-list OSPF
   seq 10 permit 10.0.0.0/8
!
router bgp 65001
   router-id 10.0.0.1
   neighbor 10.0.0.9 remote-as 65009
   !
   vlan 10
      rd 10.0.0.1:10
   !
   address-family evpn
      neighbor default encapsulation vxlan
   !
   address-family ipv4
      neighbor 10.0.0.9 activate
   !
   vrf RED
      rd 10.0.0.1:1
!
router ospf 1
end
`;
  const TEXT = "router bgp 65001\n   router-id 10.0.0.2\n   address-family ipv4\n      network 10.0.0.0/8\n";

  it("goes and comes in one session, and what is somebody else's is entered again as it runs", () => {
    expect(replacement(RUNNING, TEXT, keysOf(TEXT))).toEqual([
      "no router bgp 65001",
      "router bgp 65001",
      "router-id 10.0.0.2",
      "address-family ipv4",
      "network 10.0.0.0/8",
      "exit",
      "exit",
      "router bgp 65001",
      "vlan 10",
      "rd 10.0.0.1:10",
      "exit",
      "address-family evpn",
      "neighbor default encapsulation vxlan",
      "exit",
      "vrf RED",
      "rd 10.0.0.1:1",
      "exit",
      "exit",
    ]);
  });

  it("what stood in its place is BGP of the device's own table alone", () => {
    expect(only(RUNNING, keysOf(TEXT))).toBe(
      "router bgp 65001\n   router-id 10.0.0.1\n   neighbor 10.0.0.9 remote-as 65009\n   address-family ipv4\n      neighbor 10.0.0.9 activate\n",
    );
  });

  it("differs line by line, each under the lines that it stands in", () => {
    const candidate = RUNNING.replace("router-id 10.0.0.1", "router-id 10.0.0.2");
    expect(differences(RUNNING, candidate)).toEqual([
      { kind: "live", context: ["router bgp 65001"], line: "router-id 10.0.0.1" },
      { kind: "missing", context: ["router bgp 65001"], line: "router-id 10.0.0.2" },
    ]);
    expect(differences(RUNNING, RUNNING)).toEqual([]);
  });

  it("a block that holds nothing is entered and not left", () => {
    expect(commandsOf(treeOf("route-map OUT deny 10\nrouter bgp 1\n"))).toEqual([
      "route-map OUT deny 10",
      "router bgp 1",
    ]);
  });
});

it.each([
  [5, "00:00:05"],
  [180, "00:03:00"],
  [3_725, "01:02:05"],
])("a timer of %i seconds is %s to EOS", (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});
