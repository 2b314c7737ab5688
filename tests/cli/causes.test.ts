/** The cause that `diff` names is what a person changed, in the words of the file it was changed in. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bgpfabric, examples } from "./command";

const cwd = mkdtempSync(join(tmpdir(), "causes-"));
afterAll(() => rmSync(cwd, { recursive: true }));
cpSync(join(examples, "ci/main"), join(cwd, "main"), { recursive: true });

/** What `diff` prints of main against a copy with one file changed. */
function changed(name: string, file: string, change: (text: string) => string): string {
  cpSync(join(cwd, "main"), join(cwd, name), { recursive: true });
  const path = join(cwd, name, file);
  const before = readFileSync(path, "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
  return bgpfabric(["diff", "main", name], { cwd }).out;
}

test("a router that goes takes its sessions and all of its routes, and nothing else is named for it", () => {
  const out = changed(
    "gone",
    "bgpfabric.yaml",
    () => "clusters:\n  - { cni: calico, version: '3.32', manifests: [cluster.yaml] }\n",
  );
  const causes = [...out.matchAll(/^ +because (.*)$/gm)].map((match) => match[1]);
  expect(causes.length).toBeGreaterThan(1);
  for (const cause of causes) expect(cause).toMatch(/^tor1 is gone/);
});

test("a range that a BGPConfiguration gets is the cause of each node's route for it", () => {
  const out = changed("range", "cluster.yaml", (text) =>
    text.replace(/(serviceLoadBalancerIPs:\n)(\s+- )cidr: \S+\n/, "$&$2cidr: 172.16.1.0/28\n"),
  );
  expect(out).toContain("BGPConfiguration/default: spec.serviceLoadBalancerIPs gets 172.16.1.0/28");
  expect(out).toContain("because BGPConfiguration/default: spec.serviceLoadBalancerIPs gets 172.16.1.0/28");
  expect(out).not.toContain("static route");
});

test("routes to one prefix name it in their cause", () => {
  const network = (statement: string) => (text: string) =>
    text.replace(/( address-family ipv4 unicast\n)/, `$1${statement}`);
  const base = "ip route 10.50.0.0/16 blackhole\n";
  const text = readFileSync(join(cwd, "main/tor1.conf"), "utf8") + base;
  cpSync(join(cwd, "main"), join(cwd, "with"), { recursive: true });
  writeFileSync(join(cwd, "with/tor1.conf"), network("  network 10.50.0.0/16\n")(text));
  cpSync(join(cwd, "with"), join(cwd, "without"), { recursive: true });
  writeFileSync(join(cwd, "without/tor1.conf"), text);
  const { out } = bgpfabric(["diff", "with", "without"], { cwd });
  expect(out).toContain("because tor1: network 10.50.0.0/16 is gone");
  expect(out).not.toContain("*");
});

test("a file that is added beside a snapshot's files is not read, and that is said", () => {
  cpSync(join(cwd, "main"), join(cwd, "added"), { recursive: true });
  writeFileSync(join(cwd, "added/peers.yaml"), "apiVersion: projectcalico.org/v3\n");
  const ran = bgpfabric(["diff", "main", "added"], { cwd });
  expect(ran.err).toBe("bgpfabric: note: added/peers.yaml: not read, bgpfabric.yaml does not name it\n");
});

test("an object that is there twice names both places", () => {
  const ran = bgpfabric(["speakers", "--cni", "calico", "main/cluster.yaml", "main/cluster.yaml"], { cwd });
  expect(ran.err).toMatch(
    /^bgpfabric: main\/cluster\.yaml:2: .*each object once: main\/cluster\.yaml:2 has it already$/m,
  );
  expect(ran.code).toBe(2);
});

test("objects that make no Node a speaker: the fault says what is wrong with them", () => {
  const node = "apiVersion: v1\nkind: Node\nmetadata: { name: w1, labels: { rack: r0 } }\n";
  const peer =
    "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata: { name: tor, namespace: metallb-system }\nspec: { myASN: 64512, peerASN: 65001, peerAddress: 10.0.1.1, nodeSelectors: [{ matchLabels: { rack: r1 } }] }\n";
  writeFileSync(join(cwd, "m.yaml"), `${node}---\n${peer}`);
  const ran = bgpfabric(["forecast", "--cni", "metallb", "m.yaml"], { cwd });
  expect(ran.err).toMatch(/^bgpfabric: m\.yaml: found "1 Node and 1 other object of interest".*; m\.yaml:5: BGPPeer/);
  expect(ran.code).toBe(2);
});

test("kube-router's passwords stand in annotations: no Secret is asked for, and no value is shown", () => {
  const annotations = Object.entries({ ips: "10.0.1.1", asns: "65001", passwords: "aHVudGVyMg==" })
    .map(([key, value]) => `kube-router.io/peer.${key}: "${value}"`)
    .join(", ");
  writeFileSync(
    join(cwd, "k.yaml"),
    `apiVersion: v1\nkind: Node\nmetadata: { name: w1, annotations: { kube-router.io/node.asn: "64512", ${annotations} } }\nstatus: { addresses: [{ type: InternalIP, address: 10.0.1.2 }] }\n`,
  );
  const { out } = bgpfabric(["rules", "--cni", "kube-router", "k.yaml"], { cwd });
  expect(out).toContain("kube-router/annotation-deprecated");
  expect(out).not.toMatch(/Secret|aHVu|hunter2/);
});

test("a node that goes is gone, once", () => {
  cpSync(join(cwd, "main"), join(cwd, "fewer"), { recursive: true });
  const edit = (file: string, change: (text: string) => string): void =>
    writeFileSync(join(cwd, "fewer", file), change(readFileSync(join(cwd, "main", file), "utf8")));
  edit("links.yaml", (text) => text.replace(", worker4:eth0", ""));
  edit("cluster.yaml", (text) =>
    text
      .split("---\n")
      .filter((part) => !/name: worker4\b/.test(part))
      .join("---\n"),
  );
  expect(bgpfabric(["diff", "main", "fewer"], { cwd }).out).toMatch(/^ {2}worker4 is gone$/m);
});

test("explain says once why a packet is dropped", () => {
  const { out, code } = bgpfabric(["explain", "main", "--from", "tor1", "--to", "8.8.8.8"], { cwd });
  expect(out).toBe("tor1 to 8.8.8.8: dropped\n  1  tor1: tor1 has no route to 8.8.8.8\n");
  expect(code).toBe(1);
});

test("what falls with a session names what ended that session, and not the nearest reason", { timeout: 60_000 }, () => {
  const fabric = join(__dirname, "fabric17");
  for (const name of ["wide", "narrow"]) {
    for (const file of ["leaf1", "leaf2", "leaf3", "spine1", "spine2"].map((each) => `${each}.conf`)) {
      cpSync(join(fabric, file), join(cwd, name, file));
    }
    for (const file of ["links.yaml", "cal"]) cpSync(join(fabric, file), join(cwd, name, file), { recursive: true });
    expect(bgpfabric(["init", name], { cwd }).code).toBe(0);
  }
  const leaf = join(cwd, "narrow/leaf1.conf");
  writeFileSync(leaf, readFileSync(leaf, "utf8").replace("maximum-prefix 500", "maximum-prefix 2"));
  const { out } = bgpfabric(["diff", "wide", "narrow"], { cwd, patience: 60_000 });
  // leaf1 ends four sessions; fourteen between nodes of rack 1 and the others lose their way with them.
  expect(out).toContain("sessions: 18 lost");
  const causes = [...out.matchAll(/^ +because (.*)$/gm)].map((match) => match[1]);
  for (const cause of causes) {
    expect(cause).toMatch(/^leaf1: peer group K8S IPv4 maximum prefix limit is now 2, was 500/);
  }
  expect(out).toMatch(/-- r2n1 10\.0\.2\.11, .* and 12 more: lost/);
});
