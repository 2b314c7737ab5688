/** The way to a Docker daemon: which one the provider's arguments name, and its errors in the words the official plugin uses. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { unsupported } from "../errors";
import { isValues, plainValues, type Value, type Values } from "../values";

export interface Daemon {
  readonly docker: Docker;
  /** Credentials by the registry's address. */
  readonly registries: ReadonlyMap<string, { username: string; password: string }>;
}

const standardSocket = "/var/run/docker.sock";

/** Connects by the provider's arguments, else DOCKER_HOST, else the standard socket. Nothing is asked of the daemon yet. */
export function connect(config: Values): Daemon {
  const args = plainValues(config);
  const text = (key: string): string | undefined => {
    const value = args[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  for (const key of ["context", "sshOpts"])
    if (args[key] !== undefined && args[key] !== null) throw unsupported("docker", `the provider's argument ${key}`);
  const host = text("host") ?? process.env["DOCKER_HOST"] ?? defaultHost();
  return { docker: new Docker(options(host, text)), registries: registries(args["registryAuth"]) };
}

/** Docker Desktop and rootless Docker keep a socket in the user's home. */
function defaultHost(): string {
  const desktop = join(homedir(), ".docker", "run", "docker.sock");
  return `unix://${!existsSync(standardSocket) && existsSync(desktop) ? desktop : standardSocket}`;
}

function options(host: string, text: (key: string) => string | undefined): Docker.DockerOptions {
  const unix = /^unix:\/\/(.*)$/.exec(host);
  if (unix?.[1] !== undefined) return { socketPath: unix[1] };
  const tcp = /^(tcp|http|https):\/\/\[?([^\]/]+?)\]?(?::(\d+))?\/?$/.exec(host);
  if (!tcp) throw unsupported("docker", `the Docker host ${host}`);
  const [, scheme, name, port] = tcp;
  const folder = text("certPath");
  const material = (key: string, file: string): string | undefined =>
    text(key) ?? (folder === undefined ? undefined : readFileSync(join(folder, file), "utf8"));
  const ca = material("caMaterial", "ca.pem");
  const cert = material("certMaterial", "cert.pem");
  const key = material("keyMaterial", "key.pem");
  const secure = scheme === "https" || (ca ?? cert ?? key) !== undefined;
  return {
    host: name ?? "",
    port: port ?? (secure ? 2376 : 2375),
    protocol: secure ? "https" : "http",
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function registries(given: Value | undefined): Daemon["registries"] {
  const found = new Map<string, { username: string; password: string }>();
  const word = (value: Value | undefined): string => (typeof value === "string" ? value : "");
  // The SDK sends a list as JSON in the provider's configuration.
  const list = typeof given === "string" ? (JSON.parse(given) as Value) : given;
  for (const entry of Array.isArray(list) ? list : []) {
    if (!isValues(entry)) continue;
    const address = word(entry["address"])
      .replace(/^https?:\/\//, "")
      .replace(/\/.*$/, "");
    found.set(address, { username: word(entry["username"]), password: word(entry["password"]) });
  }
  return found;
}

interface DockerFailure {
  statusCode?: number;
  json?: { message?: string };
  code?: string;
}

export const isMissing = (error: unknown): boolean => (error as DockerFailure).statusCode === 404;

/** What the daemon said, or why it could not be reached. */
export function reason(error: unknown): string {
  const failure = error as DockerFailure;
  if (failure.statusCode !== undefined)
    return `Error response from daemon: ${failure.json?.message ?? messageOf(error)}`;
  if (failure.code === "ENOENT" || failure.code === "ECONNREFUSED" || failure.code === "EACCES")
    return `Cannot connect to the Docker daemon (${messageOf(error)}). Is the docker daemon running?`;
  return messageOf(error);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Runs `work`; its failure reads "WHAT: REASON". */
export async function trying<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${what}: ${reason(error)}`, { cause: error });
  }
}

/** Asks again, soon at first, until `done` answers true; fails with `late` after the time is up and at once when aborted. */
export async function until(
  done: () => Promise<boolean>,
  { seconds, signal, late }: { seconds: number; signal: AbortSignal; late: string },
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
    if (await done()) return;
    if (Date.now() > end) throw new Error(late);
    await wait(pause, signal);
  }
}

/** A pause that an abort ends with its reason. */
export function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    if (signal.aborted) return reject(signal.reason as Error);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", abort, { once: true });
  });
}
