/**
 * `verify-stacks`: each stack from nothing and back: up, its facts on the running network, a second preview without a
 * change, one change with its preview, its other settings with the same facts, down, nothing left. Then two stacks side by
 * side. A table at the end, with time and peak memory.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { remove } from "../cache";
import { connect } from "../host/find";
import { type Memory, watchMemory } from "../host/memory";
import { stopPrivateHost } from "../host/private";
import { needs, onBare, programOf, stackOn } from "../needs";
import { SetupError } from "../places";
import { duration } from "../progress";
import { session, whileChanging, type Session } from "../session";
import { pulumi } from "../stack/recover";
import { target } from "../stack/project";
import { surroundings } from "../surroundings";
import { type Machine, machine, remains, told } from "../testing/remains";
import { whileAsked } from "./asked";
import { CHANGES, VARIANTS, type Change, type Variant } from "./changes";
import { EXISTING, existing } from "./existing";
import { hold } from "./facts";
import { leftInKernel, leftOf } from "./leftover";
import { PAIR, sideBySide } from "./sideBySide";
import { down, up } from "./stack";
import { type Take, unchanged, verb } from "./steps";

interface Step {
  name: string;
  ok: boolean;
  ms: number;
  why?: string;
}

interface Verified {
  stack: string;
  steps: Step[];
  peak: Memory;
}

/** `wanted` names stacks; none means all of stacks/, or those of them that the runtime can run. */
export async function verifyStacks(wanted: readonly string[], runtime = "bare"): Promise<number> {
  process.env["BGPFABRIC_LAB"] = `${process.env["BGPFABRIC_LAB"] || "lab"}-verify`;
  const here = session();
  const all = [...stacks(here.at.checkout), EXISTING];
  // A program may have stacks besides its own: selective-dual, and such as have a configuration.
  const configured = (name: string) => fs.existsSync(path.join(here.at.checkout, `Pulumi.${name}.yaml`));
  const unknown = wanted.filter((name) => !all.includes(programOf(name)) && !configured(name));
  if (unknown.length > 0) throw new SetupError(`no stack ${unknown.join(", ")}: there are ${all.join(", ")}`);
  const chosen = (wanted.length > 0 ? wanted : all).map((name) => stackOn(name, runtime));
  const before = process.platform === "linux" ? machine(here.at) : undefined;
  const verified: Verified[] = [];
  for (const stack of chosen) {
    const work =
      stack === stackOn(EXISTING, runtime) ? existing(here, runtime) : (take: Take) => verify(here, stack, take);
    verified.push(await taking(here, stack, work));
  }
  if (PAIR.every((stack) => chosen.includes(stack)))
    verified.push(await taking(here, PAIR.join(" + "), (take) => sideBySide(here, take)));
  await removeLab(here);
  process.stdout.write(`${table(verified)}\n`);
  const left = before === undefined ? [] : asBefore(here, before);
  return left.length === 0 && verified.every(({ steps }) => steps.every(({ ok }) => ok)) ? 0 : 1;
}

function stacks(checkout: string): string[] {
  const files = fs.readdirSync(path.join(checkout, "stacks"));
  return files.flatMap((file) => (file.endsWith(".ts") ? [file.slice(0, -".ts".length)] : [])).sort();
}

