/** Lab 000 and 002 as the seed's table states them: sessions, the service route, its next hops. */
import { describe, expect, test } from "vitest";
import { solve } from "../../components/bgp/solve";
import { lab000 } from "./networks/lab000";

const SERVICE = "172.16.0.240/28";
const up = (network: ReturnType<typeof lab000>): string[] =>
  solve(network)
    .sessions.filter((session) => session.up)
    .map((session) => session.ends.map((end) => end.speaker).join(" - "));

const hops = (network: ReturnType<typeof lab000>): (string | undefined)[] =>
  solve(network)
    .table("tor1")
    .fib.get(SERVICE)
    ?.nextHops.map((hop) => hop.address) ?? [];

describe("lab 000: selective peering", () => {
  test("exactly the two labelled nodes have a session with the ToR", () => {
    expect(up(lab000())).toEqual(["tor1 - worker", "tor1 - worker2"]);
  });

  test("before the pool is advertised the sessions are up and carry nothing", () => {
    const solution = solve(lab000({ pool: false }));
    expect(solution.sessions.every((session) => session.up)).toBe(true);
    expect(solution.table("tor1").rib.size).toBe(0);
  });

  test("afterwards the ToR has the pool from both and no pod block", () => {
    const { rib } = solve(lab000()).table("tor1");
    expect([...rib.keys()]).toEqual([SERVICE]);
    expect(rib.get(SERVICE)?.map((path) => [path.nextHop, path.asPath])).toEqual([
      ["10.10.10.11", [65010]],
      ["10.10.10.12", [65010]],
    ]);
  });

  test("maximum-paths 1 leaves one next hop, worker's; 4 takes both", () => {
    expect(hops(lab000({ maximumPaths: 1 }))).toEqual(["10.10.10.11"]);
    expect(hops(lab000({ maximumPaths: 4 }))).toEqual(["10.10.10.11", "10.10.10.12"]);
  });

  test("FRR installs it at distance 20, EOS at 200 and by one next hop unless told otherwise", () => {
    expect(solve(lab000()).table("tor1").fib.get(SERVICE)?.distance).toBe(20);
    const eos = solve(lab000({ router: "eos" }))
      .table("tor1")
      .fib.get(SERVICE);
    expect(eos?.distance).toBe(200);
    expect(eos?.nextHops.map((hop) => hop.address)).toEqual(["10.10.10.11"]);
    expect(hops(lab000({ router: "eos", maximumPaths: 4 }))).toEqual(["10.10.10.11", "10.10.10.12"]);
  });

  test("worker3 labelled: one session more, none lost; unlabelled again: as before", () => {
    const labelled = up(lab000({ speaking: ["worker", "worker2", "worker3"] }));
    expect(labelled).toEqual(["tor1 - worker", "tor1 - worker2", "tor1 - worker3"]);
    expect(up(lab000())).toEqual(labelled.slice(0, 2));
  });

  test("without compare-routerid the tie is said to be one, with both candidates", () => {
    const { ambiguities } = solve(lab000({ compareRouterId: false }));
    expect(ambiguities.map(({ speaker, prefix, what }) => [speaker, prefix, what])).toEqual([
      ["tor1", SERVICE, "best"],
    ]);
    expect(ambiguities[0]?.candidates.map((each) => each.nextHop).sort()).toEqual(["10.10.10.11", "10.10.10.12"]);
    expect(solve(lab000()).ambiguities).toEqual([]);
  });
});

describe("lab 002: a service from every node", () => {
  const speaking = ["control-plane", "worker", "worker2"];
  test("three sessions, and the first node alone by default on EOS, all three with maximum-paths 4", () => {
    expect(up(lab000({ speaking }))).toHaveLength(3);
    expect(hops(lab000({ speaking, router: "eos" }))).toEqual(["10.10.10.10"]);
    expect(hops(lab000({ speaking, router: "eos", maximumPaths: 4 }))).toEqual([
      "10.10.10.10",
      "10.10.10.11",
      "10.10.10.12",
    ]);
  });
});
