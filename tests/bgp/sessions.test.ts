/** Which sessions come up, and the name of the reason where one does not. */
import { describe, expect, test } from "vitest";
import type { Neighbor, Speaker } from "../../components/bgp/network";
import type { DownReason } from "../../components/bgp/solution";
import { solve } from "../../components/bgp/solve";
import { forecast, network, to, type Sketch } from "./networks/build";

const gobgp: Pick<Speaker, "dialect"> = { dialect: { system: "gobgp", version: "3" } };

/** Two routers on a link, each with what the test says of its neighbor. */
function pair(
  a: Neighbor,
  b: Neighbor,
  more: { a?: Partial<Sketch>; b?: Partial<Sketch> } = {},
): Record<string, Sketch> {
  return {
    a: { asn: 65001, at: ["l 10.0.0.0/31"], neighbors: [{ address: "10.0.0.1", remoteAs: 65002, ...a }], ...more.a },
    b: { asn: 65002, at: ["l 10.0.0.1/31"], neighbors: [{ address: "10.0.0.0", remoteAs: 65001, ...b }], ...more.b },
  };
}

const outcome = (sketch: Record<string, Sketch>): (DownReason | "up")[] =>
  forecast(sketch).sessions.map((session) => session.down?.reason ?? "up");

describe("two configured neighbors", () => {
  test.each<[string, Neighbor, Neighbor, DownReason | "up"]>([
    ["agree", {}, {}, "up"],
    ["external and internal stand for any other AS and the own one", { remoteAs: "external" }, {}, "up"],
    ["internal refuses another AS", { remoteAs: "internal" }, {}, "wrong-asn"],
    ["one expects another ASN", { remoteAs: 65003 }, {}, "wrong-asn"],
    ["the passwords differ", { password: "one" }, { password: "two" }, "password"],
    ["one has a password", { password: "one" }, {}, "password"],
    ["both have the same", { password: "one" }, { password: "one" }, "up"],
    ["one is shut down", { shutdown: true }, {}, "admin-down"],
    ["one waits", { passive: true }, {}, "up"],
    ["both wait", { passive: true }, { passive: true }, "both-passive"],
    ["TTL security on both sides", { ttlSecurity: 1 }, { ttlSecurity: 1 }, "up"],
    ["TTL security on one side: the other sends with a TTL of 1", { ttlSecurity: 1 }, {}, "ttl"],
    ["TTL security against multihop 255, which is enough", { ttlSecurity: 1 }, { multihop: 255 }, "up"],
    [
      "no family in common",
      { families: { ipv4: { active: false }, ipv6: { active: true } } },
      { families: { ipv4: { active: true } } },
      "family",
    ],
    ["local-as is what the neighbor must expect", { localAs: { asn: 64999 } }, { remoteAs: 64999 }, "up"],
    ["local-as that the neighbor does not expect", { localAs: { asn: 64999 } }, {}, "wrong-asn"],
    ["another port than the one that is listened on", { port: 1179 }, { passive: true }, "no-listener"],
  ])("%s", (_, a, b, expected) => {
    expect(outcome(pair(a, b))).toEqual([expected]);
  });

  test.each<[string, Neighbor, Partial<Sketch>, DownReason | "up"]>([
    [
      "a hold time below minimum-holdtime is refused",
      { timers: { hold: 6 } },
      { bgp: { minimumHoldTime: 10 } },
      "hold-time",
    ],
    ["one that is equal is taken", { timers: { hold: 10 } }, { bgp: { minimumHoldTime: 10 } }, "up"],
    ["no hold time at all counts as less", { timers: { hold: 0 } }, { bgp: { minimumHoldTime: 10 } }, "hold-time"],
    ["the datacenter profile offers 9 seconds", {}, { bgp: { minimumHoldTime: 10 } }, "hold-time"],
  ])("%s (FRR, bgp_open_receive)", (_, a, b, expected) => {
    expect(outcome(pair(a, {}, { b }))).toEqual([expected]);
  });

  test("the same two addresses on two links carry a session each", () => {
    const one = pair({}, {});
    const [a, b] = [one["a"] as Sketch, one["b"] as Sketch];
    const network = { ...one, c: { ...a, at: ["m 10.0.0.0/31"] }, d: { ...b, at: ["m 10.0.0.1/31"] } };
    const { sessions } = forecast(network);
    expect(sessions.map(({ ends, up }) => [...ends.map(({ speaker }) => speaker), up])).toEqual([
      ["a", "b", true],
      ["c", "d", true],
    ]);
  });

  test("a speaker that is down has no session, and neither has its neighbor", () => {
    expect(outcome(pair({}, {}, { b: { down: true } }))).toEqual(["speaker-down"]);
  });

  test("a link that is down carries none", () => {
    const plain = network(pair({}, {}));
    const cut = { ...plain, segments: plain.segments.map((each) => ({ ...each, down: true })) };
    expect(solve(cut).sessions.map((session) => session.down?.reason)).toEqual(["not-reachable"]);
  });

  test("an address that nobody has", () => {
    expect(outcome({ a: { asn: 1, at: ["l 10.0.0.0/31"], neighbors: [to("10.0.0.1", 2)] } })).toEqual(["no-neighbor"]);
  });

  test("only one of the two knows the other", () => {
    expect(outcome(pair({}, {}, { b: { neighbors: [] } }))).toEqual(["no-listener"]);
  });

  test("two neighbors for one address: one session, and one that says why it has none", () => {
    const twice = pair({}, {}, { a: { neighbors: [to("10.0.0.1", 65002), to("10.0.0.1", 65002)] } });
    expect(outcome(twice).sort()).toEqual(["duplicate", "up"]);
  });

  test("iBGP with one router id on both sides is refused", () => {
    const ids = { a: { asn: 1, routerId: "1.1.1.1" }, b: { asn: 1, routerId: "1.1.1.1" } };
    expect(outcome(pair({ remoteAs: 1 }, { remoteAs: 1 }, ids))).toEqual(["duplicate"]);
  });

  test("the sentence names who expects what", () => {
    const [session] = forecast(pair({ remoteAs: 65003, source: { file: "a.conf", line: 7 } }, {})).sessions;
    expect(session?.down).toEqual({
      reason: "wrong-asn",
      at: "a",
      sentence: "a expects AS 65003, b says AS 65002",
      source: { file: "a.conf", line: 7 },
    });
  });
});

