/**
 * Unrecorded: what the kubernetes plugin does where no recording of the official one exists (refresh, delete, waits,
 * cancellation, Patch conflicts, an unreachable cluster), on a real API server with its controllers. It proves that an
 * operator finds what pulumi-kubernetes documents; not that every word is the official plugin's.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { controlPlane, until, type Answer, type ControlPlane } from "../conformance/control-plane";
import { Stack } from "../conformance/replay";

let plane: ControlPlane;
let stack: Stack;
const pods = "/api/v1/namespaces/default/pods";
const maps = "/api/v1/namespaces/default/configmaps";
const apply = "application/apply-patch+yaml";
const merge = "application/merge-patch+json";
const status = ({ body }: Answer): Record<string, unknown> => (body["status"] ?? {}) as Record<string, unknown>;
const labels = ({ body }: Answer): Record<string, string> =>
  (body["metadata"] as { labels?: Record<string, string> }).labels ?? {};
const get = (path: string): Promise<Answer> => plane.request("GET", path);

const crd = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "gadgets.test.example" },
  spec: {
    group: "test.example",
    scope: "Cluster",
    names: { kind: "Gadget", plural: "gadgets", singular: "gadget" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", properties: { size: { type: "integer", maximum: 10 } } },
              status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        },
      },
    ],
  },
};
const gadgets = "/apis/test.example/v1/gadgets";

beforeAll(async () => {
  plane = await controlPlane();
  await plane.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd);
  await plane.request("POST", "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name: "node1" } });
  await until("gadgets are served", undefined, async () => (await get(gadgets)).code === 200);
});
afterAll(async () => plane.stop());
beforeEach(async () => {
  stack = await Stack.make("unrecorded", ["kubernetes"]);
  stack.write({ "kubeconfig.yaml": plane.kubeconfig });
});
afterEach(async () => {
  await stack.pulumi(["destroy", "--yes", "--skip-preview"]);
  await stack.remove();
});

/** A program whose resources are `body`, on a provider with further arguments. */
const program = (body: string, provider = ""): void =>
  stack.write({
    "index.js": `
      const k8s = require("@pulumi/kubernetes"), pulumi = require("@pulumi/pulumi"), fs = require("fs");
      const p = new k8s.Provider("p", { kubeconfig: pulumi.secret(fs.readFileSync("kubeconfig.yaml", "utf8")),
        clusterIdentifier: "test", ${provider} });
      const o = { provider: p };
      ${body}`,
  });

async function up(): Promise<string> {
  const { exit, out, err } = await stack.pulumi(["up", "--yes", "--skip-preview"]);
  expect(exit, out + err).toBe(0);
  return out + err;
}
/** What a run that has to fail says. */
async function failingUp(): Promise<string> {
  const { exit, out, err } = await stack.pulumi(["up", "--yes", "--skip-preview"]);
  expect(exit, out + err).not.toBe(0);
  return out + err;
}
/** The operations that a preview plans, but for what stays the same. */
async function planned(): Promise<Record<string, string>> {
  const { exit, out, err } = await stack.pulumi(["preview", "--json"]);
  expect(exit, out + err).toBe(0);
  const { steps } = JSON.parse(out.slice(out.indexOf("{"))) as { steps: { op: string; urn: string }[] };
  const changes = steps.filter(({ op }) => op !== "same");
  return Object.fromEntries(changes.map(({ op, urn }) => [urn.split("::").pop() ?? "", op]));
}

const map = (name: string, data: Record<string, string>): string =>
  `new k8s.core.v1.ConfigMap("${name}", { metadata: { name: "${name}" }, data: ${JSON.stringify(data)} }, o);`;

