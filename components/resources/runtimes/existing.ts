/**
 * The runtime for clusters that exist: nothing is started and nothing owned. The cluster is compared with the plan before
 * anything is changed; its nodes get labels that a destroy takes back, its CNI stays as its owner installed it.
 */
import * as pulumi from "@pulumi/pulumi";
import { cniOf } from "../../cni";
import { atContext } from "../../live/access";
import type { Fault } from "../../model/errors";
import type { ClusterPlan } from "../../plan/cluster";
import { Live } from "../dynamic";
import type { Runtime, RunningCluster, StartOptions } from "./runtime";

export const existing: Runtime = {
  nodeNames: "as given",
  check: (_plan, { existing: options }): Fault[] =>
    options === undefined
      ? [
          {
            path: "existing",
            found: "",
            expected: "the way into the cluster",
            fix: "existing: { kubeconfig: config.requireSecret(...) }",
          },
        ]
      : [],
  start,
};

function start(plan: ClusterPlan, { existing: options, parent }: StartOptions): RunningCluster {
  if (options === undefined) throw new Error("no way into the cluster");
  const given = pulumi.secret(pulumi.output(options.kubeconfig).apply((text) => atContext(text, options.context)));
  const compared = new Live(
    "ExistingCluster",
    `${plan.name}-existing`,
    {
      kubeconfig: given,
      nodes: plan.nodes.map(({ fullName, address }) => {
        const podBlock = options.podBlocks?.[fullName];
        return { name: fullName, address, ...(podBlock === undefined ? {} : { podBlock }) };
      }),
      serviceNetwork: plan.serviceNetwork,
      cnis: [plan.cni, ...(plan.balancer === undefined ? [] : [plan.balancer])].map(({ kind, version }) => {
        const { shown, rights, shared } = cniOf({ kind }).installed;
        return { kind, version, shown, rights, shared };
      }),
      ...poolsOf(plan),
    },
    { parent },
  );
  return {
    preinstalled: true,
    reach: (node) => options.reach?.[node],
    // What needs the cluster comes after the comparison.
    kubeconfig: pulumi.secret(pulumi.all([given, compared.id]).apply(([text]) => text)),
  };
}

function poolsOf({ cni, objects }: ClusterPlan): object {
  const { pools } = cniOf(cni).installed;
  if (pools === undefined) return {};
  const { kind: wanted, ...compared } = pools;
  return { pools: { ...compared, wanted: objects.flatMap(({ kind, spec }) => (kind === wanted ? [spec] : [])) } };
}
