/** A typed object of a CNI as a resource of the cluster that it belongs to. */
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";
import type { Resource } from "../../cni/objects";

export function customResource<Spec>(
  name: string,
  { apiVersion, kind, metadata, spec }: Resource<Spec>,
  opts: pulumi.CustomResourceOptions,
): CustomResource {
  return new CustomResource(name, { apiVersion, kind, metadata: { name: metadata.name }, spec }, opts);
}
