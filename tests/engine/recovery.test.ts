/**
 * kill -9 of `make up` at ten named phases, then `make up` again: it converges by itself and leaves nothing behind. With a
 * small stack of its own in a private lab; what each phase of a real fabric holds is the live tests' matter.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const checkout = path.join(__dirname, "..", "..");
const LAB = `kill${process.pid}`;
const STACK = "probe";
const able = process.platform === "linux" && process.getuid?.() === 0;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bgpfabric-kill-"));
const state = path.join(folder, "state", "bgpfabric", LAB);
const pulumiState = path.join(state, "backend", ".pulumi");
const run = path.join("/run/bgpfabric", LAB);
const cache = path.join(process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"), "bgpfabric");
const docker = new Docker({ socketPath: path.join(run, "docker.sock") });
const env = {
  ...process.env,
  BGPFABRIC_LAB: LAB,
  BGPFABRIC_DOCKER: "private",
  XDG_STATE_HOME: path.join(folder, "state"),
  // Those of the surrounding lab are not this one's.
  DOCKER_HOST: "",
  PULUMI_HOME: "",
};

const PROGRAM = `
const docker = require("@pulumi/docker"), command = require("@pulumi/command"), pulumi = require("@pulumi/pulumi");
const labels = [
  { label: "bgpfabric.project", value: pulumi.getProject() },
  { label: "bgpfabric.stack", value: pulumi.getStack() },
];
const rack = new docker.Network("rack", { name: "rack", ipamConfigs: [{ subnet: "10.99.0.0/24" }], labels });
const nodes = ["n1", "n2", "n3"].map((name, i) => new docker.Container(name, {
  name, image: process.env.BGPFABRIC_IMAGE, command: ["sleep", "infinity"], labels, destroyGraceSeconds: 0,
  networksAdvanced: [{ name: rack.name, ipv4Address: "10.99.0.1" + i }],
}));
const gate = new command.local.Command("gate", { create: "sleep 2; docker exec n1 ping -c1 -W1 10.99.0.11" }, { dependsOn: nodes });
exports.summary = gate.id.apply(() => "every node answers");
`;

/** A checkout with the compiled engine and one small stack. */
function smallCheckout(): void {
  for (const name of ["dist", "engine", "package.json", "package-lock.json", "Makefile"]) {
    fs.cpSync(path.join(checkout, name), path.join(folder, name), { recursive: true });
  }
  for (const name of ["tsconfig.json", "tsconfig.build.json"]) {
    fs.copyFileSync(path.join(checkout, name), path.join(folder, name));
  }
  fs.symlinkSync(path.join(checkout, "node_modules"), path.join(folder, "node_modules"));
  fs.writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    "name: kill\nruntime: { name: nodejs, options: { typescript: false } }\nmain: stacks/probe.js\n",
  );
  fs.mkdirSync(path.join(folder, "stacks"));
  fs.writeFileSync(path.join(folder, "stacks", "probe.js"), PROGRAM);
  // What is compiled is as new as its sources.
  fs.writeFileSync(path.join(folder, "dist", ".built"), "");
}

interface Started {
  ended: Promise<number>;
  kill(): void;
  said(): string;
}

/** A make of its own process group, as a terminal gives it one. */
function make(...args: string[]): Started {
  const log = path.join(folder, "make.log");
  const out = fs.openSync(log, "w");
  const child = spawn("make", args, { cwd: folder, env, detached: true, stdio: ["ignore", out, out] });
  fs.closeSync(out);
  return {
    ended: once(child, "exit").then(([code]) => (code as number | null) ?? 137),
    kill: () => process.kill(-(child.pid ?? 0), "SIGKILL"),
    said: () => fs.readFileSync(log, "utf8"),
  };
}

async function finished(...args: string[]): Promise<void> {
  const started = make(...args);
  const code = await started.ended;
  if (code !== 0) throw new Error(`make ${args.join(" ")} ended with ${code}\n${started.said()}`);
}

const backendLock = (): boolean => {
  const dir = path.join(pulumiState, "locks", "organization", "kill", STACK);
  return fs.existsSync(dir) && fs.readdirSync(dir).some((name) => name.endsWith(".json"));
};

function pendingOperations(): number {
  try {
    const text = fs.readFileSync(path.join(pulumiState, "stacks", "kill", `${STACK}.json`), "utf8");
    const { checkpoint } = JSON.parse(text) as { checkpoint: { latest?: { pending_operations?: unknown[] } } };
    return checkpoint.latest?.pending_operations?.length ?? 0;
  } catch {
    return 0;
  }
}

