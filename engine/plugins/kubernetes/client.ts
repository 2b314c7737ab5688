/** Requests to a Kubernetes API server over Node's own HTTP: JSON in, JSON out, and watches line by line. Knows no kind. */
import * as http from "node:http";
import * as https from "node:https";
import { createInterface } from "node:readline";
import { isValues, type Value, type Values } from "../values";
import { credentials } from "./credentials";
import type { Access } from "./kubeconfig";
import { list, number, text } from "./object";

/** The server's refusal: its Status object. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly status: Values,
  ) {
    super(message);
  }
}
/** The server knows no such kind. */
export class NoMatch extends Error {}

const has = (error: unknown, reason: string): boolean => error instanceof ApiError && error.reason === reason;
export const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.code === 404;
export const isAlreadyExists = (error: unknown): boolean => has(error, "AlreadyExists");
export const isConflict = (error: unknown): boolean => has(error, "Conflict");
export const isForbidden = (error: unknown): boolean => has(error, "Forbidden");
export const isInvalid = (error: unknown): boolean => has(error, "Invalid");
export const isNamespaceMissing = (error: unknown): boolean =>
  isNotFound(error) && text((error as ApiError).status, "details", "kind") === "namespaces";
export const causes = (error: unknown): Values[] =>
  error instanceof ApiError ? list(error.status, "details", "causes").filter(isValues) : [];

export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | boolean | undefined>>;
  readonly body?: Value;
  readonly type?: string;
  readonly signal?: AbortSignal;
  /** Seconds until the request is given up; 0: never. */
  readonly seconds?: number;
}

export interface Client {
  request(request: Request): Promise<Values>;
  /** The lines of a watch, until the server ends it. */
  lines(request: Request): AsyncIterable<Values>;
}

// Before the API server closes an idle connection (Go's default: 90 s), so that no request goes out on a dying one.
const idleMilliseconds = 30_000;
const patience = 60; // seconds: the API server gives up a request that is no watch after 60

export function client(access: Access, seconds = patience): Client {
  const base = new URL(access.server);
  const secure = base.protocol === "https:";
  const { Agent } = secure ? https : http;
  const pool = new Agent({ keepAlive: true, maxSockets: 64, timeout: idleMilliseconds });
  // A watch holds its connection for minutes: hundreds of them must not keep a request waiting.
  const apart = new Agent();
  const who = credentials(access);

  async function open(request: Request): Promise<http.IncomingMessage> {
    const { headers, ...certificate } = await who();
    const query = Object.entries(request.query ?? {}).filter(([, v]) => v !== undefined && v !== "");
    const search = new URLSearchParams(query.map(([k, v]) => [k, String(v)] as [string, string])).toString();
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const limit = request.seconds ?? seconds;
    return new Promise((resolve, reject) => {
      const sent = (secure ? https : http).request(
        {
          agent: limit > 0 ? pool : apart,
          method: request.method,
          hostname: base.hostname.replace(/^\[|\]$/g, ""),
          port: base.port || (secure ? 443 : 80),
          path: `${base.pathname.replace(/\/$/, "")}${request.path}${search === "" ? "" : `?${search}`}`,
          headers: {
            accept: "application/json",
            "user-agent": "pulumi-kubernetes/4.34.2",
            ...headers,
            ...(body !== undefined && {
              "content-type": request.type ?? "application/json",
              "content-length": Buffer.byteLength(body),
            }),
          },
          ...(request.signal && { signal: request.signal }),
          ...(secure && { ...access.tls, ...certificate }),
        },
        resolve,
      );
      if (limit > 0)
        sent.setTimeout(limit * 1000, () =>
          sent.destroy(new Error(`${request.method} ${base.origin}${request.path}: no answer in ${limit} seconds`)),
        );
      sent.on("error", (error) =>
        reject(new Error(`${request.method} ${base.origin}${request.path}: ${error.message}`, { cause: error })),
      );
      sent.end(body);
    });
  }

  async function answered(request: Request): Promise<http.IncomingMessage> {
    const response = await open(request);
    const code = response.statusCode ?? 0;
    if (code >= 200 && code < 300) return response;
    throw refusal(code, await contents(response));
  }

  return {
    async request(request) {
      const body = await contents(await answered(request));
      return body === "" ? {} : (JSON.parse(body) as Values);
    },
    async *lines(request) {
      const response = await answered({ ...request, seconds: 0 });
      try {
        for await (const line of createInterface({ input: response, crlfDelay: Infinity }))
          if (line !== "") yield JSON.parse(line) as Values;
      } finally {
        response.destroy();
      }
    },
  };
}

async function contents(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function refusal(code: number, body: string): ApiError {
  let status: Values = {};
  try {
    const parsed = JSON.parse(body) as Value;
    if (isValues(parsed)) status = parsed;
  } catch {
    // not a Status: a proxy's page, or plain text
  }
  const message = text(status, "message") || body.trim().slice(0, 500) || `HTTP ${code}`;
  return new ApiError(number(status, "code") ?? code, text(status, "reason"), message, status);
}
