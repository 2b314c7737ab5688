/**
 * Replays a recorded program step by step with the real Pulumi CLI and this project's plugins, and puts recording and
 * replay into one comparable form. It judges nothing: that is expectSame's and the tests' work.
 *
 *     const recording = recorded("docker-network");
 *     const replayed = await replay({ name: "docker-network", plugins: ["docker"], replace: { IMAGE: "conf/image:1" } });
 *     expect(replayed.steps[0]).toEqual(recording[0]);
 *
 * A program is run with the project name `conf` and a stack of its own name, as it was recorded, on a file backend and in
 * a PULUMI_HOME made for it. What differs from run to run (ids, random suffixes, addresses that Docker chose) is replaced
 * by a word in both; a caller adds more by `normalise`. `pulumi` comes from PATH, the daemon from DOCKER_HOST: what
 * `make test` (engine/main.ts env) prepares.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { installPlugins, type PluginName } from "../../../engine/plugins/install";
import { comparable, comparableRecording, type RawStep, type Step } from "./comparable";

const checkout = resolve(__dirname, "../../..");

/** Where the recordings lie: beside the checkout, or where BGPFABRIC_CONFORMANCE says. */
export const recordings = process.env["BGPFABRIC_CONFORMANCE"] ?? resolve(checkout, "../shared/conformance");
/** Why nothing can be compared; undefined when it can. */
export const missing = existsSync(join(recordings, "README.md"))
  ? undefined
  : `no recordings of the official plugins at ${recordings} (BGPFABRIC_CONFORMANCE names another folder)`;

export interface Program {
  /** The folder of the recording. */
  readonly name: string;
  readonly plugins: readonly PluginName[];
  /** Words in program.js and what they stand for here; turned back in what is compared. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Further files of the program's folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Changes a text of the state that differs from run to run; `path` as "outputs.networkDatas[0].macAddress". */
  readonly normalise?: (text: string, path: string) => string;
}

const rawRecording = (name: string): RawStep[] =>
  JSON.parse(readFileSync(join(recordings, name, "recording.json"), "utf8")) as RawStep[];

export const recorded = (name: string, normalise?: Program["normalise"]): Step[] =>
  comparableRecording(rawRecording(name), normalise);

export interface Replayed {
  readonly steps: Step[];
  /** The stack in which the steps were run; the caller destroys and removes it. */
  readonly stack: Stack;
}

/** Runs every step; the stack is left as the last step left it. */
export async function replay(program: Program): Promise<Replayed> {
  const stack = await Stack.make(program.name, program.plugins, program.env);
  try {
    let source = readFileSync(join(recordings, program.name, "program.js"), "utf8");
    for (const [word, value] of longestFirst(program.replace)) source = source.replaceAll(word, value);
    stack.write({
      "program.js": source,
      "index.js": `require("./program.js")(Number(process.env.STEP));\n`,
      ...program.files,
    });
    const steps: Step[] = [];
    for (let step = 0; step < rawRecording(program.name).length; step++)
      steps.push(comparable(await stack.step(step), backwards(program), program.normalise));
    return { steps, stack };
  } catch (error) {
    await stack.remove();
    throw error;
  }
}

const longestFirst = (replace: Program["replace"] = {}): [string, string][] =>
  Object.entries(replace).sort(([a], [b]) => b.length - a.length);
