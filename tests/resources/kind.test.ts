/** Proves what the runtime "kind" asks of kind and of Kubernetes, with mocks; that a cluster comes up so is shown by the lab. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { conflist } from "../../components/agent/pod";
import type * as Components from "../../components";
import * as scripts from "../../components/resources/runtimes/kindScripts";
import { type Registered, record } from "../../components/testing/record";

let components: typeof Components;
let registered: Registered[];

async function program(change: Record<string, unknown> = {}): Promise<Components.Cluster> {
  const { Cluster, Rack, calico, place } = components;
  const rack = new Rack("rack1", {
    segments: ["10.10.10.0/24"],
    router: { os: "frr", asn: 65001, address: "10.10.10.1", neighbors: "listen" },
  });
  return Promise.resolve(
    new Cluster("k01", {
      runtime: "kind",
      cni: calico({ asn: 65010 }),
      pods: "192.168.0.0/16",
      nodes: place(rack, ["control-plane", "worker", "edge"], { from: "10.10.10.10" }),
      ...change,
    }),
  );
}

const run = async (change?: Record<string, unknown>) => {
  registered = await record(async () => {
    components = await import("../../components/index.js");
    await program(change);
  });
};
const inputs = (name: string): Record<string, unknown> => {
  const found = registered.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not registered`);
  return found.inputs;
};

beforeEach(() => {
  vi.stubEnv("BGPFABRIC_NODE_IMAGE", "bgpfabric/node:test");
  vi.stubEnv("BGPFABRIC_IMAGE", "bgpfabric/lab:test");
});
afterEach(() => vi.unstubAllEnvs());

interface Config {
  name: string;
  networking: Record<string, unknown>;
  nodes: { role: string; image: string; kubeadmConfigPatches: string[] }[];
  kubeadmConfigPatches: string[];
}

describe("a cluster on kind", () => {
  it("refuses a second node with the control plane's role: the first one alone runs it", async () => {
    const second = {
      name: "cp-02",
      on: { name: "lan", segments: [], networks: {}, network: {}, resources: [] },
      segment: "lan",
      prefix: "10.10.10.0/24",
      address: "10.10.10.11",
    };
    const nodes = [
      { ...second, name: "cp-01", address: "10.10.10.10" },
      { ...second, controlPlane: true },
    ];
    await expect(run({ nodes })).rejects.toThrow(/nodes\[1\]\.controlPlane: found "cp-02", expected a worker/);
  });

  it("is asked for with its own network left out, the plan's ranges, and Nodes that have the plan's names", async () => {
    await run();
    const config = parse(inputs("k01-kind")["stdin"] as string) as Config;
    expect(config.networking).toMatchObject({
      disableDefaultCNI: true,
      podSubnet: "192.168.0.0/16",
      serviceSubnet: "10.96.0.0/16",
      kubeProxyMode: "nftables",
    });
    expect(config.nodes.map(({ role, image }) => [role, image])).toEqual([
      ["control-plane", "bgpfabric/node:test"],
      ["worker", "bgpfabric/node:test"],
      ["worker", "bgpfabric/node:test"],
    ]);
    const names = config.nodes.map(
      (node) =>
        (parse(node.kubeadmConfigPatches[0] ?? "") as { nodeRegistration: { name: string } }).nodeRegistration.name,
    );
    expect(names).toEqual(["k01-control-plane", "k01-worker", "k01-edge"]);
  });

  it("gives kubelet no label of Kubernetes' own: it would not start with a role; the agent gives the node all of them", async () => {
    const lan = { name: "lan", segments: [], networks: { lan: "lan" }, network: {}, resources: [] };
    const at = { on: lan, segment: "lan", prefix: "10.10.10.0/24" };
    await run({
      nodes: [
        { ...at, name: "cp-01", address: "10.10.10.10", controlPlane: true },
        { ...at, name: "worker", address: "10.10.10.11" },
      ],
    });
    const asked = inputs("k01-kind")["stdin"] as string;
    expect(asked).toContain("segment: lan");
    expect(asked).not.toContain("node-role.kubernetes.io");
    const { data } = inputs("k01-agent-settings") as { data: Record<string, string> };
    const { labels } = JSON.parse(data["k01-cp-01.json"] ?? "{}") as { labels: Record<string, string> };
    expect(labels).toMatchObject({ segment: "lan", "node-role.kubernetes.io/control-plane": "" });
  });

  it("leaves the pods' blocks to the plan, and takes a user's patches after its own", async () => {
    const patch = "kind: ClusterConfiguration\napiServer: { extraArgs: [{ name: v, value: '4' }] }\n";
    await run({ kind: { kubeProxyMode: "iptables", patches: [patch] } });
    const config = parse(inputs("k01-kind")["stdin"] as string) as Config;
    expect(config.networking["kubeProxyMode"]).toBe("iptables");
    expect(config.kubeadmConfigPatches[0]).toContain("allocate-node-cidrs");
    expect(config.kubeadmConfigPatches.at(-1)).toBe(patch);
  });

  it("leaves the API server more than kubeadm's minute: a busy machine needs it", async () => {
    await run();
    const config = parse(inputs("k01-kind")["stdin"] as string) as Config;
    const patches = config.kubeadmConfigPatches.map((text) => parse(text) as Record<string, unknown>);
    expect(patches).toContainEqual(
      expect.objectContaining({
        kind: "InitConfiguration",
        timeouts: { kubernetesAPICall: "4m0s", controlPlaneComponentHealthCheck: "4m0s" },
      }),
    );
  });

  it("is made anew when kind's configuration changes: the same name cannot stand twice", async () => {
    await run();
    const { triggers, stdin } = inputs("k01-kind") as { triggers: string[]; stdin: string };
    expect(triggers).toEqual([stdin]);
  });

  it("joins each node to its rack with the plan's address", async () => {
    await run();
    const { NODES } = inputs("k01-racks")["environment"] as { NODES: string };
    const lines = NODES.split("\n").map((line) => line.split(" "));
    expect(lines.map(([, , address]) => address)).toEqual(["10.10.10.10", "10.10.10.11", "10.10.10.12"]);
    expect(lines.map(([container]) => container?.replace(/^.*-k01-/, ""))).toEqual([
      "control-plane",
      "worker",
      "worker2",
    ]);
  });

  it("asks the machine for room for all clusters of the program together, before the first one is made", async () => {
    await run();
    expect(inputs("k01-room")["clusters"]).toEqual([{ name: expect.stringMatching(/-k01$/) as string, nodes: 3 }]);
    expect(registered.find(({ name }) => name === "k01-kind")?.waitsFor).toContain("k01-room");
  });

  it("is met by its pods at the first address of a node's block: a traced path shows that one", async () => {
    let gateways: unknown[] = [];
    await record(async () => {
      components = await import("../../components/index.js");
      gateways = (await program()).nodes.map(({ podGateways }) => podGateways);
    });
    expect(gateways).toEqual([["192.168.0.1"], ["192.168.0.65"], ["192.168.0.129"]]);
  });

  it("has both families where its racks have: of pods, services, and the addresses that each kubelet reports", async () => {
    registered = await record(async () => {
      components = await import("../../components/index.js");
      const { Cluster, Rack, calico, place } = components;
      const rack = new Rack("rack1", {
        segments: [["10.10.10.0/24", "fd00:10::/64"]],
        router: { os: "frr", asn: 65001, address: ["10.10.10.1", "fd00:10::1"], neighbors: "listen" },
      });
      return Promise.resolve(
        new Cluster("k01", {
          runtime: "kind",
          cni: calico({ asn: 65010 }),
          pods: ["192.168.0.0/16", "fd00:192:168::/48"],
          nodes: place(rack, ["control-plane", "worker"], { from: ["10.10.10.10", "fd00:10::10"] }),
        }),
      );
    });
    const config = parse(inputs("k01-kind")["stdin"] as string) as Config;
    expect(config.networking).toMatchObject({
      ipFamily: "dual",
      podSubnet: "192.168.0.0/16,fd00:192:168::/48",
      serviceSubnet: "10.96.0.0/16,fd00:10:96::/112",
    });
    const { NODES } = inputs("k01-racks")["environment"] as { NODES: string };
    expect(NODES.split("\n").map((line) => line.split(" ")[2])).toEqual([
      "10.10.10.10,fd00:10::10",
      "10.10.10.11,fd00:10::11",
    ]);
    const { data } = inputs("k01-agent-settings") as { data: Record<string, string> };
    expect(JSON.parse(data["k01-worker.json"] ?? "")).toMatchObject({
      address: "10.10.10.11/24",
      address6: "fd00:10::11/64",
      podBlock: "192.168.0.64/26",
      podBlock6: "fd00:192:168::40/122",
      serviceNetwork: "10.96.0.0/16,fd00:10:96::/112",
    });
  });

  it("refuses a node with IPv6 alone, whichever it is: kind's own network and kubeadm's control plane have IPv4", async () => {
    const lan = { name: "lan", segments: [], networks: {}, network: {}, resources: [] };
    const node = { on: lan, segment: "lan" };
    const nodes = [
      { ...node, name: "cp", prefix: "10.10.10.0/24", address: "10.10.10.10" },
      { ...node, name: "w1", prefix: "fd00:10::/64", address: "fd00:10::11", routerId: "10.10.10.11" },
    ];
    await expect(run({ nodes })).rejects.toThrow(/nodes\[1\]: found "fd00:10::11", expected an IPv4 address/);
  });

  it("runs the agent on every node, tainted or not, on the node's network and without privileges", async () => {
    await run();
    const { spec } = inputs("k01-agent") as { spec: { template: { spec: Record<string, unknown> } } };
    expect(spec.template.spec).toMatchObject({ hostNetwork: true, tolerations: [{ operator: "Exists" }] });
    expect(spec.template.spec["containers"]).toMatchObject([
      { securityContext: { capabilities: { add: ["NET_ADMIN", "NET_RAW"] } } },
    ]);
    const { data } = inputs("k01-agent-settings") as { data: Record<string, string> };
    const first = JSON.parse(data["k01-control-plane.json"] ?? "") as { address: string; controlPlane?: object };
    expect(first).toMatchObject({ address: "10.10.10.10/24", controlPlane: { serviceNetwork: "10.96.0.0/16" } });
    expect(JSON.parse(data["k01-edge.json"] ?? "")).not.toHaveProperty("controlPlane");
  });

  it("lets the agent read secrets in its own namespace and the passwords' alone, and write no object but its own", async () => {
    await run();
    const { rules } = inputs("k01-agent-role") as { rules: { resources: string[]; verbs: string[] }[] };
    expect(rules.filter(({ resources }) => resources.includes("secrets") || resources.includes("*"))).toEqual([]);
    const writes = rules.filter(({ verbs }) => verbs.some((verb) => !["get", "list", "watch"].includes(verb)));
    expect(writes.flatMap(({ resources }) => resources).sort()).toEqual([
      "blockaffinities",
      "caliconodestatuses/status",
      "clusterinformations",
      "customresourcedefinitions",
      "nodes",
      "services/status",
    ]);
    const roles = registered.filter(({ type }) => type.endsWith(":Role"));
    expect(roles.map(({ inputs }) => (inputs["metadata"] as { namespace: string }).namespace).sort()).toEqual([
      "bgpfabric-system",
      "calico-system",
    ]);
    // Its own namespace has the settings of a CNI as a ConfigMap, too.
    expect(
      roles.map(({ inputs: role }) => (role["rules"] as { resources: string[] }[]).flatMap((one) => one.resources)),
    ).toEqual([["secrets", "configmaps"], ["secrets"]]);
  });

  it("runs Cilium's own control plane with the rights of its chart, and its socket where the node finds it", async () => {
    const { cilium } = await import("../../components/index.js");
    await run({ cni: cilium({ asn: 65010 }) });
    const { rules } = inputs("k01-agent-role") as {
      rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
    };
    expect(rules.filter(({ resources }) => resources.includes("secrets"))).toEqual([]);
    expect(rules.flatMap(({ apiGroups }) => apiGroups)).not.toContain("projectcalico.org");
    const writes = rules.filter(({ verbs }) => verbs.includes("create")).flatMap(({ resources }) => resources);
    expect(writes.sort()).toEqual(["ciliumbgpnodeconfigs", "ciliumnodes", "customresourcedefinitions"]);
    const { spec } = inputs("k01-agent") as {
      spec: { template: { spec: { volumes: { name: string; hostPath?: { path: string } }[] } } };
    };
    const shared = spec.template.spec.volumes.flatMap(({ hostPath }) => hostPath?.path ?? []);
    expect(shared).toContain("/run/cilium");
    expect(shared).not.toContain("/run/bird");
  });

  it("refuses a release of Cilium that the nodes' image does not have, before anything is made", async () => {
    const { cilium } = await import("../../components/index.js");
    await expect(run({ cni: cilium({ asn: 65010, version: "1.18" }) })).rejects.toThrow(/cni\.version: found "1\.18"/);
  });

  it("runs MetalLB beside the CNI, in MetalLB's own namespace: its status objects belong to the speaker's Pod", async () => {
    const { metallb } = await import("../../components/index.js");
    await run({ balancer: metallb({ asn: 65020, version: "0.15", mode: "native" }) });
    const of = (name: string) => inputs(name) as { metadata: { namespace?: string } };
    for (const name of ["k01-agent", "k01-agent-settings", "k01-agent-account"]) {
      expect(of(name).metadata.namespace).toBe("metallb-system");
    }
    const { rules } = inputs("k01-agent-role") as { rules: { apiGroups: string[]; resources: string[] }[] };
    expect(rules.filter(({ resources }) => resources.includes("secrets"))).toEqual([]);
    expect(rules.flatMap(({ resources }) => resources)).toContain("servicebgpstatuses/status");
    const { data } = inputs("k01-agent-settings") as { data: Record<string, string> };
    const settings = Object.values(data).map((text) => JSON.parse(text) as { balancer: { kind: string } });
    expect(settings.map(({ balancer }) => balancer.kind)).toEqual(settings.map(() => "metallb"));
  });

  it("refuses MetalLB's speakers with FRR, before anything is made", async () => {
    const { metallb } = await import("../../components/index.js");
    await expect(run({ balancer: metallb({ asn: 65020, version: "0.15", mode: "frr" }) })).rejects.toThrow(
      /balancer\.mode: found "frr", expected "native"/,
    );
  });

  it("says what to do where there is no node image", async () => {
    vi.stubEnv("BGPFABRIC_NODE_IMAGE", "");
    await expect(run()).rejects.toThrow("make up STACK=NAME RUNTIME=kind");
  });
});

describe("the scripts for kind and docker", () => {
  it.each(Object.entries(scripts))("%s is a script that sh reads", (_name, script) => {
    execFileSync("sh", ["-n"], { input: script });
  });

  it("remove the network of a cluster that kind could not make", () => {
    const folder = mkdtempSync(join(tmpdir(), "kind-"));
    const said = join(folder, "said");
    const stub = (name: string, text: string) =>
      writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> ${said}\n${text}\n`, { mode: 0o755 });
    stub("docker", '[ "$1" != exec ]');
    stub("kind", '[ "$1" != create ]');
    const env = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}`, CLUSTER: "lab-k01" };
    const { status } = spawnSync("sh", ["-c", scripts.CREATE], { env, input: "kind: Cluster" });
    const lines = readFileSync(said, "utf8");
    rmSync(folder, { recursive: true });
    expect(status).not.toBe(0);
    expect(lines).toMatch(/kind create cluster.*\ndocker network rm lab-k01\n$/);
  });
});

describe("a node's CNI configuration", () => {
  it("gives pods addresses of the node's own block and leaves their source address alone", () => {
    const { plugins } = JSON.parse(conflist(["192.168.4.0/26"])) as { plugins: Record<string, unknown>[] };
    expect(plugins[0]).toMatchObject({
      type: "ptp",
      ipMasq: false,
      ipam: { ranges: [[{ subnet: "192.168.4.0/26" }]], routes: [{ dst: "0.0.0.0/0" }] },
    });
  });

  it("gives them one of each family where the node has a block of each, and a way out for both", () => {
    const { plugins } = JSON.parse(conflist(["192.168.4.0/26", "fd00:192:168::40/122"])) as {
      plugins: Record<string, unknown>[];
    };
    expect(plugins[0]).toMatchObject({
      ipam: {
        ranges: [[{ subnet: "192.168.4.0/26" }], [{ subnet: "fd00:192:168::40/122" }]],
        routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
      },
    });
  });
});
