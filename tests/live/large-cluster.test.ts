/**
 * Lab 004's large cluster alive, at the size that is up: real FRR in leaves and spines, real BIRD on every node. It proves
 * sessions, routes and the way between racks; Calico's own agents do not run here.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { trace } from "../../components/live/probe";
import { type Shell, output } from "../../components/live/shell";
import { readProtocols } from "../../components/live/systems/bird";
import { orThrow } from "../../components/model/errors";
import { parsePrefix, prefixBase } from "../../components/model/prefix";
import { kubectl } from "./kubectl";
import { labOf, until } from "./stackLab";

const { inside, vty, api, onKind } = labOf("large-cluster");
const [TOR_A, TOR_B] = ["rack-a-tor", "rack-b-tor"] as const;
/** On kind one node runs the control plane, and two others reflect beside it. */
const REFLECTORS = onKind ? ["k8s-cp-01", "k8s-worker-01", "k8s-worker-02"] : ["k8s-cp-01", "k8s-cp-02", "k8s-cp-03"];

interface Node {
  metadata: { name: string; labels: Record<string, string>; annotations: Record<string, string> };
  spec: { podCIDR: string };
  status: { addresses: { address: string }[] };
}

interface Peer {
  state: string;
  remoteAs: number;
  pfxRcd: number;
}

let nodes: Node[] = [];
beforeAll(async () => {
  nodes = (await api().get<{ items: Node[] }>("/api/v1/nodes")).items;
});

const addressOf = ({ status }: Node) => status.addresses[0]?.address ?? "";
const inRack = (rack: string) => nodes.filter(({ metadata }) => metadata.labels["rack"] === rack);
const isReflector = ({ metadata }: Node) => metadata.labels["route-reflector"] === "true";

async function sessionsOf(node: string) {
  const text = await inside(node, "birdc", "-s", "/run/bird/bird.ctl", "show", "protocols", "all");
  return readProtocols(node, text).filter(({ up }) => up);
}

async function peersOf(router: string): Promise<Record<string, Peer>> {
  const { peers } = await vty<{ peers: Record<string, Peer> }>(router, "show bgp ipv4 unicast summary json");
  return Object.fromEntries(Object.entries(peers).filter(([, { state }]) => state === "Established"));
}

/** Next hops of every path of every prefix. */
async function table(router: string): Promise<Record<string, string[]>> {
  const { routes } = await vty<{ routes: Record<string, { nexthops: { ip: string }[] }[]> }>(
    router,
    "show bgp ipv4 unicast json",
  );
  return Object.fromEntries(
    Object.entries(routes).map(([prefix, paths]) => [
      prefix,
      paths.flatMap(({ nexthops }) => nexthops.map(({ ip }) => ip)).sort(),
    ]),
  );
}

async function kernelHops(router: string, prefix: string): Promise<number> {
  const [route] = JSON.parse(await inside(router, "ip", "-j", "route", "show", prefix)) as {
    gateway?: string;
    nexthops?: unknown[];
  }[];
  return route?.nexthops?.length ?? (route?.gateway === undefined ? 0 : 1);
}

/** The shell pod on worker-01, in rack-a. */
const shell: Shell = { name: "shell-a", run: (command) => kubectl(["exec", "shell-a", "--", ...command]) };

/** The address of the shell pod on worker-02, in rack-b. */
async function shellB(): Promise<string> {
  const { status } = await api().get<{ status: { podIP: string } }>("/api/v1/namespaces/default/pods/shell-b");
  return status.podIP;
}

describe("the reflectors", () => {
  it("are three nodes over both racks with one cluster id, those of the control plane where it has three", () => {
    const reflectors = nodes.filter(isReflector);
    expect(reflectors.map(({ metadata }) => metadata.name).sort()).toEqual(REFLECTORS);
    for (const { metadata } of reflectors) {
      if (!onKind) expect(metadata.labels).toHaveProperty(["node-role.kubernetes.io/control-plane"]);
      expect(metadata.annotations["projectcalico.org/RouteReflectorClusterID"]).toBe("1.0.0.1");
    }
    expect(new Set(reflectors.map(({ metadata }) => metadata.labels["rack"])).size).toBe(2);
  });

  it("carry every session inside the cluster: workers x 3 + 3, and one more from each node to its ToR", async () => {
    const seen = await Promise.all(nodes.map(({ metadata }) => sessionsOf(metadata.name)));
    const all = seen.flat();
    const inner = all.filter(({ peerAsn }) => peerAsn === 64512);
    const workers = nodes.length - REFLECTORS.length;
    // Both ends of a session inside the cluster were asked.
    expect(inner.length / 2).toBe(workers * 3 + 3);
    expect(all.length - inner.length).toBe(nodes.length);
  });
});

