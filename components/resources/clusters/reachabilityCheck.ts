/** Whether one place of the network reaches another: forecast in the preview, asked by the gate. */
import * as pulumi from "@pulumi/pulumi";
import { type CheckSpec, planCheck } from "../../plan/check";
import type { NetworkPart } from "../../plan/part";
import type { PlannedCheck } from "../../plan/plannedCheck";
import type { ClusterHandle, Part, Probe, RouterHandle } from "../handles";
import type { EchoService } from "./echoService";
import type { Shell } from "./shell";

export type ReachabilityCheckArgs = CheckSpec<Shell, ClusterHandle, RouterHandle, EchoService>;

/**
 * Creates nothing of its own: it gives LiveNetwork a way to forecast, there and back, and the gate something to ask. A
 * way that is not there is a finding of the preview, with the route that is missing.
 * @example new ReachabilityCheck("pods", { from: shell, to: otherShell })
 */
export class ReachabilityCheck extends pulumi.ComponentResource implements Part {
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];
  readonly checks: readonly PlannedCheck[];
  readonly probes: Probe[];

  constructor(name: string, args: ReachabilityCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planCheck(name, args);
    super("bgpfabric:index:ReachabilityCheck", name, {}, opts);
    const { from, to } = args;
    this.network = plan.network;
    this.checks = plan.checks;
    const target: Pick<Probe, "url" | "to" | "by"> =
      typeof to !== "string" && "url" in to
        ? { url: to.url }
        : {
            to: typeof to !== "string" && "address" in to ? to.address : (plan.to.address ?? ""),
            ...(plan.by === "path" ? { by: "path" as const } : {}),
          };
    this.probes = [
      {
        ...target,
        check: name,
        from: [plan.from.speaker ?? ""],
        ...("address" in from ? { pod: `default/${from.name}` } : {}),
      },
    ];
    this.resources = [this];
    this.registerOutputs({});
  }
}
