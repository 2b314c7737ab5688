/** Lab 003: Cilium racks under a router, unnumbered upwards, asymmetric iBGP downwards. */
import { describe, expect, test } from "vitest";
import { explain, stepNames } from "../../components/forecast/explain";
import { forecast } from "../../components/forecast/forecast";
import { orThrow } from "../../components/model/errors";
import { CILIUM_NODES, ciliumRacks, ciliumReading } from "../networks/ciliumRacks";

const lab = forecast(ciliumRacks());
const sessionsOf = (name: string) =>
  lab.solution.sessions.filter(({ up, ends }) => up && ends.some(({ speaker }) => speaker === name));

describe("sessions", () => {
  test("router0 has 2, tor0 and tor1 have 3 each", () => {
    expect([sessionsOf("router0"), sessionsOf("tor0"), sessionsOf("tor1")].map((list) => list.length)).toEqual([
      2, 3, 3,
    ]);
  });

  test("the node dials the ToR's loopback, the ToR names the node's link address, and one session comes of it", () => {
    const toWorker = sessionsOf("worker");
    expect(toWorker.map(({ kind, ends }) => [kind, ends.map(({ speaker }) => speaker)])).toEqual([
      ["ibgp", ["tor0", "worker"]],
    ]);
  });

  test("upwards they are unnumbered eBGP", () => {
    for (const { kind, ends } of sessionsOf("router0")) {
      expect(kind).toBe("ebgp");
      expect(ends.every(({ address }) => address.startsWith("interface%"))).toBe(true);
    }
  });
});

describe("routes", () => {
  test("router0 has every node's pods, by the ToR of its rack", () => {
    for (const { pods, rack } of CILIUM_NODES) {
      expect(lab.routes("router0").get(pods)).toMatchObject({
        state: "used",
        from: [rack === "rack0" ? "tor0" : "tor1"],
        asPath: [rack === "rack0" ? 65010 : 65011],
      });
    }
  });

  test("both ToRs get the default route from router0", () => {
    for (const tor of ["tor0", "tor1"])
      expect(lab.routes(tor).get("0.0.0.0/0")).toMatchObject({ from: ["router0"], asPath: [65000] });
  });

  test("what of 10/8 nobody announces is dropped at router0", () => {
    const way = orThrow(explain(lab, "tor0", "10.99.0.1"));
    expect(stepNames(way)).toEqual(["tor0", "router0"]);
    expect(way.endings).toMatchObject([{ speaker: "router0", outcome: "dropped" }]);
  });

  test("a pod reaches a pod across the racks, over its default gateway, router0 and the other ToR", () => {
    const way = orThrow(explain(lab, "worker", "10.1.2.7"));
    expect(way.outcome).toBe("delivered");
    expect(stepNames(way)).toEqual(["worker", "tor0", "router0", "tor1", "worker2"]);
  });
});

describe("the policies of Cilium's first kind", () => {
  test("speak at 1.18 and are said to be deprecated", () => {
    expect(ciliumReading("1.18").findings.map(({ id }) => id)).toContain("cilium/policy-deprecated");
    expect(sessionsOf("worker3")).toHaveLength(1);
  });

  test("are nothing from 1.19 on: no node has a session, and a finding says why", () => {
    const gone = forecast(ciliumRacks("1.19"));
    expect(gone.solution.sessions.filter(({ up, kind }) => up && kind === "ibgp")).toEqual([]);
    expect(ciliumReading("1.19").findings.map(({ id }) => id)).toContain("cilium/policy-removed");
  });
});
