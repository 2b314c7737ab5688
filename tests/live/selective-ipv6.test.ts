/**
 * The selective lab with IPv6 alone: nodes, pods, services and the ToR have no IPv4 address, and router ids that the program
 * gives. Real FRR, bird6, API server and kube-proxy. `make verify-stacks STACK=selective-ipv6`.
 */
import { describe, expect, it } from "vitest";
import { labOf } from "./stackLab";

const { inside, api, vty } = labOf("selective-ipv6");
const TOR = "rack1-tor";

describe("the ToR", () => {
  it("has two sessions, over IPv6 alone, with the router id that it was given", async () => {
    const summary = await vty<
      Record<string, { routerId: string; peers: Record<string, { state: string; pfxRcd: number }> }>
    >(TOR, "show bgp summary json");
    const { routerId, peers } = summary["ipv6Unicast"] ?? {};
    expect(routerId).toBe("10.0.0.1");
    expect(
      Object.entries(peers ?? {})
        .map(([address, { state, pfxRcd }]) => [address, state, pfxRcd])
        .sort(),
    ).toEqual([
      ["fd00:10::11", "Established", 1],
      ["fd00:10::12", "Established", 1],
    ]);
  });

  it("has the pool by both next hops in the kernel, and no IPv4 address but the loopback's", async () => {
    const routes = JSON.parse(await inside(TOR, "ip", "-6", "-j", "route", "show", "fd00:172:16::/124")) as {
      nexthops?: object[];
    }[];
    expect(routes.flatMap(({ nexthops = [] }) => nexthops)).toHaveLength(2);
    const links = JSON.parse(await inside(TOR, "ip", "-4", "-j", "address", "show")) as { ifname: string }[];
    expect(links.map(({ ifname }) => ifname)).toEqual(["lo"]);
  });
});

describe("the cluster", () => {
  it("has Nodes with an IPv6 address and an IPv6 pod block alone", async () => {
    const { items } = await api().get<{
      items: { spec: { podCIDRs: string[] }; status: { addresses: { type: string; address: string }[] } }[];
    }>("/api/v1/nodes");
    const internal = items.flatMap(({ status }) =>
      status.addresses.filter(({ type }) => type === "InternalIP").map(({ address }) => address),
    );
    expect(internal.sort()).toEqual(["fd00:10::10", "fd00:10::11", "fd00:10::12", "fd00:10::13", "fd00:10::14"]);
    expect(items.map(({ spec }) => spec.podCIDRs.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it("has the API server's own service at an IPv6 address, of which IPv6 endpoints are told", async () => {
    const { spec } = await api().get<{ spec: { clusterIPs: string[]; ipFamilies: string[] } }>(
      "/api/v1/namespaces/default/services/kubernetes",
    );
    expect([spec.clusterIPs, spec.ipFamilies]).toEqual([["fd00:10:96::1"], ["IPv6"]]);
  });

  it("has pods that answer over IPv6 from every node, and a log that kubectl would show", async () => {
    const { items } = await api().get<{
      items: { metadata: { name: string }; status: { podIPs: { ip: string }[] } }[];
    }>("/api/v1/namespaces/default/pods");
    expect(items).toHaveLength(2);
    for (const { metadata, status } of items) {
      expect(status.podIPs).toHaveLength(1);
      for (const node of ["k01-control-plane", "k01-worker", "k01-worker4"])
        expect(await inside(node, "curl", "-s", "-m", "5", `http://[${status.podIPs[0]?.ip ?? ""}]/`)).toMatch(
          /answers fd00:/,
        );
      expect(await api().get<string>(`/api/v1/namespaces/default/pods/${metadata.name}/log`)).toContain("200");
    }
  });

  it("has a service that answers the ToR", async () => {
    const { status } = await api().get<{ status: { loadBalancer: { ingress: { ip: string }[] } } }>(
      "/api/v1/namespaces/default/services/lb-nginx-service",
    );
    expect(status.loadBalancer.ingress.map(({ ip }) => ip)).toEqual(["fd00:172:16::1"]);
    expect(await inside(TOR, "curl", "-s", "-m", "5", "-w", "%{http_code}", "http://[fd00:172:16::1]/")).toMatch(
      /200$/,
    );
  });
});
