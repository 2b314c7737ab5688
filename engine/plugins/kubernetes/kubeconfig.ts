/** Kubeconfig files: which cluster, as whom, in which namespace. Reads files and environment; talks to nobody. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parse } from "yaml";
import { isValues, type Value, type Values } from "../values";
import { list, text } from "./object";

/** The file's entries by name; `folder` is what its relative paths start from. */
export interface Kubeconfig {
  readonly clusters: Readonly<Record<string, Values>>;
  readonly users: Readonly<Record<string, Values>>;
  readonly contexts: Readonly<Record<string, Values>>;
  readonly current: string;
  readonly folder: string;
}

export interface Overrides {
  readonly context?: string;
  readonly cluster?: string;
  readonly namespace?: string;
}

/** What a connection needs. */
export interface Access {
  readonly server: string;
  readonly namespace: string;
  readonly tls: {
    readonly ca?: string | Buffer;
    readonly cert?: string | Buffer;
    readonly key?: string | Buffer;
    readonly servername?: string;
    readonly rejectUnauthorized: boolean;
  };
  readonly token?: string;
  /** Read again when it changes: cluster tokens rotate. */
  readonly tokenFile?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  /** A credential plugin, as `client.authentication.k8s.io` has it. */
  readonly exec?: Values;
}

const empty: Kubeconfig = { clusters: {}, users: {}, contexts: {}, current: "", folder: "." };

/**
 * The argument `kubeconfig`: a path, or the contents (YAML or JSON, as text or as an object). Paths in it start from the
 * working directory, so that the same contents at another place are the same cluster (as in the official plugin).
 */
export function readKubeconfig(pathOrContents: Value | undefined): Kubeconfig {
  if (pathOrContents === undefined || pathOrContents === null || pathOrContents === "") return empty;
  if (isValues(pathOrContents)) return entries(pathOrContents, ".");
  if (typeof pathOrContents !== "string") throw new Error("unexpected kubeconfig format: neither text nor an object");
  const path = pathOrContents.replace(/^~(?=$|\/)/, homedir());
  if (!path.includes("\n") && existsSync(path) && statSync(path).isFile())
    return entries(parsed(readFileSync(path, "utf8")), ".");
  return entries(parsed(pathOrContents), ".");
}

/** Without the argument: the files of $KUBECONFIG (the first that names a thing wins), else ~/.kube/config. */
export function defaultKubeconfig(): Kubeconfig {
  const paths = (process.env["KUBECONFIG"] || join(homedir(), ".kube", "config")).split(":");
  const files = paths.filter((p) => p !== "" && existsSync(p)).map(fromFile);
  return files.reduceRight(
    (rest, file) => ({
      clusters: { ...rest.clusters, ...file.clusters },
      users: { ...rest.users, ...file.users },
      contexts: { ...rest.contexts, ...file.contexts },
      current: file.current || rest.current,
      folder: file.folder,
    }),
    empty,
  );
}

const fromFile = (path: string): Kubeconfig => entries(parsed(readFileSync(path, "utf8")), dirname(resolve(path)));

function parsed(contents: string): Values {
  let value: unknown;
  try {
    value = parse(contents);
  } catch {
    throw new Error("the kubeconfig is neither a file's path nor YAML"); // its text may hold credentials: not quoted
  }
  if (!isValues(value as Value)) throw new Error("the kubeconfig is neither a file's path nor a map of YAML");
  return value as Values;
}

function entries(config: Values, folder: string): Kubeconfig {
  const named = (section: string, part: string): Record<string, Values> =>
    Object.fromEntries(
      list(config, section).flatMap((entry) => {
        const value = isValues(entry) ? entry[part] : undefined;
        if (!isValues(value)) return [];
        return [[text(entry, "name"), part === "context" ? value : withPaths(value, folder)]];
      }),
    );
  return {
    clusters: named("clusters", "cluster"),
    users: named("users", "user"),
    contexts: named("contexts", "context"),
    current: text(config, "current-context"),
    folder,
  };
}

const paths = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];
const withPaths = (entry: Values, folder: string): Values =>
  Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key,
      paths.includes(key) && typeof value === "string" && !isAbsolute(value) ? join(folder, value) : value,
    ]),
  );

/** The cluster entry that the current context (or what overrides it) points at; undefined when none does. */
export function activeCluster(config: Kubeconfig, overrides: Overrides): Values | undefined {
  const context = config.contexts[overrides.context ?? config.current];
  if (!context) return undefined;
  return config.clusters[overrides.cluster ?? text(context, "cluster")];
}

export function access(config: Kubeconfig, overrides: Overrides): Access {
  const contextName = overrides.context || config.current;
  const context = config.contexts[contextName];
  if (!context) {
    const inside = Object.keys(config.contexts).length === 0 ? insideCluster(overrides) : undefined;
    if (inside) return inside;
    throw new Error(
      contextName === ""
        ? "invalid configuration: no configuration has been provided"
        : `context "${contextName}" does not exist`,
    );
  }
  const clusterName = overrides.cluster || text(context, "cluster");
  const cluster = config.clusters[clusterName];
  if (!cluster) throw new Error(`cluster "${clusterName}" does not exist`);
  const user = config.users[text(context, "user")] ?? {};
  const refused = ["auth-provider"].filter((k) => k in user).concat("proxy-url" in cluster ? ["proxy-url"] : []);
  if (refused[0] !== undefined)
    throw new Error(`the kubeconfig's ${refused[0]} is not supported by this stand-in; the official plugin has it`);
  const bytes = (entry: Values, name: string): Buffer | undefined => {
    const data = text(entry, `${name}-data`);
    if (data !== "") return Buffer.from(data, "base64");
    return text(entry, name) === "" ? undefined : readFileSync(text(entry, name));
  };
  const ca = bytes(cluster, "certificate-authority");
  const cert = bytes(user, "client-certificate");
  const key = bytes(user, "client-key");
  const servername = text(cluster, "tls-server-name");
  const token = text(user, "token");
  const tokenFile = text(user, "tokenFile");
  return {
    server: text(cluster, "server").replace(/\/+$/, ""),
    namespace: overrides.namespace || text(context, "namespace") || "default",
    tls: {
      rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(servername !== "" && { servername }),
    },
    ...(tokenFile !== "" ? { tokenFile } : token !== "" && { token }),
    ...(text(user, "username") !== "" && {
      basic: { username: text(user, "username"), password: text(user, "password") },
    }),
    ...(isValues(user["exec"]) && { exec: user["exec"] }),
  };
}

/** A program that runs in a pod: the service account's files. */
function insideCluster(overrides: Overrides): Access | undefined {
  const folder = "/var/run/secrets/kubernetes.io/serviceaccount";
  const host = process.env["KUBERNETES_SERVICE_HOST"];
  if (host === undefined || !existsSync(join(folder, "token"))) return undefined;
  const namespaceFile = join(folder, "namespace");
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${process.env["KUBERNETES_SERVICE_PORT"] ?? "443"}`,
    namespace:
      overrides.namespace || (existsSync(namespaceFile) ? readFileSync(namespaceFile, "utf8").trim() : "default"),
    tls: { ca: readFileSync(join(folder, "ca.crt")), rejectUnauthorized: true },
    tokenFile: join(folder, "token"),
  };
}
