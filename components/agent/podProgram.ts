/**
 * What a pod of a bare node runs. There is no container runtime and no image: nginx is the node's own, and answers with
 * pod, node and client; netshoot is a process that sleeps, in whose network commands run. Nothing else can be asked for.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { ProgramLog } from "./kubelet/programLog";
import { familyOf } from "../model/address";
import type { Pod } from "./objects";

export interface PodProgram {
  process: ChildProcess;
  /** What it writes. */
  log: ProgramLog;
  /** Where it listens, once it has a network. */
  port?: number;
}

/** Folder with what a pod's program needs. */
export function podFolder(uid: string): string {
  return `/run/bgpfabric/pods/${uid}`;
}

interface Program {
  image: RegExp;
  /** The shell's command, and the port where the program listens. */
  prepare(pod: Pod, folder: string, node: string, addresses: readonly string[]): { command: string; port?: number };
}

const PROGRAMS: readonly Program[] = [
  {
    image: /(^|\/)nginx(:|@|$)/,
    prepare: (pod, folder, node, addresses) => {
      const port = pod.spec.containers[0]?.ports?.[0]?.containerPort ?? 80;
      writeFileSync(
        `${folder}/nginx.conf`,
        nginxConfiguration(folder, pod.metadata.name, node, listening(addresses, port)),
      );
      return { command: `nginx -c ${folder}/nginx.conf -e stderr`, port };
    },
  },
  { image: /(^|\/)netshoot(:|@|$)/, prepare: () => ({ command: "sleep infinity" }) },
];

/** Why the pod cannot run here, or undefined. */
export function notRunnable({ spec }: Pod): string | undefined {
  const foreign = spec.containers.find(({ image }) => programOf(image) === undefined);
  if (spec.containers.length === 1 && foreign === undefined) return undefined;
  const what = foreign?.image ?? `${spec.containers.length} containers in one pod`;
  return `a bare node runs one nginx or one netshoot a pod, not ${what}`;
}

function programOf(image: string): Program | undefined {
  return PROGRAMS.find((program) => program.image.test(image));
}

/** Starts the program in a network namespace of its own, where it waits until its standard input has a line. */
export async function startProgram(
  pod: Pod,
  uid: string,
  node: string,
  addresses: readonly string[],
): Promise<PodProgram> {
  const folder = podFolder(uid);
  mkdirSync(folder, { recursive: true });
  const program = programOf(pod.spec.containers[0]?.image ?? "");
  if (program === undefined) throw new Error(notRunnable(pod) ?? "the pod has no program");
  const { command, port } = program.prepare(pod, folder, node, addresses);
  // Node's pipes are sockets, which nginx cannot open as /dev/stdout: cat stands between.
  const script = `hostname "$0"; echo ready; read go; exec ${command} > >(exec cat)`;
  const args = ["--net", "--uts", "--", "/bin/bash", "-c", script, pod.metadata.name];
  const child = spawn("unshare", args, { stdio: ["pipe", "pipe", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    once(child.stdout, "data").then(() => resolve(), reject);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${pod.metadata.name}: unshare ended with ${code}`)));
  });
  const log = new ProgramLog();
  log.take(child.stdout, "Stdout");
  log.take(child.stderr, "Stderr");
  child.once("close", () => log.end());
  return { process: child, log, ...(port === undefined ? {} : { port }) };
}

/** On all addresses of each family that the pod has. */
function listening(addresses: readonly string[], port: number): string[] {
  const families = new Set(addresses.map(familyOf));
  return [...(families.has("ipv4") ? [`${port}`] : []), ...(families.has("ipv6") ? [`[::]:${port}`] : [])];
}

function nginxConfiguration(folder: string, pod: string, node: string, listens: readonly string[]): string {
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  log_format short '$remote_addr "$request" $status';
  access_log /dev/stdout short;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  default_type text/plain;
  keepalive_timeout 0;
  server {
${listens.map((one) => `    listen ${one};\n`).join("")}    location / { return 200 "${pod} on ${node} answers $remote_addr\\n"; }
  }
}
`;
}
