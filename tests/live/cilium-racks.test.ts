/**
 * Lab 003 alive: Cilium's own agent and operator on every node, against real FRR. It proves sessions, routes, the pods' way
 * across the racks, and a service with an address of LB-IPAM; Cilium's datapath does not run here, the nodes' kernels
 * forward by their own routes.
 */
import { describe, expect, it } from "vitest";
import { labOf } from "./stackLab";

const { inside, inPod, vty, api } = labOf("cilium-racks");
const NODES = { "control-plane": "10.0.1.2", worker: "10.0.2.2", worker2: "10.0.3.2", worker3: "10.0.4.2" };
/** A pod of the service stands on worker and on worker3, and its policy is Local. */
const SERVICE = "10.0.50.1";
/** The stack of the same program whose links between the routers have no prefixes: a neighbor is called after its link. */
const UNNUMBERED = process.env["BGPFABRIC_STACK"]?.endsWith("-unnumbered") === true;
const LINKS = UNNUMBERED
  ? { tor0: "rack0--router0", tor1: "rack1--router0", router0: "rack0--router0" }
  : { tor0: "198.18.0.2", tor1: "198.18.0.10", router0: "198.18.0.1" };
const BLOCKS = ["10.1.0.0/26", "10.1.0.64/26", "10.1.0.128/26", "10.1.0.192/26"];

interface Peer {
  state: string;
  remoteAs: number;
  pfxRcd: number;
}

/** As the kernel prints a way: by IPv6 where the link is unnumbered. */
interface Hop {
  gateway?: string;
  via?: object;
  dev?: string;
}

const hopOf = ({ gateway, via, dev }: Hop) => gateway ?? (via === undefined ? undefined : dev);

async function established(router: string): Promise<[string, number, number][]> {
  const { peers } = await vty<{ peers: Record<string, Peer> }>(router, "show bgp ipv4 unicast summary json");
  return Object.entries(peers)
    .filter(([, { state }]) => state === "Established")
    .map(([address, { remoteAs, pfxRcd }]): [string, number, number] => [address, remoteAs, pfxRcd])
    .sort();
}

describe("the routers", () => {
  it("router0 has a session with each ToR", async () => {
    const sessions = await established("router0");
    const expected = [
      [LINKS.tor0, 65010],
      [LINKS.tor1, 65011],
    ];
    expect(sessions.map(([neighbor, asn]) => [neighbor, asn])).toEqual(expected.sort());
  });

  it.each([
    ["tor0", 65010, ["10.0.1.2", "10.0.2.2"]],
    ["tor1", 65011, ["10.0.3.2", "10.0.4.2"]],
  ])(
    "%s has three sessions: router0, and iBGP with both of its nodes: a pod block from each, the service from the second",
    async (tor, asn, nodes) => {
      const sessions = await established(tor);
      expect(sessions).toHaveLength(3);
      expect(sessions.filter(([, remote]) => remote === asn)).toEqual(
        nodes.map((address, index) => [address, asn, index + 1]),
      );
      expect(sessions.filter(([, remote]) => remote === 65000)).toHaveLength(1);
    },
  );

  it("each knows every node's pod block", async () => {
    for (const router of ["router0", "tor0", "tor1"]) {
      const { routes } = await vty<{ routes: Record<string, unknown> }>(router, "show bgp ipv4 unicast json");
      expect(Object.keys(routes)).toEqual(expect.arrayContaining(BLOCKS));
    }
  });

  it("the ToRs have a default route from router0, where 10.0.0.0/8 beyond what is known ends", async () => {
    for (const tor of ["tor0", "tor1"]) {
      const routes = JSON.parse(await inside(tor, "ip", "-j", "route", "show", "default")) as object[];
      expect(routes).toHaveLength(1);
    }
    const [route] = JSON.parse(await inside("router0", "ip", "-j", "route", "show", "10.0.0.0/8")) as {
      type?: string;
    }[];
    expect(route?.type).toBe("blackhole");
  });
});

