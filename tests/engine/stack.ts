/** The real Pulumi CLI on a stack of its own: its own backend, its own prefix and its own configuration file. */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import Docker from "dockerode";
import { dockerShell } from "../../components/live/reach/docker";
import { output } from "../../components/live/shell";

export const CHECKOUT = join(__dirname, "../..");
/** Beside a lab of the stack "selective" that may stand already. */
export const STACK = "selective-engine";
export const NETWORK = "10.20.10";

export interface Ran {
  code: number;
  text: string;
}

export interface Step {
  op: string;
  name: string;
}

export class Stack {
  readonly folder = mkdtempSync(join(tmpdir(), "bgpfabric-engine-"));
  private readonly file = join(this.folder, "config.yaml");

  constructor(readonly name = STACK) {
    mkdirSync(join(this.folder, "backend"));
  }

  pulumi(args: string[], checkout = CHECKOUT): Promise<Ran> {
    const env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${join(this.folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
    };
    const given = [...args, "--stack", this.name, "--non-interactive"];
    const command = args[0] === "stack" ? given : [...given, "--config-file", this.file];
    return new Promise((resolve) => {
      execFile("pulumi", command, { cwd: checkout, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), text: stdout + stderr });
      });
    });
  }

  /** Ends well, or the test ends with what Pulumi said. */
  async succeeds(...args: string[]): Promise<string> {
    const { code, text } = await this.pulumi(args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${text}`);
    return text;
  }

  async init(): Promise<void> {
    await this.succeeds("stack", "init");
    await this.set("network", NETWORK);
  }

  async set(key: string, value: string): Promise<void> {
    await this.succeeds("config", "set", key, value);
  }

  up(): Promise<string> {
    return this.succeeds("up", "--yes", "--skip-preview");
  }

  /** What a preview plans, without what stays the same. */
  async plan(): Promise<Step[]> {
    const { code, text } = await this.pulumi(["preview", "--json"]);
    if (code !== 0) throw new Error(text);
    const { steps } = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as {
      steps: { op: string; urn: string }[];
    };
    return steps
      .filter(({ op }) => op !== "same")
      .map(({ op, urn }) => ({ op, name: urn.split("::").at(-1) ?? "" }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async outputs<T>(): Promise<T> {
    const { text } = await this.pulumi(["stack", "output", "--json"]);
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as T;
  }

  /** Whatever the test left behind, in the stack and on disk. */
  async remove(): Promise<void> {
    await this.pulumi(["destroy", "--yes", "--skip-preview"]);
    rmSync(this.folder, { recursive: true, force: true });
    // `pulumi stack init` has put the stack's salt beside Pulumi.yaml.
    rmSync(join(CHECKOUT, `Pulumi.${this.name}.yaml`), { force: true });
  }
}

/** The sources and what was compiled from them, in another folder: what a colleague has. */
export function clone(folder: string): string {
  const copy = join(folder, "clone");
  cpSync(CHECKOUT, copy, {
    recursive: true,
    preserveTimestamps: true,
    filter: (source) => !["node_modules", ".git", "coverage"].includes(basename(source)),
  });
  symlinkSync(join(CHECKOUT, "node_modules"), join(copy, "node_modules"));
  return copy;
}

const docker = new Docker();

export interface Left {
  containers: string[];
  networks: string[];
  volumes: string[];
}

/** What Docker holds with the stack's label. */
export async function held(stack = STACK): Promise<Left> {
  const filters = { label: [`bgpfabric.stack=${stack}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return {
    containers: containers.flatMap(({ Names }) => Names).sort(),
    networks: networks.map(({ Name }) => Name).sort(),
    volumes: (volumes.Volumes ?? []).map(({ Name }) => Name).sort(),
  };
}

/** Ids and start times of the stack's containers: a restart or a replacement changes them. */
export async function lives(): Promise<string[]> {
  const listed = await docker.listContainers({ filters: { label: [`bgpfabric.stack=${STACK}`] } });
  const inspected = await Promise.all(listed.map(({ Id }) => docker.getContainer(Id).inspect()));
  return inspected.map(({ Id, Name, State }) => `${Name} ${Id} ${State.StartedAt}`).sort();
}

export function onTor(...command: string[]): Promise<string> {
  return output(dockerShell(`bgpfabric-${STACK}-rack1-tor`), command);
}

export function removeContainer(name: string): Promise<unknown> {
  return docker.getContainer(`bgpfabric-${STACK}-${name}`).remove({ force: true });
}

/** May a test change links and routes here? Only in a lab's own namespace, and not on the machine itself. */
export function inLabNamespace(): boolean {
  try {
    return execFileSync("ip", ["netns", "identify"], { encoding: "utf8" }).startsWith("bgpfabric-");
  } catch {
    return false;
  }
}

/** An interface with a route, as a VPN brings one, while something is tried. */
export async function withRoute<T>(device: string, prefix: string, action: () => Promise<T>): Promise<T> {
  const ip = (...args: string[]) => execFileSync("ip", args);
  ip("link", "add", device, "type", "bridge");
  try {
    ip("link", "set", device, "up");
    ip("route", "add", prefix, "dev", device);
    return await action();
  } finally {
    ip("link", "del", device);
  }
}

/** A Docker network that somebody else has on a prefix, while something is tried. */
export async function withNetwork<T>(subnet: string, action: () => Promise<T>): Promise<T> {
  const network = await docker.createNetwork({
    Name: `somebody-${Date.now()}`,
    IPAM: { Driver: "default", Config: [{ Subnet: subnet }] },
  });
  try {
    return await action();
  } finally {
    await network.remove();
  }
}
