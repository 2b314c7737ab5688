import { describe, expect, test } from "vitest";
import { readEos, writeEos } from "../../components/config/eos";
import type { Speaker } from "../../components/bgp/network";
import { readFrr, writeFrr } from "../../components/config/frr";
import { readLinks } from "../../components/config/lab/links";
import { orThrow } from "../../components/model/errors";

const FRR = `frr version 8.4
hostname tor1
vrf RED
 ip route 10.99.0.0/16 10.1.0.9
exit-vrf
interface eth1
 ip address 10.0.0.1/30
interface eth2 vrf RED
 ip address 10.1.0.1/24
interface RED vrf RED
 ip address 192.0.2.1/32
ip route 10.98.0.0/16 10.1.0.9 vrf RED
ip prefix-list P permit 10.0.0.0/8
route-map M permit 10
 match ip address prefix-list P
 set as-path exclude all
router bgp 65001
 bgp router-id 10.0.0.1
 neighbor 10.0.0.2 remote-as 65002
router bgp 65001 vrf RED
 no bgp ebgp-requires-policy
 neighbor 10.1.0.2 remote-as 65010
 address-family ipv4 unicast
  redistribute static
  neighbor 10.1.0.2 route-map M in
  import vrf BLUE
 exit-address-family
`;

describe("FRR: each VRF is a speaker beside its device", () => {
  const { speakers, segments, faults } = readFrr(FRR, { file: "tor1.conf" });
  const [own, red] = speakers;

  test("the device and its VRF, with interfaces, routes and neighbors of their own", () => {
    expect(faults).toEqual([]);
    expect(speakers.map(({ name, asn, routerId }) => [name, asn, routerId])).toEqual([
      ["tor1", 65001, "10.0.0.1"],
      // The VRF's own interface is its loopback, whose address is chosen as router id.
      ["tor1 vrf RED", 65001, "192.0.2.1"],
    ]);
    expect(own?.interfaces.map(({ name }) => name)).toEqual(["eth1"]);
    expect(red?.interfaces.map(({ name, segment }) => [name, segment])).toEqual([
      ["eth2", "10.1.0.0/24"],
      ["RED", undefined],
    ]);
    expect(own?.routes).toBeUndefined();
    expect(red?.routes).toEqual([
      { prefix: "10.99.0.0/16", via: ["10.1.0.9"] },
      { prefix: "10.98.0.0/16", via: ["10.1.0.9"] },
    ]);
    expect(own?.neighbors.map(({ address }) => address)).toEqual(["10.0.0.2"]);
    expect(red?.neighbors.map(({ address }) => address)).toEqual(["10.1.0.2"]);
    expect(segments.map(({ name }) => name)).toEqual(["10.0.0.0/30", "10.1.0.0/24"]);
  });

  test("Linux' own VRFs: an interface that the file gives to none goes with the neighbors on its network, and that is said", () => {
    const file = [
      "hostname tor1",
      "interface swp1",
      " ip address 10.20.1.1/24",
      "interface swp2",
      " ip address 10.20.2.1/24",
      "interface swp3",
      "interface swp4",
      " ip address 10.20.4.1/24",
      "router bgp 65001",
      " bgp router-id 10.0.0.1",
      " neighbor 10.20.2.2 remote-as 65002",
      "router bgp 65001 vrf prod",
      " bgp router-id 10.0.0.1",
      " neighbor k8s peer-group",
      " neighbor k8s remote-as 64600",
      " bgp listen range 10.20.1.0/24 peer-group k8s",
      " neighbor 10.20.2.3 remote-as 65003",
      " neighbor swp3 interface remote-as external",
    ].join("\n");
    const [device, prod] = readFrr(file).speakers;
    const names = (speaker: typeof device): unknown => speaker?.interfaces.map(({ name }) => name);
    expect(names(device)).toEqual(["swp2", "swp4"]);
    expect(names(prod)).toEqual(["swp1", "swp3"]);
    expect(prod?.unmodelled?.map(({ what }) => what)).toEqual([
      "interface swp1 is taken for one of vrf prod: to be sure, say `interface swp1 vrf prod`",
    ]);
    expect(device?.unmodelled).toBeUndefined();
  });

  test("leaking between VRFs is said as not modelled, with the VRF alone", () => {
    const what = (speaker: typeof own): unknown => speaker?.unmodelled?.map((one) => [one.what, one.policy]);
    expect(what(red)).toEqual([
      ["import vrf BLUE", undefined],
      ["set as-path exclude all", "M"],
    ]);
    expect(what(own)).toEqual([["set as-path exclude all", "M"]]);
  });

  test("a links file names the device; the interface says which VRF an end is in", () => {
    const links = orThrow(
      readLinks("links:\n  - { name: a, ends: [tor1:eth1, spine:e1] }\n  - { name: b, ends: [tor1:eth2, host:e1] }\n"),
    );
    const read = readFrr(FRR, { links });
    expect(read.speakers.map(({ interfaces }) => interfaces.map(({ name, segment }) => [name, segment]))).toEqual([
      [["eth1", "a"]],
      [
        ["eth2", "b"],
        ["RED", undefined],
      ],
    ]);
  });

  const plain = readFrr(FRR.replace("  import vrf BLUE\n", "").replace(" set as-path exclude all\n", ""));
  const network = { version: 1 as const, speakers: plain.speakers, segments: plain.segments };

  test("the device is written with its VRFs, and read as the same speakers", () => {
    expect(plain.unmodelled).toEqual([]);
    const text = orThrow(writeFrr(network, "tor1"));
    for (const line of [
      "vrf RED",
      " ip route 10.99.0.0/16 10.1.0.9",
      "interface eth2 vrf RED",
      "router bgp 65001 vrf RED",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(text.match(/^route-map M permit 10$/gm)).toHaveLength(1);
    const again = readFrr(text);
    expect([again.faults, again.unmodelled]).toEqual([[], []]);
    const told = ({ speakers }: typeof again) =>
      speakers.map(({ name, asn, routerId, routes, interfaces, neighbors, originate }) => ({
        ...{ name, asn, routerId, routes, originate },
        ports: interfaces.map((port) => [port.name, port.addresses]),
        neighbors: neighbors.map(({ address, remoteAs, families }) => [address, remoteAs, families]),
      }));
    expect(told(again)).toEqual(told(plain));
  });

  test("two tables that say different things by one name cannot be written: FRR has the name once", () => {
    const [own, red] = network.speakers;
    const other = { ...red, prefixLists: { P: [{ seq: 5, action: "deny" as const, prefix: "10.0.0.0/8" }] } };
    const written = writeFrr({ ...network, speakers: [own, other] as typeof network.speakers }, "tor1");
    expect(written.ok ? [] : written.faults.map(({ path }) => path)).toEqual(["speakers[tor1 vrf RED].prefixLists[P]"]);
  });

  test("one network in two VRFs of a device is not one segment", () => {
    const text = ["RED", "BLUE"]
      .map(
        (vrf, index) =>
          `interface eth${index} vrf ${vrf}\n ip address 10.1.0.1/24\nrouter bgp 65001 vrf ${vrf}\n neighbor 10.1.0.2 remote-as 65002\n`,
      )
      .join("");
    const read = readFrr(text, { name: "tor1" });
    expect(read.speakers.map(({ name }) => name)).toEqual(["tor1 vrf RED", "tor1 vrf BLUE"]);
    expect(read.segments.map(({ name }) => name)).toEqual(["10.1.0.0/24 vrf RED", "10.1.0.0/24 vrf BLUE"]);
  });
});

describe("EOS: each VRF is a speaker beside its device", () => {
  const EOS = `hostname leaf1
vrf instance RED
interface Ethernet1
   ip address 10.0.0.1/31
interface Ethernet2
   vrf RED
   ip address 10.1.0.1/24
ip routing
ip routing vrf RED
ip route vrf RED 10.99.0.0/16 10.1.0.9
router bgp 65001
   router-id 10.0.0.1
   neighbor HOSTS peer group
   neighbor HOSTS remote-as 65010
   neighbor 10.0.0.0 remote-as 65000
   vrf RED
      router-id 10.1.0.1
      rd 10.0.0.1:1
      neighbor 10.1.0.2 peer group HOSTS
      redistribute static
      address-family ipv4
         neighbor 10.1.0.2 activate
   vrf BLUE
      route-target import evpn 1:1
      router-id 10.2.0.1
   neighbor 10.0.0.0 description back in the device's own table
`;
  const { speakers, faults } = readEos(EOS);

  test("the device and its VRFs, with interfaces, routes and neighbors of their own, and the device's peer groups", () => {
    expect(faults).toEqual([]);
    expect(speakers.map(({ name, asn, routerId }) => [name, asn, routerId])).toEqual([
      ["leaf1", 65001, "10.0.0.1"],
      ["leaf1 vrf RED", 65001, "10.1.0.1"],
      ["leaf1 vrf BLUE", 65001, "10.2.0.1"],
    ]);
    const [own, red, blue] = speakers;
    expect(own?.neighbors.map(({ address, description }) => [address, description])).toEqual([
      ["10.0.0.0", "back in the device's own table"],
    ]);
    expect(red?.neighbors.map(({ address, group }) => [address, group])).toEqual([["10.1.0.2", "HOSTS"]]);
    expect(red?.interfaces.map(({ name, addresses }) => [name, addresses])).toEqual([["Ethernet2", ["10.1.0.1/24"]]]);
    expect(red?.routes).toEqual([{ prefix: "10.99.0.0/16", via: ["10.1.0.9"] }]);
    expect(own?.originate).toBeUndefined();
    expect(blue?.unmodelled?.map(({ what }) => what)).toEqual(["route-target import evpn 1:1: routes of other tables"]);
  });

  const plain = readEos(EOS.replace("      route-target import evpn 1:1\n", "      maximum-paths 4 ecmp 4\n"));
  const network = { version: 1 as const, speakers: plain.speakers, segments: plain.segments };

  test("the device is written with its VRFs, and read as the same speakers", () => {
    expect(plain.unmodelled).toEqual([]);
    const text = orThrow(writeEos(network, "leaf1"));
    // A peer group is the device's: once, and not within a VRF.
    expect(text.match(/peer group$/gm)).toHaveLength(1);
    // A port that changes its table loses its addresses: the table comes first.
    expect(text).toContain("interface Ethernet2\n   no switchport\n   vrf RED\n   ip address 10.1.0.1/24\n");
    const again = readEos(text);
    expect([again.faults, again.unmodelled]).toEqual([[], []]);
    const told = ({ speakers }: typeof again) =>
      speakers.map(({ name, asn, routerId, routes, interfaces, neighbors, originate, groups, bgp }) => ({
        ...{ name, asn, routerId, routes, originate, groups },
        paths: bgp.maximumPaths,
        ports: interfaces.map((port) => [port.name, port.addresses]),
        neighbors: neighbors.map(({ address, remoteAs, group }) => [address, remoteAs, group]),
      }));
    expect(told(again)).toEqual(told(plain));
  });

  test("only BGP is pushed to a router that exists: its VRFs' part of it too, and no port", () => {
    const text = orThrow(writeEos(network, "leaf1", { part: "bgp" }));
    expect(text).toContain("\n   vrf RED\n      router-id 10.1.0.1\n");
    expect(text).not.toMatch(/^(interface|vrf|ip route)/m);
  });

  test("what EOS has once cannot be written as something else in a VRF", () => {
    const [own, red, blue] = network.speakers as [Speaker, Speaker, Speaker];
    const faults = (changed: Speaker): string[] => {
      const written = writeEos({ ...network, speakers: [own, changed, blue] }, "leaf1");
      return written.ok ? [] : written.faults.map(({ path }) => path);
    };
    expect(faults({ ...red, asn: 65002 })).toEqual(["speakers[leaf1 vrf RED].asn"]);
    expect(faults({ ...red, groups: { HOSTS: { remoteAs: 65099 } } })).toEqual([
      "speakers[leaf1 vrf RED].groups[HOSTS]",
    ]);
  });
});
