/**
 * The platform's repository of docs/examples under the real engine: both stacks are previewed, the network team's one against
 * a real API server with the cluster's nodes and Calico's objects. That they come up is shown by tests/live/existing.test.ts.
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "../../components/agent/api";
import { prepareCluster } from "../../components/agent/cluster";
import { calico } from "../../components/agent/cnis/calico";
import { missingKinds } from "../../components/agent/readiness";
import { checkout, pack } from "../packed/install";
import { platformRepository } from "../packed/platform";
import { type ControlPlane, controlPlane, until } from "./conformance/control-plane";

const folder = mkdtempSync(join(tmpdir(), "bgpfabric-platform-"));
let repository = "";
let plane: ControlPlane;
let api: Api;

function pulumi(project: "cluster" | "fabric", args: string[], input = ""): Promise<string> {
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: "",
  };
  const all = ["-C", join(repository, project), "--non-interactive", ...args, "--stack", "dev"];
  return new Promise((resolve, reject) => {
    const child = execFile("pulumi", all, { env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`pulumi ${args.join(" ")}: ${stdout}${stderr}`));
    });
    child.stdin?.end(input);
  });
}

const v3 = "projectcalico.org/v3";
const calicos = (plural: string, kind: string, name: string, spec: object) =>
  api.create(`/apis/${v3}/${plural}`, { apiVersion: v3, kind, metadata: { name }, spec });

/** What the cluster team's stack would have made. */
async function shop(): Promise<void> {
  await prepareCluster(api, [{ cni: calico, installed: { kind: "calico", version: "3.32", settings: {} } }]);
  await until("Calico's kinds are served", undefined, async () => (await missingKinds(api)).length === 0);
  for (const [index, name] of ["shop-control-plane", "shop-worker", "shop-worker2"].entries()) {
    await api.create("/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name } });
    await api.patch(`/api/v1/nodes/${name}/status`, {
      status: { addresses: [{ type: "InternalIP", address: `10.30.0.${10 + index}` }] },
    });
  }
  await calicos("ippools", "IPPool", "default-ipv4-ippool", {
    cidr: "10.244.0.0/16",
    disableBGPExport: true,
    vxlanMode: "CrossSubnet",
  });
  await calicos("bgpconfigurations", "BGPConfiguration", "default", {});
  await calicos("clusterinformations", "ClusterInformation", "default", { calicoVersion: "v3.32.0" });
}

beforeAll(async () => {
  execFileSync(process.execPath, [join(checkout, "engine", "prepare.mjs")], { cwd: checkout, stdio: "ignore" });
  execFileSync(process.execPath, [join(checkout, "cli", "bundle.mjs")], { cwd: checkout, stdio: "ignore" });
  mkdirSync(join(folder, "backend"));
  repository = platformRepository(pack(folder));
  plane = await controlPlane();
  const { hostname: host, port } = new URL(plane.server);
  api = new Api({ host, port: Number(port), insecure: true, token: "tok" });
  await shop();
  await pulumi("cluster", ["stack", "init"]);
  await pulumi("fabric", ["stack", "init"]);
  await pulumi("fabric", ["config", "set", "--secret", "kubeconfig"], plane.kubeconfig);
});
afterAll(async () => {
  api.close();
  await plane.stop();
  for (const at of [folder, repository]) rmSync(at, { recursive: true, force: true });
});

it("the cluster team's stack is previewed: three nodes, and the way in for others", async () => {
  const said = await pulumi("cluster", ["preview", "--diff"]);
  expect(said.match(/docker:index\/container:Container: \(create\)/g)).toHaveLength(3);
  expect(said).toMatch(/kubeconfig\s*: (\[secret\]|\[unknown\]|output<string>)/);
});

it("the network team's stack is previewed beside that cluster: its sessions, and nothing of the cluster but patches", async () => {
  // As if the cluster's stack were up: what it hands on is all that the other one reads of it.
  const exported = JSON.parse(await pulumi("cluster", ["stack", "export"])) as { deployment: object };
  const type = "pulumi:pulumi:Stack";
  const urn = `urn:pulumi:dev::platform-cluster::${type}::platform-cluster-dev`;
  const resources = [{ urn, custom: false, type, outputs: { network: "platform-cluster-dev-lan" } }];
  const deployment = { ...exported.deployment, resources };
  await pulumi("cluster", ["stack", "import"], JSON.stringify({ ...exported, deployment }));
  const said = await pulumi("fabric", ["preview", "--diff"]);
  for (const [node, address] of [
    ["shop-worker", "10.30.0.11"],
    ["shop-worker2", "10.30.0.12"],
  ]) {
    expect(said).toContain(`edge-tor 10.30.0.1 - ${node} ${address}: up ebgp AS 65001 - 64512 ipv4`);
  }
  expect(said).toContain("edge-tor 172.30.0.240/28: ebgp via 10.30.0.11 10.30.0.12, path 64512");
  expect(said.match(/docker:index\/container:Container: \(create\)/g)).toHaveLength(1);
  expect(said).toContain("platform-cluster-dev-lan");
});

it("a node that the cluster lacks is reported by the preview, with what it has", async () => {
  await api.delete("/api/v1/nodes/shop-worker2");
  await expect(pulumi("fabric", ["preview"])).rejects.toThrow(
    /shop-worker2.*a node of the cluster: shop-control-plane, shop-worker/s,
  );
});
