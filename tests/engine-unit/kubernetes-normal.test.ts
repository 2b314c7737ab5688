/**
 * Inputs in normal form: quantities as apimachinery's documentation and tests give them (pkg/api/resource), fields by
 * Kubernetes' types. That an API server writes the same is shown by ../engine/plugins/kubernetes.test.ts.
 */
import { describe, expect, it } from "vitest";
import { normalised, prune } from "../../engine/plugins/kubernetes/normal";
import { canonicalQuantity } from "../../engine/plugins/kubernetes/quantity";
import { unknown } from "../../engine/plugins/values";

describe("quantities in the form of the API server", () => {
  it.each([
    ["0", "0"],
    ["0.0", "0"],
    ["1000m", "1"],
    ["0.5", "500m"],
    ["1.5", "1500m"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["1Ki", "1Ki"],
    ["1024", "1024"],
    ["1000k", "1M"],
    ["100m", "100m"],
    ["0.001", "1m"],
    ["1n", "1n"],
    ["0.5n", "1n"],
    ["12e6", "12e6"],
    ["1E3", "1e3"],
    ["12000000", "12M"],
    ["-1.5", "-1500m"],
    ["0.5Ki", "512"],
    ["+1", "1"],
  ])("%s is %s", (given, want) => {
    expect(canonicalQuantity(given)).toBe(want);
  });
  it.each(["", "Gi", "1.2.3", "1 Gi", "1XB", "abc"])("%j is no quantity", (given) => {
    expect(canonicalQuantity(given)).toBeUndefined();
  });
});

describe("inputs in normal form", () => {
  const pod = (spec: Record<string, never>) => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec });
  it("empty values that the API leaves out are left out, those behind pointers stay, unknown fields go", () => {
    const given = {
      hostNetwork: false,
      automountServiceAccountToken: false,
      nodeName: "",
      terminationGracePeriodSeconds: 0,
      nodeSelector: {},
      containers: [{ name: "c", args: [], stdin: false, tty: true }],
      noSuchField: 1,
    };
    expect(normalised(pod(given as never))["spec"]).toEqual({
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "c", tty: true }],
    });
  });
  it("an object with a value of the wrong type stays as it is, so that the API server says what is wrong", () => {
    const given = pod({ hostNetwork: "yes", nodeName: "" } as never);
    expect(normalised(given)).toEqual(given);
  });
  it("an object that the plan does not know wholly, and a custom resource, keep their form", () => {
    const part = pod({ nodeName: "", hostname: unknown } as never);
    expect(normalised(part)).toEqual(part);
    const custom = { apiVersion: "conf.example/v1", kind: "Pod", spec: { empty: "", limits: { cpu: "1000m" } } };
    expect(normalised(custom)).toEqual(custom);
  });
  it("a Secret's text is written into its data, over what is there; base64 loses its line breaks", () => {
    const secret = { apiVersion: "v1", kind: "Secret", stringData: { a: "old" }, data: { a: "eA==", b: "eHk=" } };
    expect(normalised(secret)).toEqual({ apiVersion: "v1", kind: "Secret", data: { a: "b2xk", b: "eHk=" } });
    expect(normalised({ ...secret, stringData: {}, data: { b: "eH\nk=" } })["data"]).toEqual({ b: "eHk=" });
  });
  it("what only the API server writes is no input", () => {
    const metadata = {
      name: "x",
      uid: "u",
      resourceVersion: "1",
      generation: 2,
      managedFields: [],
      labels: { a: "b" },
    };
    expect(normalised({ apiVersion: "a/v1", kind: "B", metadata })["metadata"]).toEqual({
      name: "x",
      labels: { a: "b" },
    });
  });
});

describe("a live object cut down to its inputs", () => {
  it("keeps the fields that the inputs have, at every depth and by position in lists", () => {
    const live = { a: 1, b: { c: 2, d: 3 }, list: [{ x: 1, y: 2 }, { x: 3 }], extra: 4 };
    const inputs = { a: 9, b: { c: 9 }, list: [{ x: 9 }] };
    expect(prune(live, inputs)).toEqual({ a: 1, b: { c: 2 }, list: [{ x: 1 }] });
  });
  it("keeps a value whole whose type is another than the input's", () => {
    expect(prune({ a: { b: 1 }, l: ["x", "y"] }, { a: "text", l: [{ z: 1 }] })).toEqual({ a: { b: 1 }, l: ["x", "y"] });
  });
});
