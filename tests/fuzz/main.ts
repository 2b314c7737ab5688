/**
 * `make fuzz [SECONDS=600]`: arbitrary and broken input for every parser and verb. A run fails when anything crashes,
 * takes longer than 5 s, ends with another code than 0, 1 or 2, ends with 2 and says nothing, or calls the mistake its
 * own. Prints counts; a failing input is kept and named.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { CNIS } from "../../components/cni";
import { dice, type Dice } from "../fidelity/dice";
import { bytes, mutated, yaml } from "./inputs";
import type { Done, Task } from "./worker";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    seed: { type: "string", default: "1" },
    checkout: { type: "string" },
  },
});
const checkout = options.checkout ?? process.cwd();
const LIMIT = 5_000;

const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
const file = (name: string): string => join(folder, name);

function task(d: Dice): Task & { kind: string } {
  const kind = d.pick(["bytes", "yaml", "mutated"] as const);
  const make = (which: "manifests" | "network" | "router" | "links"): string =>
    kind === "bytes" ? bytes(d) : kind === "yaml" ? yaml(d) : mutated(d, checkout, which);
  const verb = d.pick(["forecast", "rules", "explain", "render", "speakers", "diff", "failures"]);
  const input = d.pick(["network", "manifests", "frr", "eos", "both"] as const);
  const files: Record<string, string> = {};
  const args = [verb];
  const positional: string[] = [];
  if (input === "network" || input === "manifests" || input === "both") {
    files[file("main.yaml")] = make(input === "network" ? "network" : "manifests");
    positional.push(file("main.yaml"));
    if (input !== "network") args.push("--cni", d.pick(Object.keys(CNIS)));
    if (d.chance(0.3))
      args.push("--cni-version", d.pick(["3.31", "3.32", "3.33", "1.18", "1.19", "0.16", "x", "", "99.99.99"]));
  }
  if (input === "frr" || input === "both") {
    files[file("router.conf")] = make("router");
    args.push("--frr", `tor1=${file("router.conf")}`);
  }
  if (input === "eos") {
    files[file("router.conf")] = make("router");
    args.push("--eos", `leaf1=${file("router.conf")}`);
  }
  if (d.chance(0.4)) {
    files[file("links.yaml")] = make("links");
    args.push("--links", file("links.yaml"));
  }
  if (verb === "explain")
    args.push("--from", d.pick(["tor1", "worker", "s0", ""]), "--to", d.pick(["172.16.0.241", "::1", "x"]));
  if (verb === "rules" && d.chance(0.4)) {
    files[file("settings.yaml")] = d.chance(0.5) ? yaml(d) : bytes(d);
    args.push("--settings", file("settings.yaml"));
  }
  if (verb === "diff") positional.splice(0, positional.length, file("main.yaml"), file("after.yaml"));
  if (verb === "diff") {
    files[file("main.yaml")] ??= make("network");
    files[file("after.yaml")] = make("network");
  }
  if (d.chance(0.5)) args.push("--json");
  return { kind, files, args: [...args, ...positional] };
}

function wrong({ code, err }: Done): string | undefined {
  if (![0, 1, 2].includes(code)) return `exit code ${code}`;
  if (code === 2 && err.trim() === "") return "exit 2 without a message";
  if (err.includes("a mistake of this program")) return err.trim();
  if (/^\s+at .*:\d+:\d+\)?$/m.test(err)) return "a stack trace";
  return undefined;
}

async function main(): Promise<number> {
  const end = Date.now() + Number(options.seconds) * 1000;
  const d = dice(Number(options.seed));
  const counts: Record<string, number> = {};
  const failures: { why: string; args: string[] }[] = [];
  let worker = start();
  let slowest = 0;
  let runs = 0;
  while (Date.now() < end && failures.length < 20) {
    const { kind, ...next } = task(d);
    const begin = Date.now();
    const outcome = await one(worker, next);
    slowest = Math.max(slowest, Date.now() - begin);
    runs++;
    const bad = "died" in outcome ? outcome.died : wrong(outcome);
    const code = "died" in outcome ? "died" : String(outcome.code);
    counts[`${kind} exit ${code}`] = (counts[`${kind} exit ${code}`] ?? 0) + 1;
    if (bad !== undefined) {
      failures.push({ why: bad, args: next.args });
      keep(failures.length, next);
    }
    if ("died" in outcome) {
      await worker.terminate();
      worker = start();
    }
  }
  await worker.terminate();
  if (failures.length === 0) rmSync(folder, { recursive: true });
  process.stdout.write(
    `${JSON.stringify({ seed: Number(options.seed), runs, slowestMs: slowest, counts, failures }, undefined, 2)}\n`,
  );
  return failures.length === 0 ? 0 : 1;
}

/** A silent listener of its own keeps the thread's port open between two runs. */
function start(): Worker {
  return new Worker(join(__dirname, "worker.js")).on("message", () => undefined);
}

/** The failing input stays in the run's folder, under a name of its own. */
function keep(number: number, { files }: Task): void {
  for (const name of Object.keys(files)) writeFileSync(`${name}.failure-${number}`, readFileSync(name));
}

function one(worker: Worker, next: Task): Promise<Done | { died: string }> {
  return new Promise((resolve) => {
    const onMessage = (done: Done): void => finish(done);
    const onError = (error: Error): void => finish({ died: `crashed: ${error.stack ?? error.message}` });
    const onExit = (code: number): void => finish({ died: `ended with ${code}` });
    const timer = setTimeout(() => finish({ died: `no answer within ${LIMIT} ms` }), LIMIT);
    const finish = (outcome: Done | { died: string }): void => {
      clearTimeout(timer);
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      resolve(outcome);
    };
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.postMessage(next);
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`fuzz: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
