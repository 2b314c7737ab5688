/**
 * `bench`: what the engine costs, as JSON: setting up by part, `up`, a preview without changes, `destroy`, memory by
 * container; and beside it, in the same run, the same containers made by a plain shell script. In a lab of its own. And
 * what a forecast costs, beside real daemons.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type Docker from "dockerode";
import { build } from "esbuild";
import { shellScript, type Resource } from "../bench/script";
import { makeScratch, remove } from "../cache";
import { labEnvironment, type Surroundings } from "../environment";
import { examine } from "../doctor";
import { daemonRoots } from "./daemons";
import { run } from "../exec";
import { connect } from "../host/find";
import { inside } from "../host/lab-host";
import { stopPrivateHost } from "../host/private";
import { SetupError } from "../places";
import { session, whileChanging, type Session } from "../session";
import { orphans, removeOrphans } from "../stack/orphans";
import { pulumi } from "../stack/recover";
import { target, type Target } from "../stack/project";
import { surroundings } from "../surroundings";

const STACK = "selective";

export async function bench(): Promise<number> {
  process.env["BGPFABRIC_LAB"] = `${process.env["BGPFABRIC_LAB"] || "lab"}-bench`;
  const here = session();
  return whileChanging(here, "make bench", async () => {
    const began = Date.now();
    const around = await surroundings(here);
    if (around.host.kind === "yours") {
      throw new SetupError(
        "make bench needs a daemon of its own: run it on Linux as root with BGPFABRIC_DOCKER=private",
      );
    }
    const warm = seconds(began);
    const scratch = makeScratch(here.at.cache, "bench");
    try {
      const figures = await measure(here, around, target(here.at.checkout, STACK), scratch);
      const setUp = (await examine(here)).map(({ part, version, origin }) => ({ part, version, origin }));
      const forecasts = await forecastFigures(here, scratch);
      const machine = { cores: os.cpus().length, memoryGb: Math.round(os.totalmem() / 1e9), load: os.loadavg()[0] };
      process.stdout.write(
        `${JSON.stringify({ machine, setUp, beforePulumi: warm, ...figures, ...forecasts }, undefined, 2)}\n`,
      );
      return 0;
    } finally {
      remove(scratch);
      await stopPrivateHost(here.at);
      fs.rmSync(path.join(here.at.state, "backend"), { recursive: true, force: true });
    }
  });
}

async function measure(here: Session, around: Surroundings, goal: Target, scratch: string) {
  const docker = connect(around.host.dockerHost);
  const stack = ["--stack", goal.stack];
  // What a bench that was killed left would be measured too.
  remove(path.join(here.at.state, "backend"));
  await removeOrphans(docker, await orphans(docker, goal, undefined));
  await pulumi(around, ["stack", "init", goal.stack]);
  const time = (what: string, work: () => Promise<unknown>): Promise<number> => timed(here, what, work);

  const up = await time("up", () => pulumi(around, ["up", "--yes", "--skip-preview", ...stack]));
  let noChange = true;
  const preview = await time("preview without changes", () =>
    pulumi(around, ["preview", "--expect-no-changes", ...stack]).catch(() => (noChange = false)),
  );
  const memory = await memoryByContainer(docker);
  const exported = JSON.parse(await pulumi(around, ["stack", "export", "--show-secrets", ...stack])) as {
    deployment: { resources: Resource[] };
  };
  const outputs = JSON.parse(await pulumi(around, ["stack", "output", "--json", "--show-secrets", ...stack])) as {
    kubeconfig?: string;
  };
  const destroy = await time("destroy", () => pulumi(around, ["destroy", "--yes", "--skip-preview", ...stack]));

  const script = shellScript(exported.deployment.resources, outputs.kubeconfig);
  for (const { name, content, copyOf } of script.files) {
    if (content !== undefined) fs.writeFileSync(path.join(scratch, name), content, { mode: 0o600 });
    // Sources are named relative to the program's folder.
    else fs.copyFileSync(path.resolve(around.at.checkout, "stacks", copyOf ?? ""), path.join(scratch, name));
  }
  fs.writeFileSync(path.join(scratch, "script.sh"), `${script.lines.join("\n")}\n`);
  const plain = await time("the same by a shell script", () => byHand(around, scratch));
  await removeOrphans(docker, await orphans(docker, goal, undefined));
  return {
    up,
    preview: { seconds: preview, noChange },
    destroy,
    script: { up: plain, commands: script.lines.length, leftOut: script.leftOut },
    target: { up: Math.round((plain * 1.5 + 5) * 10) / 10, preview: 4 },
    memoryMb: memory,
  };
}

/** The forecast's own figures, and those of real daemons beside it; programs of the bench and of the tests, bundled. */
async function forecastFigures(here: Session, scratch: string): Promise<object> {
  const { checkout } = here.at;
  const entryPoints = {
    forecast: path.join(checkout, "bench/forecast.ts"),
    daemons: path.join(checkout, "tests/fidelity/bench.ts"),
  };
  await build({ entryPoints, outdir: scratch, bundle: true, platform: "node", logLevel: "error" });
  const roots = await daemonRoots(here).catch(() => ({}));
  const figuresOf = async (name: keyof typeof entryPoints): Promise<object> => {
    const env = { ...process.env, ...roots };
    const ran = await run(process.execPath, [path.join(scratch, `${name}.js`)], {
      cwd: checkout,
      env,
      timeoutMs: 1_800_000,
    });
    if (ran.code !== 0) return { [name]: { failed: ran.stderr.slice(-500) } };
    return JSON.parse(ran.stdout) as object;
  };
  const figures = await here.progress.step("forecasts", () => figuresOf("forecast"));
  return { ...figures, besideDaemons: await here.progress.step("real daemons", () => figuresOf("daemons")) };
}

async function byHand(around: Surroundings, scratch: string): Promise<void> {
  const [command, args] = inside(around.host, "sh", ["-e", "script.sh"]);
  const ran = await run(command, args, {
    cwd: scratch,
    env: { ...process.env, ...labEnvironment(around) },
    timeoutMs: 300_000,
  });
  if (ran.code !== 0) throw new Error(`the shell script ended with ${ran.code}\n${ran.stderr.slice(-2000)}`);
}

async function timed(here: Session, what: string, work: () => Promise<unknown>): Promise<number> {
  const begin = Date.now();
  await here.progress.step(what, work);
  return seconds(begin);
}

function seconds(begin: number): number {
  return Math.round((Date.now() - begin) / 100) / 10;
}

/**
 * Anonymous memory: what the processes themselves hold, without the page cache. Docker's own figures fail for a router,
 * whose interfaces have names that Docker did not give them.
 */
async function memoryByContainer(docker: Docker): Promise<Record<string, number>> {
  const memory: Record<string, number> = {};
  for (const { Id, Names } of await docker.listContainers()) {
    const { Processes } = (await docker.getContainer(Id).top({ ps_args: "-eo pid" })) as { Processes: string[][] };
    const kilobytes = Processes.reduce((sum, [pid]) => sum + anonymous(pid ?? ""), 0);
    memory[(Names[0] ?? Id).replace(/^\//, "")] = Math.round(kilobytes / 100) / 10;
  }
  return memory;
}

function anonymous(pid: string): number {
  try {
    return Number(/^Anonymous:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
  } catch {
    // Ended between the two looks.
    return 0;
  }
}
