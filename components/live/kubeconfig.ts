/**
 * A kubeconfig as users have it: YAML with several contexts, credentials inline or in files beside it. What it would run
 * or ask another service for is refused with a fault: a provider process must not start programs that it was not told of.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { parseDocument } from "yaml";
import type { ApiEndpoint } from "../agent/api";
import { type Fault, type Result, fail, ok } from "../model/errors";

export interface KubeconfigOptions {
  /** Context to take. Default: the current one. */
  context?: string;
  /** Folder that the paths of files in it start from. Default: where kubectl keeps its own. */
  folder?: string;
}

type Fields = Record<string, unknown>;

/** Ways to get a credential that need a program or another service. */
const REFUSED: Record<string, string> = {
  exec: "a program that prints credentials",
  "auth-provider": "a sign-in that kubectl no longer has",
};

export function readKubeconfig(text: string, options: KubeconfigOptions = {}): Result<ApiEndpoint> {
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem !== undefined) {
    return fail({ path: "kubeconfig", found: problem.message.split("\n")[0] ?? "", expected: "YAML" });
  }
  const config = fieldsOf(document.toJS() as unknown);
  const faults: Fault[] = [];
  const wanted = options.context ?? textOf(config["current-context"]);
  const context = chosen(config, "contexts", "context", wanted, faults);
  const cluster = chosen(config, "clusters", "cluster", textOf(context["cluster"]), faults);
  const user = chosen(config, "users", "user", textOf(context["user"]), faults);
  if (faults.length > 0) return fail(...faults);

  const reader = { folder: options.folder ?? join(homedir(), ".kube"), faults };
  const server = serverOf(cluster, faults);
  const authority = material(cluster, "certificate-authority", reader);
  const certificate = material(user, "client-certificate", reader);
  const key = material(user, "client-key", reader);
  const token = textOf(user["token"]) ?? fileOf(user["tokenFile"], "users.user.tokenFile", reader)?.trim();
  for (const [field, what] of Object.entries(REFUSED)) {
    if (user[field] === undefined) continue;
    faults.push({
      path: `users.user.${field}`,
      found: what,
      expected: "a certificate or a token",
      fix: "give a kubeconfig of a service account: kubectl create token",
    });
  }
  for (const [where, fields, field] of [
    ["clusters.cluster", cluster, "proxy-url"],
    ["users.user", user, "as"],
  ] as const) {
    if (fields[field] === undefined) continue;
    faults.push({
      path: `${where}.${field}`,
      found: JSON.stringify(fields[field]),
      expected: "nothing: it is not supported",
    });
  }
  if (faults.length === 0 && token === undefined && (certificate === undefined || key === undefined)) {
    faults.push({
      path: "users.user",
      found: "",
      expected: "client-certificate-data and client-key-data, files with them, or a token",
    });
  }
  if (faults.length > 0 || server === undefined) return fail(...faults);
  const serverName = textOf(cluster["tls-server-name"]);
  return ok({
    ...server,
    ...(authority === undefined ? {} : { authority }),
    ...(cluster["insecure-skip-tls-verify"] === true ? { insecure: true } : {}),
    ...(serverName === undefined ? {} : { serverName }),
    ...(certificate === undefined || key === undefined ? {} : { identity: { certificate, key } }),
    ...(token === undefined ? {} : { token }),
  });
}

/** The entry of a list that has the name. */
function chosen(config: Fields, list: string, field: string, name: string | undefined, faults: Fault[]): Fields {
  const entries = Array.isArray(config[list]) ? (config[list] as unknown[]).map(fieldsOf) : [];
  const found = entries.find((entry) => entry["name"] === name);
  if (found !== undefined && name !== undefined) return fieldsOf(found[field]);
  // One fault for the first missing link of the chain is enough.
  if (faults.length === 0) {
    const names = entries.map((entry) => textOf(entry["name"]) ?? "").join(", ");
    faults.push({
      path: `kubeconfig.${list}`,
      found: name ?? "",
      expected: names === "" ? "an entry" : `one of ${names}`,
    });
  }
  return {};
}

function serverOf(cluster: Fields, faults: Fault[]): { host: string; port: number; basePath?: string } | undefined {
  const text = textOf(cluster["server"]) ?? "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:") {
    faults.push({
      path: "clusters.cluster.server",
      found: text,
      expected: 'an https address, "https://127.0.0.1:6443"',
    });
    return undefined;
  }
  const basePath = url.pathname.replace(/\/+$/, "");
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? 443 : Number(url.port),
    ...(basePath === "" ? {} : { basePath }),
  };
}

interface Reader {
  folder: string;
  faults: Fault[];
}

/** "client-key-data" inline, or the file that "client-key" names; inline wins, as with kubectl. */
function material(fields: Fields, field: string, reader: Reader): string | undefined {
  const data = textOf(fields[`${field}-data`]);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  return fileOf(fields[field], field, reader);
}

function fileOf(value: unknown, field: string, { folder, faults }: Reader): string | undefined {
  const path = textOf(value);
  if (path === undefined) return undefined;
  try {
    return readFileSync(isAbsolute(path) ? path : join(folder, path), "utf8");
  } catch {
    faults.push({ path: `kubeconfig.${field}`, found: path, expected: "a file that can be read" });
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Fields) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
