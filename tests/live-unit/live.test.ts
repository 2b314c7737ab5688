/** What the gate says of a live network, what a hand edit reads as, and which host routes are in a lab's way. Pure halves. */
import { describe, expect, it } from "vitest";
import { readProtocols } from "../../components/live/systems/bird";
import { applyEdits } from "../../components/live/systems/edits";
import { readEdits } from "../../components/live/systems/frrDrift";
import { type LiveSession, liveSessionLines, missing } from "../../components/live/observation";
import { hostRoutes } from "../../components/live/preflight";

const forecast = [
  "k01-worker 10.10.10.11 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
  "k01-worker2 10.10.10.12 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
];
const speakers = ["rack1-tor", "k01-worker", "k01-worker2"];
const view = (speaker: string, peer: string, state = "Established"): LiveSession => ({
  speaker,
  peer,
  peerAsn: 65010,
  up: state === "Established",
  state,
});
const healthy = [
  view("rack1-tor", "10.10.10.11"),
  view("rack1-tor", "10.10.10.12"),
  view("k01-worker", "10.10.10.1"),
  view("k01-worker2", "10.10.10.1"),
];

describe("sessions as they are seen", () => {
  it("both ends established: the forecast's own lines", () => {
    expect(liveSessionLines(forecast, healthy, speakers)).toEqual(forecast);
  });

  it("one end down: who says what", () => {
    const seen = [...healthy.slice(0, 3), view("k01-worker2", "10.10.10.1", "Active")];
    const [, second] = liveSessionLines(forecast, seen, speakers);
    expect(second).toBe(
      "k01-worker2 10.10.10.12 - rack1-tor 10.10.10.1: down (k01-worker2: Active, rack1-tor: Established)",
    );
  });

  it("a neighbor that is not there at all", () => {
    const seen = healthy.filter(({ peer, speaker }) => peer !== "10.10.10.12" && speaker !== "k01-worker2");
    expect(liveSessionLines(forecast, seen, speakers)[1]).toContain(
      "down (k01-worker2: no neighbor 10.10.10.1, rack1-tor: no neighbor 10.10.10.12)",
    );
  });

  it("a session that nobody forecast", () => {
    const lines = liveSessionLines(forecast, [...healthy, view("rack1-tor", "10.10.10.13")], speakers);
    expect(missing(lines, forecast)).toEqual(["rack1-tor ? - ? 10.10.10.13: up AS 65010, not forecast"]);
  });

  it("a doubt behind a semicolon is no difference", () => {
    expect(missing(["a: up; not modelled at a: x"], ["a: up"])).toEqual([]);
  });
});

describe("BIRD's protocols", () => {
  // As BIRD 1.6.8 prints them.
  const text = `BIRD 1.6.8 ready.
name     proto    table    state  since       info
direct1  Direct   master   up     04:00:10
Node_10_10_10_1 BGP      master   up     04:00:12    Established
  Preference:     100
  BGP state:          Established
    Neighbor address: 10.10.10.1
    Neighbor AS:      65001
    Source address:   10.10.10.11

Node_10_10_10_2 BGP      master   start  04:00:12    Active
  BGP state:          Active
    Neighbor address: 10.10.10.2
    Neighbor AS:      65002
`;
  it("are sessions where they are BGP's", () => {
    expect(readProtocols("n", text)).toEqual([
      { speaker: "n", peer: "10.10.10.1", peerAsn: 65001, up: true, state: "Established", address: "10.10.10.11" },
      { speaker: "n", peer: "10.10.10.2", peerAsn: 65002, up: false, state: "Active" },
    ]);
  });
});

describe("a hand edit on the router", () => {
  const text = `route-map k01-in permit 10
 match ip address prefix-list k01-announced
exit
!
router bgp 65001
 address-family ipv4 unicast
  maximum-paths 4
 exit-address-family
exit
`;
  // As frr-reload.py of FRR 8.4.4 prints it with --test.
  const said = `
Lines To Delete
===============
route-map k01-in permit 10
 no set local-preference 50
router bgp 65001
 address-family ipv4 unicast
  no maximum-paths 2

Lines To Add
============
router bgp 65001
 address-family ipv4 unicast
  maximum-paths 4
frr version 8.4
`;

  it("is the lines that were edited, with what they stand under", () => {
    expect(readEdits(said)).toEqual([
      { kind: "live", context: ["route-map k01-in permit 10"], line: "set local-preference 50" },
      { kind: "live", context: ["router bgp 65001", "address-family ipv4 unicast"], line: "maximum-paths 2" },
      { kind: "missing", context: ["router bgp 65001", "address-family ipv4 unicast"], line: "maximum-paths 4" },
    ]);
  });

  it("shows in its place in the configuration, and nothing else moves", () => {
    expect(applyEdits(text, readEdits(said))).toBe(`route-map k01-in permit 10
 set local-preference 50
 match ip address prefix-list k01-announced
exit
!
router bgp 65001
 address-family ipv4 unicast
  maximum-paths 2
 exit-address-family
exit
`);
  });

  it("that took nothing away and added nothing is none", () => {
    expect(readEdits("\nLines To Delete\n===============\n\nLines To Add\n============\nfrr version 8.4\n")).toEqual(
      [],
    );
  });
});

describe("the host's routes", () => {
  // /proc/net/route prints addresses as they lie in memory.
  const table = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
tun0\t00000A0A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
`;
  it("are read without the default one", () => {
    expect(hostRoutes(table)).toEqual([{ device: "tun0", prefix: "10.10.0.0/16" }]);
  });
});
