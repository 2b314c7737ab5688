/**
 * MetalLB's own controller and speaker under judgement: how they are started on the judge's nodes, and drawn sets of their
 * objects. Here the speaker dials by itself (native); metallbFrr.ts has the backends that configure FRR.
 */
import type { KubernetesObject } from "../../components/cni/objects";
import { definitions } from "../../components/cni/crds";
import { metallbKinds, metallbRunKinds } from "../../components/cni/crds/metallb";
import { readMetallb } from "../../components/cni/metallb";
import { NAMESPACE } from "../../components/cni/metallb/options";
import type { Mode } from "../../components/cni/metallb/types";
import type { Dice } from "../fidelity/dice";
import { NETWORK, SEGMENT } from "./expected";
import { drawNodes, drawRouters } from "./places";
import { drawServices, drawStem } from "./services";
import type { ObjectSet, Plane } from "./set";
import { NODES, ROUTER_ADDRESSES, type World, pathOf } from "./world";

export const VERSION = "0.15";

export const metallbPlane: Plane = {
  title: "MetalLB 0.15.2, native",
  draw: (dice) => draw(dice, "native"),
  start: (world) => start(world, "native"),
  beside: () => [],
  read: reading("native"),
  mayFollow,
  clean: () => Promise.resolve(true),
  apart: () => undefined,
};

export function reading(mode: Mode): Plane["read"] {
  return (objects) => readMetallb(objects, { version: VERSION, mode, segments: [NETWORK], nodes: places() });
}

export function mayFollow(world: World, set: ObjectSet, next: KubernetesObject): boolean {
  return next.kind !== "BGPPeer" || NODES.every(({ name }) => hasRead(world, name, set));
}

/**
 * A speaker keeps its last good configuration, and hears of each kind on a stream of its own: a peer that it sees before the
 * advertisement that spoils the whole would stay. So the peers wait until every speaker has read the rest.
 */
function hasRead(world: World, node: string, { objects }: ObjectSet): boolean {
  const said = world.said(node);
  const others = objects.filter(({ apiVersion, kind }) => apiVersion.startsWith("metallb.io/") && kind !== "BGPPeer");
  return others.every(({ metadata }) => said.includes(`"end reconcile":"${NAMESPACE}/${metadata.name}"`));
}

export function places() {
  return Object.fromEntries(
    NODES.map(({ name, v4, v6 }) => [name, { address: `${v4}/24`, address6: `${v6}/64`, segment: SEGMENT }]),
  );
}

/** `more` are variables of a node's speaker besides. */
export async function start(
  world: World,
  mode: Mode,
  more: (node: string) => Record<string, string> = () => ({}),
): Promise<void> {
  const { api, kubeconfig } = world;
  await world.define(definitions([...metallbKinds, ...metallbRunKinds], VERSION));
  await api.apply(`/api/v1/namespaces/${NAMESPACE}`, {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: NAMESPACE },
  });
  const env = { KUBECONFIG: kubeconfig, METALLB_NAMESPACE: NAMESPACE };
  const controller = ["--webhook-mode=disabled", "--disable-cert-rotation", "--port=7473", "--log-level=info"];
  world.run("controller", "metallb-controller", controller, { env });
  for (const { name } of NODES) {
    const pod = speakerPod(name);
    await api.apply(pathOf(pod), pod);
    const own = {
      ...env,
      ...more(name),
      METALLB_BGP_TYPE: mode,
      METALLB_NODE_NAME: name,
      METALLB_POD_NAME: pod.metadata.name,
      METALLB_HOST: "127.0.0.1",
    };
    world.run(name, "metallb-speaker", ["--port=7472", "--log-level=info"], { node: name, env: own });
  }
}

/** The speaker looks itself up by it; nobody runs it. */
function speakerPod(node: string): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `speaker-${node}`, namespace: NAMESPACE, labels: { app: "metallb", component: "speaker" } },
    spec: {
      nodeName: node,
      automountServiceAccountToken: false,
      containers: [{ name: "speaker", image: "none" }],
    },
  } as KubernetesObject;
}

