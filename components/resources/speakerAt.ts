/** A speaker and the way to it, as the inputs of a custom resource hold them. */
import type * as pulumi from "@pulumi/pulumi";
import type { System } from "../bgp/network";
import type { ReachInputs } from "./handles";

/** A way as the state holds it: Docker's by the container alone, as before there were others. */
export function at(reach: ReachInputs): pulumi.Inputs {
  return reach.by === "docker" ? { container: reach.container } : { reach };
}

/** None where the program knows no way. */
export function speakerAt(name: string, system: System, reach: ReachInputs | undefined): pulumi.Inputs[] {
  return reach === undefined ? [] : [{ name, system, ...at(reach) }];
}