const containers = async (): Promise<number> => (await docker.listContainers({ all: true })).length;

interface Phase {
  name: string;
  /** Which undoing comes before: the whole lab, or the stack alone. */
  from: "clean" | "down";
  reached: () => boolean | Promise<boolean>;
  /** What the kill left half written. */
  leaves?: () => void;
}

const PHASES: Phase[] = [
  { name: "the lab's lock is taken", from: "down", reached: () => fs.existsSync(path.join(state, "lock")) },
  { name: "the private daemon starts", from: "clean", reached: () => fs.existsSync(path.join(run, "lab.json")) },
  {
    name: "the image is loaded",
    from: "clean",
    reached: () => fs.existsSync(path.join(cache, "locks", `image-${LAB}`)),
  },
  {
    name: "the stack is new",
    from: "clean",
    reached: () => fs.existsSync(path.join(pulumiState, "stacks", "kill", `${STACK}.json`)),
  },
  {
    name: "the run is marked",
    from: "down",
    reached: () => fs.existsSync(path.join(state, `running-kill-${STACK}`)),
  },
  { name: "Pulumi holds its lock", from: "down", reached: backendLock },
  { name: "the first operation is pending", from: "down", reached: () => pendingOperations() > 0 },
  {
    // Pulumi's storage writes these in place, in a moment that a test cannot meet at will.
    name: "the state's attributes are being written",
    from: "down",
    reached: () => pendingOperations() > 0,
    leaves: () => fs.writeFileSync(path.join(pulumiState, "stacks", "kill", `${STACK}.json.attrs`), ""),
  },
  {
    name: "the network is there",
    from: "down",
    reached: async () => (await docker.listNetworks({ filters: { name: ["rack"] } })).length > 0,
  },
  { name: "the first container is there", from: "down", reached: async () => (await containers()) > 0 },
  {
    name: "the gate waits",
    from: "down",
    reached: async () => (await containers()) === 3 && pendingOperations() === 1,
  },
];

if (able) describe("make up, killed with -9 and run again", converges);
else describe("make up, killed with -9 and run again", impossible);

function converges(): void {
  beforeAll(async () => {
    smallCheckout();
    await finished("up", `STACK=${STACK}`);
  });

  afterAll(async () => {
    await finished("clean");
    fs.rmSync(folder, { recursive: true, force: true });
    expect(fs.existsSync(run)).toBe(false);
  });

  it.each(PHASES.map((phase) => [phase.name, phase] as const))(
    "converges after a kill while %s",
    async (_name, phase) => {
      const { from, reached, leaves } = phase;
      await finished(...(from === "clean" ? ["clean"] : ["down", `STACK=${STACK}`]));
      const first = make("up", `STACK=${STACK}`);
      let over = false;
      void first.ended.then(() => (over = true));
      while (!over && !(await Promise.resolve(reached()).catch(() => false))) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      expect(over, `make up ended before the phase\n${first.said()}`).toBe(false);
      first.kill();
      await first.ended;
      leaves?.();

      const second = make("up", `STACK=${STACK}`);
      expect(await second.ended, second.said()).toBe(0);
      expect(second.said()).toContain("every node answers");
      const running = await docker.listContainers();
      expect(running.map(({ Names }) => Names[0]).sort()).toEqual(["/n1", "/n2", "/n3"]);
      expect(await containers()).toBe(3);
      expect(await docker.listNetworks({ filters: { label: ["bgpfabric.stack=probe"] } })).toHaveLength(1);
      expect(pendingOperations()).toBe(0);
      expect(backendLock()).toBe(false);
      expect(fs.readdirSync(state).filter((name) => /^(lock|running)/.test(name))).toEqual([]);
      const preview = spawn(
        "node",
        ["dist/engine/main.js", "run", "--", "pulumi", "preview", "--expect-no-changes", "-s", STACK],
        {
          cwd: folder,
          env,
          stdio: "ignore",
        },
      );
      expect(await once(preview, "exit")).toEqual([0, null]);
    },
  );
}

function impossible(): void {
  it("is tried where a private daemon can be had: Linux, as root", ({ skip }) => {
    if (process.env["CI"] === "true") expect.fail("this machine cannot have a private Docker daemon");
    skip("no Linux, or no root");
  });
}
