/** MetalLB beside Calico: two daemons on each node, and which of them announces what to whom. */
import { describe, expect, it } from "vitest";
import { calico, metallb } from "../../components/cni/choices";
import type { MetallbArgs } from "../../components/cni/metallb/choice";
import { forecast } from "../../components/forecast/forecast";
import { routeLines, sessionLines } from "../../components/forecast/lines";
import { rules } from "../../components/forecast/rules";
import { UserError, orThrow } from "../../components/model/errors";
import { planCluster } from "../../components/plan/cluster";
import { whole } from "../../components/plan/combine";
import type { ClusterFacts, RackFacts } from "../../components/plan/facts";
import { place } from "../../components/plan/place";
import { planEcho } from "../../components/plan/echo";
import { planPool } from "../../components/plan/pool";
import { planRack } from "../../components/plan/rack";
import { type SelectiveSpec, planSelective } from "../../components/plan/selective";

type Wanted = Omit<SelectiveSpec<ClusterFacts, RackFacts, unknown>, "cluster" | "racks">;

function lab(mode: MetallbArgs["mode"] = "native") {
  const rack = planRack("rack1", {
    segments: ["10.10.10.0/24"],
    router: { os: "frr", asn: 65001, address: "10.10.10.1", maximumPaths: 4, name: "tor" },
  });
  const cluster = planCluster("k01", {
    cni: calico({ asn: 65010 }),
    balancer: metallb({ asn: 65020, version: "0.15", mode }),
    pods: "192.168.0.0/16",
    nodes: place(rack, ["control-plane", "worker"], { from: "10.10.10.10" }),
  });
  return { rack, cluster };
}

