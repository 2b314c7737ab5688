/** The selective stack's graph: exact resources, who waits for whom, what is secret, and a preview equal to an up. */
import { beforeAll, describe, expect, it } from "vitest";
import { selective } from "./program";
import { type Registered, record } from "./recorder";

const DYNAMIC = "pulumi-nodejs:dynamic/bgpfabric";
const NODES = ["control-plane", "worker", "worker2", "worker3", "worker4"];

let all: Registered[];
const one = (name: string): Registered => {
  const found = all.filter((resource) => resource.name === name);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} resources are named ${name}`);
  return found[0];
};

describe("the selective stack registers", () => {
  beforeAll(async () => {
    all = await record(() => selective());
  });

  it("exactly these resources, each under its component", () => {
    expect(all.map(({ parent, type, name }) => `${parent ?? "-"} > ${type} ${name}`).sort()).toEqual(
      [
        "- > bgpfabric:index:Cluster k01",
        "- > bgpfabric:index:EchoService nginx",
        "- > bgpfabric:index:LiveNetwork live",
        "- > bgpfabric:index:LoadBalancerPool services",
        "- > bgpfabric:index:Rack rack1",
        "- > bgpfabric:index:SelectiveBgpFabric edge",
        "rack1 > docker:index/container:Container rack1-router",
        "rack1 > docker:index/network:Network rack1-segment",
        "rack1 > docker:index/remoteImage:RemoteImage rack1-image",
        `rack1 > ${DYNAMIC}:Preflight rack1-preflight`,
        ...NODES.map((node) => `k01 > docker:index/container:Container k01-${node}`),
        "k01 > docker:index/network:Network k01-management",
        "k01 > docker:index/remoteImage:RemoteImage k01-image",
        "k01 > docker:index/volume:Volume k01-etcd",
        "k01 > kubernetes:projectcalico.org/v3:IPPool k01-pods",
        `k01 > ${DYNAMIC}:Authority k01-authority`,
        `k01 > ${DYNAMIC}:ClusterReady k01-ready`,
        "k01 > pulumi:providers:kubernetes k01-kubernetes",
        ...NODES.map((node) => `edge > kubernetes:core/v1:NodePatch edge-${node}`),
        "edge > kubernetes:projectcalico.org/v3:BGPPeer edge-bgppeer-arista",
        "services > kubernetes:projectcalico.org/v3:IPPool services-pool",
        "nginx > kubernetes:apps/v1:Deployment nginx-deployment",
        "nginx > kubernetes:core/v1:Service nginx-loadbalancer",
        "nginx > kubernetes:core/v1:Service nginx-service",
        "live > kubernetes:projectcalico.org/v3:BGPConfiguration live-k01-bgpconfiguration",
        `live > ${DYNAMIC}:Gate live-gate`,
        `live > ${DYNAMIC}:RouterConfiguration live-rack1-tor`,
      ].sort(),
    );
  });

  it("Calico's objects with the lab's values", () => {
    expect(one("edge-bgppeer-arista").inputs).toMatchObject({
      metadata: { name: "bgppeer-arista" },
      spec: { peerIP: "10.10.10.1", asNumber: 65001, nodeSelector: 'bgp-peer == "true"' },
    });
    expect(one("services-pool").inputs).toMatchObject({
      metadata: { name: "loadbalancer-ip-pool" },
      spec: {
        cidr: "172.16.0.240/28",
        blockSize: 28,
        natOutgoing: true,
        disabled: false,
        assignmentMode: "Automatic",
        allowedUses: ["LoadBalancer"],
      },
    });
    expect(one("live-k01-bgpconfiguration").inputs).toMatchObject({
      metadata: { name: "default" },
      spec: { asNumber: 65010, nodeToNodeMeshEnabled: false, serviceLoadBalancerIPs: [{ cidr: "172.16.0.240/28" }] },
    });
    expect(one("k01-pods").inputs).toMatchObject({
      spec: { cidr: "192.168.0.0/16", disableBGPExport: true, vxlanMode: "CrossSubnet", ipipMode: "Never" },
    });
  });

  it("the label on worker and worker2, and a patch without one on every other node", () => {
    const labels = Object.fromEntries(
      NODES.map((node) => [node, (one(`edge-${node}`).inputs["metadata"] as { labels: object }).labels]),
    );
    expect(labels).toEqual({
      "control-plane": {},
      worker: { "bgp-peer": "true" },
      worker2: { "bgp-peer": "true" },
      worker3: {},
      worker4: {},
    });
  });

  it("networks behind the preflight, containers behind their networks", () => {
    expect(one("rack1-segment").waitsFor).toEqual(["rack1-preflight"]);
    expect(one("rack1-router").waitsFor).toEqual(["rack1-image", "rack1-segment"]);
    expect(one("k01-worker").waitsFor).toEqual(["k01-authority", "k01-image", "k01-management", "rack1-segment"]);
    expect(one("k01-control-plane").waitsFor).toContain("k01-etcd");
  });

  it("networks that go before their successors come: two cannot hold one prefix", () => {
    const networks = all.filter(({ type }) => type === "docker:index/network:Network");
    expect(networks.map(({ deleteBeforeReplace }) => deleteBeforeReplace)).toEqual([true, true]);
  });

  it("every object of the cluster with the cluster's own provider, which waits until the cluster is ready", () => {
    const objects = all.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(new Set(objects.map(({ provider }) => provider))).toEqual(new Set(["k01-kubernetes"]));
    expect(one("k01-kubernetes").waitsFor).toContain("k01-ready");
    expect(one("k01-ready").waitsFor).toEqual(expect.arrayContaining(NODES.map((node) => `k01-${node}`)));
  });

  it("the gate behind everything that makes the network", () => {
    expect(one("live-gate").waitsFor).toEqual(
      expect.arrayContaining([
        "live-rack1-tor",
        "live-k01-bgpconfiguration",
        "edge-bgppeer-arista",
        "edge-worker",
        "services-pool",
        "k01-pods",
        "nginx-loadbalancer",
      ]),
    );
  });

  it("the forecast as the gate's plain input: two sessions, one prefix by two next hops", () => {
    expect(one("live-gate").inputs).toMatchObject({
      sessions: [
        "k01-worker 10.10.10.11 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
        "k01-worker2 10.10.10.12 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
      ],
      routes: ["rack1-tor 172.16.0.240/28: ebgp via 10.10.10.11 10.10.10.12, path 65010"],
    });
  });

  it("credentials and kubeconfig as secrets, and no private key outside of one", () => {
    const uploads = one("k01-worker").inputs["uploads"] as { file: string; content?: unknown }[];
    expect(uploads.find(({ file }) => file.endsWith("credentials.json"))?.content).toEqual({
      secret: expect.stringContaining("PRIVATE KEY") as string,
    });
    expect(one("k01-kubernetes").inputs["kubeconfig"]).toHaveProperty("secret");
    expect(one("k01-ready").inputs["kubeconfig"]).toHaveProperty("secret");
    expect(one("k01-authority").additionalSecretOutputs).toEqual(["secret"]);
    expect(JSON.stringify(all.map(withoutSecrets))).not.toMatch(/PRIVATE KEY|client-key-data/);
  });

  it("nothing of this machine: no absolute path but a container's, no host name, and bodies by the package's name", () => {
    const text = JSON.stringify(all.map(withoutSecrets));
    expect(text).not.toContain(process.cwd());
    for (const { inputs } of all.filter(({ type }) => type.startsWith(DYNAMIC))) {
      expect(inputs["__provider"]).toMatch(/^exports\.handler = \(\) => require\("node:module"\).*"bgpfabric\/bodies"/);
    }
  });

  it("Docker names and labels of project and stack", () => {
    for (const { inputs } of all.filter(({ type }) => /:(Container|Network|Volume)$/.test(type))) {
      expect(inputs["name"]).toMatch(/^bgpfabric-selective-/);
      expect(inputs["labels"]).toEqual(
        expect.arrayContaining([
          { label: "bgpfabric.project", value: "bgpfabric" },
          { label: "bgpfabric.stack", value: "selective" },
        ]),
      );
    }
  });
});

describe("what changes with the program", () => {
  it("maximumPaths 1: one next hop in the forecast, one line of the router's configuration, nothing else", async () => {
    const four = await record(() => selective({ maximumPaths: "4" }));
    const single = await record(() => selective({ maximumPaths: "1" }));
    expect(changed(four, single)).toEqual(["live-gate", "live-rack1-tor"]);
    expect(routesOf(single)).toEqual(["rack1-tor 172.16.0.240/28: ebgp via 10.10.10.11, path 65010"]);
  });

  it("the pool not advertised: two sessions and no route", async () => {
    const quiet = await record(() => selective({ advertise: "false" }));
    const gate = quiet.find(({ name }) => name === "live-gate");
    expect(gate?.inputs["sessions"]).toHaveLength(2);
    expect(gate?.inputs["routes"]).toEqual([]);
  });

  it("a label more: the node's patch and the gate, a line each for the session and the next hop", async () => {
    const before = await record(() => selective());
    const after = await record(() => selective({ speakers: '["worker","worker2","worker3"]' }));
    expect(changed(before, after)).toEqual(["edge-worker3", "live-gate"]);
    expect(routesOf(after)).toEqual([
      "rack1-tor 172.16.0.240/28: ebgp via 10.10.10.11 10.10.10.12 10.10.10.13, path 65010",
    ]);
  });

  it("a preview registers what an up registers, though nothing is known yet", async () => {
    const names = (resources: Registered[]) => resources.map(({ type, name }) => `${type} ${name}`);
    const up = await record(() => selective());
    const preview = await record(() => selective(), { preview: true });
    expect(names(preview)).toEqual(names(up));
  });
});

/** Names of the resources whose inputs differ. */
function changed(before: Registered[], after: Registered[]): string[] {
  const inputs = (resources: Registered[]) =>
    new Map(resources.map((one) => [`${one.type} ${one.name}`, JSON.stringify(one.inputs)]));
  const [a, b] = [inputs(before), inputs(after)];
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names]
    .filter((name) => a.get(name) !== b.get(name))
    .map((name) => name.split(" ")[1] ?? "")
    .sort();
}

function routesOf(resources: Registered[]): unknown {
  return resources.find(({ name }) => name === "live-gate")?.inputs["routes"];
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value === null || typeof value !== "object") return value;
  if ("secret" in value && Object.keys(value).length === 1) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutSecrets(part)]));
}
