/**
 * The command's contract: exit codes, messages, standard input, JSON. Proves what scripts stand on; what the verbs say
 * about networks is proven in tests/forecast and tests/cni.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { network, to } from "../bgp/networks/build";
import { bgpfabric, bundle, examples } from "./command";

const LAB = ["--cni", "calico", "--frr", "tor1=tor1.conf", "--links", "links.yaml"];

interface ForecastJson {
  sessions: { key: string; up: boolean }[];
  routes: { speaker: string; prefix: string; nextHops: string[] }[];
}

describe("lab 000 from its manifests and the ToR's frr.conf", () => {
  const json = JSON.parse(bgpfabric(["forecast", ...LAB, "--json", "selective"]).out) as ForecastJson;

  test("two sessions, of worker and worker2 alone", () => {
    expect(json.sessions.map(({ key, up }) => `${key} ${up}`)).toEqual([
      "tor1 10.10.10.1 - worker 10.10.10.11 true",
      "tor1 10.10.10.1 - worker2 10.10.10.12 true",
    ]);
  });

  test("the ToR has the service range over both, and no pod block", () => {
    const tor = json.routes.filter(({ speaker }) => speaker === "tor1");
    expect(tor.map(({ prefix, nextHops }) => `${prefix} ${nextHops.join(" ")}`)).toEqual([
      "172.16.0.240/28 10.10.10.11 10.10.10.12",
    ]);
  });

  test("worker3 labelled: one session and one next hop more, none lost, exit 0", () => {
    const ran = bgpfabric(["diff", ...LAB, "--json", "selective", "selective-worker3"]);
    const difference = JSON.parse(ran.out) as {
      sessions: { key: string; what: string }[];
      routes: { speaker: string; prefix: string; what: string; width: { before: number; after: number } }[];
    };
    expect(difference.sessions.map(({ key, what }) => `${key} ${what}`)).toEqual([
      "tor1 10.10.10.1 - worker3 10.10.10.13 gained",
    ]);
    expect(difference.routes).toMatchObject([
      { speaker: "tor1", prefix: "172.16.0.240/28", what: "width", width: { before: 2, after: 3 } },
    ]);
    expect(ran.code).toBe(0);
  });

  test("the label taken away again: a session lost is a finding, exit 1", () => {
    const ran = bgpfabric(["diff", ...LAB, "selective-worker3", "selective"]);
    expect(ran.out).toContain("- tor1 10.10.10.1 -- worker3 10.10.10.13 lost");
    expect(ran.code).toBe(1);
  });
});

test("an answer that is open in part says in which", () => {
  const end = (own: number, other: number) => ({
    asn: 65000 + own,
    at: [`lo 10.9.0.${own}/32`, `l 10.0.0.${own}/24`],
    neighbors: [to(`10.9.0.${other}`, 65000 + other, { localAddress: `10.9.0.${own}`, multihop: 2 })],
    routes: [
      { prefix: `10.9.0.${other}/32`, via: [`10.0.0.${other}`], source: "kernel" as const },
      { prefix: "203.0.113.0/24", blackhole: true },
    ],
  });
  const originate = [{ kind: "network" as const, prefix: "203.0.113.0/24" }];
  const input = JSON.stringify(network({ r1: end(1, 2), r2: { ...end(2, 1), originate } }));
  const ran = bgpfabric(["forecast", "-"], { input });
  expect(ran.out).toContain(
    "~ not modelled: whether next hops from r2 can be reached, the choice, what is installed: FRR before 9.0 may refuse the next hops of a multihop neighbor when both ends dial (at r1 203.0.113.0/24)",
  );
});

test("manifests from standard input", () => {
  const input = readFileSync(join(examples, "selective/cluster.yaml"));
  const ran = bgpfabric(["speakers", "--cni", "calico", "--json", "-"], { input });
  const { speakers } = JSON.parse(ran.out) as { speakers: { name: string; neighbors: unknown[] }[] };
  expect(speakers.map(({ name, neighbors }) => `${name} ${neighbors.length}`)).toEqual([
    "control-plane 0",
    "worker 1",
    "worker2 1",
    "worker3 0",
    "worker4 0",
  ]);
});

test("a password's value shows nowhere", () => {
  const folder = mkdtempSync(join(tmpdir(), "cli-"));
  const conf = `router bgp 65001\n bgp router-id 10.0.0.1\n neighbor 10.0.0.2 remote-as 65002\n neighbor 10.0.0.2 password hunter2hunter2\n`;
  writeFileSync(join(folder, "a.conf"), conf);
  for (const args of [
    ["forecast"],
    ["render"],
    ["speakers"],
    ["rules"],
    ["forecast", "--json"],
    ["speakers", "--json"],
  ]) {
    const { out, err } = bgpfabric([...args, "--frr", "a=a.conf"], { cwd: folder });
    expect(out + err).not.toContain("hunter2");
  }
});

describe("malformed input: exit 2, a message that names the place, no stack trace", () => {
  const cases: [string, string, string[], RegExp][] = [
    ["no such file", "", ["forecast", "nowhere.yaml"], /nowhere\.yaml: found "no such file"/],
    ["broken YAML", "kind: Node\n  metadata: [", ["forecast", "--cni", "calico", "-"], /standard input:2/],
    ["broken JSON", '{"speakers": [', ["forecast", "-"], /standard input/],
    ["a Network without segments", '{"version":1,"speakers":[]}', ["forecast", "-"], /segments/],
    [
      "ASN 0 and an address that is none",
      JSON.stringify({
        version: 1,
        segments: [],
        speakers: [
          {
            name: "a",
            dialect: { system: "frr", version: "8.4" },
            asn: 0,
            routerId: "10.0.0.300",
            interfaces: [],
            bgp: {},
            neighbors: [],
          },
        ],
      }),
      ["forecast", "-"],
      /speakers\[0\]\.asn[\s\S]*speakers\[0\]\.routerId/,
    ],
    [
      "manifests and no word of the CNI",
      "apiVersion: v1\nkind: Node\nmetadata: {name: a}\n",
      ["speakers", "-"],
      /--cni/,
    ],
    ["a CNI that is none", "", ["speakers", "--cni", "flannel", "-"], /flannel/],
    ["a verb that is none", "", ["predict"], /predict/],
    ["--frr without a name", "", ["forecast", "--frr", "tor1.conf"], /NAME=FILE/],
    [
      "explain from a speaker nobody knows",
      "",
      ["explain", ...LAB, "selective", "--from", "tor9", "--to", "172.16.0.241"],
      /tor9/,
    ],
    ["explain to what is no address", "", ["explain", ...LAB, "selective", "--from", "tor1", "--to", "web"], /web/],
    ["standard input twice", "", ["diff", "--cni", "calico", "-", "nowhere"], /nowhere/],
    ["a prefix that is none in frr.conf", "", ["forecast", "--frr", "x=/dev/null"], /x|speaker|BGP/],
  ];
  for (const [name, input, args, message] of cases) {
    test(name, () => {
      const ran = bgpfabric(args, { input });
      expect(ran.err).toMatch(message);
      expect(ran.err).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)$/m);
      expect(ran.out).toBe("");
      expect(ran.code).toBe(2);
    });
  }
});

test("the command compiles no schema when it starts: its bundle holds no schema compiler", () => {
  // A sentence of the compiler's own (ajv/dist/core.js).
  expect(readFileSync(bundle(), "utf8")).not.toContain("schema is invalid: ");
});

test("a setting of the CNI that is misspelt, and one of the wrong kind", () => {
  const folder = mkdtempSync(join(tmpdir(), "cli-"));
  writeFileSync(join(folder, "settings.yaml"), "fulMesh: true\nport: many\npeerRouters: [{ address: 192.0.2.1 }]\n");
  const args = ["speakers", "--cni", "kube-router", "--cni-settings", join(folder, "settings.yaml"), "selective"];
  const { code, err } = bgpfabric(args);
  expect(code).toBe(2);
  expect(err).toMatch(/fulMesh: found "fulMesh".*did you mean fullMesh\?/);
  expect(err).toMatch(/port: .*"many" is not a whole number/);
  expect(err).toMatch(/peerRouters\[0\]\.asn: .*required/);
});

test("the settings file tells Cilium a node's gateways and interfaces: a discovered peer, an interface's address", () => {
  const folder = mkdtempSync(join(tmpdir(), "cli-"));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  write(
    "cluster.yaml",
    `
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 10.0.0.11}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPClusterConfig
metadata: {name: all}
spec:
  bgpInstances:
    - name: one
      localASN: 64512
      peers: [{name: tor, peerASN: 64501, autoDiscovery: {mode: DefaultGateway, defaultGateway: {addressFamily: ipv4}}, peerConfigRef: {name: tor}}]
---
apiVersion: cilium.io/v2
kind: CiliumBGPPeerConfig
metadata: {name: tor}
spec: {families: [{afi: ipv4, safi: unicast, advertisements: {matchLabels: {advertise: bgp}}}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPAdvertisement
metadata: {name: loopback, labels: {advertise: bgp}}
spec: {advertisements: [{advertisementType: Interface, interface: {name: dummy0}}]}
`,
  );
  const said = (nodes: string) => {
    const settings = write("settings.yaml", `nodes: {n1: ${nodes}}\n`);
    const args = ["speakers", join(folder, "cluster.yaml"), "--cni", "cilium", "--cni-version", "1.19"];
    return bgpfabric([...args, "--cni-settings", settings]);
  };
  const { code, out, err } = said("{gateways: [10.0.0.1], interfaces: [{name: dummy0, addresses: [10.255.0.1/32]}]}");
  expect([code, err]).toEqual([0, expect.any(String)]);
  expect(out).toContain("10.0.0.1");
  expect(out).toContain("10.255.0.1/32");
  expect(said("{gateway: [10.0.0.1]}").err).toMatch(/nodes\.n1\.gateway: .*did you mean gateways\?/);
});
