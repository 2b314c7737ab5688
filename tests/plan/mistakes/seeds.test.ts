/**
 * What the labs warn of, made as programs: each row of lab 004's table of common mistakes, and what 000, 001 and 002 say
 * in passing. A preview refuses the program, or advises by the rule's name; the right program beside it is quiet.
 * Two rows cannot be written with components: pods announced one by one, and a switch without a filter. A full mesh of
 * more than 100 nodes is a rule's own test (tests/forecast): its forecast takes too long for one here.
 */
import { describe, expect, it } from "vitest";
import { calico, kubeRouter, metallb } from "../../../components/cni/choices";
import { planAdvertised } from "../../../components/plan/advertised";
import { planCheck } from "../../../components/plan/check";
import { type ClusterPlan, planCluster } from "../../../components/plan/cluster";
import { planClusterPeering } from "../../../components/plan/clusterPeering";
import { planEcho } from "../../../components/plan/echo";
import type { Planned } from "../../../components/plan/facts";
import { planLive } from "../../../components/plan/live";
import { place } from "../../../components/plan/place";
import { planPool } from "../../../components/plan/pool";
import { planReflectorTier } from "../../../components/plan/reflectorTier";
import { planSegment } from "../../../components/plan/segment";
import { type SelectiveSpec, planSelective } from "../../../components/plan/selective";
import { planShell } from "../../../components/plan/shell";
import { clusterOn, faults, lab, rackOf } from "./mistake";

/** The rules that speak, at the places that they name. */
function advice(parts: readonly Planned[], rule: string): string[] {
  return planLive(parts)
    .advice.filter((finding) => finding.rule === rule)
    .map(({ place }) => place);
}

type Fabric = Partial<Omit<SelectiveSpec<ClusterPlan, ReturnType<typeof rackOf>>, "cluster" | "racks">>;

/** The lab of 000, right but for what is changed. */
function program(router: Parameters<typeof rackOf>[0] = {}, fabric: Fabric = {}) {
  const rack = rackOf(router);
  const cluster = clusterOn(rack);
  const peers = planSelective("edge", { cluster, racks: [rack], speakers: "all", ...fabric });
  const pool = planPool("services", { cluster, cidr: "172.16.0.240/28" });
  return { rack, cluster, parts: [rack, cluster, peers, pool] };
}

describe("lab 004, common mistakes", () => {
  it("wrong AS number: a public one", () => {
    const { parts } = program({ asn: 3320 });
    expect(advice(parts, "asn/public")).toEqual(["rack1-tor"]);
    expect(advice(program().parts, "asn/public")).toEqual([]);
  });

  it("no graceful restart: kube-router asks for none unless it is told; Calico always does", () => {
    const peered = (cni: Parameters<typeof lab>[0]) => {
      const { rack, cluster } = lab(cni);
      return [rack, cluster, planSelective("edge", { cluster, racks: [rack], speakers: "all" })];
    };
    expect(advice(peered({ cni: kubeRouter({ asn: 65010 }) }), "session/no-graceful-restart")).not.toEqual([]);
    expect(advice(peered({}), "session/no-graceful-restart")).toEqual([]);
  });

  it("forgetting service ranges: a client at the router finds no way to a ClusterIP", () => {
    const { rack, cluster, parts } = program();
    const web = planEcho("web", { cluster, port: 80, type: "ClusterIP" });
    const service = { name: "web", cluster, destination: web.destination, backends: web.backends };
    const check = planCheck("from-outside", { from: rack.router, to: service });
    expect(advice([...parts, web, check], "reachability/no-way")).toEqual(["rack1-tor"]);
    const announced = planAdvertised("ranges", { cluster, clusterIPs: true });
    expect(advice([...parts, web, check, announced], "reachability/no-way")).toEqual([]);
  });

  it("a single route reflector", () => {
    const { rack, cluster } = lab();
    const tier = (nodes: string[]) =>
      planReflectorTier("rr", { cluster, reflectors: { nodes }, clusterId: "244.0.0.1" });
    expect(advice([rack, cluster, tier(["worker"])], "reflector/single")).not.toEqual([]);
    expect(advice([rack, cluster, tier(["worker", "worker2"])], "reflector/single")).toEqual([]);
  });

  it("MetalLB in the place of a CNI", () => {
    expect(faults(() => lab({ cni: metallb({ asn: 65010 }) }))[0]).toMatch(
      /^cni: found "metallb", expected a CNI that carries pods: MetalLB announces services alone.*say balancer: metallb/,
    );
  });
});

