/** A typed object of a CNI as a resource of the cluster that it belongs to. */
import { CustomResource, CustomResourcePatch } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";
import type { Resource } from "../../cni/objects";

/** A part's own objects: the first of each kind bears the given name, further ones their own behind it. */
export function ownObjects(
  name: string,
  own: readonly Resource<object>[],
  opts: pulumi.CustomResourceOptions,
): CustomResource[] {
  return own.map((object, index) => {
    const isFirst = own.findIndex(({ kind }) => kind === object.kind) === index;
    return customResource(isFirst ? name : `${name}-${object.metadata.name}`, object, opts);
  });
}

/** Fields of an object that somebody else has made: a destroy takes them back and leaves the object. */
export function customResourcePatch<Spec>(
  name: string,
  { apiVersion, kind, metadata, spec }: Resource<Spec>,
  opts: pulumi.CustomResourceOptions,
): CustomResourcePatch {
  return new CustomResourcePatch(name, { apiVersion, kind, metadata: { name: metadata.name }, spec }, opts);
}

export function customResource<Spec>(
  name: string,
  { apiVersion, kind, metadata, spec }: Resource<Spec>,
  opts: pulumi.CustomResourceOptions,
): CustomResource {
  const { labels, namespace } = metadata;
  const own = {
    name: metadata.name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
  };
  return new CustomResource(name, { apiVersion, kind, metadata: own, spec }, opts);
}