describe("each ToR", () => {
  it("has a session with each node of its rack and with both spines", async () => {
    for (const [tor, rack] of [
      [TOR_A, "rack-a"],
      [TOR_B, "rack-b"],
    ] as const) {
      const peers = Object.entries(await peersOf(tor));
      const of = (asn: number) => peers.filter(([, { remoteAs }]) => remoteAs === asn);
      expect([
        tor,
        of(64512)
          .map(([address]) => address)
          .sort(),
      ]).toEqual([tor, inRack(rack).map(addressOf).sort()]);
      expect([tor, of(64500).length]).toEqual([tor, 2]);
    }
  });

  it("has each pod block of its rack from its owner alone, and those of the other rack over both spines", async () => {
    const routes = await table(TOR_A);
    for (const node of inRack("rack-a")) {
      expect([node.spec.podCIDR, routes[node.spec.podCIDR]]).toEqual([node.spec.podCIDR, [addressOf(node)]]);
    }
    for (const { spec } of inRack("rack-b")) {
      expect([spec.podCIDR, routes[spec.podCIDR]?.every((hop) => hop.startsWith("198.18."))]).toEqual([
        spec.podCIDR,
        true,
      ]);
      expect([spec.podCIDR, await kernelHops(TOR_A, spec.podCIDR)]).toEqual([spec.podCIDR, 2]);
    }
  });

  it("sends the services' ranges to every node of its rack", async () => {
    for (const range of ["10.96.0.0/12", "10.0.50.0/24"]) {
      const hops = (await table(TOR_A))[range]?.filter((hop) => hop.startsWith("10.0.20."));
      expect([range, hops]).toEqual([range, inRack("rack-a").map(addressOf).sort()]);
      expect([range, await kernelHops(TOR_A, range)]).toEqual([range, inRack("rack-a").length]);
    }
  });

  it("refuses a default route and a single pod's address that a node announces", async () => {
    const text = await inside(TOR_A, "vtysh", "-c", "show ip prefix-list k8s-announced");
    expect(text).toMatch(/seq 4 deny 0\.0\.0\.0\/0\b/);
    expect(text).toMatch(/permit 10\.244\.0\.0\/16 le 26/);
  });
});

describe("between the racks", () => {
  it("a packet takes node, leaf, a spine, the other leaf, node: no encapsulation and no other hop", async () => {
    const far = inRack("rack-b").find(({ metadata }) => metadata.name === "k8s-worker-02");
    const pod = await shellB();
    const hops = await trace(shell, pod);
    const own = nodes.find(({ metadata }) => metadata.name === "k8s-worker-01");
    const base = prefixBase(orThrow(parsePrefix(own?.spec.podCIDR ?? "")));
    // On kind a pod meets its node by the first address of the node's block.
    expect(hops[0]).toBe(onKind ? base.replace(/\d+$/, (last) => String(Number(last) + 1)) : "10.0.20.10");
    expect(hops[1]).toBe("10.0.20.1");
    expect(hops.slice(2, 4).every((hop) => hop.startsWith("198.18."))).toBe(true);
    expect(hops.slice(4)).toEqual([far === undefined ? "" : addressOf(far), pod]);
  });

  it("a spine less is a next hop less and no lost packet to the other rack", async () => {
    const { spec } = inRack("rack-b")[0] as Node;
    const pod = await shellB();
    await inside(
      TOR_A,
      "vtysh",
      "-c",
      "configure terminal",
      "-c",
      "router bgp 64501",
      "-c",
      "neighbor 198.18.0.1 shutdown",
    );
    try {
      await until("one spine is left", 10, async () => (await kernelHops(TOR_A, spec.podCIDR)) === 1);
      expect(await output(shell, ["ping", "-c", "3", "-i", "0.2", "-W", "1", pod])).toContain(" 0% packet loss");
    } finally {
      await inside(
        TOR_A,
        "vtysh",
        "-c",
        "configure terminal",
        "-c",
        "router bgp 64501",
        "-c",
        "no neighbor 198.18.0.1 shutdown",
      );
    }
    await until("both spines are there again", 20, async () => (await kernelHops(TOR_A, spec.podCIDR)) === 2);
  });
});