describe("lab 000", () => {
  it("more sessions than the switch bears: refused, with the number", () => {
    expect(faults(() => program({ peerLimit: 2 }))[0]).toMatch(/^speakers: found "3 nodes", expected a/);
  });

  it("one next hop where the speakers are three: maximum-paths is 1 on a switch as it comes", () => {
    expect(advice(program({ maximumPaths: 1 }).parts, "ecmp/unused")).toEqual(["rack1-tor 172.16.0.240/28"]);
    expect(advice(program().parts, "ecmp/unused")).toEqual([]);
  });
});

describe("lab 001", () => {
  function clusters(second: Partial<Parameters<typeof planCluster>[1]> = {}) {
    const lan = planSegment("lan", { prefix: "172.28.0.0/16" });
    const side = (name: string, third: number, changes: object) => {
      const nodes = place(lan, ["m01", "m02", "m03"], { from: `172.28.${third}.1` });
      const base = { cni: calico({ asn: 64511 + third, encapsulation: "None" }), pods: `10.2${third}0.0.0/16` };
      const cluster = planCluster(name, { ...base, services: `10.2${third}1.0.0/16`, nodes, ...changes });
      const clusterId = `244.0.0.${third}`;
      return {
        cluster,
        tier: planReflectorTier(`${name}-rr`, { cluster, reflectors: { nodes: ["m02", "m03"] }, clusterId }),
      };
    };
    return { lan, a: side("a", 1, {}), b: side("b", 2, second) };
  }

  it("disabled pools forgotten: the far pods are out of reach for a pod behind no reflector", () => {
    const { lan, a, b } = clusters();
    const shells = [
      planShell("in-a", { cluster: a.cluster, node: "m01" }),
      planShell("in-b", { cluster: b.cluster, node: "m01" }),
    ];
    const [from, to] = [
      { name: "in-a", cluster: a.cluster, node: shells[0]?.node ?? a.cluster.nodes[0] },
      { name: "in-b", cluster: b.cluster, node: shells[1]?.node ?? b.cluster.nodes[0] },
    ];
    if (from.node === undefined || to.node === undefined) throw new Error("no node");
    const check = planCheck("across", { from: { ...from, node: from.node }, to: { ...to, node: to.node } });
    const all = (pools: boolean) => [
      ...[lan, a.cluster, b.cluster, a.tier, b.tier, ...shells, check],
      planClusterPeering("a-b", { between: [a.tier, b.tier], pools }),
    ];
    expect(advice(all(false), "reachability/no-way")).not.toEqual([]);
    expect(advice(all(true), "reachability/no-way")).toEqual([]);
  });

  it("the far cluster left at the same ranges", () => {
    const { a, b } = clusters({ pods: "10.210.0.0/16", services: "10.211.0.0/16" });
    expect(faults(() => planClusterPeering("a-b", { between: [a.tier, b.tier] }))[0]).toMatch(
      /^between\[1\]: found "pods 10\.210/,
    );
  });
});

describe("lab 002", () => {
  it("the service's address before the pool is announced: no way from the ToR", () => {
    const { rack, cluster } = program();
    const peers = planSelective("edge", { cluster, racks: [rack], speakers: "all" });
    const pool = (advertise: boolean) => planPool("services", { cluster, cidr: "172.16.0.240/28", advertise });
    const web = planEcho("web", { cluster, port: 80, address: "172.16.0.241" });
    const service = { name: "web", cluster, destination: web.destination, backends: web.backends };
    const check = planCheck("asked", { from: rack.router, to: service });
    const all = (advertise: boolean) => [rack, cluster, peers, pool(advertise), web, check];
    expect(advice(all(false), "reachability/no-way")).toEqual(["rack1-tor"]);
    expect(advice(all(true), "reachability/no-way")).toEqual([]);
  });
});
