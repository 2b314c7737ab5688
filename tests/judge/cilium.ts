/**
 * Cilium's own agent and operator under judgement: how they are started on the judge's nodes, and drawn sets of their
 * objects. Left out because nothing in the room answers: Interface advertisements, DefaultGateway discovery, pod pools.
 */
import { execFileSync } from "node:child_process";
import type { KubernetesObject } from "../../components/cni/objects";
import { readCilium } from "../../components/cni/cilium";
import { ciliumNodeOf } from "../../components/agent/cnis/cilium/ciliumNode";
import type { Dice } from "../fidelity/dice";
import { NETWORK, SEGMENT } from "./expected";
import { drawNodes, drawRouters } from "./places";
import { APPS, drawServices, drawStem } from "./services";
import type { ObjectSet, Plane } from "./set";
import { NODES, type World } from "./world";

const PROGRAM = "cilium-bgp";
const GROUP = "/apis/cilium.io/v2";

export const ciliumPlane: Plane = {
  title: "Cilium 1.19.0",
  draw,
  start,
  beside: (node) => {
    const one = ciliumNodeOf(node as Parameters<typeof ciliumNodeOf>[0]);
    return [{ ...one, apiVersion: "cilium.io/v2", kind: "CiliumNode" }];
  },
  read: (objects) => readCilium(objects, { version: "1.19", segments: [NETWORK], nodes: places() }),
  clean: async ({ api }) => {
    const { items } = await api.get<{ items: object[] }>(`${GROUP}/ciliumbgpnodeconfigs`);
    return items.length === 0;
  },
  apart: ({ findings }) =>
    findings.some(({ id }) => id === "cilium/conflicting-cluster-config")
      ? "two cluster configurations select one node: the first to be seen keeps it"
      : undefined,
};

function places() {
  return Object.fromEntries(
    NODES.map(({ name, v4, v6 }) => [name, { address: `${v4}/24`, address6: `${v6}/64`, segment: SEGMENT }]),
  );
}

async function start(world: World): Promise<void> {
  const kinds = JSON.parse(execFileSync(PROGRAM, ["kinds"], { encoding: "utf8" })) as KubernetesObject[];
  await world.define(kinds);
  const env = { GOGC: "50" };
  const own = [`--k8s-kubeconfig-path=${world.kubeconfig}`, "--k8s-client-qps=100", "--k8s-client-burst=200"];
  world.run("operator", PROGRAM, ["operator", ...own], { env });
  for (const { name } of NODES) {
    const args = ["agent", `--node-name=${name}`, `--socket=/run/judge/${name}.sock`, ...own];
    world.run(name, PROGRAM, args, { node: name, env });
  }
}

function draw(dice: Dice): ObjectSet {
  const routers = drawRouters(dice, [64501, 64512, 4200000099]);
  const nodes = drawNodes(dice);
  const configs = Array.from({ length: dice.between(1, 3) }, (_, index) => `p${index + 1}`);
  const adverts = Array.from({ length: dice.between(1, 4) }, (_, index) => `a${index + 1}`);
  // Which of several PodCIDR advertisements holds is open where they differ: most sets have them alike.
  const alike = dice.chance(0.9) ? attributes(dice) : undefined;
  const stem = drawStem(dice);
  const objects: KubernetesObject[] = [
    ...clusterConfigs(dice, routers, configs),
    ...configs.map((name) => peerConfig(dice, name)),
    ...adverts.map((name) => advertisement(dice, name, { alike, stem })),
    ...(dice.chance(0.3) ? [override(dice)] : []),
    ...(dice.chance(0.8) ? [pool(dice)] : []),
    ...(dice.chance(0.3) ? [secret(dice)] : []),
    ...drawServices(dice, { stem, classes: ["io.cilium/bgp-control-plane", "example.com/other"] }),
  ];
  return { routers, nodes, objects: dice.shuffle(objects) };
}

