/**
 * The selective lab with an IPv6 address beside each IPv4 one: sessions, routes, pods and a service of both families on
 * real FRR, both of BIRD's daemons, a real API server and real kube-proxy. `make verify-stacks STACK=selective-dual`.
 */
import { describe, expect, it } from "vitest";
import { labOf } from "./stackLab";

const { inside, api, vty } = labOf("selective-dual");
const TOR = "rack1-tor";
const SPEAKERS = { ipv4: ["10.10.10.11", "10.10.10.12"], ipv6: ["fd00:10::11", "fd00:10::12"] };
const POOLS = { ipv4: "172.16.0.240/28", ipv6: "fd00:172:16::/124" };

type Summary = Record<string, { peers: Record<string, { state: string; pfxRcd: number }> }>;

describe("the ToR", () => {
  it.each(["ipv4", "ipv6"] as const)("has exactly two sessions over %s, with one prefix from each", async (family) => {
    const summary = await vty<Summary>(TOR, "show bgp summary json");
    // FRR 8.4 lists a dynamic neighbor of IPv6 in the summary of IPv4 too, where nothing is activated for it.
    const peers = Object.entries(summary[`${family}Unicast`]?.peers ?? {}).filter(
      ([address]) => address.includes(":") === (family === "ipv6"),
    );
    expect(peers.map(([address, { state, pfxRcd }]) => [address, state, pfxRcd]).sort()).toEqual(
      SPEAKERS[family].map((address) => [address, "Established", 1]),
    );
  });

  it.each(["ipv4", "ipv6"] as const)("has the %s pool by both next hops in the kernel", async (family) => {
    const text = await inside(TOR, "ip", family === "ipv4" ? "-4" : "-6", "-j", "route", "show", POOLS[family]);
    const hops = (JSON.parse(text) as { nexthops?: { gateway: string }[] }[]).flatMap(({ nexthops = [] }) => nexthops);
    expect(hops).toHaveLength(2);
  });
});

describe("the cluster", () => {
  it("has Nodes with an address and a pod block of each family", async () => {
    const { items } = await api().get<{
      items: { spec: { podCIDRs: string[] }; status: { addresses: { type: string; address: string }[] } }[];
    }>("/api/v1/nodes");
    const internal = items.map(({ status }) =>
      status.addresses.filter(({ type }) => type === "InternalIP").map(({ address }) => address),
    );
    expect(internal.sort()[1]).toEqual(["10.10.10.11", "fd00:10::11"]);
    expect(items.every(({ spec }) => spec.podCIDRs.length === 2 && spec.podCIDRs[1]?.startsWith("fd00:192:168:"))).toBe(
      true,
    );
  });

  it("has pods that answer over IPv6 from every node", async () => {
    const { items } = await api().get<{ items: { status: { podIPs: { ip: string }[] } }[] }>(
      "/api/v1/namespaces/default/pods",
    );
    const addresses = items.map(({ status }) => status.podIPs[1]?.ip ?? "");
    expect(addresses).toHaveLength(2);
    for (const node of ["k01-control-plane", "k01-worker", "k01-worker4"]) {
      for (const address of addresses)
        expect(await inside(node, "curl", "-s", "-m", "5", `http://[${address}]/`)).toMatch(/answers fd00:/);
    }
  });

  it("has a service that answers the ToR at an address of each family", async () => {
    const { status } = await api().get<{ status: { loadBalancer: { ingress: { ip: string }[] } } }>(
      "/api/v1/namespaces/default/services/lb-nginx-service",
    );
    expect(status.loadBalancer.ingress.map(({ ip }) => ip)).toEqual(["172.16.0.241", "fd00:172:16::1"]);
    for (const host of ["172.16.0.241", "[fd00:172:16::1]"]) {
      expect(await inside(TOR, "curl", "-s", "-m", "5", "-w", "%{http_code}", `http://${host}/`)).toMatch(/200$/);
    }
  });
});
