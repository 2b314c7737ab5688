/**
 * The kind runtime: a real kind cluster whose nodes stand on the racks with the addresses of the plan. Its pods are carried
 * by the CNI's own images (kindImages.ts), or by the agent in their place, as a DaemonSet (kindAgent.ts).
 */
import { local } from "@pulumi/command";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { AGENT_NAMESPACE } from "../../agent/settings";
import { CNIS, cniOf } from "../../cni";
import type { Cni } from "../../cni/cni";
import { writeKind } from "../../config/lab/kind";
import { familyOf } from "../../model/address";
import { type Fault, orThrow } from "../../model/errors";
import type { ClusterPlan } from "../../plan/cluster";
import { both } from "../../plan/families";
import { Live } from "../dynamic";
import type { SegmentHandle } from "../handles";
import { labName, stablePort } from "../names";
import { agentBundle } from "./agentBundle";
import { agentDaemonSet } from "./kindAgent";
import { agentFaults, imagesFaults, type KindCni, kindCni, kubeProxyMode, namedNodeImage, releaseOf } from "./kindCni";
import { installImages, startedImages } from "./kindImages";
import { kindRoom } from "./kindRoom";
import { nodeRoutes } from "./kindRoutes";
import { CREATE, DELETE, JOIN, LEAVE } from "./kindScripts";
import { releaseFaults } from "./releases";
import type { KindOptions, Runtime, RunningCluster, StartOptions } from "./runtime";

type Plan = ClusterPlan<SegmentHandle>;

/** Seconds until every Node must be Ready. */
const READY_TIMEOUT = 300;
/** A host's name has 63 characters at most, and "-control-plane" is kind's. */
const LONGEST_NAME = 49;

/** kubeadm 1.36 gives the API server one minute to answer; a busy machine needs more, and a failure starts all over. */
const PATIENCE = `kind: InitConfiguration
apiVersion: kubeadm.k8s.io/v1beta4
timeouts: { kubernetesAPICall: 4m0s, controlPlaneComponentHealthCheck: 4m0s }
`;

export const kind: Runtime = {
  check: (plan, options) => [
    ...(kindCni(options) === "images"
      ? imagesFaults(plan, options.kind ?? {})
      : agentsFaults(plan, options.kind ?? {})),
    ...placeFaults(plan),
  ],
  start,
};

function agentsFaults({ cni, balancer }: ClusterPlan, said: KindOptions): Fault[] {
  return [
    ...(cniOf(cni).agent === undefined
      ? [{ path: "cni", found: cni.kind, expected: `${RUN.join(" or ")}: the agent runs no other CNI on kind` }]
      : releaseFaults("cni", cni)),
    ...(balancer === undefined
      ? []
      : [...releaseFaults("balancer", balancer), ...(cniOf(balancer).agent?.faults?.("balancer", balancer) ?? [])]),
    ...agentFaults(said),
  ];
}

function placeFaults({ nodes }: ClusterPlan): Fault[] {
  return [
    ...familyFaults(nodes),
    ...nodes.slice(1).flatMap(({ name, controlPlane }, index) =>
      controlPlane === true
        ? [
            {
              path: `nodes[${index + 1}].controlPlane`,
              found: name,
              expected: 'a worker: on the runtime "kind" the first node alone runs the control plane',
            },
          ]
        : [],
    ),
  ];
}

/** CNIs that the agent runs among real kubelets. */
const RUN = Object.entries(CNIS).flatMap(([name, cni]: [string, Cni]) => (cni.agent === undefined ? [] : [name]));

/** kind's own network has IPv4, and kubeadm's control plane stays on it. */
function familyFaults(nodes: ClusterPlan["nodes"]): Fault[] {
  const alone = nodes.findIndex(({ address }) => familyOf(address) === "ipv6");
  if (alone === -1) return [];
  return [
    {
      path: `nodes[${alone}]`,
      found: nodes[alone]?.address ?? "",
      expected: 'an IPv4 address, and an IPv6 one beside it: on the runtime "kind" no node has IPv6 alone',
      fix: 'give its segment both: segments: [["10.10.10.0/24", "fd00:10::/64"]], or runtime: "bare"',
    },
  ];
}

