/**
 * Lab 003 with an IPv6 address beside each IPv4 one: Cilium's own agent and operator on every node, against real FRR. A
 * session of each family with each ToR's loopback, pods' ways across the racks and a service of both families.
 */
import { describe, expect, it } from "vitest";
import { labOf } from "./stackLab";

const { inside, inPod, vty, api } = labOf("cilium-racks-dual");
const NODES = ["control-plane", "worker", "worker2", "worker3"];
const FAMILIES = [
  {
    family: "ipv4",
    flag: "-4",
    blocks: ["10.1.0.0/26", "10.1.0.64/26", "10.1.0.128/26", "10.1.0.192/26"],
    address: (lan: number, host: number) => `10.0.${lan}.${host}`,
    service: "10.0.50.1",
    length: 32,
  },
  {
    family: "ipv6",
    flag: "-6",
    blocks: ["fd00:10:1::/122", "fd00:10:1::40/122", "fd00:10:1::80/122", "fd00:10:1::c0/122"],
    address: (lan: number, host: number) => `fd00:0:0:${lan}::${host}`,
    service: "fd00:50::1",
    length: 128,
  },
] as const;

type Summary = Record<string, { peers?: Record<string, { state: string; remoteAs: number; pfxRcd: number }> }>;

describe.each(FAMILIES)("over $family", ({ family, flag, blocks, address, service, length }) => {
  it.each([
    ["tor0", 65010, [1, 2]],
    ["tor1", 65011, [3, 4]],
  ] as const)(
    "%s has iBGP with both of its nodes: a pod block from each, the service from the second",
    async (tor, asn, lans) => {
      const summary = await vty<Summary>(tor, "show bgp summary json");
      const peers = Object.entries(summary[`${family}Unicast`]?.peers ?? {})
        .filter(([peer, { remoteAs }]) => remoteAs === asn && peer.includes(":") === (family === "ipv6"))
        .map(([peer, { state, pfxRcd }]) => [peer, state, pfxRcd]);
      expect(peers.sort()).toEqual(lans.map((lan, index) => [address(lan, 2), "Established", index + 1]));
    },
  );

  it("every router knows every node's pod block", async () => {
    for (const router of ["router0", "tor0", "tor1"]) {
      const { routes } = await vty<{ routes: Record<string, unknown> }>(router, `show bgp ${family} unicast json`);
      expect(Object.keys(routes)).toEqual(expect.arrayContaining([...blocks]));
    }
  });

  it.each([
    ["tor0", 2],
    ["tor1", 4],
  ] as const)("%s has the service by its node with a pod, which answers it", async (tor, lan) => {
    const { routes } = await vty<{ routes: Record<string, { nexthops: { ip: string }[] }[]> }>(
      tor,
      `show bgp ${family} unicast json`,
    );
    const hops = (routes[`${service}/${length}`] ?? []).flatMap(({ nexthops }) => nexthops.map(({ ip }) => ip));
    expect(hops).toContain(address(lan, 2));
    const kernel = JSON.parse(await inside(tor, "ip", flag, "-j", "route", "show", service)) as object[];
    expect(kernel).toHaveLength(1);
    const host = family === "ipv6" ? `[${service}]` : service;
    expect(await inside(tor, "curl", "-s", "-m", "5", "-w", "%{http_code}", `http://${host}/`)).toMatch(/200$/);
  });

  it("a pod of rack0 pings one of rack1, and the other way", async () => {
    const podAddress = async (name: string) => {
      const { status } = await api().get<{ status: { podIPs: { ip: string }[] } }>(
        `/api/v1/namespaces/default/pods/${name}`,
      );
      return status.podIPs.find(({ ip }) => ip.includes(":") === (family === "ipv6"))?.ip ?? "";
    };
    for (const [from, to] of [
      ["netshoot-worker", "netshoot-worker3"],
      ["netshoot-worker3", "netshoot-worker"],
    ] as const) {
      const said = await inPod(from, ["sh", "-c", `ping -c 3 -W 2 ${await podAddress(to)} || true`]);
      expect(said).toContain("3 received");
    }
  });
});

describe("the nodes", () => {
  it("each dials its ToR's loopback of each family, and Cilium's operator gave the service an address of each", async () => {
    for (const node of NODES) {
      const peers = JSON.parse(await inside(`demo-${node}`, "cilium-bgp", "peers")) as {
        "peer-address": string;
        "session-state": string;
      }[];
      const host = ["control-plane", "worker"].includes(node) ? 1 : 2;
      expect([node, peers.map((peer) => [peer["peer-address"], peer["session-state"]]).sort()]).toEqual([
        node,
        [
          [`10.0.0.${host}`, "established"],
          [`fd00::${host}`, "established"],
        ],
      ]);
    }
    const { status } = await api().get<{ status: { loadBalancer: { ingress: { ip: string }[] } } }>(
      "/api/v1/namespaces/default/services/lb-web-service",
    );
    expect(status.loadBalancer.ingress.map(({ ip }) => ip).sort()).toEqual(["10.0.50.1", "fd00:50::1"]);
  });
});
