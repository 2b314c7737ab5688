/** Manifests as people have them: lists, several documents, other objects between, and mistakes. */
import { describe, expect, test } from "vitest";
import { loadManifests, readDocuments } from "../../components/cni/load";
import { printFault } from "../../components/model/errors";

const load = (text: string) => loadManifests([{ file: "a.yaml", text }]);
const faults = (text: string): string[] => {
  const loaded = load(text);
  return loaded.ok ? [] : loaded.faults.map(printFault);
};

describe("loading manifests", () => {
  test("objects that do not matter to BGP are passed over", () => {
    const loaded = load(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
---
# nothing in this one
---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {rack: a}}`);
    expect(loaded.ok && loaded.value.nodes.map(({ metadata }) => metadata.name)).toEqual(["n1"]);
  });

  test("lists are unfolded, of any kind and of one", () => {
    const loaded = load(`
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Node, metadata: {name: n1}}
---
apiVersion: projectcalico.org/v3
kind: BGPPeerList
items:
  - {metadata: {name: tor}, spec: {peerIP: 10.0.0.1}}`);
    expect(loaded.ok && loaded.value.nodes).toHaveLength(1);
    expect(loaded.ok && loaded.value.resources?.map(({ kind }) => kind)).toEqual(["BGPPeer"]);
  });

  test("of secrets only names and keys are kept", () => {
    const loaded = load(`
apiVersion: v1
kind: Secret
metadata: {name: bgp, namespace: calico-system}
data: {password: c2VjcmV0}`);
    expect(loaded.ok && loaded.value.secrets).toEqual([
      { namespace: "calico-system", name: "bgp", keys: ["password"] },
    ]);
    expect(JSON.stringify(loaded)).not.toContain("c2VjcmV0");
  });

  test("broken YAML is a fault with its line", () => {
    expect(faults("kind: [Node\nmetadata: x")[0]).toMatch(/^a\.yaml:\d+/);
  });

  test("a selector that YAML takes for a tag is refused: it would vanish and the peer become global", () => {
    const text = `
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: tor}
spec:
  peerIP: 10.0.0.1
  nodeSelector: !has(rack)
`;
    expect(faults(text)).toEqual([expect.stringMatching(/^a\.yaml:7:17: .*quote the value$/)]);
  });

  test("an object twice, a document without kind, a label that is no text: all at once", () => {
    const list = faults(`
apiVersion: v1
kind: Node
metadata: {name: n1}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
---
apiVersion: v1
metadata: {name: x}
---
apiVersion: v1
kind: Node
metadata: {name: n2, labels: {rack: 1}}`);
    expect(list).toHaveLength(3);
    expect(list.join("\n")).toContain("kind");
    expect(list.join("\n")).toContain("labels.rack");
    expect(list.join("\n")).toContain("each object once");
  });

  test("a bomb of aliases is refused, not unfolded", () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (let i = 0; i < 8; i++) {
      const [from, to] = [String.fromCharCode(97 + i), String.fromCharCode(98 + i)];
      bomb.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(",")}]`);
    }
    expect(faults(bomb.join("\n"))).toHaveLength(1);
  });

  test("values that are no objects are faults, whatever they are", () => {
    for (const value of ["text", 7, [], [1], true]) {
      const loaded = readDocuments([{ value }]);
      expect(loaded.ok).toBe(false);
    }
    expect(readDocuments([{ value: null }]).ok).toBe(true);
  });
});

describe("where an object stands", () => {
  const list = (more = "") => `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Node
  metadata: { name: a${more} }
- apiVersion: v1
  kind: Node
  metadata:
    name: b
---
apiVersion: v1
kind: Node
metadata: { name: c }
`;
  const linesOf = (text: string) => {
    const loaded = loadManifests([{ file: "cluster.yaml", text }]);
    return loaded.ok
      ? Object.fromEntries(Object.entries(loaded.value.sources ?? {}).map(([name, { line }]) => [name, line]))
      : loaded.faults;
  };

  test("each member of a list has a line of its own", () => {
    expect(linesOf(list())).toEqual({ "Node/a": 4, "Node/b": 7, "Node/c": 12 });
  });

  test("the same where an alias makes the slow reading decide", () => {
    expect(linesOf(list(", labels: &l { x: y }, annotations: *l"))).toEqual({ "Node/a": 4, "Node/b": 7, "Node/c": 12 });
  });

  test("kubectl's JSON", () => {
    const items = ["a", "b"].map((name) => ({ apiVersion: "v1", kind: "Node", metadata: { name } }));
    expect(linesOf(JSON.stringify({ apiVersion: "v1", kind: "List", items }, undefined, 4))).toEqual({
      "Node/a": 5,
      "Node/b": 12,
    });
  });
});

test("eight megabytes are read within seconds", () => {
  const pod = (index: number) => `- apiVersion: v1
  kind: Pod
  metadata: { name: web-${index}, labels: { app: web }, annotations: { note: "${"x".repeat(400)}" } }
  spec: { nodeName: a, containers: [{ name: web, image: "nginx:1.27" }] }
`;
  const pods = Array.from({ length: 14_000 }, (_, index) => pod(index)).join("");
  const text = `apiVersion: v1\nkind: List\nitems:\n${pods}- { apiVersion: v1, kind: Node, metadata: { name: a } }\n`;
  expect(text.length).toBeGreaterThan(8_000_000);
  const before = process.cpuUsage();
  const loaded = loadManifests([{ file: "cluster.yaml", text }]);
  const { user, system } = process.cpuUsage(before);
  expect(loaded.ok && loaded.value.nodes.map(({ metadata }) => metadata.name)).toEqual(["a"]);
  expect((user + system) / 1e6).toBeLessThan(8);
});
