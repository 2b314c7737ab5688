/** A speaker and the way to it, as the inputs of a custom resource hold them. */
import * as pulumi from "@pulumi/pulumi";
import type { Answering } from "../live/answering";
import type { ReachInputs } from "./handles";

/** A way as the state holds it: Docker's by the container alone, as before there were others. */
export function at(reach: ReachInputs): pulumi.Inputs {
  return reach.by === "docker" ? { container: reach.container } : { reach: withSecrets(reach) };
}

/** What opens a router is secret in the state, however the program holds it. */
function withSecrets(reach: ReachInputs): ReachInputs {
  const secrets = Object.entries(reach).flatMap(([field, value]) =>
    ["key", "password", "kubeconfig"].includes(field) && value !== undefined
      ? [[field, pulumi.secret(value as pulumi.Input<string>)]]
      : [],
  );
  return { ...reach, ...(Object.fromEntries(secrets) as object) };
}

/** Whether the router returns by itself from a push that the gate has not confirmed. */
export function mustConfirm(reach: ReachInputs): boolean {
  return reach.by === "ssh" || reach.by === "eapi";
}

/** None where the program knows no way. */
export function speakerAt(name: string, system: Answering, reach: ReachInputs | undefined): pulumi.Inputs[] {
  return reach === undefined ? [] : [{ name, system, ...at(reach) }];
}