function made(kind: string, name: string, spec: object, labels?: Record<string, string>): KubernetesObject {
  const metadata = { name, ...(labels === undefined ? {} : { labels }) };
  return { apiVersion: "cilium.io/v2", kind, metadata, spec } as KubernetesObject;
}

/** One for all nodes, or one a rack; now and then both want the same nodes. */
function clusterConfigs(dice: Dice, routers: ObjectSet["routers"], configs: readonly string[]): KubernetesObject[] {
  if (dice.chance(0.5)) {
    const selector = dice.pick([
      {},
      { nodeSelector: {} },
      { nodeSelector: { matchExpressions: [{ key: "rack", operator: "Exists" }] } },
      { nodeSelector: { matchExpressions: [{ key: "rack", operator: "NotIn", values: ["c"] }] } },
      { nodeSelector: { matchExpressions: [{ key: "role", operator: "DoesNotExist" }] } },
    ]);
    return [made("CiliumBGPClusterConfig", "c1", { ...selector, bgpInstances: instances(dice, routers, configs) })];
  }
  return ["a", "b"].map((rack) =>
    made("CiliumBGPClusterConfig", `c-${rack}`, {
      nodeSelector: dice.chance(0.5)
        ? { matchLabels: { rack } }
        : { matchExpressions: [{ key: "rack", operator: "In", values: dice.chance(0.03) ? ["a", "b"] : [rack] }] },
      bgpInstances: instances(dice, routers, configs),
    }),
  );
}

/** No two instances of a node dial one router: which of them it keeps is the router's. */
function instances(dice: Dice, routers: ObjectSet["routers"], configs: readonly string[]): object[] {
  const count = dice.chance(0.2) ? 2 : 1;
  const given = dice.shuffle(routers);
  return Array.from({ length: count }, (_, index) => {
    const own = given.filter((_router, at) => at % count === index).slice(0, dice.between(1, 3));
    const localASN = dice.pick([64512, 64513, 4200000001]);
    return {
      name: `i${index + 1}`,
      ...(dice.chance(0.04) ? {} : { localASN }),
      ...(dice.chance(0.15) ? { localPort: 1790 + index } : {}),
      peers: own.map(({ address, asn }, at) => ({
        name: `peer${at + 1}`,
        peerAddress: address,
        ...dice.pick([{ peerASN: asn }, { peerASN: asn }, { peerASN: asn }, {}, { peerASN: 0 }, { peerASN: 64999 }]),
        ...(dice.chance(0.9) ? { peerConfigRef: { name: dice.chance(0.93) ? dice.pick(configs) : "missing" } } : {}),
      })),
    };
  });
}

function peerConfig(dice: Dice, name: string): KubernetesObject {
  const hold = dice.pick([9, 30, 90, 180]);
  const selector = () =>
    dice.pick([
      { advertisements: { matchLabels: { to: "all" } } },
      { advertisements: { matchLabels: { to: "all" } } },
      { advertisements: { matchLabels: { to: "some" } } },
      { advertisements: { matchExpressions: [{ key: "to", operator: "In", values: ["all", "some"] }] } },
      { advertisements: { matchExpressions: [{ key: "to", operator: "Exists" }] } },
      { advertisements: {} },
      {},
    ]);
  const family = (afi: string) => ({ afi, safi: "unicast", ...selector() });
  const families = dice.pick([["ipv4"], ["ipv4", "ipv6"], ["ipv4", "ipv6"], ["ipv6"], undefined]);
  return made("CiliumBGPPeerConfig", name, {
    ...(dice.chance(0.1) ? { transport: { peerPort: dice.chance(0.5) ? 179 : 1179 } } : {}),
    ...(dice.chance(0.5)
      ? { timers: { holdTimeSeconds: hold, keepAliveTimeSeconds: Math.floor(hold / 3), connectRetryTimeSeconds: 5 } }
      : {}),
    ...(dice.chance(0.3)
      ? { gracefulRestart: { enabled: dice.chance(0.8), ...(dice.chance(0.5) ? { restartTimeSeconds: 45 } : {}) } }
      : {}),
    ...(dice.chance(0.3) ? { ebgpMultihop: dice.pick([1, 4]) } : {}),
    ...(dice.chance(0.1) ? { authSecretRef: dice.pick(["session", "nowhere"]) } : {}),
    ...(families === undefined ? {} : { families: families.map(family) }),
  });
}

