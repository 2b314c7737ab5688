/**
 * From manifests to ClusterObjects: YAML text or parsed documents, lists unfolded, every object with the place it was
 * read at. What does not matter to BGP is passed over; what cannot be an object at all is a Fault.
 */
import type { Source } from "../bgp/network";
import { ok, type Fault, type Result } from "../model/errors";
import { endpointSliceSchema, metadataSchema, nodeSchema, serviceSchema } from "./crds/core";
import { checkSchema, type Schema } from "./crds/schema";
import {
  groupOf,
  nameOf,
  type ClusterObjects,
  type EndpointSlice,
  type KubernetesObject,
  type Node,
  type SecretName,
  type Service,
} from "./objects";
import { withoutNulls } from "../model/nulls";
import { parseYaml } from "./parseYaml";

/** One parsed document: an object, or a list of them. */
export interface Document {
  value: unknown;
  file?: string;
  line?: number;
  /** The lines of a list's members. */
  itemLines?: readonly number[];
}

/** The API groups whose objects are kept; of the core groups only what the readings look at. */
const GROUPS = new Set(["projectcalico.org", "crd.projectcalico.org", "cilium.io", "metallb.io", "frrk8s.metallb.io"]);

const CORE: Record<string, Schema> = {
  "v1/Node": nodeSchema,
  "v1/Service": serviceSchema,
  "discovery.k8s.io/v1/EndpointSlice": endpointSliceSchema,
};

export function loadManifests(files: readonly { file: string; text: string }[]): Result<ClusterObjects> {
  const documents: Document[] = [];
  const faults: Fault[] = [];
  for (const { file, text } of files) {
    const parsed = parseYaml(text, file);
    documents.push(...parsed.documents.map((each) => ({ ...each, file })));
    faults.push(...parsed.faults);
  }
  const objects = readDocuments(documents);
  if (faults.length === 0) return objects;
  return { ok: false, faults: objects.ok ? faults : [...faults, ...objects.faults] };
}

export function readDocuments(documents: readonly Document[]): Result<ClusterObjects> {
  const faults: Fault[] = [];
  const nodes: Node[] = [];
  const services: Service[] = [];
  const endpointSlices: EndpointSlice[] = [];
  const secrets: SecretName[] = [];
  const resources: KubernetesObject[] = [];
  const sources: Record<string, Source> = {};
  const placesOf = new Map<KubernetesObject, Source>();
  let sawSecret = false;
  let itemLines: readonly number[] | undefined;

  const take = (value: unknown, path: string, place: FilePosition, depth: number): void => {
    if (value === null || value === undefined) return;
    const shape = shapeOf(value, path, place, faults);
    if (shape === undefined) return;
    if (shape.items !== undefined) {
      // A list of lists exists nowhere; what is nested deeper than one is no Kubernetes output.
      if (depth > 0) faults.push({ path, found: "a list in a list", expected: "objects", ...place });
      else {
        const { file } = place;
        shape.items.forEach((item, i) => {
          const line = itemLines?.[i] ?? place.line;
          const at = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
          take(item, `${path}items[${i}].`, at, depth + 1);
        });
      }
      return;
    }
    const { apiVersion, kind } = shape.object;
    const core = CORE[`${apiVersion}/${kind}`];
    const isSecret = apiVersion === "v1" && kind === "Secret";
    const known = GROUPS.has(groupOf(apiVersion)) || core !== undefined || isSecret;
    if (!known) return;
    const metadata = checkSchema(metadataSchema, shape.object.metadata, `${path}metadata`, "0");
    const body = core === undefined ? [] : checkSchema(core, shape.object, path.replace(/\.$/, ""), "0");
    const wrong = [...metadata, ...body];
    for (const { path: at, sentence, fix } of wrong) {
      faults.push({ path: at, found: kind, expected: "a valid object", fix: `${sentence}; ${fix}`, ...place });
    }
    if (wrong.length > 0) return;
    const object = withoutNulls(shape.object);
    if (isSecret) {
      sawSecret = true;
      secrets.push(secretName(object));
      return;
    }
    const name = nameOf(object);
    if (place.file !== undefined || place.line !== undefined) {
      const { file, line } = place;
      sources[name] = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
      placesOf.set(object, sources[name]);
    }
    if (core === nodeSchema) nodes.push(object);
    else if (core === serviceSchema) services.push(object as Service);
    else if (core === endpointSliceSchema) endpointSlices.push(object as EndpointSlice);
    else resources.push(object);
  };

  for (const { value, file, line, itemLines: members } of documents) {
    itemLines = members;
    const place = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
    take(value, "", place, 0);
  }
  faults.push(...repeated([...nodes, ...services, ...endpointSlices, ...resources], placesOf));
  if (faults.length > 0) return { ok: false, faults };
  return ok({
    nodes,
    services,
    endpointSlices,
    resources,
    sources,
    ...(sawSecret ? { secrets } : {}),
  });
}