describe("listen ranges", () => {
  const range = (limit?: number): Record<string, Sketch> => ({
    tor: {
      asn: 65001,
      at: ["rack 10.0.0.1/24"],
      bgp: limit === undefined ? {} : { listenLimit: limit },
      groups: { NODES: { remoteAs: 65010 } },
      listen: [{ prefix: "10.0.0.0/24", group: "NODES" }],
    },
    ...Object.fromEntries(
      [11, 12, 13].map((host): [string, Sketch] => [
        `n${host}`,
        { asn: 65010, at: [`rack 10.0.0.${host}/24`], neighbors: [to("10.0.0.1", 65001)] },
      ]),
    ),
  });

  test("take whoever dials from the range", () => {
    expect(outcome(range())).toEqual(["up", "up", "up"]);
  });

  test("take no more than the limit", () => {
    expect(outcome(range(2)).sort()).toEqual(["limit-reached", "up", "up"]);
  });
});

describe("sessions that are not on one link", () => {
  test("lab 003: the node dials the ToR's loopback, the ToR names the node's address, and nobody listens on the node", () => {
    const solution = forecast({
      tor: { asn: 65010, at: ["lo 10.0.0.1/32", "rack 10.0.1.1/24"], neighbors: [to("10.0.1.2", "internal")] },
      node: {
        ...gobgp,
        asn: 65010,
        at: ["rack 10.0.1.2/24"],
        bgp: { listens: false },
        routes: [{ prefix: "0.0.0.0/0", via: ["10.0.1.1"], source: "kernel" }],
        neighbors: [to("10.0.0.1", 65010)],
      },
    });
    expect(solution.sessions).toMatchObject([{ up: true, kind: "ibgp", key: "node 10.0.1.2 - tor 10.0.0.1" }]);
  });

  test("loopback to loopback of eBGP needs multihop or no connected check, but where FRR's own static routes lead", () => {
    const loops = (rest: Neighbor, source: "kernel" | "static" = "kernel"): Record<string, Sketch> => {
      const side = (own: string, far: string, asn: number, address: string, via: string): Sketch => ({
        asn,
        at: [`lo ${own}/32`, `l ${address}/31`],
        routes: [{ prefix: `${far}/32`, via: [via], source }],
        neighbors: [to(far, asn === 1 ? 2 : 1, { localAddress: own, ...rest })],
      });
      return {
        a: side("1.1.1.1", "2.2.2.2", 1, "10.0.0.0", "10.0.0.1"),
        b: side("2.2.2.2", "1.1.1.1", 2, "10.0.0.1", "10.0.0.0"),
      };
    };
    expect(outcome(loops({}))).toEqual(["not-reachable"]);
    expect(outcome(loops({}, "static"))).toEqual(["up"]);
    expect(outcome(loops({ multihop: 2 }))).toEqual(["up"]);
    expect(outcome(loops({ disableConnectedCheck: true }))).toEqual(["up"]);
  });

  test("a session over a router in between needs a TTL of two, on both sides", () => {
    const over = (a: number, b: number): Record<string, Sketch> => ({
      a: {
        asn: 1,
        at: ["x 10.0.0.0/31"],
        routes: [{ prefix: "10.0.1.0/31", via: ["10.0.0.1"] }],
        neighbors: [to("10.0.1.1", 2, { multihop: a })],
      },
      mid: { asn: 3, at: ["x 10.0.0.1/31", "y 10.0.1.0/31"] },
      b: {
        asn: 2,
        at: ["y 10.0.1.1/31"],
        routes: [{ prefix: "10.0.0.0/31", via: ["10.0.1.0"] }],
        neighbors: [to("10.0.0.0", 1, { multihop: b })],
      },
    });
    expect(outcome(over(2, 2))).toEqual(["up"]);
    expect(outcome(over(1, 2))).not.toEqual(["up"]);
    expect(outcome(over(2, 1))).not.toEqual(["up"]);
  });

  test("a session stands on a route that BGP itself brings", () => {
    const solution = forecast({
      a: {
        asn: 65001,
        at: ["lo 1.1.1.1/32", "x 10.0.0.0/31"],
        originate: [{ kind: "network", prefix: "1.1.1.1/32" }],
        neighbors: [to("10.0.0.1", 65000), to("2.2.2.2", 65002, { localAddress: "1.1.1.1", multihop: 8 })],
      },
      mid: {
        asn: 65000,
        at: ["x 10.0.0.1/31", "y 10.0.1.0/31"],
        neighbors: [to("10.0.0.0", 65001), to("10.0.1.1", 65002)],
      },
      b: {
        asn: 65002,
        at: ["lo 2.2.2.2/32", "y 10.0.1.1/31"],
        originate: [{ kind: "network", prefix: "2.2.2.2/32" }],
        neighbors: [to("10.0.1.0", 65000), to("1.1.1.1", 65001, { localAddress: "2.2.2.2", multihop: 8 })],
      },
    });
    expect(solution.sessions.map((session) => session.up)).toEqual([true, true, true]);
  });

  test("unnumbered: two that name their ends of a link find each other", () => {
    const end = (asn: number): Sketch => ({
      asn,
      at: ["l"],
      routerId: `1.1.1.${asn}`,
      neighbors: [{ interface: "e0", remoteAs: "external" }],
    });
    expect(forecast({ a: end(1), b: end(2) }).sessions).toMatchObject([
      { up: true, key: "a interface%e0 - b interface%e0" },
    ]);
    expect(outcome({ a: end(1), b: { ...end(2), neighbors: [] } })).toEqual(["no-neighbor"]);
  });

  test("unnumbered: an interface that no link leads from has no neighbor, one that is down is not up", () => {
    const end = (down: boolean): Sketch => ({
      asn: 1,
      at: [],
      routerId: "1.1.1.1",
      interfaces: [{ name: "e0", addresses: [], ...(down ? { down } : {}) }],
      neighbors: [{ interface: "e0", remoteAs: "external" }],
    });
    const why = (sketch: Sketch) => forecast({ a: sketch }).sessions.map(({ down }) => [down?.reason, down?.sentence]);
    expect(why(end(false))).toEqual([["no-neighbor", "no link leads from interface e0 of a"]]);
    expect(why(end(true))).toEqual([["not-reachable", "interface e0 of a is not up"]]);
  });
});
