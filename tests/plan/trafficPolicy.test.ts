/** externalTrafficPolicy Local: who announces a service then, by each CNI, and what a program must say for it to be known. */
import { describe, expect, it } from "vitest";
import { calico, cilium, kubeRouter, metallb } from "../../components/cni/choices";
import { forecast } from "../../components/forecast/forecast";
import { routeLines } from "../../components/forecast/lines";
import { UserError, orThrow } from "../../components/model/errors";
import { planAdvertised } from "../../components/plan/advertised";
import { serviceEnd } from "../../components/plan/check";
import { type ClusterSpec, planCluster } from "../../components/plan/cluster";
import { whole } from "../../components/plan/combine";
import { type EchoSpec, planEcho } from "../../components/plan/echo";
import type { Planned } from "../../components/plan/facts";
import { foreseen } from "../../components/plan/foreseen";
import { place } from "../../components/plan/place";
import { type PoolSpec, planPool } from "../../components/plan/pool";
import { planRack } from "../../components/plan/rack";
import { planSelective } from "../../components/plan/selective";

const CHOICES = {
  Calico: { cni: calico({ asn: 65010 }) },
  Cilium: { cni: cilium({ asn: 65010 }) },
  "kube-router": { cni: kubeRouter({ asn: 65010 }) },
  MetalLB: { cni: calico({ asn: 65010 }), balancer: metallb({ asn: 65010, version: "0.15" }) },
} satisfies Record<string, Pick<ClusterSpec, "cni" | "balancer">>;
type Title = keyof typeof CHOICES;
const TITLES = Object.keys(CHOICES) as Title[];

function lab(title: Title) {
  const rack = planRack("rack1", {
    segments: ["10.10.10.0/24"],
    router: { os: "frr", asn: 65001, address: "10.10.10.1", maximumPaths: 4, name: "tor" },
  });
  const cluster = planCluster("k01", {
    ...CHOICES[title],
    pods: "192.168.0.0/16",
    nodes: place(rack, ["control-plane", "worker", "worker2"], { from: "10.10.10.10" }),
  });
  const fabric = planSelective("edge", { cluster, racks: [rack], speakers: "all", peerName: "tor" });
  return { rack, cluster, fabric };
}

type Service = Partial<Omit<EchoSpec, "cluster">>;
type Range = Omit<PoolSpec, "cluster">;
const ADDRESS = "172.16.0.241";
const POOL: Range = { cidr: "172.16.0.240/28" };
const LOCAL: Service = { externalTrafficPolicy: "Local" };

function parts(title: Title, service: Service, pool: Range = POOL) {
  const { rack, cluster, fabric } = lab(title);
  const web = planEcho("web", { cluster, port: 80, address: ADDRESS, ...service });
  const check = { name: "web", to: serviceEnd({ name: "web", cluster, ...web }) };
  return {
    cluster,
    all: [rack, cluster, fabric, planPool("services", { cluster, ...pool }), { ...web, checks: [check] }],
  };
}

function seen(title: Title, service: Service, pool: Range = POOL) {
  const all: Planned[] = parts(title, service, pool).all;
  const expected = forecast(orThrow(whole(all)).network);
  return {
    routes: routeLines(expected, { speakers: ["tor"], prefixes: (prefix) => prefix.startsWith("172.16.") }),
    findings: foreseen(expected, all, ["tor"]).findings.map(({ sentence }) => sentence),
  };
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("the plan took it");
}

/** Calico announces the pool from every node besides; a router takes the longer prefix. */
const besides = (title: Title) =>
  title === "Calico" ? ["tor 172.16.0.240/28: ebgp via 10.10.10.10 10.10.10.11 10.10.10.12, path 65010"] : [];

