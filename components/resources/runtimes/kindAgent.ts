/** The agent as a DaemonSet of a kind cluster: its settings and its pods. Its account is in kindAccess.ts. */
import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { basename } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { CNI_FOLDER, NODE_VARIABLE, POD_SETTINGS, POD_VARIABLE } from "../../agent/pod";
import { AGENT_FILE, type NodeSettings } from "../../agent/settings";
import { cniOf } from "../../cni";
import type { ClusterPlan } from "../../plan/cluster";
import { both } from "../../plan/families";
import { installed } from "./installed";
import { agentAccess, SYSTEM } from "./kindAccess";

/** In every node image that is made here; it finds its programs in the node. */
const IMAGE = "docker.io/bgpfabric/agent:1";
const NAME = "bgpfabric-agent";

export function agentDaemonSet(
  plan: ClusterPlan,
  /** Of the agent's program: another one restarts the pods. */
  program: string,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const needs = [plan.cni, ...(plan.balancer === undefined ? [] : [plan.balancer])].flatMap(
    (one) => cniOf(one).agent ?? [],
  );
  const namespace = needs.find(({ podsIn }) => podsIn !== undefined)?.podsIn ?? SYSTEM;
  const metadata = { name: NAME, namespace };
  const labels = { app: NAME };
  const data = Object.fromEntries(
    plan.nodes.map((node, index) => [`${node.fullName}.json`, JSON.stringify(settingsOf(plan, node, index === 0))]),
  );
  const { place, access } = agentAccess(plan, metadata, options);
  const settings = new ConfigMap(`${plan.name}-agent-settings`, { metadata, data }, { ...options, dependsOn: place });
  const sockets = needs.flatMap((one) => one.sockets).map((path) => ({ name: basename(path), path }));
  const hostPath = (name: string, path: string, type: string) => ({ name, hostPath: { path, type } });
  const agent = new DaemonSet(
    `${plan.name}-agent`,
    {
      // That the nodes are Ready is waited for right after.
      metadata: { ...metadata, labels, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: {
            labels,
            annotations: { "bgpfabric/program": program, "bgpfabric/settings": JSON.stringify(data) },
          },
          spec: {
            hostNetwork: true,
            serviceAccountName: NAME,
            priorityClassName: "system-node-critical",
            tolerations: [{ operator: "Exists" }],
            terminationGracePeriodSeconds: 5,
            containers: [
              {
                name: "agent",
                image: IMAGE,
                imagePullPolicy: "IfNotPresent",
                command: ["/usr/bin/node", AGENT_FILE],
                env: [
                  { name: NODE_VARIABLE, valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
                  { name: POD_VARIABLE, valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
                ],
                securityContext: { capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
                volumeMounts: [
                  { name: "programs", mountPath: "/usr", readOnly: true },
                  { name: "agent", mountPath: "/opt/bgpfabric", readOnly: true },
                  { name: "settings", mountPath: POD_SETTINGS, readOnly: true },
                  { name: "cni", mountPath: CNI_FOLDER },
                  ...sockets.map(({ name, path }) => ({ name, mountPath: path })),
                ],
              },
            ],
            volumes: [
              hostPath("programs", "/usr", "Directory"),
              hostPath("agent", "/opt/bgpfabric", "Directory"),
              { name: "settings", configMap: { name: NAME } },
              hostPath("cni", CNI_FOLDER, "DirectoryOrCreate"),
              ...sockets.map(({ name, path }) => hostPath(name, path, "DirectoryOrCreate")),
            ],
          },
        },
      },
    },
    { ...options, dependsOn: [settings, ...access] },
  );
  return [agent];
}

function settingsOf(plan: ClusterPlan, node: ClusterPlan["nodes"][number], controlPlane: boolean): NodeSettings {
  const serviceNetwork = both(plan.serviceNetwork, plan.serviceNetwork6).join(",");
  return {
    cluster: plan.name,
    name: node.fullName,
    address: node.cidr,
    ...(node.cidr6 === undefined ? {} : { address6: node.cidr6 }),
    apiServer: { host: "kubernetes.default.svc", port: 443 },
    podBlock: node.podBlock,
    ...(node.podBlock6 === undefined ? {} : { podBlock6: node.podBlock6 }),
    podNetwork: both(plan.podNetwork, plan.podNetwork6).join(","),
    serviceNetwork,
    labels: { ...node.labels },
    annotations: { ...node.annotations },
    ...installed(plan),
    ...(node.defaultRoute === undefined ? {} : { defaultRoute: node.defaultRoute }),
    ...(node.defaultRoute6 === undefined ? {} : { defaultRoute6: node.defaultRoute6 }),
    ...(controlPlane ? { controlPlane: { serviceNetwork } } : {}),
  };
}
