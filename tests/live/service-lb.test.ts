/**
 * Lab 002 alive: real FRR, real BIRD, a real API server and real kube-proxy. It proves that every node brings the service's
 * prefix and answers for it; Calico's own agents do not run here.
 */
import { describe, expect, it } from "vitest";
import { labOf, until } from "./stackLab";

const { inside, vty, api } = labOf("service-lb");
const TOR = "rack1-tor";
const POOL = "172.16.0.240/28";
const SERVICE = "172.16.0.241";
const NODES = ["10.10.10.10", "10.10.10.11", "10.10.10.12"];

interface Peer {
  state: string;
  remoteAs: number;
  pfxRcd: number;
}

async function peers(): Promise<Record<string, Peer>> {
  return (await vty<{ peers: Record<string, Peer> }>(TOR, "show bgp ipv4 unicast summary json")).peers;
}

/** Next hops of the pool in the ToR's kernel. */
async function nextHops(): Promise<string[]> {
  const routes = JSON.parse((await inside(TOR, "ip", "-j", "route", "show", POOL)) || "[]") as {
    gateway?: string;
    nexthops?: { gateway: string }[];
  }[];
  return routes.flatMap(({ gateway, nexthops = [] }) => [gateway ?? [], nexthops.map((hop) => hop.gateway)].flat());
}

const ask = (address: string) =>
  inside(TOR, "curl", "-s", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}", `http://${address}/`).catch(
    () => "no answer",
  );

describe("the ToR", () => {
  it("has a session with each of the three nodes, and one prefix from each", async () => {
    const seen = Object.entries(await peers()).map(([address, { state, remoteAs, pfxRcd }]) => [
      address,
      state,
      remoteAs,
      pfxRcd,
    ]);
    expect(seen.sort()).toEqual(NODES.map((address) => [address, "Established", 65010, 1]));
  });

  it("has all three next hops with maximum-paths 4, and the first node's alone with 1", async () => {
    expect((await nextHops()).sort()).toEqual(NODES);
    const paths = (count: number) =>
      inside(
        TOR,
        ...["vtysh", "-c", "configure terminal", "-c", "router bgp 65001", "-c", "address-family ipv4 unicast"],
        ...["-c", `maximum-paths ${count}`],
      );
    await paths(1);
    try {
      await until("one next hop", 15, async () => (await nextHops()).join() === NODES[0]);
    } finally {
      await paths(4);
    }
    await until("three next hops", 15, async () => (await nextHops()).length === 3);
  });

  it("gets HTTP 200 from the service through each node", async () => {
    for (const hop of NODES) {
      await inside(TOR, "ip", "route", "replace", `${SERVICE}/32`, "via", hop);
      try {
        expect([hop, await ask(SERVICE)]).toEqual([hop, "200"]);
      } finally {
        await inside(TOR, "ip", "route", "del", `${SERVICE}/32`);
      }
    }
  });

  it("has no way to the service's cluster address: that is for pods", async () => {
    const { spec } = await api().get<{ spec: { clusterIP: string } }>(
      "/api/v1/namespaces/default/services/nginx-service",
    );
    expect(await ask(spec.clusterIP)).toBe("no answer");
  });

  it("keeps three sessions and has no route before the pool is announced", async () => {
    const cluster = api();
    const path = "/apis/projectcalico.org/v3/bgpconfigurations/default";
    await cluster.patch(path, { spec: { serviceLoadBalancerIPs: null } });
    try {
      await until("no next hop", 10, async () => (await nextHops()).length === 0);
      expect(Object.values(await peers()).map(({ state, pfxRcd }) => [state, pfxRcd])).toEqual(
        NODES.map(() => ["Established", 0]),
      );
      expect(await ask(SERVICE)).toBe("no answer");
    } finally {
      await cluster.patch(path, { spec: { serviceLoadBalancerIPs: [{ cidr: POOL }] } });
    }
    await until("three next hops", 10, async () => (await nextHops()).length === 3);
  });
});

describe("Calico's objects", () => {
  it("have one peer without a node selector: a node that joins has the session too", async () => {
    const { items } = await api().get<{ items: { metadata: { name: string }; spec: object }[] }>(
      "/apis/projectcalico.org/v3/bgppeers",
    );
    expect(items.map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
      ["bgppeer-arista", { peerIP: "10.10.10.1", asNumber: 65001 }],
    ]);
  });
});
