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
