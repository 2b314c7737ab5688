/**
 * A Calico node whose BIRD is killed, beside a switch that runs FRR: how many of the node's prefixes the switch still
 * has while no BIRD runs. Prints one JSON line; `--off` takes graceful restart out of the configuration, to compare.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { promisify } from "node:util";
import type { Network, Speaker } from "../../components/bgp/network";
import { readCalico } from "../../components/cni/calico";
import type { KubernetesObject, Node } from "../../components/cni/objects";
import { FRR8 } from "./build";
import { namespaceOf, start, stop, type Lab } from "./lab";
import { readAll } from "./read";
import { enter, mountRoots } from "./sandbox";

const run = promisify(execFile);
/** How long the switch is watched after the kill: BIRD comes back within a second or two where something restarts it. */
const WATCHED = 4000;
const PREFIXES = ["10.244.1.0/26", "172.16.0.240/28"];

const node: Node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "n1", annotations: { "projectcalico.org/IPv4Address": "10.0.0.11/24" } },
  spec: { podCIDR: "10.244.1.0/26", podCIDRs: ["10.244.1.0/26"] },
};
const object = (kind: string, name: string, spec: object): KubernetesObject =>
  ({ apiVersion: "projectcalico.org/v3", kind, metadata: { name }, spec }) as KubernetesObject;

function network(gracefulRestart: boolean): Network {
  const { speakers, segments } = readCalico({
    nodes: [node],
    resources: [
      object("BGPConfiguration", "default", {
        nodeToNodeMeshEnabled: false,
        serviceLoadBalancerIPs: [{ cidr: "172.16.0.240/28" }],
      }),
      object("IPPool", "pods", { cidr: "10.244.0.0/16" }),
      object("BGPPeer", "tor", { peerIP: "10.0.0.1", asNumber: 64501 }),
    ],
  });
  const tor: Speaker = {
    name: "tor",
    dialect: FRR8,
    asn: 64501,
    routerId: "10.0.0.1",
    interfaces: [{ name: "eth0", segment: "10.0.0.0/24", addresses: ["10.0.0.1/24"] }],
    bgp: { ebgpRequiresPolicy: false },
    neighbors: [{ address: "10.0.0.11", remoteAs: 64512, timers: { connectRetry: 3 } }],
  };
  const nodes = speakers.map((speaker) => ({ ...speaker, bgp: { ...speaker.bgp, gracefulRestart } }));
  return { version: 1, speakers: [tor, ...nodes], segments };
}

/** How many of the node's prefixes the switch has in its kernel. */
async function held(lab: Lab): Promise<number> {
  const live = await readAll(lab);
  return PREFIXES.filter((prefix) => (live["tor"]?.kernel[prefix] ?? []).length > 0).length;
}

async function main(): Promise<void> {
  enter();
  const { BGPFABRIC_BOOKWORM: bookworm } = process.env;
  if (bookworm === undefined || !existsSync(bookworm)) throw new Error("BGPFABRIC_BOOKWORM names no root file system");
  const lab = await start("gr", network(!process.argv.includes("--off")), mountRoots({ bookworm }));
  try {
    const until = Date.now() + 60_000;
    while ((await held(lab)) < PREFIXES.length && Date.now() < until) await after(500);
    const before = await held(lab);
    const { stdout } = await run("ip", ["netns", "pids", namespaceOf(lab, 1)]);
    for (const pid of stdout.split("\n").filter((text) => text !== "")) process.kill(Number(pid), "SIGKILL");
    // The node is down for readAll now, whose daemon answers no more: only the switch is asked.
    const killed: Lab = { ...lab, network: { ...lab.network, speakers: lab.network.speakers.slice(0, 1) } };
    const end = Date.now() + WATCHED;
    let least = before;
    while (Date.now() < end) {
      least = Math.min(least, await held(killed));
      await after(250);
    }
    process.stdout.write(`${JSON.stringify({ before, least })}\n`);
  } finally {
    await stop(lab);
  }
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(2);
  },
);
