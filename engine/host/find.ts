/**
 * Finding a Docker daemon that the user already has, in the order of Docker's own client: DOCKER_HOST, the current
 * context, the default socket.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import Docker from "dockerode";
import { SetupError } from "../places";

export interface Daemon {
  /** Empty for Docker's default. */
  dockerHost: string;
  /** How it was found, for people. */
  how: string;
  version: string;
}

type Environment = Record<string, string | undefined>;

export async function findDaemon(env: Environment = process.env): Promise<Daemon | undefined> {
  const named = env["DOCKER_HOST"];
  if (named !== undefined && named !== "") {
    const version = await versionOf(named);
    if (version === undefined) throw new SetupError(`DOCKER_HOST=${named}: no Docker daemon answers there`);
    return { dockerHost: named, how: `DOCKER_HOST=${named}`, version };
  }
  const context = contextEndpoint(env);
  if (context !== undefined) {
    const version = await versionOf(context.host);
    if (version !== undefined) return { dockerHost: context.host, how: `docker context ${context.name}`, version };
  }
  const standard = "unix:///var/run/docker.sock";
  const version = await versionOf(standard);
  return version === undefined ? undefined : { dockerHost: "", how: "the default socket", version };
}

/** The endpoint of the current context, as the docker client stores it; the default context has none. */
export function contextEndpoint(env: Environment): { name: string; host: string } | undefined {
  const config = env["DOCKER_CONFIG"] || path.join(env["HOME"] ?? os.homedir(), ".docker");
  try {
    const chosen = JSON.parse(fs.readFileSync(path.join(config, "config.json"), "utf8")) as { currentContext?: string };
    const name = env["DOCKER_CONTEXT"] || chosen.currentContext;
    if (name === undefined || name === "default") return undefined;
    const id = createHash("sha256").update(name).digest("hex");
    const meta = JSON.parse(fs.readFileSync(path.join(config, "contexts", "meta", id, "meta.json"), "utf8")) as {
      Endpoints?: { docker?: { Host?: string } };
    };
    const host = meta.Endpoints?.docker?.Host;
    return host === undefined ? undefined : { name, host };
  } catch {
    return undefined;
  }
}

export async function versionOf(dockerHost: string, timeoutMs = 2000): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    const answer = connect(dockerHost)
      .version()
      .then((version) => version.Version)
      .catch(() => undefined);
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** A client of a daemon. Anything but a socket is left to the library, which reads the same variables as the CLI. */
export function connect(dockerHost: string): Docker {
  if (dockerHost.startsWith("unix://")) return new Docker({ socketPath: dockerHost.slice("unix://".length) });
  if (dockerHost === "") return new Docker({ socketPath: "/var/run/docker.sock" });
  const url = new URL(dockerHost);
  const protocol = url.protocol.replace(":", "") as "http" | "https" | "ssh";
  if (url.protocol === "ssh:") {
    return new Docker({ protocol: "ssh", host: url.hostname, port: url.port || 22, username: url.username });
  }
  if (process.env["DOCKER_CERT_PATH"] !== undefined) return new Docker();
  return new Docker({ protocol: protocol === "https" ? "https" : "http", host: url.hostname, port: url.port || 2375 });
}
