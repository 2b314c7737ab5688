/**
 * The Kubernetes API over node:https: requests, lists and watches, as much as an agent needs. A full client costs more
 * memory than all else that the agent holds, and there is one agent a node.
 */
import https from "node:https";
import type { KeyPair } from "./settings";

export interface ApiObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
    creationTimestamp?: string;
    ownerReferences?: { uid: string; kind?: string; controller?: boolean }[];
  };
}

export interface WatchEvent<T extends ApiObject> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: T;
}

export interface ApiEndpoint {
  host: string;
  port: number;
  /** Before every path: a proxy in front of several API servers has one. */
  basePath?: string;
  /** PEM; without one, the system's own authorities hold. */
  authority?: string;
  /** The server's certificate is not checked. */
  insecure?: boolean;
  /** Name that the server's certificate is checked for. Default: the host. */
  serverName?: string;
  identity?: KeyPair;
  token?: string;
}

/** An answer of the API server other than success. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A type alone decides which kind of patch a body is. */
export const PATCH = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

const REQUEST_TIMEOUT_MS = 15_000;
/** A little longer than the server keeps a watch, so that the server ends it and not this side. */
const WATCH_SECONDS = 300;

export class Api {
  private readonly agent: https.Agent;

  private readonly headers: Readonly<Record<string, string>>;

  constructor(private readonly endpoint: ApiEndpoint) {
    this.headers = {
      accept: "application/json",
      ...(endpoint.token === undefined ? {} : { authorization: `Bearer ${endpoint.token}` }),
    };
    this.agent = new https.Agent({
      keepAlive: true,
      ...(endpoint.authority === undefined ? {} : { ca: endpoint.authority }),
      ...(endpoint.identity === undefined ? {} : { cert: endpoint.identity.certificate, key: endpoint.identity.key }),
      ...(endpoint.serverName === undefined ? {} : { servername: endpoint.serverName }),
      rejectUnauthorized: endpoint.insecure !== true,
    });
  }

  private path(path: string): string {
    return `${this.endpoint.basePath ?? ""}${path}`;
  }

  get<T>(path: string): Promise<T> {
    return this.request<T>("GET", path);
  }

  create<T>(path: string, body: unknown): Promise<T> {
    return this.request<T>("POST", path, body, "application/json");
  }

  replace<T>(path: string, body: unknown): Promise<T> {
    return this.request<T>("PUT", path, body, "application/json");
  }

  patch<T>(path: string, body: unknown, type: string = PATCH.merge): Promise<T> {
    return this.request<T>("PATCH", path, body, type);
  }

  delete(path: string, body?: unknown): Promise<unknown> {
    return this.request("DELETE", path, body, "application/json");
  }

  /** Server-side apply: the object as it should be, whether it exists or not. */
  apply<T>(path: string, body: unknown): Promise<T> {
    return this.patch<T>(`${path}?fieldManager=bgpfabric-agent&force=true`, body, PATCH.apply);
  }

  /** Closes idle connections; what is under way ends by itself. */
  close(): void {
    this.agent.destroy();
  }

  request<T>(method: string, path: string, body?: unknown, type?: string): Promise<T> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          host: this.endpoint.host,
          port: this.endpoint.port,
          agent: this.agent,
          method,
          path: this.path(path),
          timeout: REQUEST_TIMEOUT_MS,
          headers: {
            ...this.headers,
            ...(payload === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(payload) }),
          },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (text += chunk));
          response.on("error", reject);
          response.on("end", () => {
            const status = response.statusCode ?? 0;
            if (status < 200 || status > 299) {
              reject(new ApiError(status, `${method} ${path}: ${status} ${messageOf(text)}`));
              return;
            }
            try {
              resolve((isJson(response.headers["content-type"]) ? JSON.parse(text) : text) as T);
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          });
        },
      );
      request.on("timeout", () =>
        request.destroy(new Error(`${method} ${path}: no answer in ${REQUEST_TIMEOUT_MS} ms`)),
      );
      request.on("error", reject);
      request.end(payload);
    });
  }

  /** Streams events until the server ends the watch or `signal` does; resolves in either case. */
  watch<T extends ApiObject>(
    path: string,
    resourceVersion: string,
    signal: AbortSignal,
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void> {
    const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${resourceVersion}`;
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          host: this.endpoint.host,
          port: this.endpoint.port,
          agent: this.agent,
          path: this.path(`${path}${path.includes("?") ? "&" : "?"}${query}`),
          headers: this.headers,
          signal,
        },
        (response) => {
          if (response.statusCode !== 200) {
            response.resume();
            reject(new ApiError(response.statusCode ?? 0, `watch ${path}: ${response.statusCode}`));
            return;
          }
          let rest = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => {
            const lines = (rest + chunk).split("\n");
            rest = lines.pop() ?? "";
            try {
              for (const line of lines) if (line.length > 0) onEvent(JSON.parse(line) as WatchEvent<T>);
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
              request.destroy();
            }
          });
          response.on("end", resolve);
          response.on("error", (error) => (signal.aborted ? resolve() : reject(error)));
        },
      );
      request.on("error", (error) => (signal.aborted ? resolve() : reject(error)));
      request.end();
    });
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}

function isJson(type: string | undefined): boolean {
  return type?.includes("json") ?? false;
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.slice(0, 300);
  }
}
