/**
 * MetalLB of lab 004 alive: its own controller and speaker, beside BIRD, against real FRR. It proves that services alone are
 * announced, in whichever mode the stack is up: by every node, or with externalTrafficPolicy Local by those with a pod.
 * Calico's own agents do not run here.
 */
import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { labOf } from "./stackLab";

const { inside, vty, api, onKind } = labOf("metallb");
const TOR = "rack-a-tor";
const SERVICE = "10.0.50.1";
const NODES = ["10.0.20.10", "10.0.20.11", "10.0.20.12"];

/** With externalTrafficPolicy Local the workers alone have a pod of the service, and announce it. */
let local = false;
let announcing: string[] = [];

beforeAll(async () => {
  const { spec } = await api().get<{ spec: { externalTrafficPolicy: string } }>(
    "/api/v1/namespaces/default/services/lb-web-service",
  );
  local = spec.externalTrafficPolicy === "Local";
  announcing = local ? NODES.slice(1) : NODES;
});

interface Peer {
  state: string;
  remoteAs: number;
  pfxRcd: number;
}

describe("the ToR", () => {
  it("has one session with each node, MetalLB's, and one prefix from each that announces the service", async () => {
    const { peers } = await vty<{ peers: Record<string, Peer> }>(TOR, "show bgp ipv4 unicast summary json");
    const seen = Object.entries(peers).map(([address, { state, remoteAs, pfxRcd }]) => [
      address,
      state,
      remoteAs,
      pfxRcd,
    ]);
    expect(seen.sort()).toEqual(
      NODES.map((address) => [address, "Established", 64513, announcing.includes(address) ? 1 : 0]),
    );
  });

  it("knows the service's address alone: MetalLB announces no pod", async () => {
    const { routes } = await vty<{ routes: Record<string, unknown> }>(TOR, "show bgp ipv4 unicast json");
    expect(Object.keys(routes)).toEqual([`${SERVICE}/32`]);
  });

  it("sends to the nodes that announce it, and gets HTTP 200 through each", async () => {
    const [route] = JSON.parse(await inside(TOR, "ip", "-j", "route", "show", SERVICE)) as {
      nexthops: { gateway: string }[];
    }[];
    expect(route?.nexthops.map(({ gateway }) => gateway).sort()).toEqual(announcing);
    for (const hop of announcing) {
      // Preferred by its metric to the route that BGP put there.
      await inside(TOR, "ip", "route", "add", `${SERVICE}/32`, "via", hop, "metric", "1");
      try {
        const status = inside(
          TOR,
          ...["curl", "-s", "-m", "5", "-o", "/dev/null"],
          "-w",
          "%{http_code}",
          `http://${SERVICE}/`,
        );
        expect([hop, await status]).toEqual([hop, "200"]);
      } finally {
        await inside(TOR, "ip", "route", "del", `${SERVICE}/32`, "metric", "1");
      }
    }
  });

  it("is seen by the pods with its own address under Local, and with the node's under Cluster", async () => {
    const said = await inside(TOR, "curl", "-s", "-m", "5", `http://${SERVICE}/`);
    expect(said.trimEnd().endsWith(" answers 10.0.20.1")).toBe(local);
  });

  it("watches each session by BFD where FRR speaks for MetalLB, and none where MetalLB does itself", async () => {
    const profiles = await api().get<{ items: unknown[] }>("/apis/metallb.io/v1beta1/bfdprofiles");
    const neighbors = await vty<Record<string, { peerBfdInfo?: { status: string } }>>(TOR, "show bgp neighbors json");
    const watched = Object.entries(neighbors).flatMap(([peer, { peerBfdInfo }]) =>
      peerBfdInfo === undefined ? [] : [[peer, peerBfdInfo.status]],
    );
    expect(watched.sort()).toEqual(profiles.items.length > 0 ? NODES.map((peer) => [peer, "Up"]) : []);
  });
});

describe("the cluster", () => {
  it("keeps Calico's mesh for the pods: two sessions a node, none to the ToR", async () => {
    for (const node of ["control-plane", "worker1", "worker2"]) {
      const said = await inside(`mlb-${node}`, "birdc", "-s", "/run/bird/bird.ctl", "show", "protocols");
      const sessions = said.split("\n").filter((line) => /\sBGP\s/.test(line));
      expect([node, sessions.length, sessions.every((line) => line.includes("Established"))]).toEqual([node, 2, true]);
    }
  });

  it("has the service's address from MetalLB's own controller", async () => {
    const services = await api().get<{
      items: {
        metadata: { annotations?: Record<string, string> };
        status?: { loadBalancer?: { ingress?: { ip: string }[] } };
      }[];
    }>("/api/v1/services");
    const given = services.items.filter(({ status }) => status?.loadBalancer?.ingress?.[0]?.ip === SERVICE);
    expect(given).toHaveLength(1);
    expect(given[0]?.metadata.annotations?.["metallb.io/ip-allocated-from-pool"]).toBe("services");
  });
});

describe("the sessions' password", () => {
  const NODE_NAMES = ["mlb-control-plane", "mlb-worker1", "mlb-worker2"];
  const said = (command: string, ...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1e8 });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
    return stdout + stderr;
  };
  /** Of every node: among real kubelets the agent is a pod. */
  const agentsLog = () =>
    said("kubectl", "logs", "--namespace", "metallb-system", "--selector", "app=bgpfabric-agent", "--tail", "-1");
  const stack = process.env["BGPFABRIC_STACK"] ?? "metallb";
  let passwords: string[] = [];

  beforeAll(async () => {
    const text = await inside(TOR, "vtysh", "-c", "show running-config");
    passwords = [...new Set([...text.matchAll(/ password (\S+)$/gm)].flatMap(([, password]) => password ?? []))];
  });

  it("is one on both ends: the router has what MetalLB's Secret holds, or neither has any", async () => {
    const { items } = await api().get<{ items: { data?: { password?: string } }[] }>(
      "/api/v1/namespaces/metallb-system/secrets",
    );
    const held = items
      .flatMap(({ data }) => data?.password ?? [])
      .map((text) => Buffer.from(text, "base64").toString());
    expect([...new Set(held)]).toEqual(passwords);
  });

  it("is not in the state, nor in a preview's differences", () => {
    // Pulumi keeps the configuration beside it as it was given; "config set --secret" has it encrypted there too.
    const state = said("pulumi", "stack", "export", "--stack", stack)
      .split("\n")
      .filter((line) => !line.includes('"bgpfabric:password":'))
      .join("\n");
    // The stack's own configuration has no password: this preview takes it away.
    const preview = said("pulumi", "preview", "--diff", "--stack", stack);
    for (const password of passwords) {
      expect(state.includes(password)).toBe(false);
      expect(preview.includes(password)).toBe(false);
    }
  });

  it("is in no container's log and on no command line", async () => {
    for (const name of [TOR, ...NODE_NAMES]) {
      const log = onKind && name !== TOR ? agentsLog() : said("docker", "logs", `bgpfabric-${stack}-${name}`);
      const commands = await inside(name, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '");
      for (const password of passwords) {
        expect([name, log.includes(password), commands.includes(password)]).toEqual([name, false, false]);
      }
    }
  });
});
