/** Both families with kube-router, MetalLB and Cilium: who has which session, and what stands in nobody's way without a word. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { CniChoice } from "../../components/cni/choice";
import { calico, cilium, kubeRouter, metallb } from "../../components/cni/choices";
import { forecast } from "../../components/forecast/forecast";
import { routeLines, sessionLines } from "../../components/forecast/lines";
import { orThrow } from "../../components/model/errors";
import { planCluster } from "../../components/plan/cluster";
import { whole } from "../../components/plan/combine";
import { type EchoSpec, planEcho } from "../../components/plan/echo";
import type { ClusterFacts, RackFacts } from "../../components/plan/facts";
import { place } from "../../components/plan/place";
import { planPool } from "../../components/plan/pool";
import { planRack } from "../../components/plan/rack";
import { type SelectiveSpec, planSelective } from "../../components/plan/selective";
import { faults } from "./mistakes/mistake";

interface Lab {
  cni?: CniChoice;
  balancer?: CniChoice;
  fabric?: Partial<SelectiveSpec<ClusterFacts, RackFacts>>;
  cidr?: string | string[];
  web?: Partial<EchoSpec>;
}

const POOL = ["10.0.50.0/27", "fd00:50::/123"];

function lab({ cni = calico({ asn: 64512 }), balancer, fabric, cidr, web }: Lab) {
  const rack = planRack("rack1", {
    segments: [["10.0.20.0/26", "fd00:20::/64"]],
    router: { os: "frr", asn: 64501, address: ["10.0.20.1", "fd00:20::1"], name: "tor", maximumPaths: 4 },
  });
  const cluster = planCluster("k", {
    cni,
    ...(balancer === undefined ? {} : { balancer }),
    pods: ["10.244.0.0/16", "fd00:244::/48"],
    nodes: place(rack, ["a", "b"], { from: ["10.0.20.10", "fd00:20::10"] }),
  });
  const peers = planSelective("edge", { cluster, racks: [rack], speakers: "all", peerName: "tor", ...fabric });
  const pool = cidr === undefined ? [] : [planPool("services", { cluster, cidr })];
  const service = web === undefined ? [] : [planEcho("web", { cluster, port: 80, ...web })];
  const { network, written, findings } = orThrow(whole([rack, cluster, peers, ...pool, ...service]));
  const known = forecast(network);
  return {
    findings,
    service: service[0],
    written: written.get("k"),
    sessions: sessionLines(known),
    tor: routeLines(known, { speakers: ["tor"] }),
    node: (name: string) => routeLines(known, { speakers: [name], learned: true }),
  };
}

describe("kube-router's nodes with both families", () => {
  const { sessions, tor, node, written, findings } = lab({ cni: kubeRouter({ asn: 64512 }), fabric: { mesh: true } });

  it("mesh over IPv4 alone, in one session for both families, and have one of each with the ToR", () => {
    expect(sessions).toEqual([
      "k-a 10.0.20.10 - k-b 10.0.20.11: up ibgp AS 64512 - 64512 ipv4+ipv6",
      "k-a 10.0.20.10 - tor 10.0.20.1: up ebgp AS 64512 - 64501 ipv4",
      "k-a fd00:20::10 - tor fd00:20::1: up ebgp AS 64512 - 64501 ipv6",
      "k-b 10.0.20.11 - tor 10.0.20.1: up ebgp AS 64512 - 64501 ipv4",
      "k-b fd00:20::11 - tor fd00:20::1: up ebgp AS 64512 - 64501 ipv6",
    ]);
    expect(findings).toEqual([]);
  });

  it("announce each block with the node's address of its family, over whichever session", () => {
    expect(node("k-a")).toEqual([
      "k-a 10.244.0.64/26: ibgp via 10.0.20.11",
      "k-a fd00:244::40/122: ibgp via fd00:20::11",
    ]);
    expect(tor).toEqual([
      "tor 10.244.0.0/26: ebgp via 10.0.20.10, path 64512",
      "tor 10.244.0.64/26: ebgp via 10.0.20.11, path 64512",
      "tor fd00:244::/122: ebgp via fd00:20::10, path 64512",
      "tor fd00:244::40/122: ebgp via fd00:20::11, path 64512",
    ]);
  });

  it("are told the address that they dial an IPv6 peer from: the primary one is of IPv4", () => {
    const mark = written?.sharedNodes.find(({ name }) => name === "k-b")?.annotations["kube-router.io/peers"] ?? "";
    expect(parse(mark)).toEqual([
      { remoteip: "10.0.20.1", remoteasn: 64501 },
      { remoteip: "fd00:20::1", remoteasn: 64501, localip: "fd00:20::11" },
    ]);
  });
});

describe("MetalLB beside Calico", () => {
  const dual: Partial<EchoSpec> = { dualStack: true, address: ["10.0.50.1", "fd00:50::1"] };

  it("announces a service of both families over the session of each, with one of the FRR backends", () => {
    const frr = metallb({ asn: 64513, version: "0.15", mode: "frr" });
    const { sessions, tor, service } = lab({ balancer: frr, cidr: POOL, web: dual });
    expect(sessions.filter((line) => line.includes(": up ebgp AS 64513 - 64501"))).toHaveLength(4);
    expect(tor).toEqual([
      "tor 10.0.50.1/32: ebgp via 10.0.20.10 10.0.20.11, path 64513",
      "tor fd00:50::1/128: ebgp via fd00:20::10 fd00:20::11, path 64513",
    ]);
    expect(service?.addressRequest).toEqual({ "metallb.io/loadBalancerIPs": "10.0.50.1,fd00:50::1" });
  });

  it("announces a Local service of both families from the nodes with a pod alone", () => {
    const frr = metallb({ asn: 64513, version: "0.15", mode: "frr" });
    const local = { ...dual, externalTrafficPolicy: "Local" as const, node: "b" };
    expect(lab({ balancer: frr, cidr: POOL, web: local }).tor).toEqual([
      "tor 10.0.50.1/32: ebgp via 10.0.20.11, path 64513",
      "tor fd00:50::1/128: ebgp via fd00:20::11, path 64513",
    ]);
  });

  it("has no IPv6 with the native backend: neither sessions nor pools; IPv4 alone it has on such nodes too", () => {
    const native = metallb({ asn: 64513, version: "0.15", mode: "native" });
    expect(faults(() => lab({ balancer: native }))).toEqual([
      'session.to: found "fd00:20::1", expected an IPv4 address: MetalLB\'s native speaker dials no IPv6 address (0.15.2); choose metallb({ mode: "frr" }) or "frr-k8s", or have sessions over IPv4 alone',
    ]);
    const four: Partial<SelectiveSpec<ClusterFacts, RackFacts>> = { session: { families: ["ipv4"] } };
    expect(faults(() => lab({ balancer: native, fabric: four, cidr: POOL }))).toEqual([
      'cidr[1]: found "fd00:50::/123", expected an IPv4 range: MetalLB\'s native speaker announces no IPv6, and refuses the whole configuration; choose metallb({ mode: "frr" }) or "frr-k8s"',
    ]);
    const { sessions, tor } = lab({
      balancer: native,
      fabric: four,
      cidr: "10.0.50.0/27",
      web: { address: "10.0.50.1" },
    });
    expect(sessions.filter((line) => line.includes("- tor"))).toHaveLength(2);
    expect(tor).toEqual(["tor 10.0.50.1/32: ebgp via 10.0.20.10 10.0.20.11, path 64513"]);
  });
});

describe("Cilium's nodes with both families", () => {
  it("announce their blocks and a service of both over the session of each", () => {
    const web = { dualStack: true, address: ["10.0.50.1", "fd00:50::1"] };
    const { sessions, tor, service } = lab({ cni: cilium({ asn: 64512 }), cidr: POOL, web });
    expect(sessions).toHaveLength(4);
    expect(tor).toEqual([
      "tor 10.0.50.1/32: ebgp via 10.0.20.10 10.0.20.11, path 64512",
      "tor 10.244.0.0/26: ebgp via 10.0.20.10, path 64512",
      "tor 10.244.0.64/26: ebgp via 10.0.20.11, path 64512",
      "tor fd00:50::1/128: ebgp via fd00:20::10 fd00:20::11, path 64512",
      "tor fd00:244::/122: ebgp via fd00:20::10, path 64512",
      "tor fd00:244::40/122: ebgp via fd00:20::11, path 64512",
    ]);
    expect(service?.addressRequest).toEqual({ "lbipam.cilium.io/ips": "10.0.50.1,fd00:50::1" });
  });
});

describe("sessions of one family on a rack with both", () => {
  it("are the one peering, at the nodes and at the router", () => {
    expect(
      lab({ fabric: { session: { families: ["ipv6"] } } }).sessions.filter((line) => line.includes("- tor")),
    ).toEqual([
      "k-a fd00:20::10 - tor fd00:20::1: up ebgp AS 64512 - 64501 ipv6",
      "k-b fd00:20::11 - tor fd00:20::1: up ebgp AS 64512 - 64501 ipv6",
    ]);
    expect(faults(() => lab({ fabric: { session: { families: [] } } }))).toEqual([
      'session.families: found "[]", expected "ipv4", "ipv6" or both',
    ]);
  });
});

describe("a service's addresses", () => {
  const web = (more: Partial<EchoSpec>) => () => lab({ cidr: POOL, web: more });

  it("are as many as it has families", () => {
    expect(faults(web({ dualStack: true, address: "10.0.50.1" }))).toEqual([
      'address: found "10.0.50.1", expected one of each family, as dualStack has it; for example address: ["10.0.50.1", "fd00:50::1"]',
    ]);
    expect(faults(web({ address: ["10.0.50.1", "fd00:50::1"] }))).toEqual([
      'address: found "10.0.50.1, fd00:50::1", expected one address: the service has one family; say dualStack: true',
    ]);
    expect(web({ dualStack: true, address: ["fd00:50::1", "10.0.50.1"] })().service?.addressRequest).toEqual({
      "projectcalico.org/loadBalancerIPs": '["10.0.50.1","fd00:50::1"]',
    });
  });
});

describe("nodes with IPv6 alone", () => {
  const only = (cni: CniChoice) => {
    const rack = planRack("rack1", {
      segments: ["fd00:20::/64"],
      router: { os: "frr", asn: 64501, address: "fd00:20::1", routerId: "10.0.0.1", name: "tor" },
    });
    const cluster = planCluster("k", {
      cni,
      pods: "fd00:244::/48",
      nodes: place(rack, ["a", "b"], { from: "fd00:20::10", routerIds: "10.0.0.10" }),
    });
    const peers = planSelective("edge", { cluster, racks: [rack], speakers: "all" });
    return orThrow(whole([rack, cluster, peers]));
  };

  it("with Cilium are told their router ids by an override each: nothing else could tell Cilium's agent", () => {
    const { network, written, findings } = only(cilium({ asn: 64512 }));
    const overrides = written.get("k")?.shared.filter(({ kind }) => kind === "CiliumBGPNodeConfigOverride") ?? [];
    expect(overrides.map(({ metadata, spec }) => [metadata.name, spec])).toMatchObject([
      ["k-a", { bgpInstances: [{ routerID: "10.0.0.10" }] }],
      ["k-b", { bgpInstances: [{ routerID: "10.0.0.11" }] }],
    ]);
    expect(findings).toEqual([]);
    expect(sessionLines(forecast(network))).toEqual([
      "k-a fd00:20::10 - tor fd00:20::1: up ebgp AS 64512 - 64501 ipv6",
      "k-b fd00:20::11 - tor fd00:20::1: up ebgp AS 64512 - 64501 ipv6",
    ]);
  });

  it("with kube-router are refused: it does not start there without a flag", () => {
    expect(faults(() => only(kubeRouter({ asn: 64512 }))).join("\n")).toContain(
      "with an IPv6 primary address BGP does not start unless --router-id is given",
    );
  });
});
