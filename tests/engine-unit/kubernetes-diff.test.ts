/**
 * Which difference an edit makes and whether it replaces, by the table of pulumi-kubernetes' own tests (4.32,
 * pkg/provider/diff_test.go: the cases are facts from there). It does not prove what the API server makes of an update.
 */
import { describe, expect, it } from "vitest";
import { forceNew, identity } from "../../engine/plugins/kubernetes/forcenew";
import { detailed, mergePatch } from "../../engine/plugins/kubernetes/patch";
import { contains, parsePath, showPath } from "../../engine/plugins/kubernetes/propertypath";
import { unknown, type Value, type Values } from "../../engine/plugins/values";

const frozen = { configMaps: false, secrets: false };
const mutable = { configMaps: true, secrets: true };
/** As official test cases give them: the patch between two objects of a kind, "input" where the old inputs are meant. */
function difference(kind: string, before: Values, after: Values, mutability = frozen): Record<string, string> {
  const [apiVersion = "", name = ""] = kind.split(" ");
  const object = { apiVersion, kind: name };
  const fields = forceNew({ ...object, ...after }, mutability);
  const changes = detailed(mergePatch(before, after), before, after, before, fields);
  return Object.fromEntries([...changes].map(([path, { kind: k, input }]) => [path, input ? `${k} (input)` : k]));
}
const containers = (...list: Value[]): Values => ({ spec: { containers: list } });

describe("what an edit changes, and whether it replaces", () => {
  const cases: [name: string, kind: string, before: Values, after: Values, want: Record<string, string>][] = [
    [
      "a frozen field added",
      "v1 PersistentVolumeClaim",
      { spec: {} },
      { spec: { accessModes: {} } },
      { "spec.accessModes": "add-replace" },
    ],
    [
      "a frozen field deleted",
      "v1 PersistentVolumeClaim",
      { spec: { accessModes: {} } },
      { spec: {} },
      { "spec.accessModes": "delete-replace (input)" },
    ],
    [
      "a container's image",
      "v1 Pod",
      containers({ name: "nginx", image: "nginx" }),
      containers({ name: "nginx", image: "nginx:1.15-alpine" }),
      { "spec.containers[0].image": "update-replace" },
    ],
    [
      "the second container's image, with the group spelled out",
      "core/v1 Pod",
      containers({ name: "a", image: "nginx" }, { name: "b", image: "nginx" }),
      containers({ name: "a", image: "nginx" }, { name: "b", image: "nginx:1" }),
      { "spec.containers[1].image": "update-replace" },
    ],
    [
      "a field of a container that is not frozen, beside one that is",
      "v1 Pod",
      containers({ name: "nginx", image: "nginx", dnsPolicy: "Default" }),
      containers({ name: "nginx", image: "nginx:1", dnsPolicy: "None" }),
      { "spec.containers[0].dnsPolicy": "update", "spec.containers[0].image": "update-replace" },
    ],
    [
      "a field of a list's element deleted",
      "v1 Pod",
      containers({ name: "nginx", dnsPolicy: "Default" }),
      containers({ name: "nginx" }),
      { "spec.containers[0].dnsPolicy": "delete (input)" },
    ],
    [
      "an element of a list deleted",
      "v1 Pod",
      containers({ name: "nginx" }),
      containers(),
      { "spec.containers[0]": "delete (input)" },
    ],
    [
      "a claim grows in place",
      "v1 PersistentVolumeClaim",
      { spec: { resources: { requests: { storage: "10Gi" } } } },
      { spec: { resources: { requests: { storage: "20Gi" } } } },
      { "spec.resources.requests.storage": "update" },
    ],
    [
      "a ConfigMap's data",
      "v1 ConfigMap",
      { data: { property1: "3" } },
      { data: { property1: "4" } },
      { "data.property1": "update-replace" },
    ],
    [
      "a Secret's data",
      "v1 Secret",
      { data: { property1: "3" } },
      { data: { property1: "4" } },
      { "data.property1": "update-replace" },
    ],
    [
      "a value that the plan does not know, changed",
      "v1 Pod",
      containers({ name: "nginx", image: "nginx" }),
      containers({ name: "nginx", image: unknown }),
      { "spec.containers[0].image": "update-replace" },
    ],
    [
      "a value that the plan does not know, added",
      "v1 Pod",
      containers({ name: "nginx" }),
      containers({ name: "nginx", image: unknown }),
      { "spec.containers[0].image": "add-replace" },
    ],
    [
      "a custom resource with a null taken away",
      "tekton.dev/v1beta1 Pipeline",
      { taskSpec: { spec: null, steps: [{ name: "something" }] } },
      { taskSpec: { steps: [{ name: "something-else" }] } },
      { "taskSpec.spec": "delete (input)", "taskSpec.steps[0].name": "update" },
    ],
  ];
  it.each(cases)("%s", (_name, kind, before, after, want) => {
    expect(difference(kind, before, after)).toEqual(want);
  });

  it("ConfigMaps and Secrets change in place where the provider says so, but for a Secret's type and immutable ones", () => {
    const [three, four] = [{ data: { property1: "3" } }, { data: { property1: "4" } }];
    for (const kind of ["v1 ConfigMap", "v1 Secret"]) {
      expect(difference(kind, three, four, mutable)).toEqual({ "data.property1": "update" });
      const immutable = difference(kind, { ...three, immutable: true }, { ...four, immutable: true }, mutable);
      expect(immutable).toEqual({ "data.property1": "update-replace" });
    }
    expect(difference("v1 Secret", { type: "a" }, { type: "Opaque" }, mutable)).toEqual({ type: "update-replace" });
  });

  it("an object's identity replaces for every kind, a custom resource's fields never do", () => {
    const named = (name: string): Values => ({ metadata: { name, namespace: name }, spec: { selector: name } });
    expect(difference("crd.projectcalico.org/v1 BGPPeer", named("a"), named("b"))).toEqual({
      "metadata.name": "update-replace",
      "metadata.namespace": "update-replace",
      "spec.selector": "update",
    });
    expect(forceNew({ apiVersion: "crd.projectcalico.org/v1", kind: "BGPPeer" }, frozen)).toEqual(identity);
  });
});

describe("property paths", () => {
  it.each([
    [["metadata", "labels", "a.b/c"], 'metadata.labels["a.b/c"]'],
    [["spec", "ports", 0, "name"], "spec.ports[0].name"],
    [["metadata", "annotations", 'say "hi"[0]'], 'metadata.annotations["say \\"hi\\"[0]"]'],
  ])("%j is written %s and read back", (path, text) => {
    expect(showPath(path)).toBe(text);
    expect(parsePath(text)).toEqual(path);
  });
  it("a path holds what lies under it, a star every element", () => {
    const inner = ["spec", "ports", 3, "name"];
    expect(contains(["spec"], inner)).toBe(true);
    expect(contains(["spec", "ports", "*"], inner)).toBe(true);
    expect(contains(["spec", "ports", 2], inner)).toBe(false);
    expect(contains([...inner, "x"], inner)).toBe(false);
  });
  it("what is no path is none", () => {
    expect(parsePath("a[")).toBeUndefined();
  });
});
