/**
 * After a run that was killed: its lock, its plugins, what it made without writing it down, and the operations that the
 * state still calls pending. Does nothing, and costs nothing, after a run that ended well.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { labEnvironment, type Surroundings } from "../environment";
import { run, type RunOptions } from "../exec";
import { connect } from "../host/find";
import { inside } from "../host/lab-host";
import { SetupError } from "../places";
import type { Progress } from "../progress";
import { backendLocks, removeBrokenAttributes, removeLocks, stackState } from "./backend";
import { faultsIn } from "./faults";
import { endLeftovers } from "./leftovers";
import { orphans, removeOrphans } from "./orphans";
import type { Target } from "./project";

/** What a killed run left that the next one would stumble over, in words; empty when there is nothing. */
export function interrupted({ at }: Pick<Surroundings, "at">, target: Target): string[] {
  const said: string[] = [];
  const stale = backendLocks(at, target).filter((lock) => lock.stale);
  if (stale.length > 0) said.push(`the lock of process ${stale.map((lock) => lock.pid).join(", ")}, which is dead`);
  const pending = stackState(at, target)?.pending ?? [];
  if (pending.length > 0) said.push(`${pending.length} pending operation${pending.length === 1 ? "" : "s"}`);
  if (fs.existsSync(marker(at.state, target))) said.push("a run of ours that did not end");
  return said;
}

export async function recover(around: Surroundings, target: Target, progress: Progress): Promise<void> {
  const { at, host } = around;
  await letOthersEnd(around, target, progress);
  const left = interrupted(around, target);
  if (left.length > 0) progress.say(`  stack ${target.stack}: a run was killed here (${left.join("; ")}); clearing up`);
  const ended = await endLeftovers(labEnvironment(around)["PULUMI_BACKEND_URL"] ?? "");
  if (ended > 0) progress.say(`  ended ${ended} plugin process${ended === 1 ? "" : "es"} of a dead run`);
  if (left.length > 0) removeBrokenAttributes(at, target);
  if (backendLocks(at, target).length > 0) {
    if (stackState(at, target) === undefined) removeLocks(at, target);
    else await pulumi(around, ["cancel", "--yes", "--stack", target.stack]);
  }

  const docker = connect(host.dockerHost);
  const found = await orphans(docker, target, stackState(at, target));
  if (found.length > 0) {
    mayRemove(around, target, left, found);
    progress.say(`  removing what the state lacks: ${found.map(({ kind, name }) => `${kind} ${name}`).join(", ")}`);
    await removeOrphans(docker, found);
  }
  if ((stackState(at, target)?.pending.length ?? 0) > 0) {
    await progress.step("pending operations", () => forgetPending(around, target));
  }
}

const PATIENCE_MS = 120_000;

/** A pulumi that lives may be one that was told to stop with our last run: it gets two minutes to finish what it does. */
async function letOthersEnd({ at }: Surroundings, target: Target, progress: Progress): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let told = false; ; told = true) {
    const held = backendLocks(at, target).filter((lock) => !lock.stale);
    if (held.length === 0) return;
    const who = held.map((lock) => `process ${lock.pid} on ${lock.hostname}`).join(", ");
    if (Date.now() > deadline) {
      throw new SetupError(`stack ${target.stack} is being changed by ${who}: wait for it, or end it and run again`);
    }
    if (!told) progress.say(`  waiting for pulumi (${who})`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * What was pending either never came to be or was an orphan and is gone now, so the state may forget it. (A refresh
 * would do so too, but it asks every provider, and a half-made cluster does not answer.)
 */
async function forgetPending(around: Surroundings, { stack }: Target): Promise<void> {
  const exported = JSON.parse(await pulumi(around, ["stack", "export", "--stack", stack])) as {
    deployment: { pending_operations?: unknown };
  };
  delete exported.deployment.pending_operations;
  await pulumi(around, ["stack", "import", "--stack", stack], { input: JSON.stringify(exported) });
}

/**
 * A private daemon holds our labs alone. In the user's daemon the same labels may be somebody else's, with a state of
 * their own: there only a run that we know was killed gives the right to remove.
 */
export function mayRemove(
  { host }: Pick<Surroundings, "host">,
  target: Target,
  left: string[],
  found: { kind: string; name: string }[],
): void {
  if (host.kind === "private" || left.length > 0 || process.env["BGPFABRIC_TAKE_OVER"] === "1") return;
  throw new SetupError(
    `stack ${target.stack} is not in this Pulumi state, but your Docker has its ` +
      `${found.map(({ kind, name }) => `${kind} ${name}`).join(", ")}: another user's, or left from a lost state. ` +
      `To remove these and go on: make up STACK=${target.stack} BGPFABRIC_TAKE_OVER=1`,
  );
}

/** Runs Pulumi for the stack, its output kept for the error, which has the errors that Pulumi reported. */
export async function pulumi(around: Surroundings, args: string[], options: RunOptions = {}): Promise<string> {
  const [command, rest] = inside(around.host, "pulumi", [...args, "--non-interactive"]);
  const ran = await run(command, rest, {
    cwd: around.at.checkout,
    env: { ...process.env, ...labEnvironment(around) },
    ...options,
  });
  if (ran.code === 0) return ran.stdout;
  throw new Error(`pulumi ${args.join(" ")} ended with ${ran.code}\n${faultsIn(ran)}`);
}

function marker(state: string, { project, stack }: Target): string {
  return path.join(state, `running-${project}-${stack}`);
}

/** Marks a run: what stays of the mark afterwards says that it did not end. */
export async function marked<T>(state: string, target: Target, work: () => Promise<T>): Promise<T> {
  const file = marker(state, target);
  fs.writeFileSync(file, String(process.pid));
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}
