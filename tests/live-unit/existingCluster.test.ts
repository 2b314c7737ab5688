/**
 * A cluster that exists, compared with the program, against an API server of the test's own that answers as a Kubernetes
 * 1.36 with Calico does. That a real one answers so is shown by tests/live/existing.test.ts.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cniOf } from "../../components/cni";
import { installedCalico } from "../../components/cni/calico/installed";
import { apiOf, atContext } from "../../components/live/access";
import { credentialsFor } from "../../components/live/credentials";
import { ExistingCluster, type ExistingClusterInputs } from "../../components/live/existingCluster";

const node = (name: string, address: string, podCIDR: string) => ({
  metadata: { name },
  spec: { podCIDR },
  status: { addresses: [{ type: "InternalIP", address }] },
});
const daemonSet = (image: string) => ({ spec: { template: { spec: { containers: [{ image }] } } } });
const pool = { metadata: { name: "default-ipv4-ippool" }, spec: { cidr: "192.168.0.0/16", vxlanMode: "CrossSubnet" } };

/** What the API server has, by path; what is not here is a 404. */
let objects: Record<string, unknown>;
/** "VERB RESOURCE" that its user may not do. */
let forbidden: string[];
let server: Server;
let port = 0;
let authority = "";
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "existing-"));
  const seed = { secret: Buffer.alloc(32, 3).toString("base64"), issued: "2026-01-01T00:00:00Z" };
  const made = credentialsFor(seed, { name: "n1", address: "127.0.0.1" }, { names: ["127.0.0.1"] });
  authority = Buffer.from(made.authority).toString("base64");
  const { key, certificate } = made.controlPlane?.server ?? { key: "", certificate: "" };
  server = createServer({ key, cert: certificate }, (request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      if (request.headers.authorization !== "Bearer right") {
        response.statusCode = 401;
        return response.end(JSON.stringify({ message: "Unauthorized" }));
      }
      if (request.method === "POST") {
        const { verb, resource } = (
          JSON.parse(body) as { spec: { resourceAttributes: { verb: string; resource: string } } }
        ).spec.resourceAttributes;
        return response.end(JSON.stringify({ status: { allowed: !forbidden.includes(`${verb} ${resource}`) } }));
      }
      const object = objects[request.url ?? ""];
      if (object === undefined) response.statusCode = 404;
      return response.end(JSON.stringify(object ?? { message: "not found" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as { port: number });
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  forbidden = [];
  objects = {
    "/version": { gitVersion: "v1.36.2" },
    "/api/v1/nodes": { items: [node("n1", "10.0.0.11", "192.168.0.0/26"), node("n2", "10.0.0.12", "192.168.0.64/26")] },
    "/api/v1/namespaces/default/services/kubernetes": { spec: { clusterIP: "10.96.0.1" } },
    "/apis/projectcalico.org/v3/clusterinformations/default": { spec: { calicoVersion: "v3.32.1" } },
    "/apis/projectcalico.org/v3/bgpconfigurations/default": {},
    "/apis/projectcalico.org/v3/ippools": { items: [pool] },
  };
});

const kubeconfig = (user: string) => `
current-context: prod
contexts: [{name: prod, context: {cluster: prod, user: operator}}, {name: other, context: {cluster: prod, user: other}}]
clusters: [{name: prod, cluster: {server: "https://127.0.0.1:${port}", certificate-authority-data: ${authority}}}]
users: [{name: operator, user: ${user}}, {name: other, user: {token: wrong}}]
`;
const ofCni = (kind: string, version: string): ExistingClusterInputs["cnis"] => {
  const { shown, rights, shared } = cniOf({ kind }).installed;
  return [{ kind, version, shown, rights, shared }];
};
const poolsLike = (
  ...wanted: { cidr: string; [field: string]: unknown }[]
): NonNullable<ExistingClusterInputs["pools"]> => {
  const { path = "", defaults = {} } = installedCalico.pools ?? {};
  return { path, defaults, wanted };
};
const said = (change: Partial<ExistingClusterInputs> = {}): ExistingClusterInputs => ({
  kubeconfig: kubeconfig("{token: right}"),
  nodes: [
    { name: "n1", address: "10.0.0.11" },
    { name: "n2", address: "10.0.0.12" },
  ],
  serviceNetwork: "10.96.0.0/16",
  cnis: ofCni("calico", "3.32"),
  pools: poolsLike({ cidr: "192.168.0.0/16", vxlanMode: "CrossSubnet", blockSize: 26 }),
  ...change,
});
const faults = async (inputs: ExistingClusterInputs): Promise<string[]> => {
  const { failures = [] } = (await ExistingCluster.check?.({}, inputs)) ?? {};
  return failures.map(({ property, reason }) => `${property}: ${reason}`);
};

describe("a cluster that is as the program says", () => {
  it("passes, with a patch release that the program does not name and fields that Calico leaves out", async () => {
    expect(await faults(said())).toEqual([]);
  });

  it("is not asked while a preview does not know the way in", async () => {
    expect(await faults(said({ kubeconfig: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }))).toEqual([]);
  });

  it("has nothing to change when only the credential is another", async () => {
    const other = said({ kubeconfig: kubeconfig("{token: right, extra: 1}") });
    expect(await ExistingCluster.diff("cluster", said(), other)).toMatchObject({ changes: false });
  });
});

describe("a cluster that is not as the program says", () => {
  it("tells everything at once", async () => {
    objects["/api/v1/nodes"] = { items: [node("n1", "10.0.0.21", "192.168.9.0/26"), node("n3", "10.0.0.13", "")] };
    objects["/apis/projectcalico.org/v3/clusterinformations/default"] = { spec: { calicoVersion: "v3.30.2" } };
    objects["/apis/projectcalico.org/v3/ippools"] = {
      items: [{ ...pool, spec: { ...pool.spec, ipipMode: "Always" } }],
    };
    delete objects["/apis/projectcalico.org/v3/bgpconfigurations/default"];
    forbidden = ["patch nodes", "delete bgppeers"];
    const [first, ...rest] = said().nodes;
    const told = await faults(
      said({
        serviceNetwork: "10.97.0.0/16",
        nodes: [{ name: "n1", address: first?.address ?? "", podBlock: "192.168.0.0/26" }, ...rest],
      }),
    );
    expect(told).toEqual([
      'nodes: found "n1 at 10.0.0.11", expected its InternalIP, 10.0.0.21',
      'existing.podBlocks: found "192.168.0.0/26 for n1", expected its podCIDR 192.168.9.0/26',
      'nodes: found "n2", expected a node of the cluster: n1, n3',
      "nodes: found nothing, expected n3 among them: the cluster has it, and a forecast without one of the nodes is none",
      'services: found "10.97.0.0/16", expected the prefix of the cluster\'s services, 10.96.0.1 among them',
      'cni.version: found "3.32", expected 3.30.2, which the cluster has',
      'cni: found "ipipMode Never", expected Always, as the pool default-ipv4-ippool has it',
      expect.stringMatching(
        /^existing: .*bgpconfigurations\/default is not in the cluster: make one with an empty spec/,
      ),
      "existing.kubeconfig: its user may not patch nodes; docs/existing-clusters.md has the role that it needs",
      "existing.kubeconfig: its user may not delete bgppeers.projectcalico.org; docs/existing-clusters.md has the role that it needs",
    ]);
  });

  it("has pods elsewhere", async () => {
    expect(await faults(said({ pools: poolsLike({ cidr: "10.244.0.0/16" }) }))).toEqual([
      'pods: found "10.244.0.0/16", expected the range of one of the CNI\'s pools: 192.168.0.0/16',
    ]);
  });

  it.each([
    ["cilium", "1.18", "kube-system/daemonsets/cilium", "quay.io/cilium/cilium:v1.19.1@sha256:00"],
    ["metallb", "0.15", "metallb-system/daemonsets/speaker", "quay.io/metallb/speaker:v0.16.0"],
    ["kube-router", "2.5", "kube-system/daemonsets/kube-router", "docker.io/cloudnativelabs/kube-router:v2.6.0"],
  ])("runs %s in another version than %s", async (kind, version, place, image) => {
    objects[`/apis/apps/v1/namespaces/${place}`] = daemonSet(image);
    expect(await faults(said({ cnis: ofCni(kind, version), pools: poolsLike() }))).toEqual([
      expect.stringMatching(new RegExp(`^cni\\.version: found "${version}", expected \\d+\\.\\d+\\.\\d+, which`)),
    ]);
  });

  it("runs another CNI", async () => {
    expect(await faults(said({ cnis: ofCni("cilium", "1.19"), pools: poolsLike() }))).toEqual([
      'cni: found "cilium", expected a CNI that the cluster has: none of /apis/apps/v1/namespaces/kube-system/daemonsets/cilium',
    ]);
  });
});

describe("the way in", () => {
  /** A credential plugin as a cloud's own: it prints what the test wants, and fails where that is nothing. */
  const plugin = (prints: string): string => {
    const file = join(folder, `plugin-${Math.random()}`);
    writeFileSync(file, `#!/bin/sh\n${prints}\n`);
    chmodSync(file, 0o755);
    return `{exec: {apiVersion: client.authentication.k8s.io/v1, command: ${file}, args: [get-token], env: [{name: TOKEN, value: right}], installHint: install the cloud's program}}`;
  };
  const credential = '{"kind": "ExecCredential", "status": {"token": "\'$TOKEN\'"}}';

  it("may be a credential plugin's token, asked as kubectl asks", async () => {
    const prints = `[ "$1" = get-token ] && echo "$KUBERNETES_EXEC_INFO" | grep -q '"interactive":false' && echo '${credential}'`;
    const api = await apiOf(kubeconfig(plugin(prints)));
    expect(await api.get("/version")).toEqual({ gitVersion: "v1.36.2" });
    api.close();
    expect(await faults(said({ kubeconfig: kubeconfig(plugin(prints)) }))).toEqual([]);
  });

  it.each([
    ["that fails", "echo 'not signed in' >&2; exit 1", /plugin .* failed: not signed in\ninstall the cloud's program$/],
    ["that prints no credential", "echo token", /printed no ExecCredential with a status$/],
    ["that prints no status", `echo '{"kind": "ExecCredential"}'`, /printed no ExecCredential with a status$/],
  ])("with a plugin %s is told, and nothing else", async (_what, prints, why) => {
    const told = await faults(said({ kubeconfig: kubeconfig(plugin(prints)) }));
    expect(told).toEqual([expect.stringMatching(why)]);
  });

  it("with another context is another user", async () => {
    const told = await faults(said({ kubeconfig: atContext(kubeconfig("{token: right}"), "other") }));
    expect(told).toEqual([
      expect.stringMatching(/^kubeconfig: the cluster's API does not answer: .*401 Unauthorized$/),
    ]);
  });

  it("to a cluster that does not answer is told once", async () => {
    const dead = kubeconfig("{token: right}").replace(`:${port}`, ":1");
    expect(await faults(said({ kubeconfig: dead }))).toEqual([expect.stringContaining("API does not answer")]);
  });
});
