/**
 * The provider's own arguments: which change means another cluster (facts of pulumi-kubernetes 4.32's tests,
 * provider_diffconfig_test.go), what a kubeconfig says, what is refused.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseCondition } from "../../engine/plugins/kubernetes/await/conditions";
import { markSecrets } from "../../engine/plugins/kubernetes/checkpoint";
import { diffConfig } from "../../engine/plugins/kubernetes/config";
import { access, readKubeconfig } from "../../engine/plugins/kubernetes/kubeconfig";
import { settings } from "../../engine/plugins/kubernetes/settings";
import type { DiffRequest } from "../../engine/plugins/plugin";
import { isSecret, secret, unknown, type Values } from "../../engine/plugins/values";

const folder = mkdtempSync(join(tmpdir(), "bgpfabric-kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kubeconfig = (server = "https://one.test"): string => `
clusters:
  - {name: c1, cluster: {server: "${server}"}}
  - {name: c2, cluster: {server: "https://two.test", insecure-skip-tls-verify: true}}
users: [{name: u, user: {token: t0ken}}]
contexts:
  - {name: context1, context: {cluster: c1, user: u}}
  - {name: context2, context: {cluster: c2, user: u, namespace: n}}
current-context: context1
`;
const replaced = (olds: Values, news: Values): readonly string[] | undefined =>
  diffConfig({ olds, news } as DiffRequest).replaces;

describe("another cluster replaces all, another way to the same one nothing", () => {
  const before = { kubeconfig: kubeconfig() };
  const moved = { kubeconfig: kubeconfig("https://elsewhere.test") };
  it("no change is none", () => {
    expect(diffConfig({ olds: before, news: before } as unknown as DiffRequest)).toEqual({ changes: false });
  });
  it("the active cluster's server: replaced, unless the clusterIdentifier is the same as before", () => {
    expect(replaced(before, moved)).toEqual(["kubeconfig"]);
    expect(replaced({ ...before, clusterIdentifier: "x" }, { ...moved, clusterIdentifier: "x" })).toEqual([]);
    expect(replaced({ ...before, clusterIdentifier: "x" }, { ...moved, clusterIdentifier: "y" })).toEqual([
      "clusterIdentifier",
      "kubeconfig",
    ]);
  });
  it("clusterIdentifier alone: replaced when changed, not when it comes or goes", () => {
    expect(replaced({}, { clusterIdentifier: "x" })).toEqual([]);
    expect(replaced({ clusterIdentifier: "x" }, {})).toEqual([]);
    expect(replaced({ clusterIdentifier: "x" }, { clusterIdentifier: "y" })).toEqual(["clusterIdentifier"]);
  });
  it("another user, path or first kubeconfig of the same cluster: not replaced", () => {
    expect(replaced(before, { kubeconfig: kubeconfig().replace("t0ken", "other") })).toEqual([]);
    const [one, two] = ["one", "two"].map((name) => join(folder, name));
    for (const path of [one, two]) writeFileSync(path ?? "", kubeconfig());
    expect(replaced({ kubeconfig: one ?? "" }, { kubeconfig: two ?? "" })).toEqual([]);
    expect(replaced({}, before)).toEqual([]);
  });
  it("context and cluster: replaced when they lead to another cluster, not when they lead nowhere", () => {
    const with_ = (more: Values): Values => ({ ...before, ...more });
    expect(replaced(with_({ context: "context1" }), with_({ context: "context2" }))).toEqual(["context"]);
    expect(replaced(with_({ context: "context1" }), with_({ context: "other" }))).toEqual([]);
    expect(replaced(with_({ cluster: "c1" }), with_({ cluster: "c2" }))).toEqual(["cluster"]);
    expect(replaced(with_({ cluster: "c1" }), with_({ cluster: "other" }))).toEqual([]);
  });
  it("what the plan does not know yet may be another cluster", () => {
    expect(replaced(before, { kubeconfig: unknown })).toEqual(["kubeconfig"]);
    expect(replaced(before, { kubeconfig: secret(unknown) })).toEqual(["kubeconfig"]);
  });
});

describe("kubeconfigs", () => {
  it("contents, an object and a path mean the same", () => {
    const path = join(folder, "config");
    writeFileSync(path, kubeconfig());
    const wanted = { server: "https://one.test", namespace: "default", token: "t0ken" };
    const object = { ...readKubeconfig(kubeconfig()) };
    expect(access(object, {})).toMatchObject(wanted);
    expect(access(readKubeconfig(path), {})).toMatchObject(wanted);
    const json = JSON.stringify({
      clusters: [{ name: "c", cluster: { server: "https://j.test/" } }],
      contexts: [{ name: "x", context: { cluster: "c" } }],
      "current-context": "x",
    });
    expect(access(readKubeconfig(json), {})).toMatchObject({ server: "https://j.test" });
    expect(access(readKubeconfig(JSON.parse(json) as Values), {})).toMatchObject({ server: "https://j.test" });
  });
  it("the context, the cluster and the namespace can be overridden", () => {
    const config = readKubeconfig(kubeconfig());
    expect(access(config, { context: "context2" })).toMatchObject({ server: "https://two.test", namespace: "n" });
    expect(access(config, { cluster: "c2", namespace: "mine" })).toMatchObject({
      server: "https://two.test",
      namespace: "mine",
      tls: { rejectUnauthorized: false },
    });
  });
  it("what does not exist is named, and no error quotes the contents", () => {
    expect(() => access(readKubeconfig(kubeconfig()), { context: "nope" })).toThrow('context "nope" does not exist');
    expect(() => readKubeconfig("token: [hunter-two")).toThrow(/^(?!.*hunter-two).*neither/);
  });
});

describe("settings", () => {
  it("arguments arrive as JSON text and win over the environment", () => {
    const env = { PULUMI_K8S_DELETE_UNREACHABLE: "true", PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY: "false" };
    expect(settings({}, {})).toMatchObject({ serverSideApply: true, deleteUnreachable: false, upsert: false });
    expect(settings({}, env)).toMatchObject({ serverSideApply: false, deleteUnreachable: true });
    expect(settings({ deleteUnreachable: "false", enableServerSideApply: "true" }, env)).toMatchObject({
      serverSideApply: true,
      deleteUnreachable: false,
    });
    expect(settings({ kubeClientSettings: '{"timeout":7,"qps":1}' }, {}).requestSeconds).toBe(7);
  });
  it.each(["renderYamlToDirectory", "alwaysRender", "rejectUnknownResources"])("%s is refused by name", (name) => {
    expect(() => settings({ [name]: "true" }, {})).toThrow(new RegExp(`${name} is not supported.*official`));
  });
});

describe("pulumi.com/waitFor", () => {
  const object = {
    metadata: { generation: 2 },
    status: {
      observedGeneration: 2,
      phase: "Up",
      n: 3,
      sessions: [{ to: "a" }],
      conditions: [{ type: "Ready", status: "True" }],
    },
  };
  it.each([
    ["jsonpath={.status.phase}=Up", true],
    ["jsonpath={.status.phase}=Down", false],
    ["jsonpath={.status.phase}", true],
    ["jsonpath={.status.other}", false],
    ["jsonpath={.status.n}=3", true],
    ["jsonpath={ $.status.sessions[0].to }=a", true],
    ["jsonpath={.status.sessions}", true],
    ["jsonpath={.status[?@ == 'Up' || @ == 'Done']}", true],
    ["jsonpath={.status.conditions[?(@.type=='Ready')].status}=True", true],
    ["condition=Ready", true],
    ["condition=ready=true", true],
    ["condition=Ready=False", false],
    ["condition=Other", false],
  ])("%s: %s", (expression, want) => {
    expect(parseCondition(expression).holds(object)).toBe(want);
  });
  it("a status of an older generation counts for nothing", () => {
    const stale = { ...object, metadata: { generation: 3 } };
    expect(parseCondition("jsonpath={.status.phase}=Up").holds(stale)).toBe(false);
    expect(parseCondition("condition=Ready").holds(stale)).toBe(false);
  });
  it.each([
    ["Ready", /prefix/],
    ["jsonpath=.status", /wrapped in brackets/],
    ["jsonpath={.status}=", /requires a value/],
    ["jsonpath='{.status}'", /shell quotes/],
    ["jsonpath={.a}=b=c", /format should be/],
    ["jsonpath={.status[}", /parsing/],
  ])("%s is refused", (expression, message) => {
    expect(() => parseCondition(expression)).toThrow(message);
  });
});

describe("secrets of the inputs in the outputs", () => {
  it("are marked at the same place; a list with one is secret whole; a Secret's contents always are", () => {
    const inputs = { spec: { key: secret("k"), plain: "p", list: [{ a: secret(1) }] } };
    const spec = (
      markSecrets({ kind: "X", spec: { key: "k", plain: "p", list: [{ a: 1 }] } }, inputs) as { spec: Values }
    ).spec;
    expect([isSecret(spec["key"]), isSecret(spec["plain"]), isSecret(spec["list"])]).toEqual([true, false, true]);
    const marked = markSecrets({ kind: "Secret", data: { a: "b" }, metadata: { name: "n" } }, {});
    expect([isSecret(marked["data"]), isSecret(marked["metadata"])]).toEqual([true, false]);
  });
});