describe.each(TITLES)("%s", (title) => {
  it("Local: the nodes with a pod alone announce the service", () => {
    expect(seen(title, { ...LOCAL, nodes: ["worker", "worker2"] })).toEqual({
      routes: [...besides(title), `tor ${ADDRESS}/32: ebgp via 10.10.10.11 10.10.10.12, path 65010`],
      findings: [],
    });
    expect(seen(title, { ...LOCAL, node: "worker2" }).routes.at(-1)).toBe(
      `tor ${ADDRESS}/32: ebgp via 10.10.10.12, path 65010`,
    );
  });

  it("Cluster: every node announces it, wherever its pods are", () => {
    const { routes, findings } = seen(title, { node: "worker2" });
    expect(routes.at(-1)).toMatch(/via 10\.10\.10\.10 10\.10\.10\.11 10\.10\.10\.12, path 65010$/);
    expect(routes).toHaveLength(1);
    // Cilium and kube-router without its mesh take no routes: the preview says that other nodes do not reach the pod.
    const meshed = title === "Calico" || title === "MetalLB";
    expect(findings.every((sentence) => !meshed && sentence.includes("has no route to 192.168.0.129"))).toBe(true);
  });

  it("Local needs to know the nodes and the address", () => {
    expect(refusal(() => parts(title, LOCAL))).toContain("nodes: found nothing, expected the nodes of its pods");
    const { cluster } = lab(title);
    expect(refusal(() => planEcho("web", { cluster, port: 80, node: "worker", ...LOCAL }))).toContain(
      "address: found nothing, expected an address of a pool",
    );
  });

  it("a pool of Local services refuses one with another policy", () => {
    const local: Range = { ...POOL, externalTrafficPolicy: "Local" };
    expect(seen(title, { ...LOCAL, nodes: ["worker"] }, local).findings).toEqual([]);
    expect(whole(parts(title, {}, local).all)).toMatchObject({
      ok: false,
      faults: [{ path: "lb-web-service: externalTrafficPolicy", found: "Cluster", expected: /^Local, as the pool/ }],
    });
  });
});

describe("a service whose every node is without a ready pod", () => {
  it("is announced by nobody, and where Calico announces the pool the preview says where packets end", () => {
    const none = { ...LOCAL, node: "worker", replicas: 0 };
    expect(seen("MetalLB", none).routes).toEqual([]);
    const { routes } = seen("Calico", none);
    expect(routes).toEqual(besides("Calico"));
  });
});

describe("an aggregate around Local services", () => {
  const aggregate: Range = { ...POOL, aggregate: true, externalTrafficPolicy: "Local" };
  it.each([
    ["MetalLB", "a node with a pod of one service would draw the packets of the others"],
    ["Cilium", "Cilium announces the addresses of such services by themselves"],
  ] as const)("%s: refused", (title, why) => {
    expect(refusal(() => planPool("services", { cluster: lab(title).cluster, ...aggregate }))).toContain(why);
  });

  it("Calico: the pool from every node, and the address from those with a pod", () => {
    expect(seen("Calico", { ...LOCAL, nodes: ["worker"] }, aggregate).routes).toEqual([
      ...besides("Calico"),
      `tor ${ADDRESS}/32: ebgp via 10.10.10.11, path 65010`,
    ]);
  });
});

describe("refused", () => {
  const { cluster } = lab("Calico");
  it.each<[string, Service, string]>([
    ["a policy of a ClusterIP", { ...LOCAL, type: "ClusterIP" }, "externalTrafficPolicy: found "],
    ["node and nodes", { node: "worker", nodes: ["worker2"] }, "expected node or nodes, not both"],
    ["no node at all", { nodes: [] }, "nodes: found "],
    ["a node twice", { nodes: ["worker", "k01-worker"] }, "expected each node once"],
    ["a node that is not there", { nodes: ["worker9"] }, 'nodes[0]: found "worker9", expected a node of k01'],
  ])("%s", (_, service, said) => {
    expect(refusal(() => planEcho("web", { cluster, port: 80, ...service }))).toContain(said);
  });

  it("a Local service of Calico beside the range of cluster addresses: its own would be announced too", () => {
    const { cluster: announcing, all } = parts("Calico", { ...LOCAL, nodes: ["worker"] });
    const result = whole([...all, planAdvertised("cluster", { cluster: announcing, clusterIPs: true })]);
    expect(result.ok ? "" : result.faults.map(({ expected }) => expected).join()).toContain(
      "Calico announces the cluster address of a Local service by itself",
    );
  });
});
