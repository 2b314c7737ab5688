/** What MetalLB's speaker and the FRR below it say of their sessions, as the gate reads it. */
import { describe, expect, it } from "vitest";
import { metallbPeers } from "../../../components/cni/metallb/peerTable";

describe("MetalLB's sessions", () => {
  it("are gauges of the native speaker, by the peer's address and port", () => {
    const metrics = [
      "# TYPE metallb_bgp_session_up gauge",
      'metallb_bgp_session_up{peer="10.0.20.1:179"} 1',
      'metallb_bgp_session_up{peer="10.0.20.2:179"} 0',
      'metallb_bgp_updates_total{peer="10.0.20.1:179"} 3',
    ].join("\n");
    expect(metallbPeers.read(metrics).map(({ peer, up }) => [peer, up])).toEqual([
      ["10.0.20.1", true],
      ["10.0.20.2", false],
    ]);
  });

  it("are connections of the native speaker, where it has deleted the metric of a session that it made anew", () => {
    const text = [
      'metallb_bgp_session_up{peer="10.0.20.2:179"} 0',
      // As ss of iproute2 6.1 prints them; BIRD's are Calico's.
      '0      0         10.0.20.10:42408    10.0.20.1:179 users:(("metallb-speaker",pid=57,fd=9))',
      '0      0      [fd00:20::10]:54448 [fd00:20::1]:179 users:(("metallb-speaker",pid=57,fd=11))',
      '0      0         10.0.20.10:38112    10.0.20.2:179 users:(("metallb-speaker",pid=57,fd=12))',
      '0      0         10.0.20.10:35518   10.0.20.11:179 users:(("bird",pid=48,fd=12))',
    ].join("\n");
    expect(metallbPeers.read(text).map(({ peer, up }) => [peer, up])).toEqual([
      ["10.0.20.2", false],
      ["10.0.20.1", true],
      ["fd00:20::1", true],
    ]);
  });

  it("are FRR's summary with the FRR backends, each once for both families", () => {
    const peers = { "10.0.20.1": { state: "Established", remoteAs: 64501 } };
    const text = JSON.stringify({ ipv4Unicast: { peers }, ipv6Unicast: { peers } });
    expect(metallbPeers.read(text)).toEqual([{ peer: "10.0.20.1", peerAsn: 64501, up: true, state: "Established" }]);
  });
});