async function taking(here: Session, stack: string, work: (take: Take) => Promise<void>): Promise<Verified> {
  const steps: Step[] = [];
  const memory = watchMemory(here.at);
  await work(async (name, step) => {
    const begin = Date.now();
    const why = await step().catch(reason);
    const ok = why === undefined;
    steps.push({ name, ok, ms: Date.now() - begin, ...(ok ? {} : { why }) });
    here.progress.say(`${ok ? "+" : "!"} ${stack}: ${name} (${duration(Date.now() - begin)})${ok ? "" : `: ${why}`}`);
    return ok;
  });
  return { stack, steps, peak: memory.peak() };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function verify(here: Session, stack: string, take: Take): Promise<void> {
  const goUp = verb(() => up(stack));
  if (await take("up", goUp)) {
    await take("facts", () => facts(here, stack));
    await take("second preview", () => unchanged(here, stack));
    await take("a change", () => changed(here, stack));
    const variants = ofStack(VARIANTS, stack) ?? [];
    if (variants.length > 0) await take("other settings", () => varied(here, stack, variants));
  }
  const goDown = verb(() => down(stack));
  await take("down", goDown);
  await take("nothing left", () => nothingLeft(here, stack));
}

/** The stack's file of facts; on kind it may have one of its own. */
async function facts(here: Session, stack: string): Promise<string | undefined> {
  const names = [stack, onBare(stack), programOf(stack)];
  const name = names.find((one) => fs.existsSync(path.join(here.at.checkout, "tests/live", `${one}.test.ts`)));
  if (name === undefined) return `tests/live has no facts of ${stack}`;
  return hold(here, needs(stack), name, { BGPFABRIC_STACK: stack });
}

/** What a stack has of its own, or of its program. */
function ofStack<T>(all: Readonly<Record<string, T>>, stack: string): T | undefined {
  return all[stack] ?? all[onBare(stack)] ?? all[programOf(stack)];
}

async function changed(here: Session, stack: string): Promise<string | undefined> {
  const change = ofStack(CHANGES, stack);
  if (change === undefined) return `engine/verbs/changes.ts has no change for ${stack}`;
  const said = await configured(here, stack, change.config, ["preview", "--diff"]);
  const missing = change.shows.filter((line) => !said.includes(line));
  return missing.length === 0 ? undefined : `the preview does not show: ${missing.join("; ")}`;
}

async function varied(here: Session, stack: string, variants: readonly Variant[]): Promise<string | undefined> {
  for (const variant of variants) {
    const why = await turned(here, stack, variant).catch(reason);
    if (why !== undefined) return `${JSON.stringify(variant.config)}: ${why}`;
  }
  return undefined;
}

/** What is wrong after the change to another configuration, or was while it happened. */
async function turned(here: Session, stack: string, { config, asked }: Variant): Promise<string | undefined> {
  const turn = () => configured(here, stack, config, ["up", "--yes", "--skip-preview"]);
  const lost = asked === undefined ? void (await turn()) : await answered(here, stack, asked, turn);
  return lost ?? facts(here, stack);
}

/** What was not answered while the stack changed, or nothing. */
async function answered(
  here: Session,
  stack: string,
  { from, url }: NonNullable<Variant["asked"]>,
  turn: () => Promise<unknown>,
): Promise<string | undefined> {
  const { host } = await surroundings(here, needs(stack));
  const { project } = target(here.at.checkout, stack);
  const { times, lost } = await whileAsked(connect(host.dockerHost), `${project}-${stack}-${from}`, url, turn);
  here.progress.say(`  ${url} asked ${times} times from ${from} meanwhile, ${lost.length} without an answer`);
  if (times === 0) return `${from} could not ask ${url}`;
  return lost.length === 0 ? undefined : `${lost.length} of ${times} had no answer: ${lost.slice(0, 5).join(", ")}`;
}

/** Runs Pulumi with another configuration, in a file of its own: the stack's stays as it is. */
async function configured(here: Session, stack: string, config: Change["config"], args: string[]): Promise<string> {
  const around = await surroundings(here, needs(stack));
  const file = path.join(here.at.state, `change-${stack}.yaml`);
  writeConfiguration(here.at.checkout, stack, file, config);
  try {
    return await pulumi(around, [...args, "--stack", stack, "--config-file", file]);
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function writeConfiguration(checkout: string, stack: string, file: string, config: Change["config"]): void {
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
    const { host } = await surroundings(here, needs(stack));
    const left = [...(await leftOf(host, target(here.at.checkout, stack))), ...(await leftInKernel(host, here.at.run))];
    return left.length === 0 ? undefined : `left: ${left.join(", ")}`;
  });
}

/** A private daemon was this run's own; in the user's nothing of the stacks is left. */
async function removeLab(here: Session): Promise<void> {
  if (process.platform === "linux") await whileChanging(here, "make verify-stacks", () => stopPrivateHost(here.at));
  remove(here.at.state);
}

/** The machine after the last stack, against the machine before the first one. */
function asBefore(here: Session, before: Machine): string[] {
  const left = remains(before, machine(here.at));
  here.progress.say(
    left.length === 0
      ? `+ the machine is as before: ${told(before)}`
      : `! the machine is not as before:\n${left.map((one) => `  ${one}`).join("\n")}`,
  );
  return left;
}

/** A row a stack, a column a step: its time, and "!" where it failed; then the peak of its memory. */
export function table(verified: readonly Verified[]): string {
  const names = [...new Set(verified.flatMap(({ steps }) => steps.map(({ name }) => name)))];
  const rows = [
    ["stack", ...names, "containers", "machine"],
    ...verified.map(({ stack, steps, peak: { containers, machine } }) => [
      stack,
      ...names.map((name) => {
        const step = steps.find((one) => one.name === name);
        return step === undefined ? "-" : `${step.ok ? "" : "! "}${duration(step.ms)}`;
      }),
      containers === undefined ? "-" : `${containers} MiB`,
      `${machine} MiB`,
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