interface Alike {
  /** Attributes of all PodCIDR advertisements, where they have the same. */
  alike: object | undefined;
  /** Of the Services' names. */
  stem: string;
}

function advertisement(dice: Dice, name: string, how: Alike): KubernetesObject {
  const labels = { to: dice.pick(["all", "all", "some"]) };
  const advertisements = Array.from({ length: dice.between(1, 2) }, () => advert(dice, how));
  return made("CiliumBGPAdvertisement", name, { advertisements }, dice.chance(0.9) ? labels : undefined);
}

function advert(dice: Dice, { alike, stem }: Alike): object {
  if (dice.chance(0.4)) return { advertisementType: "PodCIDR", ...(alike ?? attributes(dice)) };
  const selector = dice.pick([
    { selector: {} },
    { selector: { matchLabels: { app: dice.pick(APPS) } } },
    { selector: { matchExpressions: [{ key: "app", operator: "NotIn", values: [dice.pick(APPS)] }] } },
    {
      selector: {
        matchExpressions: [{ key: "io.kubernetes.service.name", operator: "In", values: [`${stem}-1`, `${stem}-2`] }],
      },
    },
    {},
  ]);
  return {
    advertisementType: "Service",
    service: {
      addresses: dice.some(["LoadBalancerIP", "ClusterIP", "ExternalIP"], dice.between(1, 3)),
      ...(dice.chance(0.2) ? { aggregationLengthIPv4: dice.pick([24, 28, 30]) } : {}),
    },
    ...selector,
    ...attributes(dice),
  };
}

function attributes(dice: Dice): object {
  if (dice.chance(0.5)) return {};
  const communities = {
    ...(dice.chance(0.6) ? { standard: dice.some(["64512:100", "64512:200", "4259840001"], dice.between(1, 2)) } : {}),
    ...(dice.chance(0.3) ? { wellKnown: [dice.pick(["no-export", "no-advertise", "blackhole", "internet"])] } : {}),
    ...(dice.chance(0.3) ? { large: ["64512:1:2"] } : {}),
  };
  return {
    attributes: {
      ...(Object.keys(communities).length === 0 ? {} : { communities }),
      ...(dice.chance(0.5) ? { localPreference: dice.pick([0, 50, 200]) } : {}),
    },
  };
}

function override(dice: Dice): KubernetesObject {
  const { name, v4 } = dice.pick(NODES);
  return made("CiliumBGPNodeConfigOverride", name, {
    bgpInstances: [
      {
        name: dice.pick(["i1", "i1", "i2"]),
        ...(dice.chance(0.4) ? { routerID: "9.9.9.9" } : {}),
        ...(dice.chance(0.4) ? { localASN: 64599 } : {}),
        ...(dice.chance(0.2) ? { localPort: 1799 } : {}),
        ...(dice.chance(0.3) ? { peers: [{ name: "peer1", localAddress: v4 }] } : {}),
      },
    ],
  });
}

function pool(dice: Dice): KubernetesObject {
  return made("CiliumLoadBalancerIPPool", "pool", {
    blocks: dice.pick([
      [{ cidr: "198.51.100.0/28" }],
      [{ start: "198.51.100.20", stop: "198.51.100.40" }],
      [{ cidr: "198.51.100.8/29" }, { cidr: "198.51.100.64/28" }],
    ]),
    ...(dice.chance(0.3) ? { serviceSelector: { matchLabels: { app: dice.pick(APPS) } } } : {}),
    ...(dice.chance(0.1) ? { disabled: true } : {}),
  });
}

function secret(dice: Dice): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "session", namespace: dice.chance(0.8) ? "kube-system" : "default" },
    stringData: { password: "correct-horse" },
  } as KubernetesObject;
}
