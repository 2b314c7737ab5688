/** The BGP of a router that exists, put into the configuration that it runs: what goes, what comes, and what stays. */
import { describe, expect, it } from "vitest";
import { headerOf, keysOf, merged, only, sectionsOf } from "../../components/live/systems/frrSections";

/** As FRR 8.4 prints it, with what a switch has besides BGP. */
const RUNNING = `Building configuration...

Current configuration:
!
frr version 8.4.4
frr defaults traditional
hostname core-sw-1
log syslog informational
no ipv6 forwarding
service integrated-vtysh-config
!
ip route 203.0.113.0/24 blackhole
!
vrf MGMT
 ip route 0.0.0.0/0 192.0.2.1
exit-vrf
!
interface eth1
 description rack 1
 ip address 10.10.10.1/24
exit
!
router bgp 65001
 bgp router-id 10.0.0.1
 neighbor UP peer-group
 neighbor 10.0.0.9 remote-as 65009
 !
 address-family ipv4 unicast
  neighbor 10.0.0.9 route-map OLD in
 exit-address-family
exit
!
router bgp 65001 vrf MGMT
 neighbor 192.0.2.9 remote-as 65100
exit
!
router ospf
 ospf router-id 10.0.0.1
 redistribute connected route-map CONNECTED
exit
!
ip prefix-list OLD seq 5 permit 10.0.0.0/8
ip prefix-list OSPF seq 5 permit 10.0.0.0/8
!
route-map OLD permit 10
 match ip address prefix-list OLD
exit
!
route-map CONNECTED permit 10
exit
!
bfd
 profile every300x3
  detect-multiplier 5
 exit
 !
 peer 10.0.0.77
 exit
 !
exit
!
end
`;

const TEXT = `frr version 8.4
frr defaults traditional
!
ip prefix-list k01-announced seq 5 permit 172.16.0.0/16 le 32
!
route-map k01-in permit 10
 match ip address prefix-list k01-announced
exit
!
bfd
 profile every300x3
 exit
 !
exit
!
router bgp 65001
 bgp router-id 10.0.0.1
 neighbor k01 peer-group
 bgp listen range 10.10.10.0/24 peer-group k01
exit
!
`;

describe("a router's BGP in the configuration that it runs", () => {
  const result = merged(RUNNING, TEXT, keysOf(TEXT));

  it("takes the place of the device's own instance and of lists of the same name", () => {
    expect(result).not.toContain("10.0.0.9");
    expect(result.match(/^router bgp 65001$/gm)).toHaveLength(1);
    expect(result).toContain("bgp listen range 10.10.10.0/24 peer-group k01");
    expect(result).not.toContain("detect-multiplier 5");
  });

  it.each([
    "hostname core-sw-1",
    "no ipv6 forwarding",
    "ip route 203.0.113.0/24 blackhole",
    " ip address 10.10.10.1/24",
    "router bgp 65001 vrf MGMT",
    " neighbor 192.0.2.9 remote-as 65100",
    " redistribute connected route-map CONNECTED",
    "ip prefix-list OSPF seq 5 permit 10.0.0.0/8",
    "route-map CONNECTED permit 10",
    " peer 10.0.0.77",
    // Nothing says that the program has taken these over.
    "route-map OLD permit 10",
  ])("leaves %s as it is", (line) => {
    expect(result.split("\n")).toContain(line);
  });

  it("has lists and route-maps before the instance that names them", () => {
    const at = (line: string) => result.split("\n").indexOf(line);
    expect(at("route-map k01-in permit 10")).toBeLessThan(at(" neighbor k01 peer-group"));
    expect(at("route-map k01-in permit 10")).toBeGreaterThan(0);
  });

  it("drops a list that the program had and has no more", () => {
    const without = TEXT.replace(/^ip prefix-list.*\n/m, "").replace(/^route-map(.|\n)*?exit\n/m, "");
    const keys = new Set([...keysOf(without), ...keysOf(TEXT)]);
    expect(merged(result, without, keys)).not.toContain("k01-announced");
  });

  it("and taken away again, with what stood in its place put back, is the configuration of before", () => {
    const before = only(RUNNING, keysOf(TEXT));
    const back = merged(result, before, new Set([...keysOf(TEXT), ...keysOf(before)]));
    const lines = (text: string) =>
      sectionsOf(text)
        .map(({ lines: own }) => own.join("\n"))
        .sort();
    expect(lines(back)).toEqual(lines(RUNNING));
  });

  it("of a program without BGP is none: the device's own instance goes, another VRF's stays", () => {
    const none = merged(RUNNING, "frr version 8.4\n", keysOf(""));
    expect(none).not.toContain("neighbor 10.0.0.9");
    expect(none).toContain("router bgp 65001 vrf MGMT");
  });
});

it("what a router says of itself: version, profile, AS and who its neighbors are", () => {
  expect(headerOf(RUNNING)).toEqual({
    version: "8.4",
    profile: "traditional",
    asn: 65001,
    neighbors: new Set(["UP", "10.0.0.9"]),
  });
  expect(headerOf(TEXT).neighbors).toEqual(new Set(["k01", "10.10.10.0/24"]));
});
