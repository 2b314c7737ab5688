/**
 * The verbs of a stack: up, preview, down, recover. Each makes what is missing first and then hands over to Pulumi.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { labEnvironment, type Surroundings } from "../environment";
import { boundToUs, handOver } from "../exec";
import { connect } from "../host/find";
import { inside } from "../host/lab-host";
import { needs, programOf, settingsOf } from "../needs";
import { duration } from "../progress";
import { session, whileChanging, type Session } from "../session";
import { interrupted, marked, pulumi, recover } from "../stack/recover";
import { orphans, removeOrphans } from "../stack/orphans";
import { stackState } from "../stack/backend";
import { target, type Target } from "../stack/project";
import { surroundings } from "../surroundings";

export async function up(stack: string): Promise<number> {
  const begin = Date.now();
  const here = session();
  const goal = target(here.at.checkout, stack);
  return whileChanging(here, `make up STACK=${stack}`, async () => {
    const around = await surroundings(here, needs(stack));
    await recover(around, goal, here.progress);
    await ensureStack(around, goal);
    here.progress.say(`+ ready for Pulumi (${duration(Date.now() - begin)})`);
    // With its preview, also the first time: what the machine refuses is refused before anything is made.
    const args = ["up", "--yes", "--stack", stack];
    const code = await marked(here.at.state, goal, () => attended(around, args));
    if (code !== 0) {
      here.progress.say(`! pulumi up ended with ${code}; mend what it says and run again: make up STACK=${stack}`);
      return code;
    }
    await closing(around, goal);
    here.progress.say(`+ stack ${stack} is up (${duration(Date.now() - begin)})`);
    return 0;
  });
}

export async function preview(stack: string): Promise<number> {
  const here = session();
  const goal = target(here.at.checkout, stack);
  return whileChanging(here, `make preview STACK=${stack}`, async () => {
    const around = await surroundings(here, needs(stack));
    await ensureStack(around, goal);
    warnIfInterrupted(here, around, goal);
    return attended(around, ["preview", "--diff", "--stack", stack]);
  });
}

export async function down(stack: string): Promise<number> {
  const here = session();
  const goal = target(here.at.checkout, stack);
  return whileChanging(here, `make down STACK=${stack}`, async () => {
    const around = await surroundings(here, needs(stack));
    await recover(around, goal, here.progress);
    return destroy(around, goal);
  });
}

/** Destroys what the stack has and removes the stack; what carries its labels and is in no state goes too. */
export async function destroy(around: Surroundings, goal: Target): Promise<number> {
  if (stackState(around.at, goal) !== undefined) {
    const code = await attended(around, ["destroy", "--yes", "--skip-preview", "--stack", goal.stack]);
    if (code !== 0) return code;
    await pulumi(around, ["stack", "rm", "--yes", "--preserve-config", "--stack", goal.stack]);
  }
  fs.rmSync(path.join(around.at.state, "kubeconfig"), { force: true });
  if (around.host.kind === "private") {
    const docker = connect(around.host.dockerHost);
    await removeOrphans(docker, await orphans(docker, goal, undefined));
  }
  return 0;
}

export async function recoverVerb(stack: string): Promise<number> {
  const here = session();
  const goal = target(here.at.checkout, stack);
  return whileChanging(here, `make recover STACK=${stack}`, async () => {
    const around = await surroundings(here, needs(stack));
    await recover(around, goal, here.progress);
    here.progress.say(`+ stack ${stack} is ready for pulumi up`);
    return 0;
  });
}

/** For the shell's prompt: the one command to run after a bare `pulumi up` was killed. */
export function hint(stack: string): number {
  const { at } = session();
  const left = interrupted({ at }, target(at.checkout, stack));
  if (left.length > 0) {
    process.stderr.write(`stack ${stack} was left by a killed run (${left.join("; ")}): make recover STACK=${stack}\n`);
  }
  return 0;
}

function warnIfInterrupted(here: Session, around: Surroundings, goal: Target): void {
  const left = interrupted(around, goal);
  if (left.length > 0)
    here.progress.say(`! a run was killed here (${left.join("; ")}): make recover STACK=${goal.stack}`);
}

/** Makes the stack when there is none; the number of resources that it has. */
async function ensureStack(around: Surroundings, goal: Target): Promise<number> {
  const state = stackState(around.at, goal);
  if (state === undefined) {
    await pulumi(around, ["stack", "init", goal.stack]);
    for (const [key, value] of Object.entries(settingsOf(goal.stack)))
      await pulumi(around, ["config", "set", key, value, "--stack", goal.stack]);
  }
  return state?.resources.length ?? 0;
}

/** Pulumi with the terminal; when this process dies it is asked to stop, as Ctrl-C would. */
function attended(around: Surroundings, args: string[]): Promise<number> {
  const [command, rest] = inside(around.host, ...boundToUs("pulumi", args, "INT"));
  return handOver(command, rest, { cwd: around.at.checkout, env: { ...process.env, ...labEnvironment(around) } });
}

/** What the stack says about itself, the kubeconfig where tools look for it, and where to look next. */
async function closing(around: Surroundings, goal: Target): Promise<void> {
  const outputs = JSON.parse(
    await pulumi(around, ["stack", "output", "--json", "--show-secrets", "--stack", goal.stack]),
  ) as Record<string, unknown>;
  const { kubeconfig, summary } = outputs;
  const file = path.join(around.at.state, "kubeconfig");
  if (typeof kubeconfig === "string") fs.writeFileSync(file, kubeconfig, { mode: 0o600 });
  if (summary !== undefined) {
    process.stdout.write(`\n${typeof summary === "string" ? summary : JSON.stringify(summary, undefined, 2)}\n`);
  }
  process.stdout.write(
    [
      "",
      "Where to look next:",
      `  make shell STACK=${goal.stack}     a prompt inside the lab: docker ps, docker exec ROUTER vtysh -c 'show bgp summary'`,
      `  make preview STACK=${goal.stack}   change stacks/${programOf(goal.stack)}.ts and see which sessions and routes that moves`,
      `  make test                   every fact of this lab, asserted`,
      `  make down STACK=${goal.stack}      destroys it; make clean leaves the machine as it was`,
      "",
    ].join("\n"),
  );
}