function start(plan: Plan, { image, kind: said = {}, parent }: StartOptions): RunningCluster {
  const { name } = plan;
  const cluster = labName(name);
  if (cluster.length > LONGEST_NAME) throw new Error(`${cluster}: kind takes ${LONGEST_NAME} characters at most`);
  const nodes = containersOf(cluster, plan);
  const from = kindCni({ image, kind: said });
  const config = pulumi.output(image ?? nodeImage()).apply((known) =>
    orThrow(
      writeKind({
        name: cluster,
        nodes: nodes.map(({ role, node }) => ({ role, name: node.fullName, labels: ownLabels(node.labels) })),
        podSubnet: both(plan.podNetwork, plan.podNetwork6).join(","),
        serviceSubnet: both(plan.serviceNetwork, plan.serviceNetwork6).join(","),
        ...(plan.nodes.some(({ address6 }) => address6 !== undefined) ? { dual: true } : {}),
        image: known,
        kubeProxyMode: kubeProxyMode(from, said),
        apiPort: plan.apiPort ?? stablePort(name),
        blocksElsewhere: true,
        patches: [PATIENCE, ...(said.patches ?? [])],
      }),
    ),
  );
  const room = kindRoom(name, { name: cluster, nodes: nodes.length }, parent);
  const made = new local.Command(
    `${name}-kind`,
    {
      create: CREATE,
      delete: DELETE,
      stdin: config,
      environment: { CLUSTER: cluster },
      // Another configuration is another cluster: kind changes none in place. So is what another CNI would leave behind.
      triggers: [config, ...(from === "images" ? [`${plan.cni.kind} of its own images`] : [])],
      logging: local.Logging.Stderr,
    },
    { parent, dependsOn: room, deleteBeforeReplace: true, additionalSecretOutputs: ["stdout"] },
  );
  const bundle = from === "images" ? undefined : agentBundle();
  const joined = new local.Command(
    `${name}-racks`,
    {
      create: JOIN,
      delete: LEAVE,
      environment: {
        AGENT: bundle?.source ?? "",
        NODES: pulumi
          .all(
            nodes.map(({ container, node }) => pulumi.interpolate`${container} ${networkOf(node)} ${addresses(node)}`),
          )
          .apply((lines) => lines.join("\n")),
      },
      triggers: [made.id, ...(bundle === undefined ? [] : [bundle.hash])],
      logging: local.Logging.Stderr,
    },
    { parent, dependsOn: made, deleteBeforeReplace: true },
  );
  const routed =
    bundle === undefined
      ? nodeRoutes(plan, nodes, { cluster, joined, parent, said: said.throughDocker ?? [] })
      : joined;
  const provider = new Provider(
    `${name}-nodes`,
    { kubeconfig: made.stdout, clusterIdentifier: cluster, enableServerSideApply: true },
    { parent, dependsOn: routed },
  );
  const inside = { parent, provider, deletedWith: made };
  const carriers = bundle === undefined ? installImages(plan, said, inside) : agentDaemonSet(plan, bundle.hash, inside);
  const kubeconfig = pulumi.secret(made.stdout);
  const ready = new Live(
    "ClusterReady",
    `${name}-ready`,
    {
      kubeconfig,
      nodes: plan.nodes.map(({ fullName }) => fullName),
      containers: nodes.map(({ container }) => container),
      timeout: READY_TIMEOUT,
      version: undefined,
    },
    { parent, dependsOn: [joined, ...carriers], deletedWith: made },
  );
  void pulumi.log.info(`${name}: ${lineOf(plan, from, said)}`, parent);
  const running = { kubeconfig: pulumi.secret(pulumi.all([kubeconfig, ready.id]).apply(([text]) => text)) };
  // Daemons of a CNI's own images are in their pods: the routers' side of each session is looked at.
  if (from === "images") return { ...running, ...startedImages(plan, said), reach: () => undefined };
  return {
    ...running,
    settingsIn: AGENT_NAMESPACE,
    // The plugin ptp gives it to the node's end of each link.
    podsMeetBlock: true,
    reach: (node) => {
      const found = nodes.find((one) => one.node.fullName === node);
      return found === undefined ? undefined : { by: "docker", container: found.container };
    },
  };
}

/** kubelet does not start with a label of Kubernetes' own domains among its own, such as a role; the agent gives them all. */
function ownLabels(labels: Plan["nodes"][number]["labels"]): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !/(^|\.)(kubernetes|k8s)\.io\//.test(key)));
}

/** The nodes with their containers, as kind names these: the first one is the control plane. */
function containersOf(cluster: string, { nodes }: Plan) {
  return nodes.map((node, index) => ({
    node,
    role: index === 0 ? ("control-plane" as const) : ("worker" as const),
    container: `${cluster}-${index === 0 ? "control-plane" : `worker${index === 1 ? "" : index}`}`,
  }));
}

/** As kubelet's --node-ip takes them: "10.10.10.11,fd00:10::11". */
function addresses({ address, address6 }: Plan["nodes"][number]): string {
  return both(address, address6).join(",");
}

function networkOf(node: Plan["nodes"][number]): pulumi.Input<string> {
  const network = node.on.networks[node.segment];
  if (network === undefined) throw new Error(`${node.on.name} has no network for its segment ${node.segment}`);
  return network;
}

/** Which of both it is. */
function lineOf({ cni, balancer }: Plan, from: KindCni, said: KindOptions): string {
  if (from === "agent")
    return `kind's nodes run bgpfabric's agent as DaemonSet in place of ${cniOf(cni).title}'s images`;
  const lines = [installedBy(cni, said), ...(balancer === undefined ? [] : [installedBy(balancer, {})])];
  return lines.join(", ");
}

function installedBy(choice: ClusterPlan["cni"], said: KindOptions): string {
  const { title, images } = cniOf(choice);
  const release = releaseOf(choice, said);
  const by =
    images.chart === undefined ? (said.cniImage ?? `release ${release}`) : `chart ${images.chart.name} ${release}`;
  return `${title} ${choice.version} of its own images (${by})`;
}

function nodeImage(): string {
  const image = namedNodeImage();
  if (image === undefined) {
    throw new Error(
      'no node image: name one (pulumi config set bgpfabric:nodeImage NAME:TAG), or let make provide one: "make up STACK=NAME RUNTIME=kind"; docs/kind.md says what it holds',
    );
  }
  return image;
}
