/**
 * `verify-stacks`: each stack from nothing and back: up, its facts on the running network, a second preview without a
 * change, one change with its preview, down, nothing left. A table at the end, with time and peak memory.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type Docker from "dockerode";
import { labEnvironment } from "../environment";
import { handOver } from "../exec";
import { connect } from "../host/find";
import { inside } from "../host/lab-host";
import { needs } from "../needs";
import { SetupError } from "../places";
import { duration } from "../progress";
import { session, whileChanging, type Session } from "../session";
import { pulumi } from "../stack/recover";
import { target } from "../stack/project";
import { surroundings } from "../surroundings";
import { CHANGES, type Change } from "./changes";
import { down, up } from "./stack";

interface Step {
  name: string;
  ok: boolean;
  ms: number;
  why?: string;
}

interface Verified {
  stack: string;
  steps: Step[];
  /** MiB of memory that the machine had in use at most, above what it had before. */
  peak: number;
}

const MEMORY_MS = 500;

/** `wanted` names stacks; none means all of stacks/. */
export async function verifyStacks(wanted: readonly string[]): Promise<number> {
  process.env["BGPFABRIC_LAB"] = `${process.env["BGPFABRIC_LAB"] || "lab"}-verify`;
  const here = session();
  const all = stacks(here.at.checkout);
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new SetupError(`no stack ${unknown.join(", ")}: there are ${all.join(", ")}`);
  const verified: Verified[] = [];
  for (const stack of wanted.length > 0 ? wanted : all) verified.push(await verify(here, stack));
  process.stdout.write(`${table(verified)}\n`);
  return verified.every(({ steps }) => steps.every(({ ok }) => ok)) ? 0 : 1;
}

function stacks(checkout: string): string[] {
  const files = fs.readdirSync(path.join(checkout, "stacks"));
  return files.flatMap((file) => (file.endsWith(".ts") ? [file.slice(0, -".ts".length)] : [])).sort();
}

async function verify(here: Session, stack: string): Promise<Verified> {
  const steps: Step[] = [];
  const memory = watchMemory();
  const step = async (name: string, work: () => Promise<string | undefined>): Promise<boolean> => {
    const begin = Date.now();
    const why = await work().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    const ok = why === undefined;
    steps.push({ name, ok, ms: Date.now() - begin, ...(ok ? {} : { why }) });
    here.progress.say(`${ok ? "+" : "!"} ${stack}: ${name} (${duration(Date.now() - begin)})${ok ? "" : `: ${why}`}`);
    return ok;
  };
  const verb = (run: () => Promise<number>) => async () => {
    const code = await run();
    return code === 0 ? undefined : `it ended with ${code}`;
  };
  if (
    await step(
      "up",
      verb(() => up(stack)),
    )
  ) {
    await step("facts", () => facts(here, stack));
    await step("second preview", () => unchanged(here, stack));
    await step("a change", () => changed(here, stack));
  }
  await step(
    "down",
    verb(() => down(stack)),
  );
  await step("nothing left", () => nothingLeft(here, stack));
  return { stack, steps, peak: memory.peak() };
}

/** The stack's own file of facts, tests/live/STACK.test.ts. */
async function facts(here: Session, stack: string): Promise<string | undefined> {
  const file = path.join("tests/live", `${stack}.test.ts`);
  if (!fs.existsSync(path.join(here.at.checkout, file))) return `${file} is missing: a stack has its facts there`;
  const around = await surroundings(here, needs(stack));
  const [command, args] = inside(around.host, "npx", ["vitest", "run", "--project", "live", file]);
  const env = { ...process.env, ...labEnvironment(around), CI: "true" };
  const code = await handOver(command, args, { cwd: here.at.checkout, env });
  return code === 0 ? undefined : `${file} failed`;
}

async function unchanged(here: Session, stack: string): Promise<string | undefined> {
  const around = await surroundings(here, needs(stack));
  await pulumi(around, ["preview", "--refresh", "--expect-no-changes", "--stack", stack]);
  return undefined;
}