describe("drift (unrecorded)", () => {
  it("an object changed by hand is a difference after refresh, and up repairs it", async () => {
    program(map("drifts", { k: "v" }), `enableConfigMapMutable: true`);
    await up();
    await plane.request("PATCH", `${maps}/drifts`, { data: { k: "by hand" } }, merge);
    expect((await stack.update("refresh")).exit).toBe(0);
    expect((await stack.state())[1]?.outputs).toMatchObject({ data: { k: "by hand" } });
    expect(await planned()).toEqual({ drifts: "update" });
    await plane.request("PATCH", `${maps}/drifts`, { data: { k: "v" } }, merge);
    expect((await stack.update("refresh")).exit).toBe(0);
    expect(await planned()).toEqual({});
  });

  it("an object deleted by hand leaves the state with refresh, and up makes it again", async () => {
    program(map("vanishes", { k: "v" }) + map("stays", { k: "v" }));
    await up();
    await plane.request("DELETE", `${maps}/vanishes`);
    await stack.update("refresh");
    expect((await stack.state()).map(({ urn }) => urn.split("::").pop())).toEqual(["p", "stays"]);
    await up();
    expect((await get(`${maps}/vanishes`)).code).toBe(200);
  });

  it("two ways to write one thing are no difference: quantities, empty fields, text for bytes", async () => {
    program(`
      new k8s.core.v1.Pod("pod", { metadata: { name: "loose", labels: {}, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { hostNetwork: false, automountServiceAccountToken: false, containers: [{ name: "c", image: "i", args: [],
          resources: { requests: { cpu: "1000m", memory: "1024Mi" }, limits: { cpu: 2, memory: "1.5Gi" } } }] } }, o);
      new k8s.core.v1.Secret("s", { metadata: { name: "loose" }, stringData: { a: "plain" }, data: { b: "eHk=" } }, o);`);
    await up();
    expect(await planned()).toEqual({});
    expect((await stack.update("refresh")).exit).toBe(0);
    expect(await planned()).toEqual({});
  });
});

