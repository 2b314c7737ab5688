/**
 * The MetalLB stack with an IPv6 address beside each IPv4 one, in whichever mode it is up: MetalLB's own controller and
 * speaker, real FRR below it. Its native speaker has no IPv6, and announces the service's IPv4 address alone.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { labOf } from "./stackLab";

const { inside, vty, api } = labOf("metallb-dual");
const TOR = "rack-a-tor";
const FAMILIES = [
  { family: "ipv4", flag: "-4", service: "10.0.50.1", length: 32, nodes: ["10.0.20.10", "10.0.20.11", "10.0.20.12"] },
  {
    family: "ipv6",
    flag: "-6",
    service: "fd00:50::1",
    length: 128,
    nodes: ["fd00:20::10", "fd00:20::11", "fd00:20::12"],
  },
] as const;

/** FRR speaks for MetalLB but in the native mode. */
let native = false;

beforeAll(async () => {
  native =
    (await inside("mlb-worker1", "sh", "-c", "test -e /var/run/frr/bgpd.vty || echo native")).trim() === "native";
});

describe("the ToR", () => {
  it.each(FAMILIES)(
    "has a session over $family with each node, and the service's address from each",
    async ({ family, nodes }) => {
      const summary = await vty<
        Record<string, { peers?: Record<string, { state: string; remoteAs: number; pfxRcd: number }> }>
      >(TOR, "show bgp summary json");
      // FRR 8.4 lists a dynamic neighbor of IPv6 in the summary of IPv4 too, where nothing is activated for it.
      const peers = Object.entries(summary[`${family}Unicast`]?.peers ?? {}).filter(
        ([address]) => address.includes(":") === (family === "ipv6"),
      );
      const expected = native && family === "ipv6" ? [] : nodes.map((address) => [address, "Established", 64513, 1]);
      expect(peers.map(([address, { state, remoteAs, pfxRcd }]) => [address, state, remoteAs, pfxRcd]).sort()).toEqual(
        expected,
      );
    },
  );

  it.each(FAMILIES)(
    "sends $family to every node, and is answered with HTTP 200",
    async ({ family, flag, service, length, nodes }) => {
      if (native && family === "ipv6") return;
      const { routes } = await vty<{ routes: Record<string, unknown> }>(TOR, `show bgp ${family} unicast json`);
      expect(Object.keys(routes)).toEqual([`${service}/${length}`]);
      const [route] = JSON.parse(await inside(TOR, "ip", flag, "-j", "route", "show", service)) as {
        nexthops: { gateway: string }[];
      }[];
      expect(route?.nexthops).toHaveLength(nodes.length);
      const host = family === "ipv6" ? `[${service}]` : service;
      expect(await inside(TOR, "curl", "-s", "-m", "5", "-w", "%{http_code}", `http://${host}/`)).toMatch(/200$/);
    },
  );
});

describe("the cluster", () => {
  it("has the service's addresses from MetalLB's own controller", async () => {
    const { status } = await api().get<{ status: { loadBalancer: { ingress: { ip: string }[] } } }>(
      "/api/v1/namespaces/default/services/lb-web-service",
    );
    expect(status.loadBalancer.ingress.map(({ ip }) => ip).sort()).toEqual(
      native ? ["10.0.50.1"] : ["10.0.50.1", "fd00:50::1"],
    );
  });

  it("keeps Calico's mesh of each family for the pods: two sessions a node", async () => {
    for (const node of ["control-plane", "worker1", "worker2"]) {
      for (const [client, socket] of [
        ["birdc", "bird.ctl"],
        ["birdc6", "bird6.ctl"],
      ] as const) {
        const said = await inside(`mlb-${node}`, client, "-s", `/run/bird/${socket}`, "show", "protocols");
        const sessions = said.split("\n").filter((line) => /\sBGP\s/.test(line));
        expect([node, client, sessions.length, sessions.every((line) => line.includes("Established"))]).toEqual([
          node,
          client,
          2,
          true,
        ]);
      }
    }
  });
});
