/**
 * A cluster that another stack made, by StackReference, with the rights that docs/existing-clusters.md lists and no more:
 * up, changed, destroyed, and the cluster is as it was. Its two stacks are docs/examples/platform, from the packed tarball.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { Api, type ApiObject } from "../../components/agent/api";
import { readKubeconfig } from "../../components/live/kubeconfig";
import { dockerShell } from "../../components/live/reach/docker";
import { output } from "../../components/live/shell";
import { orThrow } from "../../components/model/errors";
import { checkout, pack } from "../packed/install";
import { platformRepository } from "../packed/platform";

/** "existing", or "existing-kind": the cluster that is there runs on kind then. */
const STACK = process.env["BGPFABRIC_STACK"] ?? "existing";
const folder = mkdtempSync(join(tmpdir(), "bgpfabric-existing-"));
let repository = "";
let api: Api;
let before: unknown;

/** Of one of the two projects; fails with what it printed. */
const pulumi = (project: "cluster" | "fabric", ...args: string[]): string => {
  const all = ["-C", join(repository, project), "--non-interactive", ...args, "--stack", STACK];
  const { status, stdout, stderr } = spawnSync("pulumi", all, { encoding: "utf8" });
  if (status !== 0) throw new Error(`pulumi ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
};

const sessions = async (): Promise<string[]> => {
  const text = await output(dockerShell(`platform-fabric-${STACK}-edge-tor`), [
    ...["vtysh", "-c", "show bgp ipv4 unicast summary json"],
  ]);
  const { peers = {} } = JSON.parse(text) as { peers?: Record<string, { state: string }> };
  return Object.keys(peers).filter((peer) => peers[peer]?.state === "Established");
};

/** What a fabric may leave behind: labels and annotations of nodes, and every object of Calico's API. */
async function leftOn(cluster: Api): Promise<unknown> {
  const found: unknown[] = [];
  for (const path of [
    "/api/v1/nodes",
    ...["bgppeers", "bgpfilters", "ippools", "bgpconfigurations"].map((kind) => `/apis/projectcalico.org/v3/${kind}`),
  ]) {
    const { items } = await cluster.get<{ items: (ApiObject & { spec: unknown })[] }>(path);
    found.push(items.map(({ metadata: { name, labels, annotations }, spec }) => ({ name, labels, annotations, spec })));
  }
  return found;
}

/** A user who has the role of the docs alone. */
async function limited(cluster: Api, kubeconfig: string): Promise<string> {
  const page = readFileSync(join(checkout, "docs/existing-clusters.md"), "utf8");
  const role = parse(/```yaml\n(.*?)```/s.exec(page)?.[1] ?? "") as ApiObject;
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "bgpfabric", namespace: "default" } };
  await cluster.create("/api/v1/namespaces/default/serviceaccounts", account);
  await cluster.create(`${rbac}/clusterroles`, role);
  await cluster.create(`${rbac}/clusterrolebindings`, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "bgpfabric" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
    subjects: [{ kind: "ServiceAccount", name: "bgpfabric", namespace: "default" }],
  });
  const { status } = await cluster.create<{ status: { token: string } }>(
    "/api/v1/namespaces/default/serviceaccounts/bgpfabric/token",
    { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } },
  );
  const config = parse(kubeconfig) as { users: { user: object }[] };
  for (const one of config.users) one.user = { token: status.token };
  return stringify(config);
}

beforeAll(async () => {
  repository = platformRepository(pack(folder));
  pulumi("cluster", "stack", "init");
  if (STACK.endsWith("-kind")) pulumi("cluster", "config", "set", "runtime", "kind");
  pulumi("cluster", "up", "--yes", "--skip-preview");
  const kubeconfig = pulumi("cluster", "stack", "output", "kubeconfig", "--show-secrets").trim();
  api = new Api(orThrow(readKubeconfig(kubeconfig)));
  const user = await limited(api, kubeconfig);
  before = await leftOn(api);
  pulumi("fabric", "stack", "init");
  pulumi("fabric", "config", "set", "--secret", "kubeconfig", user);
  // A kind cluster takes minutes where much else runs.
}, 1_200_000);

afterAll(() => {
  for (const project of ["fabric", "cluster"] as const) {
    try {
      pulumi(project, "destroy", "--yes", "--skip-preview");
      pulumi(project, "stack", "rm", "--yes");
    } catch (error) {
      // The stack was never made: what failed before is the finding.
      process.stderr.write(`${project}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  api.close();
  for (const at of [folder, repository]) rmSync(at, { recursive: true, force: true });
}, 300_000);

describe("a fabric beside a cluster that another stack owns", { timeout: 300_000 }, () => {
  it("is refused, with everything that differs, before anything of the cluster is changed", async () => {
    const path = "/apis/projectcalico.org/v3/ippools/default-ipv4-ippool";
    await api.patch(path, { spec: { disableBGPExport: false } });
    try {
      expect(() => pulumi("fabric", "preview")).toThrow(
        /disableBGPExport true.*as the pool default-ipv4-ippool has it/s,
      );
    } finally {
      await api.patch(path, { spec: { disableBGPExport: true } });
    }
  });

  it("comes up with the rights of the docs alone: two sessions, and the second preview changes nothing", async () => {
    pulumi("fabric", "up", "--yes", "--skip-preview");
    expect((await sessions()).sort()).toEqual(["10.30.0.11", "10.30.0.12"]);
    pulumi("fabric", "preview", "--refresh", "--expect-no-changes");
  });

  it("changes: one speaker more is one session more, by a label on a node", async () => {
    pulumi("fabric", "config", "set", "speakers", '["shop-worker", "shop-worker2", "shop-control-plane"]');
    pulumi("fabric", "up", "--yes", "--skip-preview");
    expect((await sessions()).sort()).toEqual(["10.30.0.10", "10.30.0.11", "10.30.0.12"]);
  });

  it("leaves the cluster as it was when it is destroyed", async () => {
    expect(await leftOn(api)).not.toEqual(before);
    pulumi("fabric", "destroy", "--yes", "--skip-preview");
    expect(await leftOn(api)).toEqual(before);
  });
});
