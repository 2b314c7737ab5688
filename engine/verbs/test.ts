/**
 * `test`: every level, in a lab of its own where the daemon is private, so that a running lab is not disturbed. Ends with
 * each failure named once more, and one line alone: N passed, N failed, N skipped.
 */
import * as path from "node:path";
import { makeScratch, remove } from "../cache";
import { labEnvironment } from "../environment";
import { inside } from "../host/lab-host";
import { currentHost } from "../host/provide";
import { stopPrivateHost } from "../host/private";
import { needs } from "../needs";
import { SetupError } from "../places";
import { duration } from "../progress";
import { session, whileChanging, type Session } from "../session";
import { stackState } from "../stack/backend";
import { target } from "../stack/project";
import { pulumiAlone, surroundings } from "../surroundings";
import { runLevel, type Level, type Outcome } from "../testing/levels";
import { machineSettings } from "../testing/machine";
import { add, line } from "../testing/summary";
import { daemonRoots, judgePrograms } from "./daemons";
import { down, up } from "./stack";

/** `wanted` names levels; none means all. */
export async function test(wanted: readonly string[]): Promise<number> {
  const begin = Date.now();
  const own = await useOwnLab();
  const here = session();
  const stood = !own && (stackState(here.at, target(here.at.checkout, STACK))?.resources.length ?? 0) > 0;
  const scratch = makeScratch(here.at.cache, "reports");
  const outcomes: Outcome[] = [];
  try {
    for (const level of chosen(levels(here, own), wanted)) {
      outcomes.push(await runLevel(level, here.at.checkout, scratch, here.progress));
    }
  } finally {
    remove(scratch);
    if (own) await removeLab(here);
    else if (!stood) await down(STACK);
  }
  const sum = add(outcomes.map(({ counts }) => counts));
  here.progress.say(`  the levels (${duration(Date.now() - begin)})`);
  for (const failure of outcomes.flatMap(({ failures }) => failures)) here.progress.say(`! ${failure}`);
  process.stdout.write(`${line(sum)}\n`);
  return sum.failed === 0 && sum.passed > 0 ? 0 : 1;
}

const STACK = "selective";

/**
 * With a private daemon the tests have a lab of their own, beside one that runs. The user's daemon has room for the
 * stack's networks once: there the tests use the lab that stands, or put it up and take it away again.
 */
async function useOwnLab(): Promise<boolean> {
  const { at } = session();
  const host = await currentHost(at).catch(() => undefined);
  if (host?.kind === "yours") return false;
  process.env["BGPFABRIC_LAB"] = `${at.lab}-test`;
  return true;
}

function chosen(all: Level[], wanted: readonly string[]): Level[] {
  const names = all.map((level) => level.name);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new SetupError(`no level ${unknown.join(", ")}: there are ${names.join(", ")}`);
  return all.filter(({ name, onRequest }) => (wanted.length === 0 ? onRequest !== true : wanted.includes(name)));
}

function levels(here: Session, own: boolean): Level[] {
  const outside = { wrap: (command: string, args: string[]): [string, string[]] => [command, args], env: {} };
  const lab = async () => {
    const around = await surroundings(here);
    return {
      wrap: (command: string, args: string[]) => inside(around.host, command, args),
      env: labEnvironment(around),
    };
  };
  return [
    { name: "unit", projects: ["unit"], ready: () => Promise.resolve(outside) },
    { name: "graph", projects: ["graph"], ready: () => Promise.resolve(outside) },
    { name: "packed", projects: ["packed"], ready: () => Promise.resolve(outside) },
    { name: "engine", projects: ["engine"], ready: async () => withControlPlane(here, await lab()) },
    {
      name: "live",
      projects: ["live"],
      // The facts of the other stacks are verify-stacks': each needs its own stack up.
      files: [`tests/live/${STACK}.test.ts`],
      ready: async () => {
        if ((await up(STACK)) !== 0) throw new Error("the lab of stack selective did not come up");
        return lab();
      },
    },
    {
      name: "reach",
      projects: ["reach"],
      ready: async () => ({ ...outside, env: { ...(await pulumiAlone(here)), ...(await daemonRoots(here)) } }),
    },
    { name: "fidelity", projects: ["fidelity"], ready: async () => ({ ...outside, env: await daemonRoots(here) }) },
    {
      name: "kind",
      // Privileged nodes in a daemon that is the user's: there they come when they are asked for, and are refused with the reason.
      ...(own ? {} : { onRequest: true }),
      projects: ["live"],
      files: [`tests/live/${STACK}-kind.test.ts`],
      ready: () => kindLab(here),
    },
  ];
}

/** The same stack with its cluster on kind; one of the two is up at a time, since both have the same prefixes. */
async function kindLab(here: Session): Promise<Ready> {
  const host = await currentHost(here.at);
  if (host?.kind === "yours") {
    throw new SetupError("kind's nodes are privileged containers: these tests run in a private daemon alone");
  }
  await down(STACK);
  const before = machineSettings();
  if ((await up(`${STACK}-kind`)) !== 0) throw new Error("the lab of stack selective did not come up on kind");
  const around = await surroundings(here, needs(`${STACK}-kind`));
  return {
    wrap: (command, args) => inside(around.host, command, args),
    env: { ...labEnvironment(around), BGPFABRIC_MACHINE: JSON.stringify(before) },
  };
}

type Ready = Awaited<ReturnType<Level["ready"]>>;

/** Tests of the Kubernetes plugin and the judges run an API server of their own, and CNIs' control planes, from the parts themselves. */
async function withControlPlane(here: Session, lab: Ready): Promise<Ready> {
  const dirs = await judgePrograms(here, ["cilium", "metallb"]);
  return { ...lab, env: { ...lab.env, PATH: [...dirs, lab.env["PATH"] ?? ""].join(path.delimiter) } };
}

async function removeLab(here: Session): Promise<void> {
  if (process.platform === "linux") await whileChanging(here, "make test", () => stopPrivateHost(here.at));
  remove(here.at.state);
}
