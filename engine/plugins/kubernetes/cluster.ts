/** The API server's objects: where each kind is served, and get, list, create, apply, patch, replace, delete, watch. */
import { isValues, type Values } from "../values";
import { isNotFound, NoMatch, type Client } from "./client";
import { groupVersion, kindFromObject, list, nameOf, namespaceOf, showKind, text, type Kind } from "./object";

export interface Mapping {
  /** Path of the group and version: "/api/v1". */
  readonly root: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface ApplyOptions {
  readonly fieldManager: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly fieldValidation?: "Warn";
}

/** The objects of one kind in one namespace. */
export interface Objects {
  readonly path: string;
  get(name: string, signal?: AbortSignal): Promise<Values>;
  list(signal?: AbortSignal): Promise<Values[]>;
  create(object: Values, options: ApplyOptions): Promise<Values>;
  /** Server-side apply. */
  apply(object: Values, options: ApplyOptions): Promise<Values>;
  patch(name: string, type: "json" | "merge", patch: Values | Values[], options?: ApplyOptions): Promise<Values>;
  replace(object: Values, options: ApplyOptions): Promise<Values>;
  delete(name: string, propagationPolicy: string): Promise<Values>;
}

export interface Cluster {
  readonly client: Client;
  mapping(kind: Kind): Promise<Mapping>;
  /** Whether the kind is served; a server that does not answer counts as no, or as the error that it is. */
  exists(kind: Kind, failures?: "strict"): Promise<boolean>;
  objects(kind: Kind, namespace: string): Promise<Objects>;
  /** Those that an object lies among. */
  around(object: Values): Promise<Objects>;
  /** Forgets what kinds there are: a definition came or went. */
  forget(): void;
}

export function cluster(client: Client): Cluster {
  const known = new Map<string, Promise<Values[]>>();
  const kindsOf = (version: string): Promise<Values[]> => {
    let kinds = known.get(version);
    if (kinds === undefined) {
      kinds = client
        .request({ method: "GET", path: root(version), seconds: 32 })
        .then((answer) => list(answer, "resources").filter(isValues));
      kinds.catch(() => known.delete(version));
      known.set(version, kinds);
    }
    return kinds;
  };

  async function mapping(kind: Kind): Promise<Mapping> {
    const version = groupVersion(kind);
    const kinds = await kindsOf(version).catch((error: unknown) => {
      if (isNotFound(error)) return [];
      throw error;
    });
    const found = kinds.find((k) => text(k, "kind") === kind.kind && !text(k, "name").includes("/"));
    if (!found)
      throw new NoMatch(`no matches for kind "${kind.kind}" in version "${version}" (${showKind(kind)} is not served)`);
    return { root: root(version), plural: text(found, "name"), namespaced: found["namespaced"] === true };
  }

  async function objects(kind: Kind, namespace: string): Promise<Objects> {
    const { root, plural, namespaced } = await mapping(kind).catch((error: unknown) => {
      if (!(error instanceof NoMatch)) throw error;
      known.clear(); // perhaps its definition came since: ask once more
      return mapping(kind);
    });
    const place = namespaced ? `/namespaces/${encodeURIComponent(namespace || "default")}` : "";
    return objectsAt(client, `${root}${place}/${plural}`);
  }

  return {
    client,
    mapping,
    objects,
    exists: (kind, failures) =>
      mapping(kind).then(
        () => true,
        (error: unknown) => {
          if (failures === "strict" && !(error instanceof NoMatch)) throw error;
          return false;
        },
      ),
    around: (object) => objects(kindFromObject(object), namespaceOf(object)),
    forget: () => known.clear(),
  };
}

const root = (version: string): string => (version.includes("/") ? `/apis/${version}` : `/api/${version}`);

function objectsAt(client: Client, path: string): Objects {
  const at = (name: string): string => `${path}/${encodeURIComponent(name)}`;
  const query = (options: ApplyOptions) => ({
    fieldManager: options.fieldManager,
    force: options.force,
    dryRun: options.dryRun ? "All" : undefined,
    fieldValidation: options.fieldValidation,
  });
  return {
    path,
    get: (name, signal) => client.request({ method: "GET", path: at(name), ...(signal && { signal }) }),
    list: async (signal) =>
      list(await client.request({ method: "GET", path, ...(signal && { signal }) }), "items").filter(isValues),
    create: (object, options) => client.request({ method: "POST", path, query: query(options), body: object }),
    apply: (object, options) =>
      client.request({
        method: "PATCH",
        path: at(nameOf(object)),
        query: query(options),
        body: object,
        type: "application/apply-patch+yaml",
      }),
    patch: (name, type, patch, options) =>
      client.request({
        method: "PATCH",
        path: at(name),
        ...(options && { query: query(options) }),
        body: patch,
        type: `application/${type === "json" ? "json-patch" : "merge-patch"}+json`,
      }),
    replace: (object, options) =>
      client.request({ method: "PUT", path: at(nameOf(object)), query: query(options), body: object }),
    delete: (name, propagationPolicy) =>
      client.request({ method: "DELETE", path: at(name), body: { propagationPolicy } }),
  };
}
