/**
 * The agent on a node with a real kubelet, as the pod of a DaemonSet: what a CNI's own agent would do there. It stands on
 * the node's network; Kubernetes' own scheduler, node controller and kube-proxy run beside it.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { EXCLUDE_LABEL } from "../model/labels";
import { Api } from "./api";
import { ClusterAgent, installKinds } from "./cluster";
import { loadCnis } from "./cnis";
import { ready } from "./controlPlane";
import { addDefaultRoute, rackLink, removeDefaultRoute } from "./links";
import { log } from "./log";
import { type Node, PATHS } from "./objects";
import { run } from "./run";
import { type NodeSettings, ownAnnotations, ownBlocks } from "./settings";

/** Holds the node's name; its presence tells that this is a pod. */
export const NODE_VARIABLE = "BGPFABRIC_NODE";
/** Holds the pod's own name. */
export const POD_VARIABLE = "BGPFABRIC_POD";
/** A file NODE.json each. */
export const POD_SETTINGS = "/etc/bgpfabric";
/** Where kubelet finds the CNI's configuration, and the pod mounts it. */
export const CNI_FOLDER = "/etc/cni/net.d";
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
const POLL_MS = 100;

export async function startPod(name: string, stops: (() => Promise<void> | void)[]): Promise<void> {
  const given = JSON.parse(readFileSync(`${POD_SETTINGS}/${name}.json`, "utf8")) as NodeSettings;
  const settings: NodeSettings = { ...given, pod: process.env[POD_VARIABLE] ?? name };
  const authority = readFileSync(`${ACCOUNT}/ca.crt`, "utf8");
  const host = process.env["KUBERNETES_SERVICE_HOST"] ?? settings.apiServer.host;
  const port = Number(process.env["KUBERNETES_SERVICE_PORT"] ?? settings.apiServer.port);
  const api = new Api({ host, port, authority, token: readFileSync(`${ACCOUNT}/token`, "utf8") });
  const cnis = await loadCnis(settings);
  const link = await rackLink(settings.address);
  await removeDefaultRoute({ ipv6: settings.address6 !== undefined });
  for (const router of [settings.defaultRoute, settings.defaultRoute6]) {
    if (router !== undefined) await addDefaultRoute(router);
  }
  // kube-proxy rewrites a service's address on the way out, but the kernel looks for a route first.
  for (const network of settings.serviceNetwork?.split(",") ?? []) {
    // As if the kernel had made it: BIRD takes others' routes for its own and would announce the range twice.
    await run("ip", ["route", "replace", network, "dev", link, "proto", "kernel"]);
  }
  log("agent", `${name}: ${settings.address} on ${link}`);
  await ready(api);
  await describeNode(api, settings);
  const access = { server: `https://${host}:${port}`, authority, identity: { tokenFile: `${ACCOUNT}/token` } };
  if (settings.controlPlane !== undefined) {
    await installKinds(api, cnis);
    const cluster = new ClusterAgent({ api, settings, access, cnis, complete: true });
    stops.unshift(() => cluster.stop());
  }
  const parts = cnis.map(({ cni, installed }) => cni.node({ api, settings, access, cni: installed }));
  stops.unshift(...parts.map((part) => () => part.stop()));
  // The file makes kubelet report the node Ready.
  while (parts.some((part) => part.unready() !== undefined)) await delay(POLL_MS);
  mkdirSync(CNI_FOLDER, { recursive: true });
  writeFileSync(`${CNI_FOLDER}/10-bgpfabric.conflist`, conflist(ownBlocks(settings)));
  log("agent", `${name}: pods get addresses of ${ownBlocks(settings).join(" and ")}`);
}

/** What kubelet does not know of its Node: where it stands, what its CNI notes, which pods' addresses it has. */
async function describeNode(api: Api, settings: NodeSettings): Promise<void> {
  const { name, labels, podBlock } = settings;
  const path = `${PATHS.nodes}/${name}`;
  const { spec } = await api.get<Node>(path);
  await api.patch(path, {
    // kubeadm's, unless the plan has it too: the plan says which nodes announce.
    metadata: { labels: { [EXCLUDE_LABEL]: null, ...labels }, annotations: ownAnnotations(settings) },
    // Kubernetes takes it once.
    ...(spec.podCIDR === undefined ? { spec: { podCIDR: podBlock, podCIDRs: ownBlocks(settings) } } : {}),
  });
}

/** A pod's link and address by the plugins that every distribution has; the routes between nodes are the CNI's. */
export function conflist(podBlocks: readonly string[]): string {
  return JSON.stringify(
    {
      cniVersion: "0.4.0",
      name: "bgpfabric",
      plugins: [
        {
          type: "ptp",
          ipMasq: false,
          ipam: {
            type: "host-local",
            ranges: podBlocks.map((subnet) => [{ subnet }]),
            routes: podBlocks.map((block) => ({ dst: block.includes(":") ? "::/0" : "0.0.0.0/0" })),
          },
        },
        { type: "portmap", capabilities: { portMappings: true } },
      ],
    },
    null,
    2,
  );
}
