/** What a reading of a cluster's objects gives, and the words that all readings share for saying what is wrong. */
import type { Segment, Source, Speaker } from "../bgp/network";
import { checkSchema, isCurrent, type Schema, type Violation } from "./crds/schema";
import type { CrdKind } from "./crds/crd";
import type { ObjectFinding, Severity } from "./finding";
import { groupOf, nameOf, type ClusterObjects, type KubernetesObject } from "./objects";

export interface CniReading {
  speakers: Speaker[];
  /** Segments made of the nodes' own networks, where the options named none. */
  segments: Segment[];
  findings: ObjectFinding[];
}

export type Report = (
  rule: string,
  severity: Severity,
  object: KubernetesObject | string,
  path: string | undefined,
  sentence: string,
  fix: string,
) => void;

/** Findings of one CNI: adds its name to the rules' and the place where the object was read. */
export function reporter(cni: string, objects: ClusterObjects, findings: ObjectFinding[]): Report {
  return (rule, severity, object, path, sentence, fix) => {
    const name = typeof object === "string" ? object : nameOf(object);
    const source = objects.sources?.[name];
    findings.push({
      id: `${cni}/${rule}`,
      severity,
      object: name,
      ...(path === undefined || path === "" ? {} : { path }),
      sentence,
      fix,
      ...(source === undefined ? {} : { source }),
    });
  };
}

export function sourceOf(objects: ClusterObjects, object: KubernetesObject, field?: string): Source {
  const name = nameOf(object);
  return { ...objects.sources?.[name], field: field === undefined ? name : `${name} ${field}` };
}

/**
 * The CNI's own objects that its API would take; what it refuses is reported and left out, fields it drops are
 * reported and do not count.
 */
export function acceptResources(
  objects: ClusterObjects,
  kinds: readonly CrdKind[],
  groups: readonly string[],
  version: string,
  report: Report,
  explain: (violation: Violation, object: KubernetesObject) => Partial<Violation> & { rule?: string } = () => ({}),
): KubernetesObject[] {
  const accepted: KubernetesObject[] = [];
  for (const object of objects.resources ?? []) {
    if (!groups.includes(groupOf(object.apiVersion))) continue;
    const kind = kinds.find((one) => one.kind === object.kind);
    if (kind === undefined) continue;
    const violations = checkSchema(schemaOf(kind), object, "", version);
    for (const violation of violations) {
      const rule = violation.kind === "unknown" ? "unknown-field" : "refused";
      const told = { rule, ...violation, ...explain(violation, object) };
      report(told.rule, "error", object, told.path, told.sentence, told.fix);
    }
    if (violations.some((violation) => violation.kind === "invalid")) continue;
    const kept = prune(schemaOf(kind), object, version) as KubernetesObject;
    accepted.push({ spec: {}, ...kept } as KubernetesObject);
  }
  return accepted;
}

function schemaOf(kind: CrdKind): Schema {
  return {
    type: "object",
    properties: {
      ...(kind.spec === undefined ? {} : { spec: kind.spec }),
      // What an export carries besides: nobody wrote it, and every API server knows it.
      status: { type: "object", open: true },
      metadata: { type: "object", open: true },
      apiVersion: { type: "string" },
      kind: { type: "string" },
    },
    ...(kind.specRequired === true ? { required: ["spec"] } : {}),
  };
}

/** Without the fields that the schema does not name, as an API server stores it. */
function prune(schema: Schema, value: unknown, version: string): unknown {
  if (Array.isArray(value)) {
    const items = schema.items;
    return items === undefined ? (value as unknown) : value.map((item) => prune(items, item, version));
  }
  if (typeof value !== "object" || value === null || schema.open === true) return value;
  const { properties = {}, additionalProperties } = schema;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
      const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      const kept = known !== undefined && isCurrent(known, version) && field !== null && field !== undefined;
      return kept ? [[name, prune(known, field, version)]] : [];
    }),
  );
}