function made(wanted: Wanted = { speakers: "all" }, also: Wanted[] = []) {
  const { rack, cluster } = lab();
  const fabric = planSelective("edge", { cluster, racks: [rack], ...wanted });
  const others = also.map((one, index) =>
    planSelective(`more${index}`, { cluster, racks: [rack], peerName: `more${index}`, ...one }),
  );
  const pool = planPool("services", { cluster, cidr: "172.16.0.240/28" });
  const { network, written, findings } = orThrow(whole([rack, cluster, fabric, ...others, pool]));
  return { network, written, findings, fabric, pool, expected: forecast(network) };
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

describe("a cluster with Calico and MetalLB", () => {
  const { network, expected, fabric, pool, findings } = made();

  it("has two speakers on each node, at one address and with an ASN each", () => {
    const nodes = network.speakers.filter(({ role }) => role === "node");
    expect(nodes.map(({ name, asn, dialect }) => [name, asn, dialect.system])).toEqual([
      ["k01-control-plane", 65010, "bird"],
      ["k01-worker", 65010, "bird"],
      ["k01-control-plane/metallb", 65020, "metallb"],
      ["k01-worker/metallb", 65020, "metallb"],
    ]);
    expect(new Set(nodes.map(({ interfaces }) => interfaces[0]?.addresses[0]))).toEqual(
      new Set(["10.10.10.10/24", "10.10.10.11/24"]),
    );
  });

  it("keeps Calico's mesh for the pods and gives the router MetalLB's sessions alone", () => {
    expect(sessionLines(expected).map((line) => line.split(";")[0])).toEqual([
      expect.stringMatching(/^k01-control-plane 10\.10\.10\.10 - k01-worker 10\.10\.10\.11: up ibgp AS 65010/),
      expect.stringMatching(/^k01-control-plane\/metallb 10\.10\.10\.10 - tor 10\.10\.10\.1: up ebgp AS 65020 - 65001/),
      expect.stringMatching(/^k01-worker\/metallb 10\.10\.10\.11 - tor 10\.10\.10\.1: up ebgp AS 65020 - 65001/),
    ]);
  });

  it("writes the session and the pool as MetalLB's objects, in its namespace", () => {
    const kinds = [...fabric.objects, ...pool.objects].map(({ kind, metadata }) => [kind, metadata.namespace]);
    expect(kinds).toEqual([
      ["BGPPeer", "metallb-system"],
      ["IPAddressPool", "metallb-system"],
      ["BGPAdvertisement", "metallb-system"],
    ]);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("lets the router take the pool's addresses and no pods: MetalLB never announces them", () => {
    const tor = network.speakers.find(({ name }) => name === "tor");
    const permitted = Object.values(tor?.prefixLists ?? {})
      .flat()
      .filter(({ action }) => action === "permit");
    expect(permitted).toEqual([{ seq: 10, action: "permit", prefix: "172.16.0.240/28", le: 32 }]);
    expect(routeLines(expected, { speakers: ["tor"] }).filter((line) => line.includes("192.168."))).toEqual([]);
  });

  it("has a service ask MetalLB for its address", () => {
    const { cluster } = lab();
    const echo = planEcho("web", { cluster, port: 80, address: "172.16.0.241" });
    expect(echo.addressRequest).toEqual({ "metallb.io/loadBalancerIPs": "172.16.0.241" });
  });
});

describe("a service of that cluster", () => {
  const { rack, cluster } = lab();
  const parts = [
    rack,
    cluster,
    planSelective("edge", { cluster, racks: [rack], speakers: "all" }),
    planPool("services", { cluster, cidr: "172.16.0.240/28" }),
    planEcho("web", { cluster, port: 80, address: "172.16.0.241" }),
  ];
  const { network } = orThrow(whole(parts));
  const expected = forecast(network);

  it("is announced by its own address, from every node", () => {
    expect(routeLines(expected, { speakers: ["tor"] })).toEqual([
      "tor 172.16.0.241/32: ebgp via 10.10.10.10 10.10.10.11, path 65020",
    ]);
  });

  it("and two daemons at one address are nobody's mistake", () => {
    const ids = rules(network, expected).map(({ rule }) => rule);
    expect(ids).not.toContain("address/duplicate");
    expect(ids).not.toContain("router-id/duplicate");
  });

  it("must say its address: the forecast cannot know which one MetalLB will choose", () => {
    expect(refusal(() => planEcho("web", { cluster, port: 80 }))).toMatch(
      /address: found nothing, expected an address of a pool/,
    );
  });
});

describe("both daemons of a node", () => {
  it("may not speak to one router: it takes one session from one address", () => {
    const said = refusal(() => made({ speakers: "all" }, [{ speakers: "all", daemon: "cni" }]));
    expect(said).toMatch(/k01-worker: sessions with 10\.10\.10\.1: .*expected one session from one address/);
  });

  it("may each be the one that speaks: Calico where the program says so", () => {
    const calicoAlone = made({ speakers: "all", daemon: "cni" });
    expect(calicoAlone.expected.solution.sessions.filter(({ up }) => up)).toHaveLength(2);
  });
});

describe("refused, with the argument and the fix", () => {
  const { rack } = lab();
  const nodes = place(rack, ["control-plane"], { from: "10.10.10.10" });

  it("MetalLB as the CNI: it carries no pods", () => {
    const said = refusal(() => planCluster("k01", { cni: metallb({ asn: 65020 }), pods: "192.168.0.0/16", nodes }));
    expect(said).toMatch(/cni: found "metallb", expected a CNI that carries pods.*say balancer: metallb\(\.\.\.\)/);
  });

  it("a second CNI as the balancer", () => {
    const args = { cni: calico({ asn: 65010 }), balancer: calico({ asn: 65020 }), pods: "192.168.0.0/16", nodes };
    expect(refusal(() => planCluster("k01", args))).toMatch(/balancer: found "calico", expected metallb/);
  });

  it("sessions of a balancer that is not there", () => {
    const cluster = planCluster("k01", { cni: calico({ asn: 65010 }), pods: "192.168.0.0/16", nodes });
    const said = refusal(() => planSelective("edge", { cluster, racks: [rack], speakers: "all", daemon: "balancer" }));
    expect(said).toMatch(/daemon: found "balancer", expected "cni": k01 has no balancer; give the cluster one/);
  });

  it("BFD on the native backend, which has none", () => {
    const bfd = planRack("rack1", {
      segments: ["10.10.10.0/24"],
      router: { os: "frr", asn: 65001, address: "10.10.10.1", name: "tor", bfd: true },
    });
    const fabric = (mode: MetallbArgs["mode"]) =>
      planSelective("edge", { cluster: lab(mode).cluster, racks: [bfd], speakers: "all", session: { bfd: true } });
    expect(refusal(() => fabric("native"))).toBe(
      'new SelectiveBgpFabric("edge"): session.bfd: found "set", expected nothing: MetalLB\'s native speaker has no BFD; choose metallb({ mode: "frr" }) or "frr-k8s"',
    );
    expect(fabric("frr").objects.map(({ kind }) => kind)).toEqual(["BGPPeer", "BFDProfile"]);
  });
});
