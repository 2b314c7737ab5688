/** A typed object of a CNI as a resource of the cluster that it belongs to. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Resource } from "../../cni/objects";

export function customResource<Spec>(
  name: string,
  { apiVersion, kind, metadata, spec }: Resource<Spec>,
  opts: pulumi.CustomResourceOptions,
): kubernetes.apiextensions.CustomResource {
  return new kubernetes.apiextensions.CustomResource(
    name,
    { apiVersion, kind, metadata: { name: metadata.name }, spec },
    opts,
  );
}
