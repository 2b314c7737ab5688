/** A node's sessions as the agent of Cilium 1.19.0 answered on a bare node, and as the gate takes them. */
import { describe, expect, it } from "vitest";
import { ciliumPeers } from "../../../components/cni/cilium/peerTable";

describe("Cilium's sessions", () => {
  it("are what the agent says: the peer's state in its own word", () => {
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
    expect(ciliumPeers.read(printed).map(({ peer, up, state }) => [peer, up, state])).toEqual([
      ["10.0.0.1", true, "established"],
      ["10.0.0.9", false, "active"],
    ]);
  });

  it("are none where it says nothing", () => expect(ciliumPeers.read("")).toEqual([]));
});