/** The FRR backends refuse several ASNs on one node: most of their sets have one for all. */
export function draw(dice: Dice, mode: Mode): ObjectSet {
  const myAsns = mode === "native" || dice.chance(0.1) ? MY_ASNS : [dice.pick(MY_ASNS)];
  const routers = drawRouters(
    dice,
    [64501, 64512, 4200000099],
    // The native speaker dials none of the others.
    ROUTER_ADDRESSES.filter((address) => !address.includes(":") || dice.chance(mode === "native" ? 0.1 : 0.6)),
  );
  const nodes = drawNodes(dice);
  for (const node of nodes) {
    if (dice.chance(0.1)) node.metadata.labels = { ...node.metadata.labels, [EXCLUDED]: "" };
  }
  const named = (letter: string, count: number) => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
  const pools = named("pool", dice.between(1, 3));
  const peers = named("peer", dice.between(1, routers.length));
  const ids = dice.chance(0.3) ? { routerID: "9.9.9.9" } : {};
  // Advertisements of one pool with different preferences stop the whole configuration: most sets have one.
  const preference = dice.chance(0.9) ? dice.pick([0, 50, 200]) : undefined;
  // Of different communities for one prefix the speaker sends one: most sets have them alike.
  const alike = dice.chance(0.85) ? communities(dice) : undefined;
  const objects: KubernetesObject[] = [
    ...pools.map((name, index) => pool(dice, name, index)),
    ...peers.map((name, index) => peer(dice, name, routers[index], { ids, mode, myAsns })),
    ...(mode === "native"
      ? []
      : [made("BFDProfile", "v1beta1", "fast", { receiveInterval: 100, detectMultiplier: 5 })]),
    ...named("adv", dice.between(1, 4)).map((name) => advertisement(dice, name, pools, peers, { preference, alike })),
    ...(dice.chance(0.9) ? [aliases(dice)] : []),
    ...drawServices(dice, {
      stem: drawStem(dice),
      classes: ["example.com/other"],
      annotations: () => (dice.chance(0.2) ? { "metallb.io/address-pool": dice.pick(pools) } : {}),
    }),
  ];
  return { routers, nodes, objects: inOrder(dice.shuffle(objects)) };
}

/**
 * A speaker keeps its last good configuration. Peers come last, those that it refuses first among them, so that none of a
 * refused configuration is at work before the whole set is there.
 */
function inOrder(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const rank = (object: KubernetesObject): number => {
    if (object.kind !== "BGPPeer") return 0;
    const { bfdProfile, keepaliveTime } = (object as unknown as { spec: Record<string, unknown> }).spec;
    return bfdProfile !== undefined || keepaliveTime !== undefined ? 1 : 2;
  };
  return [...objects].sort((a, b) => rank(a) - rank(b));
}

const MY_ASNS = [64512, 64513, 4200000001];
const EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";

function made(kind: string, version: string, name: string, spec: object, labels?: Record<string, string>) {
  const metadata = { name, namespace: NAMESPACE, ...(labels === undefined ? {} : { labels }) };
  return { apiVersion: `metallb.io/${version}`, kind, metadata, spec } as KubernetesObject;
}

function pool(dice: Dice, name: string, index: number): KubernetesObject {
  const third = 100 + index;
  const addresses = dice.pick([
    [`198.51.${third}.0/28`],
    [`198.51.${third}.16-198.51.${third}.31`],
    [`198.51.${third}.64/27`, `198.51.${third}.128/30`],
    [`198.51.${third}.7-198.51.${third}.21`],
  ]);
  return made(
    "IPAddressPool",
    "v1beta1",
    name,
    {
      addresses,
      ...(dice.chance(0.15) ? { autoAssign: false } : {}),
      ...(dice.chance(0.15) ? { serviceAllocation: { priority: dice.between(1, 5) } } : {}),
    },
    { tier: dice.pick(["gold", "silver"]) },
  );
}

