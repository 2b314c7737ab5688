/** Which hop differs from the forecast, and which sessions a step still waits for. */
import { describe, expect, it } from "vitest";
import { differing } from "../../components/live/probe";
import { waiting } from "../../components/live/sessionsUp";

const path = [
  [{ speaker: "a", addresses: ["172.28.1.1"] }],
  [
    { speaker: "b-m03", addresses: ["172.28.2.3"] },
    { speaker: "b-m04", addresses: ["172.28.2.4"] },
  ],
  [{ speaker: "b", addresses: ["172.28.2.1"] }],
];

describe("the way of a packet", () => {
  it("is as forecast by either reflector", () => {
    const way = ["172.28.1.1", "172.28.2.4", "172.28.2.1", "10.210.0.5"];
    expect(differing(way, { from: "a", pod: "default/shell", path })).toBeUndefined();
  });

  it("from a node begins after the node itself", () => {
    expect(differing(["172.28.2.3", "172.28.2.1", "10.210.0.5"], { from: "a", path })).toBeUndefined();
  });

  it("names the first hop that differs and who was expected there", () => {
    const way = ["172.28.1.1", "172.28.9.9", "172.28.2.1", "10.210.0.5"];
    expect(differing(way, { from: "a", pod: "default/shell", path })).toBe(
      "hop 2 is 172.28.9.9, forecast is b-m03 or b-m04",
    );
  });
});

describe("a step that waits for sessions", () => {
  const session = { speaker: "a", peer: "172.28.1.3", peerAsn: 64512 };

  it("counts an address as established when one of its two neighbors is, mesh or peering", () => {
    const seen = [
      { ...session, up: true, state: "Established" },
      { ...session, up: false, state: "Active" },
    ];
    expect(waiting([{ speaker: "a", peer: "172.28.1.3" }], seen)).toEqual([]);
  });

  it("says the state of each that is not, and which neighbor is not configured yet", () => {
    const wanted = [
      { speaker: "a", peer: "172.28.1.3" },
      { speaker: "a", peer: "172.28.1.4" },
    ];
    expect(waiting(wanted, [{ ...session, up: false, state: "Active" }])).toEqual([
      "a - 172.28.1.3: Active",
      "a - 172.28.1.4: no such neighbor",
    ]);
  });

  it("waits for a reflector's routes too: its session may stand before it reflects", () => {
    const wanted = [{ speaker: "a", peer: "172.28.1.3", accepted: 3 }];
    const up = { ...session, up: true, state: "Established" };
    expect(waiting(wanted, [{ ...up, accepted: 1 }])).toEqual(["a - 172.28.1.3: 1 prefixes, waiting for 3"]);
    expect(waiting(wanted, [{ ...up, accepted: 3 }])).toEqual([]);
    // A reflector that retires gives every block until it has started anew.
    const own = [{ speaker: "a", peer: "172.28.1.3", accepted: 1, most: 1 }];
    expect(waiting(own, [{ ...up, accepted: 3 }])).toEqual(["a - 172.28.1.3: 3 prefixes, waiting until they are 1"]);
    expect(waiting(own, [{ ...up, accepted: 1 }])).toEqual([]);
  });
});
