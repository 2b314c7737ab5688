/** The bare runtime: which containers a cluster is, what is put into them, and when they are ready. */
import { Container } from "@pulumi/docker/container";
import { Network } from "@pulumi/docker/network";
import { Volume } from "@pulumi/docker/volume";
import * as pulumi from "@pulumi/pulumi";
import { AGENT_CNIS } from "../../agent/cnis";
import {
  AGENT_FILE,
  AGENT_NAMESPACE,
  CREDENTIALS_FILE,
  ETCD_DATA,
  type NodeSettings,
  SETTINGS_FILE,
} from "../../agent/settings";
import { familyOf } from "../../model/address";
import type { Prefix } from "../../model/prefix";
import { cniOf } from "../../cni";
import { labImage } from "../image";
import { Live } from "../dynamic";
import type { SegmentHandle } from "../handles";
import { both, hostAt } from "../../plan/families";
import { forwardingSysctls } from "../../plan/containers/sysctls";
import { dockerAddresses } from "../routers/container";
import { labLabels, labName, stablePort } from "../names";
import { agentBundle } from "./agentBundle";
import { installed } from "./installed";
import { releaseFaults } from "./releases";
import type { Seed } from "../../live/certificate";
import type { Runtime, RunningCluster, StartOptions } from "./runtime";
import { adminKubeconfig, credentialsFor } from "../../live/credentials";
import type { ClusterPlan, NodePlan } from "../../plan/cluster";

type Plan = ClusterPlan<SegmentHandle>;

/** What the API server is called on the management network. */
const API_HOST = "api";
const API_PORT = 6443;
/** Seconds until API, Nodes and kinds must be there: at least so many, and so many a node where there are more than nine. */
const READY_TIMEOUT = 90;
const READY_TIMEOUT_OF_ONE = 10;

/** Setting up links, routes and pods' namespaces; SYS_ADMIN is for the latter. */
const CAPABILITIES = ["CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_SYS_ADMIN"];
/** The first node runs the control plane as well. */
export const bare: Runtime = {
  check: ({ cni, balancer }) => [
    ...(AGENT_CNIS.includes(cni.kind)
      ? releaseFaults("cni", cni)
      : [
          {
            path: "cni",
            found: cni.kind,
            expected: `${CARRYING.join(" or ")}: the bare runtime's agent runs no other CNI`,
          },
        ]),
    ...(balancer === undefined ? [] : releaseFaults("balancer", balancer)),
  ],
  start,
};

const CARRYING = AGENT_CNIS.filter((kind) => cniOf({ kind }).carriesPods);

function start(plan: Plan, { image, parent }: StartOptions): RunningCluster {
  const { name } = plan;
  const apiPort = plan.apiPort ?? stablePort(name);
  const imageId = labImage(name, image, parent);
  const management = new Network(
    `${name}-management`,
    // Docker chooses the prefix: it knows what is free on its host.
    { name: labName(`${name}-management`), driver: "bridge", labels: labLabels("management") },
    { parent, deleteBeforeReplace: true },
  );
  // What the API server knows outlives its container: a new agent or image is not a new cluster.
  const volume = new Volume(`${name}-etcd`, { name: labName(`${name}-etcd`), labels: labLabels("etcd") }, { parent });
  const authority = new Live(
    "Authority",
    `${name}-authority`,
    { cluster: name, secret: undefined, issued: undefined },
    { parent, additionalSecretOutputs: ["secret"] },
  ) as Live & { secret: pulumi.Output<string>; issued: pulumi.Output<string> };
  const seed = pulumi.all([authority.secret, authority.issued]).apply(([secret, issued]): Seed => ({ secret, issued }));

  const containers = plan.nodes.map((node, index) =>
    nodeContainer({ plan, apiPort, node, volume: index === 0 ? volume : undefined, imageId, management, seed, parent }),
  );
  const server = `https://127.0.0.1:${apiPort}`;
  const kubeconfig = pulumi.secret(seed.apply((known) => adminKubeconfig(known, name, server)));
  const ready = new Live(
    "ClusterReady",
    `${name}-ready`,
    {
      kubeconfig,
      nodes: plan.nodes.map(({ fullName }) => fullName),
      containers: containers.map(({ id }) => id),
      timeout: Math.max(READY_TIMEOUT, plan.nodes.length * READY_TIMEOUT_OF_ONE),
      version: undefined,
    },
    { parent },
  );
  return {
    settingsIn: AGENT_NAMESPACE,
    reach: (node) => {
      const container = containers[plan.nodes.findIndex(({ fullName }) => fullName === node)];
      return container === undefined ? undefined : { by: "docker", container: container.id };
    },
    kubeconfig: pulumi.secret(pulumi.all([kubeconfig, ready.id]).apply(([text]) => text)),
  };
}