type FilePosition = Pick<Fault, "file" | "line">;

interface Shape {
  object: KubernetesObject;
  items?: unknown[];
}

function shapeOf(
  value: unknown,
  path: string,
  place: Pick<Fault, "file" | "line">,
  faults: Fault[],
): Shape | undefined {
  const refuse = (found: string, expected: string, field = ""): undefined => {
    faults.push({ path: `${path}${field}`, found, expected, ...place });
    return undefined;
  };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse((JSON.stringify(value) ?? "").slice(0, 60), "a Kubernetes object");
  }
  const { apiVersion, kind, items, metadata } = value as Record<string, unknown>;
  if (typeof apiVersion !== "string") return refuse(show(apiVersion), "an API version", "apiVersion");
  if (typeof kind !== "string") return refuse(show(kind), "a kind", "kind");
  const object = value as KubernetesObject;
  if (Array.isArray(items) && kind.endsWith("List")) {
    const member = kind.slice(0, -"List".length);
    return {
      object,
      // The members of a typed list need not repeat what the list says.
      items: items.map((item: unknown) =>
        member !== "" && typeof item === "object" && item !== null ? { apiVersion, kind: member, ...item } : item,
      ),
    };
  }
  if (typeof metadata !== "object" || metadata === null)
    return refuse(show(metadata), "metadata with a name", "metadata");
  return { object };
}

function show(value: unknown): string {
  return value === undefined ? "" : (JSON.stringify(value) ?? "").slice(0, 60);
}

/** The values are not looked at and go no further. */
function secretName(object: KubernetesObject): SecretName {
  const { data, stringData } = object as { data?: unknown; stringData?: unknown };
  const keys = [data, stringData].flatMap((part) =>
    typeof part === "object" && part !== null ? Object.keys(part) : [],
  );
  return {
    namespace: object.metadata.namespace ?? "default",
    name: object.metadata.name,
    keys: [...new Set(keys)].sort(),
  };
}

/** Two manifests of one object: the later would overwrite the earlier, and which is later is not in the files. */
function repeated(objects: KubernetesObject[], places: ReadonlyMap<KubernetesObject, Source>): Fault[] {
  const seen = new Map<string, KubernetesObject>();
  const faults: Fault[] = [];
  for (const object of objects) {
    const name = `${groupOf(object.apiVersion)} ${nameOf(object)}`;
    const first = seen.get(name);
    if (first !== undefined) {
      const { file, line } = places.get(object) ?? {};
      const before = places.get(first);
      const where = [before?.file, before?.line].filter((part) => part !== undefined).join(":");
      faults.push({
        path: "metadata.name",
        found: nameOf(object),
        expected: `each object once${where === "" ? "" : `: ${where} has it already`}`,
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { line }),
      });
    }
    seen.set(name, first ?? object);
  }
  return faults;
}
