/**
 * MetalLB's FRR backends under judgement. What the real speaker writes is read as its far end would read it, a frr.conf by
 * FRR's reader and FRRConfiguration objects by frr-k8s', and must mean the same as the objects that it was given. No FRR
 * runs here: fidelity holds the reader and the forecast against it.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Speaker } from "../../components/bgp/network";
import { readMetallb } from "../../components/cni/metallb";
import { NAMESPACE } from "../../components/cni/metallb/options";
import type { KubernetesObject, Node } from "../../components/cni/objects";
import type { CniReading } from "../../components/cni/reading";
import { readFrr } from "../../components/config/frr";
import { NETWORK, SEGMENT } from "./expected";
import { VERSION, draw, mayFollow, places, reading, start } from "./metallb";
import type { Plane } from "./set";
import { NODES, type World } from "./world";

const PID = "/run/judge/reloader.pid";
const CONFIGURATIONS = `/apis/frrk8s.metallb.io/v1beta1/namespaces/${NAMESPACE}/frrconfigurations`;

/** The speaker lets three seconds pass before it writes. */
const LEAST_MS = 8_000;

const fileOf = (node: string): string => `/run/judge/${node}.frr.conf`;

export const metallbFrrPlane: Plane = {
  title: "MetalLB 0.15.2, FRR: frr.conf",
  draw: (dice) => draw(dice, "frr"),
  start: async (world) => {
    // Whom the speaker signals when its file is there.
    world.run("reloader", "sh", ["-c", `trap '' HUP; echo $$ > ${PID}; while :; do sleep 60; done`]);
    await start(world, "frr", (node) => ({ FRR_CONFIG_FILE: fileOf(node), FRR_RELOADER_PID_FILE: PID }));
  },
  beside: () => [],
  read: reading("frr"),
  mayFollow,
  leastMs: LEAST_MS,
  written: () => Promise.resolve(NODES.flatMap(({ name }) => speakerIn(name)).reduce(together, EMPTY)),
  clean: () => Promise.resolve(NODES.every(({ name }) => !textOf(name).includes("neighbor "))),
  apart: () => undefined,
};

export const metallbFrrK8sPlane: Plane = {
  title: "MetalLB 0.15.2, FRR-K8s: FRRConfiguration",
  draw: (dice) => draw(dice, "frr-k8s"),
  start: (world) => start(world, "frr-k8s"),
  beside: () => [],
  read: reading("frr-k8s"),
  mayFollow,
  leastMs: LEAST_MS,
  written: async ({ api }, { nodes }) => ofConfigurations(nodes, (await configurations(api)).items),
  clean: async ({ api }) =>
    (await configurations(api)).items.every((one) => !JSON.stringify(one).includes("neighbors")),
  apart: () => undefined,
};

const EMPTY: CniReading = { speakers: [], segments: [], findings: [] };

function together(all: CniReading, speaker: Speaker): CniReading {
  return { ...all, speakers: [...all.speakers, speaker] };
}

function textOf(node: string): string {
  return existsSync(fileOf(node)) ? readFileSync(fileOf(node), "utf8") : "";
}

/** A speaker where the file has an instance of BGP. Its links are the room's, as FRR finds them, and bgpd runs with -p 0. */
function speakerIn(node: string): Speaker[] {
  const text = textOf(node);
  const place = NODES.find(({ name }) => name === node);
  if (place === undefined || !text.includes("router bgp")) return [];
  const addresses = [`${place.v4}/24`, `${place.v6}/64`];
  const link = `interface eth0\n ip address ${place.v4}/24\n ipv6 address ${place.v6}/64\nexit\n`;
  const { speaker, faults } = readFrr(`${link}${text}`, { name: node, file: fileOf(node), version: "10.5" });
  if (faults.length > 0) {
    throw new Error(
      `${node}: ${faults.map(({ path, found, expected }) => `${path} ${found}: ${expected}`).join("; ")}`,
    );
  }
  return [
    {
      ...speaker,
      role: "node",
      interfaces: [{ name: "eth0", segment: SEGMENT, addresses }],
      bgp: { ...speaker.bgp, listens: false },
    },
  ];
}

function configurations(api: World["api"]): Promise<{ items: KubernetesObject[] }> {
  return api.get(CONFIGURATIONS);
}

/** By another name: the reading leaves out what bears the speaker's, since it reads the objects behind it. */
function ofConfigurations(nodes: Node[], items: readonly KubernetesObject[]): CniReading {
  const resources = items.map((one) => ({
    ...one,
    apiVersion: "frrk8s.metallb.io/v1beta1",
    kind: "FRRConfiguration",
    metadata: { name: `written-${one.metadata.name}`, namespace: NAMESPACE },
  }));
  return readMetallb({ nodes, resources }, { version: VERSION, mode: "frr-k8s", segments: [NETWORK], nodes: places() });
}