describe("delete (unrecorded)", () => {
  it("destroy leaves nothing, and an object that is gone already is no error", async () => {
    program(map("goes", { k: "v" }) + map("gone", { k: "v" }));
    await up();
    await plane.request("DELETE", `${maps}/gone`);
    expect((await stack.update("destroy")).exit).toBe(0);
    expect((await get(`${maps}/goes`)).code).toBe(404);
    expect(await stack.state()).toEqual([]);
  });

  it("waits for what a finalizer holds back, says so when the time is up, and goes on in the next run", async () => {
    program(`new k8s.core.v1.ConfigMap("held", { metadata: { name: "held", finalizers: ["test.example/hold"],
      annotations: { "pulumi.com/timeoutSeconds": "2" } } }, o);`);
    await up();
    const { exit, out } = await stack.pulumi(["destroy", "--yes", "--skip-preview"]);
    expect(exit).not.toBe(0);
    expect(out).toMatch(/finalizers might be preventing deletion \(.*test\.example\/hold/);
    expect(out).toMatch(/timed out waiting for the condition/);
    await plane.request("PATCH", `${maps}/held`, { metadata: { finalizers: null } }, merge);
    expect((await stack.update("destroy")).exit).toBe(0);
    expect((await get(`${maps}/held`)).code).toBe(404);
  });
});

describe("Patch resources (unrecorded)", () => {
  const patch = (body: string): string =>
    `new k8s.core.v1.NodePatch("np", { metadata: { name: "node1", ${body} } }, o);`;

  it("destroying a NodePatch takes its labels away and leaves those of others", async () => {
    await plane.request("PATCH", "/api/v1/nodes/node1", { metadata: { labels: { theirs: "1" } } }, merge);
    program(patch(`labels: { "bgp-peer": "true" }`));
    await up();
    expect(labels(await get("/api/v1/nodes/node1"))).toEqual({ theirs: "1", "bgp-peer": "true" });
    expect((await stack.update("destroy")).exit).toBe(0);
    expect(labels(await get("/api/v1/nodes/node1"))).toEqual({ theirs: "1" });
  });

  it("a field that another manager holds is refused by that manager's name; patchForce takes it", async () => {
    const theirs = { apiVersion: "v1", kind: "Node", metadata: { labels: { rack: "r1" } } };
    await plane.request("PATCH", "/api/v1/nodes/node1?fieldManager=somebody-else&force=true", theirs, apply);
    program(patch(`labels: { rack: "r2" }`));
    const refused = await failingUp();
    expect(refused).toMatch(/conflict/);
    expect(refused).toMatch(/"somebody-else".*\.metadata\.labels\.rack/s);
    expect(labels(await get("/api/v1/nodes/node1"))["rack"]).toBe("r1");
    program(patch(`labels: { rack: "r2" }, annotations: { "pulumi.com/patchForce": "true" }`));
    await up();
    expect(labels(await get("/api/v1/nodes/node1"))["rack"]).toBe("r2");
  });

  it("a patch of a cluster-wide custom resource needs no namespace and previews clean", async () => {
    await plane.request("POST", gadgets, {
      apiVersion: "test.example/v1",
      kind: "Gadget",
      metadata: { name: "shared" },
    });
    program(`new k8s.apiextensions.CustomResourcePatch("cp", { apiVersion: "test.example/v1", kind: "Gadget",
      metadata: { name: "shared" }, spec: { size: 3 } }, o);`);
    await up();
    expect((await get(`${gadgets}/shared`)).body["spec"]).toEqual({ size: 3 });
    expect(await planned()).toEqual({});
    expect((await stack.update("destroy")).exit).toBe(0);
    expect((await get(`${gadgets}/shared`)).body["spec"]).toBeUndefined();
  });
});

const gadget = (name: string, annotations: Record<string, string>, size = 1): string =>
  `new k8s.apiextensions.CustomResource("${name}", { apiVersion: "test.example/v1", kind: "Gadget",
    metadata: { name: "${name}", annotations: ${JSON.stringify(annotations)} }, spec: { size: ${size} } }, o);`;
const setStatus = (name: string, value: unknown): Promise<Answer> =>
  plane.request("PATCH", `${gadgets}/${name}/status`, { status: value }, merge);

describe("waiting (unrecorded)", () => {
  it("waitFor holds the run until the path has the value and the condition is true", async () => {
    program(
      gadget("waits", {
        "pulumi.com/waitFor": JSON.stringify(["jsonpath={.status.sessions}=2", "condition=Established"]),
      }),
    );
    const running = up();
    let over = false;
    void running.finally(() => (over = true)).catch(() => undefined);
    await until("the gadget is made", undefined, async () => (await get(`${gadgets}/waits`)).code === 200);
    await setStatus("waits", { sessions: 1, conditions: [{ type: "Established", status: "True" }] });
    await setStatus("waits", { sessions: 2, conditions: [{ type: "Established", status: "False" }] });
    expect(over).toBe(false);
    await setStatus("waits", { conditions: [{ type: "Established", status: "True" }] });
    await running;
    const [, made] = await stack.state();
    expect(made?.outputs).toMatchObject({ status: { sessions: 2 } });
  });

  it("what is not ready in its time is an error, is in the state, and the next run goes on with it", async () => {
    const annotations = { "pulumi.com/waitFor": "jsonpath={.status.phase}=Up", "pulumi.com/timeoutSeconds": "2" };
    program(gadget("late", annotations));
    expect(await failingUp()).toMatch(/'late' timed out waiting to be Ready/);
    const { uid } = (await get(`${gadgets}/late`)).body["metadata"] as { uid: string };
    expect((await stack.state())[1]?.initErrors?.length).toBeGreaterThan(0);
    await setStatus("late", { phase: "Up" });
    await up();
    expect((await stack.state())[1]?.initErrors ?? []).toEqual([]);
    expect((await get(`${gadgets}/late`)).body["metadata"]).toMatchObject({ uid });
  });

  it("an expression that is none is an error that says what one looks like", async () => {
    program(gadget("wrong", { "pulumi.com/waitFor": "jsonpath=.status.phase=Up" }));
    expect(await failingUp()).toMatch(/should be wrapped in brackets/);
  });

  it("Ctrl-C while waiting leaves the object in the state, and the next run goes on with it", async () => {
    program(gadget("stopped", { "pulumi.com/waitFor": "jsonpath={.status.phase}=Up" }));
    const child = spawn("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive"], {
      cwd: stack.folder,
      env: stack.env,
      stdio: "ignore",
    });
    const ended = new Promise<number | null>((done) => child.once("exit", done));
    await until("the gadget is made", undefined, async () => (await get(`${gadgets}/stopped`)).code === 200);
    const { uid } = (await get(`${gadgets}/stopped`)).body["metadata"] as { uid: string };
    child.kill("SIGINT");
    expect(await ended).not.toBe(0);
    expect((await stack.state())[1]?.id).toBe("stopped");
    await setStatus("stopped", { phase: "Up" });
    await up();
    expect((await get(`${gadgets}/stopped`)).body["metadata"]).toMatchObject({ uid });
  });

  it("a Deployment is waited for until its pod is ready, its Service until the endpoints rest, a destroy until the pod ended", async () => {
    program(`
      const labels = { app: "web" };
      new k8s.apps.v1.Deployment("d", { metadata: { name: "web" }, spec: { selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } } } }, o);
      new k8s.core.v1.Service("svc", { metadata: { name: "web" }, spec: { selector: labels, ports: [{ port: 80 }] } }, o);`);
    const running = up();
    void running.catch(() => undefined);
    let pod = "";
    await until("the pod is made", undefined, async () => {
      const [first] = (await get(`${pods}?labelSelector=app%3Dweb`)).body["items"] as { metadata: { name: string } }[];
      pod = first?.metadata.name ?? "";
      return pod !== "";
    });
    // What a scheduler and a kubelet would report.
    const moment = new Date().toISOString().replace(/\.\d+Z/, "Z");
    const binding = {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name: pod },
      target: { kind: "Node", name: "node1" },
    };
    await plane.request("POST", `${pods}/${pod}/binding`, binding);
    const conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map((type) => ({
      type,
      status: "True",
      lastTransitionTime: moment,
    }));
    const podStatus = { phase: "Running", podIP: "192.0.2.1", podIPs: [{ ip: "192.0.2.1" }], conditions };
    await plane.request("PATCH", `${pods}/${pod}/status`, { status: podStatus }, merge);
    await running;
    const deployment = await get("/apis/apps/v1/namespaces/default/deployments/web");
    expect(status(deployment)["availableReplicas"]).toBe(1);

    // The delete is in the foreground: it ends when the pod has ended, which a kubelet would report.
    const destroying = stack.update("destroy");
    await until("the pod is told to end", undefined, async () => {
      const metadata = (await get(`${pods}/${pod}`)).body["metadata"] as { deletionTimestamp?: string };
      return metadata.deletionTimestamp !== undefined;
    });
    expect((await get("/apis/apps/v1/namespaces/default/deployments/web")).code).toBe(200);
    await plane.request("DELETE", `${pods}/${pod}?gracePeriodSeconds=0`);
    expect((await destroying).exit).toBe(0);
    expect((await get("/apis/apps/v1/namespaces/default/deployments/web")).code).toBe(404);
  });
});

