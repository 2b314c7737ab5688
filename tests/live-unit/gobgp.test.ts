/** GoBGP's sessions as the gate sees them, in the form of gobgpd 3.10's answer. */
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

  it("counts the prefixes that it took, of all families together", () => {
    const printed = JSON.stringify([
      {
        conf: { neighbor_address: "10.0.20.11", peer_asn: 64512 },
        state: { session_state: 6 },
        afi_safis: [{ state: { enabled: true, received: 4, accepted: 3 } }, { state: { enabled: true } }],
      },
    ]);
    expect(readPeers("a", printed)).toMatchObject([{ peer: "10.0.20.11", up: true, accepted: 3 }]);
  });

  it("none: no sessions", () => expect(readPeers("c", "")).toEqual([]));
});
