/**
 * A CNI by its own images on a kind cluster: the nodes' labels and pod blocks, its chart or its DaemonSet, and what its operator is
 * asked for. What each CNI wants is data (cni/NAME/images.ts); whether images or the agent run is decided in kindCni.ts.
 */
import { local } from "@pulumi/command";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { NodePatch } from "@pulumi/kubernetes/core/v1/nodePatch";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type * as pulumi from "@pulumi/pulumi";
import { cniOf } from "../../cni";
import { READ } from "../../cni/agentNeeds";
import type { CniImages } from "../../cni/images";
import type { ClusterPlan } from "../../plan/cluster";
import { both } from "../../plan/families";
import { labName } from "../names";
import { imagesCluster, releaseOf } from "./kindCni";
import { type After, daemonSetOf } from "./kindDaemonSet";
import { UNLABEL } from "./kindScripts";
import type { KindOptions, RunningCluster } from "./runtime";

/** Seconds: the images of several nodes are pulled in that time. */
const CHART_TIMEOUT = 900;
const ASKED_TIMEOUT = "15m";

type InsideCluster = Omit<After, "dependsOn" | "deletedWith"> & { deletedWith: pulumi.CustomResource };

export function installImages(plan: ClusterPlan, said: KindOptions, inside: InsideCluster): pulumi.Resource[] {
  const blocks = ownNodes(plan, inside);
  const cni = installed(plan, plan.cni, `${plan.name}-cni`, said, { ...inside, dependsOn: blocks });
  // Its pods need the CNI's network. What the program says of a chart is the CNI's.
  const after = { ...inside, dependsOn: cni };
  const beside = plan.balancer && installed(plan, plan.balancer, `${plan.name}-balancer`, {}, after);
  return [...blocks, ...cni, ...(beside ?? [])];
}

function installed(
  plan: ClusterPlan,
  choice: ClusterPlan["cni"],
  name: string,
  said: KindOptions,
  options: After,
): pulumi.Resource[] {
  const { images } = cniOf(choice);
  const cluster = imagesCluster(plan, choice, said);
  const release = releaseOf(choice, said);
  if (images.daemonSet !== undefined) {
    const { image, parts } = images.daemonSet;
    return daemonSetOf(name, parts(cluster, said.cniImage ?? `${image}:${release}`), options);
  }
  if (images.chart === undefined) throw new Error(`${choice.kind} has neither a chart nor a DaemonSet`);
  const { name: chart, repository: usual, namespace } = images.chart;
  const repository = said.chart?.repository ?? usual;
  // A repository of OCI artifacts has the chart's name in its URL.
  const isOci = repository.startsWith("oci://");
  const made = new Release(
    name,
    {
      name: chart,
      chart: isOci ? `${repository.replace(/\/$/, "")}/${chart}` : chart,
      version: release,
      ...(isOci ? {} : { repositoryOpts: { repo: repository } }),
      namespace: namespace(cluster.settings),
      createNamespace: true,
      values: merged(images.values?.(cluster) ?? {}, said.chart?.values ?? {}),
      // It waits for the Deployments and DaemonSets of the chart.
      timeout: CHART_TIMEOUT,
    },
    options,
  );
  const after = { ...options, dependsOn: [...options.dependsOn, made] };
  const asked: pulumi.Resource[] = [];
  for (const { condition, apiVersion, kind, metadata, spec } of images.asks?.(cluster) ?? []) {
    const annotations = { "pulumi.com/waitFor": `condition=${condition}` };
    asked.push(
      new CustomResource(
        `${name}-${kind.toLowerCase()}`,
        { apiVersion, kind, metadata: { ...metadata, annotations }, spec },
        {
          ...after,
          dependsOn: [...after.dependsOn, ...asked],
          customTimeouts: { create: ASKED_TIMEOUT, update: ASKED_TIMEOUT },
        },
      ),
    );
  }
  return [made, ...asked, ...passwordAccess(name, images, { ...after, dependsOn: [...after.dependsOn, ...asked] })];
}

/** What the rest of the library sees of it. */
export function startedImages(plan: ClusterPlan, said: KindOptions): Pick<RunningCluster, "bringsPools" | "flagsIn"> {
  const { images, flags } = cniOf(plan.cni);
  const started = images.daemonSet?.parts(imagesCluster(plan, plan.cni, said), "");
  return {
    ...(images.bringsPools === true ? { bringsPools: true } : {}),
    ...(started === undefined || flags === undefined
      ? {}
      : { flagsIn: { namespace: started.namespace, daemonSet: started.name, container: started.container } }),
  };
}

/**
 * The plan's labels and pod block for each Node. Kubernetes takes a block once: it is there before anything gives pods
 * addresses.
 */
function ownNodes({ name, nodes }: ClusterPlan, inside: InsideCluster): pulumi.Resource[] {
  const { parent, provider, deletedWith: made } = inside;
  const unlabelled = new local.Command(
    `${name}-labels`,
    { create: UNLABEL, environment: { CLUSTER: labName(name) }, triggers: [made.id] },
    { parent, dependsOn: [made, provider] },
  );
  return nodes.map(
    ({ name: node, fullName, labels, podBlock, podBlock6 }) =>
      new NodePatch(
        `${name}-${node}-block`,
        {
          metadata: { name: fullName, labels: { ...labels } },
          spec: { podCIDR: podBlock, podCIDRs: both(podBlock, podBlock6) },
        },
        { ...inside, dependsOn: unlabelled, retainOnDelete: true },
      ),
  );
}

/** Calico's operator lets its nodes read no Secret of a session; its documentation asks the user for that. */
function passwordAccess(name: string, { passwordReader }: CniImages, options: After): pulumi.Resource[] {
  if (passwordReader === undefined) return [];
  const { account, namespace } = passwordReader;
  const metadata = { name: "bgpfabric-passwords", namespace };
  const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: READ }];
  const allowed = new Role(`${name}-passwords`, { metadata, rules }, options);
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name };
  const subjects = [{ kind: "ServiceAccount", name: account, namespace }];
  const access = { ...options, dependsOn: [...options.dependsOn, allowed] };
  return [allowed, new RoleBinding(`${name}-passwords-access`, { metadata, roleRef, subjects }, access)];
}

type Values = Readonly<Record<string, unknown>>;

/** The user's values over ours, field by field. */
function merged(ours: Values, theirs: Values): Record<string, unknown> {
  const result: Record<string, unknown> = { ...ours };
  for (const [field, value] of Object.entries(theirs)) {
    const own = result[field];
    result[field] = isValues(own) && isValues(value) ? merged(own, value) : value;
  }
  return result;
}

function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
