/**
 * GoBGP's sessions as the gate sees them: in the form of gobgpd 3.10's answer, and as the agent of Cilium 1.19.0 answered
 * on a bare node.
 */
import { describe, expect, it } from "vitest";
import { readPeers } from "../../components/live/systems/gobgp";

describe("a node's sessions", () => {
  it("of gobgpd: up is state 6, and an unspecified own address is none", () => {
    const printed = JSON.stringify([
      {
        conf: { local_asn: 64512, neighbor_address: "127.0.0.2", peer_asn: 64513, type: 1 },
        state: { neighbor_address: "127.0.0.2", peer_asn: 64513, session_state: 3 },
        transport: { local_address: "0.0.0.0" },
      },
      {
        conf: { neighbor_address: "10.0.20.1", peer_asn: 64501 },
        state: { session_state: 6 },
        transport: { local_address: "10.0.20.10" },
      },
    ]);
    expect(readPeers("a", printed)).toEqual([
      { speaker: "a", peer: "127.0.0.2", peerAsn: 64513, up: false, state: "Active" },
      { speaker: "a", peer: "10.0.20.1", peerAsn: 64501, up: true, state: "Established", address: "10.0.20.10" },
    ]);
  });

  it("of Cilium: the peer's state in its own word", () => {
    const recorded = [
      {
        "applied-hold-time-seconds": 9,
        "applied-keep-alive-time-seconds": 3,
        "configured-hold-time-seconds": 90,
        "configured-keep-alive-time-seconds": 30,
        "connect-retry-time-seconds": 120,
        "ebgp-multihop-ttl": 1,
        families: [{ advertised: 1, afi: "ipv4", safi: "unicast" }],
        "graceful-restart": {},
        "local-asn": 65010,
        "peer-address": "10.0.0.1",
        "peer-asn": 65010,
        "peer-port": 179,
        "session-state": "established",
        "uptime-nanoseconds": 46314426042,
      },
      { "local-asn": 65010, "peer-address": "10.0.0.9", "peer-asn": 65010, "session-state": "active" },
    ];
    const printed = JSON.stringify(recorded);
    expect(readPeers("b", printed).map(({ peer, up, state }) => [peer, up, state])).toEqual([
      ["10.0.0.1", true, "established"],
      ["10.0.0.9", false, "active"],
    ]);
  });

  it("none: no sessions", () => expect(readPeers("c", "")).toEqual([]));
});
