/** Labs 000 and 002, as the table of facts has them: read from Kubernetes objects and a ToR that listens. */
import { describe, expect, test } from "vitest";
import { difference } from "../../components/forecast/difference";
import { explain, stepNames } from "../../components/forecast/explain";
import { forecast } from "../../components/forecast/forecast";
import { routeLines, sessionLines } from "../../components/forecast/lines";
import { orThrow } from "../../components/model/errors";
import { POOL, selective } from "../networks/selective";

const upSessions = (options: Parameters<typeof selective>[0]) =>
  forecast(selective(options))
    .solution.sessions.filter(({ up }) => up)
    .map(({ ends }) => ends.map((end) => end.address).join(" - "));
const atTor = (options: Parameters<typeof selective>[0]) => forecast(selective(options)).routes("tor1");

describe("lab 000: two of five nodes speak for the cluster", () => {
  test("exactly the labelled nodes have a session, .11 and .12", () => {
    expect(upSessions({})).toEqual(["10.10.10.1 - 10.10.10.11", "10.10.10.1 - 10.10.10.12"]);
  });

  test("control-plane, worker3 and worker4 have no session configured", () => {
    const named = forecast(selective()).solution.sessions.flatMap(({ ends }) => ends.map(({ speaker }) => speaker));
    expect([...new Set(named)].sort()).toEqual(["tor1", "worker", "worker2"]);
  });

  test("before the BGPConfiguration names the pool: both sessions, no prefix", () => {
    expect(upSessions({ advertised: false })).toHaveLength(2);
    expect([...atTor({ advertised: false }).keys()]).toEqual([]);
  });

  test("after: one prefix from each, and no pod block at the ToR", () => {
    const { solution } = forecast(selective());
    const { rib } = solution.table("tor1");
    expect([...rib.keys()]).toEqual([POOL]);
    expect(rib.get(POOL)?.map(({ from }) => from?.address)).toEqual(["10.10.10.11", "10.10.10.12"]);
  });

  test("one next hop with maximum-paths 1, both with 4; EOS takes one by default and installs at distance 200", () => {
    expect(atTor({ maximumPaths: 1 }).get(POOL)?.nextHops).toEqual(["10.10.10.11"]);
    expect(atTor({ maximumPaths: 4 }).get(POOL)?.nextHops).toEqual(["10.10.10.11", "10.10.10.12"]);
    const distance = (eos: boolean) => forecast(selective({ eos })).solution.table("tor1").fib.get(POOL)?.distance;
    expect([distance(false), distance(true)]).toEqual([20, 200]);
  });

  test("worker3 labelled: exactly one session more, none lost; unlabelled: it is gone", () => {
    const before = forecast(selective());
    const labelled = forecast(selective({ labelled: ["worker", "worker2", "worker3"] }));
    const there = difference(before, labelled);
    expect(there.sessions.map(({ what, key }) => [what, key])).toEqual([
      ["gained", "tor1 10.10.10.1 - worker3 10.10.10.13"],
    ]);
    expect(there.routes.map(({ speaker, prefix, what, width }) => [speaker, prefix, what, width])).toEqual([
      ["tor1", POOL, "width", { before: 2, after: 3 }],
    ]);
    expect(difference(labelled, before).sessions.map(({ what }) => what)).toEqual(["lost"]);
    expect(difference(before, forecast(selective()))).toMatchObject({ sessions: [], routes: [] });
  });

  test("the label is the root of the chain: label, neighbor, session, path", () => {
    const { routes } = difference(
      forecast(selective()),
      forecast(selective({ labelled: ["worker", "worker2", "worker3"] })),
    );
    expect(
      routes[0]?.causes.map((link) =>
        link.kind === "change" ? `${link.change.speaker} ${link.change.part}` : link.kind,
      ),
    ).toEqual(["worker3 label", "worker3 neighbor", "session"]);
    expect(routes[0]?.causes[1]).toMatchObject({
      change: { source: { field: expect.stringContaining("bgppeer-arista") as string } },
    });
  });

  test("a client of the service reaches the two speakers, whoever holds the backend", () => {
    const way = orThrow(explain(forecast(selective()), "tor1", "172.16.0.241"));
    expect(way.outcome).toBe("delivered");
    expect(stepNames(way)).toEqual(["tor1", "worker | worker2"]);
  });

  test("two sessions instead of five stand in the lines that a preview compares", () => {
    const lines = (everyNode: boolean) => sessionLines(forecast(selective({ everyNode })));
    expect(lines(false)).toEqual([
      "tor1 10.10.10.1 - worker 10.10.10.11: up ebgp AS 65001 - 65010 ipv4",
      "tor1 10.10.10.1 - worker2 10.10.10.12: up ebgp AS 65001 - 65010 ipv4",
    ]);
    expect(lines(true)).toHaveLength(5);
    expect(routeLines(forecast(selective()), { speakers: ["tor1"] })).toEqual([
      "tor1 172.16.0.240/28: ebgp via 10.10.10.11 10.10.10.12, path 65010",
    ]);
  });
});

describe("lab 002: the service from every node of three", () => {
  const lab = { nodes: 3, everyNode: true, labelled: [] };

  test("three sessions, one prefix from each", () => {
    expect(upSessions(lab)).toHaveLength(3);
    expect(forecast(selective(lab)).solution.table("tor1").rib.get(POOL)).toHaveLength(3);
  });

  test("one next hop, .10, with maximum-paths 1; all three with 4", () => {
    expect(atTor({ ...lab, maximumPaths: 1 }).get(POOL)?.nextHops).toEqual(["10.10.10.10"]);
    expect(atTor({ ...lab, maximumPaths: 4 }).get(POOL)?.nextHops).toEqual([
      "10.10.10.10",
      "10.10.10.11",
      "10.10.10.12",
    ]);
  });

  test("no route before the advertisement, and the ClusterIP is not reachable from outside", () => {
    expect(atTor({ ...lab, advertised: false }).size).toBe(0);
    expect(orThrow(explain(forecast(selective(lab)), "tor1", "10.96.87.127")).outcome).toBe("dropped");
    expect(orThrow(explain(forecast(selective(lab)), "tor1", "172.16.0.241")).outcome).toBe("delivered");
  });
});