describe("the nodes", () => {
  it.each(Object.entries(NODES))(
    "%s dials its ToR's loopback, from its own address, and listens to nobody",
    async (node) => {
      const peers = JSON.parse(await inside(`demo-${node}`, "cilium-bgp", "peers")) as {
        "peer-address": string;
        "session-state": string;
      }[];
      const tor = ["control-plane", "worker"].includes(node) ? "10.0.0.1" : "10.0.0.2";
      expect(peers.map((peer) => [peer["peer-address"], peer["session-state"]])).toEqual([[tor, "established"]]);
      expect(await inside(`demo-${node}`, "ss", "-Hltn", "sport = :179")).toBe("");
    },
  );

  it("Cilium's operator and agents fill CiliumBGPNodeConfig", async () => {
    const { items } = await api().get<{
      items: {
        metadata: { name: string };
        status?: { bgpInstances?: { localASN: number; peers: { peeringState: string; routeCount: object[] }[] }[] };
      }[];
    }>("/apis/cilium.io/v2/ciliumbgpnodeconfigs");
    const said = items.map(({ metadata, status }) => {
      const [instance] = status?.bgpInstances ?? [];
      return [metadata.name, instance?.localASN, instance?.peers.map(({ peeringState }) => peeringState).join()];
    });
    expect(said.sort()).toEqual([
      ["demo-control-plane", 65010, "established"],
      ["demo-worker", 65010, "established"],
      ["demo-worker2", 65011, "established"],
      ["demo-worker3", 65011, "established"],
    ]);
  });
});

describe("the service", () => {
  it("has its address from Cilium's own operator, out of the pool", async () => {
    const { status } = await api().get<{ status: { loadBalancer: { ingress: { ip: string }[] } } }>(
      "/api/v1/namespaces/default/services/lb-web-service",
    );
    expect(status.loadBalancer.ingress).toMatchObject([{ ip: SERVICE }]);
    const pool = await api().get<{ status: { conditions: { type: string; message: string }[] } }>(
      "/apis/cilium.io/v2/ciliumloadbalancerippools/services",
    );
    expect(pool.status.conditions.find(({ type }) => type === "cilium.io/IPsUsed")?.message).toBe("1");
  });

  it.each([
    ["tor0", ["10.0.2.2"]],
    ["tor1", ["10.0.4.2"]],
    ["router0", [LINKS.tor0, LINKS.tor1].sort()],
  ])("is announced by the nodes with a pod alone: %s has it by %s", async (router, hops) => {
    const [route = {}] = JSON.parse(await inside(router, "ip", "-j", "route", "show", `${SERVICE}/32`)) as (Hop & {
      nexthops?: Hop[];
    })[];
    const seen = [route, ...(route.nexthops ?? [])].flatMap((hop) => hopOf(hop) ?? []);
    expect(seen.sort()).toEqual(hops);
  });

  it.each([
    ["tor0", "worker", "10.0.2.1"],
    ["tor1", "worker3", "10.0.4.1"],
  ])("answers %s from the pod on %s, and sees its own address", async (router, node, client) => {
    const said = await inside(router, "curl", "-s", "-m", "5", `http://${SERVICE}/`);
    // With a real kubelet the pod does not know its node; its name has it.
    expect(said).toMatch(new RegExp(`web-${node}-deployment-\\S+( on demo-${node})? answers ${client}`));
  });

  it("answers router0, from whichever rack", async () => {
    expect(await inside("router0", "curl", "-s", "-m", "5", `http://${SERVICE}/`)).toMatch(
      /web-worker3?-deployment-\S+( on demo-worker3?)? answers /,
    );
  });
});

describe("pods", () => {
  const ping = (node: string, count: number, address: string) =>
    inPod(`netshoot-${node}`, ["sh", "-c", `ping -c ${count} -W 2 ${address} || true`]);

  it("one of rack0 pings one of rack1, over tor0, router0 and tor1", async () => {
    const { status } = await api().get<{ status: { podIP: string } }>(
      "/api/v1/namespaces/default/pods/netshoot-worker3",
    );
    expect(await ping("worker", 3, status.podIP)).toContain("3 received");
    const { status: own } = await api().get<{ status: { podIP: string } }>(
      "/api/v1/namespaces/default/pods/netshoot-worker",
    );
    expect(await ping("worker3", 3, own.podIP)).toContain("3 received");
  });

  it("what nothing in 10.0.0.0/8 has a route for goes to router0, and ends there", async () => {
    const [way = {}] = JSON.parse(await inside("tor0", "ip", "-j", "route", "get", "10.200.0.1")) as Hop[];
    expect(hopOf(way)).toBe(LINKS.router0);
    // The kernel says so of a blackhole.
    await expect(inside("router0", "ip", "route", "get", "10.200.0.1")).rejects.toThrow("Invalid argument");
    expect(await ping("worker", 2, "10.200.0.1")).toContain(" 0 received");
  });
});
