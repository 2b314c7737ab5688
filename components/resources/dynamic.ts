/**
 * Custom resources whose create, read, diff, update and delete are this package's own code, without a plugin to install.
 * What is written into the state is one `require` of the package by its name: nothing is captured, no path of a checkout
 * is kept, and an upgrade of the package is an upgrade of the code that runs.
 */
import * as pulumi from "@pulumi/pulumi";

/** The kinds of resources that bodies.ts implements. */
export type Kind =
  | "Authority"
  | "ClusterReady"
  | "ExistingCluster"
  | "Gate"
  | "KindRoom"
  | "Leaving"
  | "Preflight"
  | "RouterConfiguration"
  | "Schedulable"
  | "SessionsUp";

/**
 * Run by the engine's dynamic provider, whose working directory is the program's. Resolving from there finds the package
 * in the program's node_modules, and in its own repository by the package's name for itself.
 */
function body(kind: Kind): string {
  return `exports.handler = () => require("node:module").createRequire(process.cwd() + "/")("bgpfabric/bodies").${kind};\n`;
}

/** A resource with a body in bodies.ts. Outputs are named by giving them as undefined. */
export class Live extends pulumi.CustomResource {
  constructor(kind: Kind, name: string, props: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    super(`pulumi-nodejs:dynamic/bgpfabric:${kind}`, name, { ...props, __provider: body(kind) }, opts);
  }
}