function nodeSelectors(dice: Dice): object {
  if (!dice.chance(0.3)) return {};
  return {
    nodeSelectors: dice.some(
      [
        { matchLabels: { rack: "a" } },
        { matchLabels: { rack: "b" } },
        { matchExpressions: [{ key: "role", operator: "Exists" }] },
        { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["n1", "n2"] }] },
      ],
      dice.between(1, 2),
    ),
  };
}

function peer(
  dice: Dice,
  name: string,
  router: ObjectSet["routers"][number] | undefined,
  { ids, mode, myAsns }: { ids: object; mode: Mode; myAsns: readonly number[] },
): KubernetesObject {
  const myASN = dice.pick(myAsns);
  const { address = "", asn = 0 } = router ?? {};
  return made("BGPPeer", "v1beta2", name, {
    myASN,
    peerASN: dice.chance(0.92) ? asn : 64999,
    peerAddress: address,
    ...(dice.chance(0.3) ? { holdTime: dice.pick(["9s", "30s", "180s"]) } : {}),
    ...(dice.chance(0.01) ? { keepaliveTime: "3s" } : {}),
    ...(dice.chance(0.9) ? ids : {}),
    ...(dice.chance(0.05) ? { peerPort: 1179 } : {}),
    ...(dice.chance(0.1) && myASN !== asn ? { ebgpMultiHop: true } : {}),
    ...(dice.chance(0.05) ? { password: "correct-horse" } : {}),
    ...(dice.chance(0.01) ? { bfdProfile: "none" } : {}),
    ...(mode === "native" ? {} : ofFrr(dice)),
    ...nodeSelectors(dice),
  });
}

/** What the native speaker refuses. */
function ofFrr(dice: Dice): object {
  return {
    ...(dice.chance(0.2) ? { bfdProfile: "fast" } : {}),
    ...(dice.chance(0.2) ? { enableGracefulRestart: true } : {}),
    ...(dice.chance(0.15) ? { holdTime: "30s", keepaliveTime: dice.pick(["10s", "7s"]) } : {}),
    ...(dice.chance(0.2) ? { connectTime: "5s" } : {}),
    ...(dice.chance(0.15) ? { dualStackAddressFamily: true } : {}),
    ...(dice.chance(0.03) ? { sourceAddress: "10.9.0.11" } : {}),
  };
}

function advertisement(
  dice: Dice,
  name: string,
  pools: string[],
  peers: string[],
  { preference, alike }: { preference: number | undefined; alike: object | undefined },
): KubernetesObject {
  return made("BGPAdvertisement", "v1beta1", name, {
    ...(dice.chance(0.25) ? { aggregationLength: dice.pick([32, 32, 31, 30]) } : {}),
    ...(preference === undefined
      ? { localPref: dice.pick([0, 50, 200]) }
      : preference === 0
        ? {}
        : { localPref: preference }),
    ...(alike ?? communities(dice)),
    ...(dice.chance(0.4) ? { ipAddressPools: dice.some(pools, dice.between(1, pools.length)) } : {}),
    ...(dice.chance(0.2) ? { ipAddressPoolSelectors: [{ matchLabels: { tier: "gold" } }] } : {}),
    ...(dice.chance(0.3) ? { peers: dice.some(peers, dice.between(1, peers.length)) } : {}),
    ...nodeSelectors(dice),
  });
}

function communities(dice: Dice): object {
  if (dice.chance(0.4)) return {};
  return { communities: dice.some(["64512:100", "64512:200", "65535:65281", "one"], dice.between(1, 2)) };
}

function aliases(dice: Dice): KubernetesObject {
  const communities = [{ name: "one", value: dice.chance(0.95) ? "64512:1" : "nonsense" }];
  return made("Community", "v1beta1", "names", { communities });
}