describe("replacement (unrecorded)", () => {
  it("what cannot change in place replaces, all else updates: clusterIP, a selector, a name", async () => {
    const service = (clusterIP: string, type: string): string => `new k8s.core.v1.Service("svc", {
      metadata: { name: "fixed", annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { clusterIP: "${clusterIP}", type: "${type}", ports: [{ port: 80 }] } }, o);`;
    const deployment = (app: string): string => `new k8s.apps.v1.Deployment("d", {
      metadata: { name: "fixed", annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { replicas: 0, selector: { matchLabels: { app: "${app}" } },
        template: { metadata: { labels: { app: "${app}" } }, spec: { containers: [{ name: "c", image: "i" }] } } } }, o);`;
    program(service("10.96.7.7", "ClusterIP") + deployment("a"));
    await up();
    program(service("10.96.7.8", "ClusterIP") + deployment("b"));
    expect(await planned()).toEqual({ svc: "replace", d: "replace" });
    program(service("10.96.7.7", "NodePort") + deployment("a"));
    expect(await planned()).toEqual({ svc: "update" });
  });

  it("a preview asks the API server: what its schema refuses fails before anything is changed", async () => {
    program(gadget("checked", {}, 11));
    const { exit, out } = await stack.pulumi(["preview"]);
    expect(exit).not.toBe(0);
    expect(out).toMatch(/spec\.size.*less than or equal to 10/);
    expect((await get(`${gadgets}/checked`)).code).toBe(404);
  });
});