const backwards =
  ({ replace }: Program) =>
  (text: string): string =>
    longestFirst(Object.fromEntries(Object.entries(replace ?? {}).map(([word, value]) => [value, word]))).reduce(
      (t, [value, word]) => t.replaceAll(value, word),
      text,
    );

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A stack of a program in a folder of its own, with a backend and a PULUMI_HOME of its own. */
export class Stack {
  private constructor(
    readonly name: string,
    readonly folder: string,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  static async make(
    name: string,
    plugins: readonly PluginName[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Stack> {
    const root = mkdtempSync(join(tmpdir(), "bgpfabric-replay-"));
    const home = join(root, "home");
    const folder = join(root, "program");
    for (const made of [home, folder, join(root, "backend")]) mkdirSync(made);
    await installPlugins(home, plugins);
    symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
    const stack = new Stack(name, folder, {
      ...process.env,
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: `file://${join(root, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_COMMANDS: "true", // shows the flag --event-log
      ...env,
    });
    stack.write({ "Pulumi.yaml": "name: conf\nruntime: nodejs\nmain: index.js\n", "package.json": "{}\n" });
    const made = await stack.pulumi(["stack", "init", name]);
    if (made.exit !== 0) throw new Error(`pulumi stack init failed: ${made.err}${made.out}`);
    return stack;
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(this.folder, name), content);
  }

  /** Starts a pulumi command and does not wait: for tests that interrupt it. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn("pulumi", ["--non-interactive", "--color=never", ...args], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      stdio: "ignore",
    });
  }

  pulumi(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return new Promise((done) => {
      const child = execFile(
        "pulumi",
        ["--non-interactive", "--color=never", ...args],
        { cwd: this.folder, env: { ...this.env, ...env }, maxBuffer: 64 * 1024 * 1024 },
        (error, out, err) =>
          done({
            exit: error === null ? 0 : (child.exitCode ?? -1),
            out,
            err: error && err === "" ? error.message : err,
          }),
      );
    });
  }

  /** A preview and an update, with all that they said and left. */
  async step(step: number): Promise<RawStep> {
    const env = { STEP: String(step) };
    const previewed = await this.pulumi(["preview", "--json"], env);
    const updated = await this.up(["--skip-preview"], env);
    return { step, preview: planOf(previewed), ...updated, state: await this.state() };
  }

  /** An update, by the events of which one knows what was done. */
  async up(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Update> {
    return this.update("up", args, env);
  }

  async update(
    verb: "up" | "refresh" | "destroy",
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Update> {
    const log = join(this.folder, "events.json");
    rmSync(log, { force: true });
    const ran = await this.pulumi([verb, "--yes", "--event-log", log, ...args], env);
    return { exit: ran.exit, ...happened(existsSync(log) ? readFileSync(log, "utf8") : "") };
  }

  async state(): Promise<RawStep["state"]> {
    const exported = await this.pulumi(["stack", "export", "--show-secrets"]);
    if (exported.exit !== 0) throw new Error(`pulumi stack export failed: ${exported.err}`);
    const { deployment } = JSON.parse(exported.out) as { deployment: { resources?: RawStep["state"] } };
    return (deployment.resources ?? []).filter(({ type }) => type !== "pulumi:pulumi:Stack");
  }

  /** Destroys what is left (the lock of a killed run gives way) and removes the folder. */
  async remove(): Promise<void> {
    if (!existsSync(this.folder)) return;
    const destroy = (): Promise<Ran> => this.pulumi(["destroy", "--yes", "--skip-preview"]);
    if ((await destroy()).exit !== 0) {
      await this.pulumi(["cancel", "--yes"]);
      await destroy();
    }
    rmSync(resolve(this.folder, ".."), { recursive: true, force: true });
  }
}

export type Update = Pick<RawStep, "operations" | "errors" | "exit">;

/** What `preview --json` says; a preview that failed before planning is no plan. */
function planOf(ran: Ran): RawStep["preview"] {
  const start = ran.out.indexOf("{");
  if (start < 0) throw new Error(`pulumi preview failed: ${ran.err}${ran.out}`);
  return (JSON.parse(ran.out.slice(start)) as { steps?: RawStep["preview"] }).steps ?? [];
}

interface EngineEvent {
  readonly diagnosticEvent?: {
    readonly severity: string;
    readonly message: string;
    readonly urn?: string;
    readonly ephemeral?: boolean;
  };
  readonly resOutputsEvent?: { readonly metadata: { readonly op: string; readonly urn: string } };
  readonly resOpFailedEvent?: { readonly metadata: { readonly op: string; readonly urn: string } };
}

function happened(log: string): Pick<RawStep, "operations" | "errors"> {
  const operations: { op: string; urn: string; failed: boolean }[] = [];
  const errors: { urn: string; message: string }[] = [];
  for (const line of log.split("\n").filter((text) => text !== "")) {
    const event = JSON.parse(line) as EngineEvent;
    const done = event.resOutputsEvent ?? event.resOpFailedEvent;
    if (done) operations.push({ ...done.metadata, failed: event.resOpFailedEvent !== undefined });
    const said = event.diagnosticEvent;
    if (said?.severity === "error" && !said.ephemeral) errors.push({ urn: said.urn ?? "", message: said.message });
  }
  return { operations, errors };
}