interface NodeContainer {
  plan: Plan;
  apiPort: number;
  node: NodePlan<SegmentHandle>;
  /** Of the control plane's data, for the node that runs it. */
  volume: Volume | undefined;
  imageId: pulumi.Output<string>;
  management: Network;
  seed: pulumi.Output<Seed>;
  parent: pulumi.Resource;
}

function nodeContainer({ plan, apiPort, node, volume, imageId, management, seed, parent }: NodeContainer): Container {
  const controlPlane = volume !== undefined;
  const names = [
    "127.0.0.1",
    "localhost",
    API_HOST,
    ...nodeAddresses(node),
    "kubernetes.default.svc",
    ...apiServices(plan),
  ];
  const credentials = pulumi.secret(
    seed.apply((known) =>
      JSON.stringify(
        credentialsFor(known, { name: node.fullName, address: node.address }, controlPlane ? { names } : undefined),
      ),
    ),
  );
  const bundle = agentBundle();
  const segment = node.on.networks[node.segment];
  if (segment === undefined) throw new Error(`${node.on.name} has no network for its segment ${node.segment}`);
  return new Container(
    `${plan.name}-${node.name}`,
    {
      name: labName(node.fullName),
      hostname: node.fullName,
      image: imageId,
      command: ["node", AGENT_FILE],
      capabilities: { adds: CAPABILITIES },
      sysctls: forwardingSysctls(nodeAddresses(node).some((one) => familyOf(one) === "ipv6")),
      networksAdvanced: [
        { name: segment, ...dockerAddresses(node.address, node.address6) },
        {
          name: pulumi.all([management.id, management.name]).apply(([, text]) => text),
          ...(controlPlane ? { aliases: [API_HOST] } : {}),
        },
      ],
      ...(controlPlane ? { ports: [{ internal: API_PORT, external: apiPort, ip: "127.0.0.1", protocol: "tcp" }] } : {}),
      uploads: [
        { file: AGENT_FILE, source: bundle.source, sourceHash: bundle.hash },
        { file: SETTINGS_FILE, content: JSON.stringify(settingsFor(plan, node, controlPlane), null, 2) },
        { file: CREDENTIALS_FILE, content: credentials, permissions: "0600" },
      ],
      ...(volume === undefined ? {} : { volumes: [{ volumeName: volume.name, containerPath: ETCD_DATA }] }),
      restart: "unless-stopped",
      destroyGraceSeconds: 5,
      labels: labLabels("node"),
    },
    { parent },
  );
}

function settingsFor(plan: Plan, node: NodePlan, controlPlane: boolean): NodeSettings {
  return {
    cluster: plan.name,
    name: node.fullName,
    address: node.cidr,
    ...(node.cidr6 === undefined ? {} : { address6: node.cidr6 }),
    ...(node.routerId === undefined ? {} : { routerId: node.routerId }),
    apiServer: { host: API_HOST, port: API_PORT },
    podBlock: node.podBlock,
    ...(node.podBlock6 === undefined ? {} : { podBlock6: node.podBlock6 }),
    podNetwork: both(plan.podNetwork, plan.podNetwork6).join(","),
    ...(node.defaultRoute === undefined ? {} : { defaultRoute: node.defaultRoute }),
    ...(node.defaultRoute6 === undefined ? {} : { defaultRoute6: node.defaultRoute6 }),
    labels: { ...node.labels },
    annotations: { ...node.annotations },
    ...installed(plan),
    ...(controlPlane
      ? { controlPlane: { serviceNetwork: both(plan.serviceNetwork, plan.serviceNetwork6).join(",") } }
      : {}),
  };
}

function nodeAddresses({ address, address6 }: Pick<NodePlan, "address" | "address6">): string[] {
  return both(address, address6);
}

/** The first address of the services' prefix is the API server's own service. */
function apiServices({ serviceNetwork }: Plan): string[] {
  return [hostAt(serviceNetwork as Prefix, 1)];
}
