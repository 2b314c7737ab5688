import { describe, expect, test } from "vitest";
import { readEos } from "../../components/config/eos";
import { readFrr } from "../../components/config/frr";
import type { Speaker } from "../../components/bgp/network";

/** Without the lines that things were read from. */
const bare = (speaker: Speaker): unknown =>
  JSON.parse(JSON.stringify(speaker, (key, value: unknown) => (key === "source" ? undefined : value)));

describe("FRR: words are completed as vtysh does", () => {
  const FULL = `hostname tor1
interface eth0
 ip address 10.0.0.1/24
 description to worker
ip prefix-list P seq 5 permit 10.0.0.0/8 le 24
ip route 192.0.2.0/24 Null0
route-map IN permit 10
 match ip address prefix-list P
 set local-preference 200
router bgp 65001
 bgp router-id 10.0.0.1
 bgp bestpath as-path multipath-relax
 no bgp ebgp-requires-policy
 neighbor 10.0.0.2 remote-as 65002
 neighbor 10.0.0.2 password secret
 neighbor 10.0.0.3 remote-as external
 neighbor 10.0.0.3 description the  other one
 address-family ipv4 unicast
  redistribute connected route-map IN
  neighbor 10.0.0.2 route-map IN in
  neighbor 10.0.0.2 soft-reconfiguration inbound
  maximum-paths 4
 exit-address-family
`;
  // Accepted by vtysh 8.4.4 (`vtysh -C -f`), as the test of the corpus shows.
  const SHORT = `host tor1
int eth0
 ip addr 10.0.0.1/24
 desc to worker
ip pre P seq 5 perm 10.0.0.0/8 le 24
ip route 192.0.2.0/24 Null
route-map IN per 10
 mat ip add prefix-l P
 set local-pref 200
router bgp 65001
 bgp router 10.0.0.1
 bgp best as multi
 no bgp ebgp
 neigh 10.0.0.2 rem 65002
 neigh 10.0.0.2 passw secret
 neigh 10.0.0.3 rem ext
 neigh 10.0.0.3 desc the  other one
 address-family ipv4 uni
  redis conn route IN
  neigh 10.0.0.2 route-map IN in
  neigh 10.0.0.2 soft in
  max 4
 exit-address-family
`;

  test("a file in short words is the file in full ones", () => {
    const full = readFrr(FULL);
    const short = readFrr(SHORT);
    expect([full.faults, full.unmodelled]).toEqual([[], []]);
    expect([short.faults, short.unmodelled]).toEqual([[], []]);
    expect(bare(short.speaker)).toEqual(bare(full.speaker));
  });

  test.each([
    [" neigh 10.0.0.2 graceful-r", 3, "neigh 10.0.0.2 graceful-r", "graceful-restart, graceful-restart-disable"],
    [" neighbor 10.0.0.2 bogus 5", 3, "neighbor 10.0.0.2 bogus", "next comes"],
    [" bogus", 3, "bogus", "none of that name"],
    [" address-family ipv4 mulch", 3, "address-family ipv4 mulch", "unicast, multicast"],
    [" neighbor 10.0.0.2 timers 10", 3, "neighbor 10.0.0.2 timers 10", "next comes a number"],
    [" neighbor 10.0.0.2 rout-map X in", 3, "neighbor 10.0.0.2 rout-map", "did you mean route-map?"],
    [" netwrok 10.7.0.0/16", 3, "netwrok", "did you mean network?"],
  ])("%j is what FRR refuses, with its line", (line, number, found, expected) => {
    const { faults } = readFrr(`router bgp 65001\n bgp router-id 10.0.0.1\n${line}\n`, { file: "tor1.conf" });
    expect(faults.map((one) => [one.file, one.line, one.found])).toEqual([["tor1.conf", number, found]]);
    expect(faults[0]?.expected).toContain(expected);
  });

  test("a password behind a shortened word is no part of any message", () => {
    const { faults, unmodelled, lines } = readFrr(
      "router bgp 65001\n bgp router-id 10.0.0.1\n neighbor 10.0.0.2 remote-as 1\n neighbor 10.0.0.2 passw hunter2\n neighbor 10.0.0.2 p hunter2\n",
    );
    expect(faults.map(({ line }) => line)).toEqual([5]);
    expect(JSON.stringify([faults, unmodelled, lines])).not.toContain("hunter2");
  });
});

describe("EOS: words are completed as its command line does", () => {
  test("a file in short words is the file in full ones", () => {
    const full = readEos(`hostname leaf1
interface Ethernet1
   ip address 10.0.0.1/31
router bgp 65001
   router-id 10.0.0.1
   neighbor 10.0.0.0 remote-as 65000
   neighbor 10.0.0.0 description spine
   address-family ipv4
      neighbor 10.0.0.0 activate
      neighbor 10.0.0.0 route-map OUT out
`);
    const short = readEos(`host leaf1
int Ethernet1
   ip addr 10.0.0.1/31
router bgp 65001
   router 10.0.0.1
   neigh 10.0.0.0 remote 65000
   neigh 10.0.0.0 desc spine
   address-f ipv4
      neigh 10.0.0.0 act
      neigh 10.0.0.0 route-map OUT out
`);
    expect([full.faults, full.unmodelled]).toEqual([[], []]);
    expect([short.faults, short.unmodelled]).toEqual([[], []]);
    expect(bare(short.speaker)).toEqual(bare(full.speaker));
  });
});

describe("the other system's file is recognised", () => {
  test("a file of FRR given as EOS", () => {
    const { faults } = readEos("frr version 8.4\nhostname tor1\nrouter bgp 65001\n", { file: "tor1.conf" });
    expect(faults[0]).toMatchObject({ file: "tor1.conf", line: 1, expected: expect.stringContaining("FRR") as string });
  });

  test("a file of EOS given as FRR", () => {
    const { faults } = readFrr("! device: leaf1 (vEOS, EOS-4.30.1F)\nhostname leaf1\ninterface Ethernet1\n", {
      file: "l",
    });
    expect(faults[0]).toMatchObject({ file: "l", line: 1, expected: expect.stringContaining("EOS") as string });
  });
});
