/**
 * A CalicoNodeStatus in a real API server, filled by the agent's reporter. BIRD's words are a recording (BIRD 1.6.8, lab
 * 002), printed by a program called birdc; who may write the status is the API server's own word.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "../../../components/agent/api";
import { prepareCluster } from "../../../components/agent/cluster";
import { calico } from "../../../components/agent/cnis/calico";
import { StatusReporter } from "../../../components/agent/cnis/calico/statusReporter";
import { run } from "../../../components/agent/run";
import { type ControlPlane, controlPlane } from "./control-plane";

const BIRDC = `#!/bin/sh
case "$4" in
status) printf 'BIRD 1.6.8\\nRouter ID is 10.10.10.11\\nLast reboot on 2026-11-29 11:19:49\\nDaemon is up and running\\n' ;;
protocols) echo 'Global_10_10_10_1 BGP      master   up     11:19:53    Established' ;;
route) echo '192.168.0.128/26   via 10.10.10.12 on eth1 [kernel1 11:19:51] * (10)' ;;
esac
`;
const STATUSES = "/apis/projectcalico.org/v3/caliconodestatuses";
const folder = mkdtempSync(join(tmpdir(), "birdc-"));
let plane: ControlPlane;
let api: Api;
let reporter: StatusReporter | undefined;

beforeAll(async () => {
  writeFileSync(join(folder, "birdc"), BIRDC);
  chmodSync(join(folder, "birdc"), 0o755);
  process.env["PATH"] = [folder, process.env["PATH"]].join(delimiter);
  plane = await controlPlane();
  const { hostname: host, port } = new URL(plane.server);
  api = new Api({ host, port: Number(port), insecure: true, token: "tok" });
  await prepareCluster(api, [{ cni: calico, installed: { kind: "calico", version: "3.32", settings: {} } }]);
});
afterAll(async () => {
  reporter?.stop();
  await plane.stop();
  rmSync(folder, { recursive: true, force: true });
});

const asked = (name: string, node: string) =>
  api.create(STATUSES, {
    apiVersion: "projectcalico.org/v3",
    kind: "CalicoNodeStatus",
    metadata: { name },
    spec: { node, classes: ["Agent", "BGP", "Routes"], updatePeriodSeconds: 1 },
  });

it("is filled by the node that it names, and no other is", async () => {
  await until(async () => (await plane.request("GET", STATUSES)).code === 200);
  await Promise.all([asked("own", "n1"), asked("other", "n2")]);
  reporter = new StatusReporter(api, "n1", () => ({
    v4: (...words) => run("birdc", ["-s", "/run/bird/bird.ctl", "show", ...words]),
  }));
  const status = async (name: string) => (await api.get<{ status?: object }>(`${STATUSES}/${name}`)).status;
  await until(async () => (await status("own")) !== undefined);
  expect(await status("own")).toMatchObject({
    agent: { birdV4: { state: "Ready", routerID: "10.10.10.11" } },
    bgp: { numberEstablishedV4: 1, peersV4: [{ peerIP: "10.10.10.1", type: "GlobalPeer" }] },
    routes: { routesV4: [{ destination: "192.168.0.128/26", gateway: "10.10.10.12", type: "FIB" }] },
  });
  expect(await status("other")).toBeUndefined();
});

it.each([
  ["list", undefined, true],
  ["watch", undefined, true],
  ["patch", "status", true],
  ["delete", undefined, false],
] as const)("a node may %s them (%s): %s", async (verb, subresource, allowed) => {
  const resourceAttributes = { group: "projectcalico.org", resource: "caliconodestatuses", verb, subresource };
  const review = await plane.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: { user: "system:node:n1", groups: ["system:nodes"], resourceAttributes },
  });
  expect((review.body["status"] as { allowed: boolean }).allowed).toBe(allowed);
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("not within 60 s");
    await delay(200);
  }
}