/** Previews with another configuration, in a file of its own: the stack's stays as it is. */
async function changed(here: Session, stack: string): Promise<string | undefined> {
  const change = CHANGES[stack];
  if (change === undefined) return `engine/verbs/changes.ts has no change for ${stack}`;
  const around = await surroundings(here, needs(stack));
  const file = path.join(here.at.state, `change-${stack}.yaml`);
  writeConfiguration(here.at.checkout, stack, file, change);
  try {
    const said = await pulumi(around, ["preview", "--diff", "--stack", stack, "--config-file", file]);
    const missing = change.shows.filter((line) => !said.includes(line));
    return missing.length === 0 ? undefined : `the preview does not show: ${missing.join("; ")}`;
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function writeConfiguration(checkout: string, stack: string, file: string, { config }: Change): void {
  const own = path.join(checkout, `Pulumi.${stack}.yaml`);
  const text = fs.existsSync(own) ? fs.readFileSync(own, "utf8") : "config: {}\n";
  const lines = Object.entries(config).map(([key, value]) => `  bgpfabric:${key}: ${JSON.stringify(value)}`);
  const kept = text
    .split("\n")
    .filter((line) => !Object.keys(config).some((key) => line.startsWith(`  bgpfabric:${key}:`)))
    .join("\n")
    .replace(/^config: *(\{\})?$/m, `config:\n${lines.join("\n")}`);
  fs.writeFileSync(file, /^config:/m.test(kept) ? kept : `${kept}\nconfig:\n${lines.join("\n")}\n`);
}

async function nothingLeft(here: Session, stack: string): Promise<string | undefined> {
  return whileChanging(here, `make verify-stacks STACK=${stack}`, async () => {
    const around = await surroundings(here, needs(stack));
    const docker = connect(around.host.dockerHost);
    const { project } = target(here.at.checkout, stack);
    const left = await labelled(docker, [`bgpfabric.project=${project}`, `bgpfabric.stack=${stack}`]);
    return left.length === 0 ? undefined : `left: ${left.join(", ")}`;
  });
}

/** Containers, networks and volumes with the labels. */
async function labelled(docker: Docker, label: string[]): Promise<string[]> {
  const filters = JSON.stringify({ label });
  const [containers, networks, { Volumes = [] }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }) as Promise<{ Name: string }[]>,
    docker.listVolumes({ filters }) as Promise<{ Volumes?: { Name: string }[] | null }>,
  ]);
  return [
    ...containers.map(({ Names }) => `container ${Names[0] ?? ""}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
  ];
}

/** What the machine has in use, sampled until `peak` is asked. */
function watchMemory(): { peak: () => number } {
  const inUse = () => (os.totalmem() - available()) / 2 ** 20;
  const before = inUse();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, inUse())), MEMORY_MS);
  timer.unref();
  return {
    peak: () => {
      clearInterval(timer);
      return Math.round(most - before);
    },
  };
}

/** Without what the kernel would give back at once: its cache is no stack's memory. */
function available(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+)/m.exec(fs.readFileSync("/proc/meminfo", "utf8"))?.[1];
    return kilobytes === undefined ? os.freemem() : Number(kilobytes) * 1024;
  } catch {
    return os.freemem();
  }
}

/** A row a stack, a column a step: its time, and "!" where it failed. */
export function table(verified: readonly Verified[]): string {
  const names = [...new Set(verified.flatMap(({ steps }) => steps.map(({ name }) => name)))];
  const rows = [
    ["stack", ...names, "peak memory"],
    ...verified.map(({ stack, steps, peak }) => [
      stack,
      ...names.map((name) => {
        const step = steps.find((one) => one.name === name);
        return step === undefined ? "-" : `${step.ok ? "" : "! "}${duration(step.ms)}`;
      }),
      `${peak} MiB`,
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