describe("the provider's arguments (unrecorded)", () => {
  it("with the same clusterIdentifier a new kubeconfig replaces nothing; with another one all is replaced", async () => {
    program(map("kept", { k: "v" }));
    await up();
    const elsewhere = plane.server.replace("127.0.0.1", "localhost");
    stack.write({ "kubeconfig.yaml": plane.kubeconfig.replace(plane.server, elsewhere) });
    expect(await planned()).toEqual({ p: "update" });
    program(map("kept", { k: "v" }), `clusterIdentifier: "another"`);
    expect(await planned()).toMatchObject({ p: "replace", kept: "replace" });
  });

  it("upsertExistingObjects creates over what is there", async () => {
    await plane.request("POST", maps, { metadata: { name: "there" }, data: { theirs: "1" } });
    program(map("there", { ours: "1" }), `upsertExistingObjects: true`);
    await up();
    expect((await get(`${maps}/there`)).body["data"]).toEqual({ ours: "1", theirs: "1" });
  });

  it("client-side apply: an update changes what the program changed and nothing else", async () => {
    program(map("csa", { a: "1", b: "1" }), `enableServerSideApply: false, enableConfigMapMutable: true`);
    await up();
    expect(labels(await get(`${maps}/csa`))).toEqual({ "app.kubernetes.io/managed-by": "pulumi" });
    await plane.request("PATCH", `${maps}/csa`, { data: { theirs: "1" } }, merge);
    program(map("csa", { a: "2" }), `enableServerSideApply: false, enableConfigMapMutable: true`);
    await up();
    expect((await get(`${maps}/csa`)).body["data"]).toEqual({ a: "2", theirs: "1" });
    expect(await planned()).toEqual({});
  });

  it("what only the official plugin has is refused by its name", async () => {
    program(map("refused", {}), `renderYamlToDirectory: "out"`);
    expect(await failingUp()).toMatch(
      /argument renderYamlToDirectory is not supported.*the official kubernetes plugin has it/,
    );
    program(`new k8s.helm.v3.Release("r", { chart: "nginx" }, o);`);
    expect(await failingUp()).toMatch(/helm\.sh\/v3:Release is not supported.*the official kubernetes plugin has it/);
  });

  it("an unreachable cluster is said, previews still plan, and the state can be let go of", async () => {
    program(map("lost", { k: "v" }));
    await up();
    stack.write({ "kubeconfig.yaml": plane.kubeconfig.replace(plane.server, "https://127.0.0.1:1") });
    program(map("lost", { k: "other" }));
    expect(await planned()).toMatchObject({ lost: "replace" });
    expect(await failingUp()).toMatch(/configured Kubernetes cluster is unreachable/);
    const env = { PULUMI_K8S_DELETE_UNREACHABLE: "true" };
    const released = await stack.pulumi(["destroy", "--yes", "--skip-preview", "--run-program"], env);
    expect(released.exit, released.out).toBe(0);
    expect(await stack.state()).toEqual([]);
    expect((await plane.request("DELETE", `${maps}/lost`)).code).toBe(200);
  });
});

describe("secrets (unrecorded)", () => {
  it("the contents of a Secret and every secret input are ciphertext in the state and never shown", async () => {
    program(`
      new k8s.core.v1.Secret("s", { metadata: { name: "quiet" }, stringData: { password: "hunter-two" } }, o);
      new k8s.core.v1.ConfigMap("c", { metadata: { name: "quiet" }, data: { k: pulumi.secret("hunter-three"), l: "x" } }, o);`);
    const said = await up();
    const exported = (await stack.pulumi(["stack", "export"])).out;
    const events = readFileSync(join(stack.folder, "index.js"), "utf8");
    expect(events).toContain("hunter-two"); // the program itself says it: the search below can find it
    for (const hidden of ["hunter-two", "hunter-three", Buffer.from("hunter-two").toString("base64")])
      expect(said + exported).not.toContain(hidden);
    expect(exported).toContain('"l": "x"');
  });
});
