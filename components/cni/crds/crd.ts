/**
 * From a schema to the CustomResourceDefinition that an API server takes. Structural and strict: no field is preserved
 * that the schema does not name. Only Kubernetes' own words leave here: since, until and open are ours.
 */
import { compareVersions } from "../../model/version";
import { isCurrent, type Schema } from "./schema";

/** A kind as the CNI's API has it. */
export interface CrdKind {
  group: string;
  version: string;
  kind: string;
  plural: string;
  /** Further versions that the API serves alike; none of them is stored. */
  alsoServed?: readonly string[];
  shortNames?: readonly string[];
  scope: "Cluster" | "Namespaced";
  spec?: Schema;
  status?: Schema;
  /** What `kubectl get` shows besides the name: a column's title, and the field that it prints. */
  columns?: Readonly<Record<string, string>>;
  /** Is spec required? */
  specRequired?: boolean;
  since?: string;
  until?: string;
}

export interface CustomResourceDefinition {
  apiVersion: "apiextensions.k8s.io/v1";
  kind: "CustomResourceDefinition";
  metadata: { name: string };
  spec: {
    group: string;
    scope: "Cluster" | "Namespaced";
    names: { kind: string; listKind: string; plural: string; singular: string; shortNames?: string[] };
    versions: {
      name: string;
      served: true;
      storage: boolean;
      schema: { openAPIV3Schema: OpenApi };
      subresources?: { status: Record<string, never> };
      additionalPrinterColumns?: { name: string; type: "string"; jsonPath: string }[];
    }[];
  };
}

export type OpenApi = Record<string, unknown>;

export function crdOf(kind: CrdKind, cniVersion: string): CustomResourceDefinition {
  const properties: Record<string, OpenApi> = {
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: { type: "object" },
  };
  if (kind.spec !== undefined) properties["spec"] = toOpenApi(kind.spec, cniVersion);
  if (kind.status !== undefined) properties["status"] = toOpenApi(kind.status, cniVersion);
  const singular = kind.kind.toLowerCase();
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group,
      scope: kind.scope,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular,
        ...(kind.shortNames === undefined ? {} : { shortNames: [...kind.shortNames] }),
      },
      versions: [kind.version, ...(kind.alsoServed ?? [])].map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties,
            required: kind.specRequired === true ? ["metadata", "spec"] : ["metadata"],
          },
        },
        ...(kind.status === undefined ? {} : { subresources: { status: {} } }),
        ...(kind.columns === undefined
          ? {}
          : {
              additionalPrinterColumns: Object.entries(kind.columns).map(([title, jsonPath]) => ({
                name: title,
                type: "string" as const,
                jsonPath,
              })),
            }),
      })),
    },
  };
}

/** Of another version's fields nothing remains, so that the server refuses them as that version would. */
export function toOpenApi(schema: Schema, cniVersion: string): OpenApi {
  const { properties, additionalProperties, items, listType, listMapKeys, rules, required } = schema;
  const out: OpenApi = { type: schema.type };
  if (properties !== undefined) {
    out["properties"] = Object.fromEntries(
      Object.entries(properties)
        .filter(([, property]) => isCurrent(property, cniVersion))
        .map(([name, property]) => [name, toOpenApi(property, cniVersion)]),
    );
  }
  if (additionalProperties !== undefined) out["additionalProperties"] = toOpenApi(additionalProperties, cniVersion);
  if (items !== undefined) out["items"] = toOpenApi(items, cniVersion);
  if (required !== undefined) out["required"] = [...required];
  for (const name of PLAIN) if (schema[name] !== undefined) out[name] = schema[name];
  if (listType !== undefined) out["x-kubernetes-list-type"] = listType;
  if (listMapKeys !== undefined) out["x-kubernetes-list-map-keys"] = [...listMapKeys];
  const current = (rules ?? []).filter(({ since }) => since === undefined || compareVersions(cniVersion, since) >= 0);
  if (current.length > 0) {
    out["x-kubernetes-validations"] = current.map(({ cel, message }) => ({ rule: cel, message }));
  }
  return out;
}

const PLAIN = [
  "enum",
  "pattern",
  "format",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
  "default",
] as const;
