/** Runs one command line to its end, as pulumi-command 1.2.1 does. What it is run for is not known here. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Call } from "../plugin";
import type { Command } from "./arguments";

export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** Time between asking a cancelled command to end and killing it; less than a plugin has after its engine left (serve.ts). */
const graceMilliseconds = 400;

/**
 * `previous` is what the last run of the resource printed. Fails with the command and all that it printed; `secrets` never
 * show in that text nor in the log.
 */
export async function run(
  line: string,
  command: Command,
  previous: Printed,
  secrets: readonly string[],
  { signal, status }: Call,
): Promise<Printed> {
  signal.throwIfAborted();
  const hide = (text: string): string => secrets.reduce((t, s) => t.replaceAll(s, "[secret]"), text);
  // Without this the program of the command is said to be missing.
  if (command.dir !== undefined && !existsSync(command.dir))
    throw new Error(`the folder ${command.dir} (dir) does not exist: running ${JSON.stringify(hide(line))}`);
  const [program = "/bin/sh", ...args] = command.interpreter?.length ? command.interpreter : ["/bin/sh", "-c"];
  const env: NodeJS.ProcessEnv = { ...process.env, ...command.environment };
  if (command.addPreviousOutputInEnv ?? true) {
    if (previous.stdout !== "") env["PULUMI_COMMAND_STDOUT"] = previous.stdout;
    if (previous.stderr !== "") env["PULUMI_COMMAND_STDERR"] = previous.stderr;
  }
  // A group of its own, so that a cancelled command takes what it started with it.
  const child = spawn(program, [...args, line], {
    env,
    cwd: command.dir,
    detached: true,
    stdio: [command.stdin ? "pipe" : "ignore", "pipe", "pipe"],
  });
  const both: Buffer[] = [];
  const logging = command.logging ?? "stdoutAndStderr";
  const stdout = collect(child.stdout, both, logging === "stdout" || logging === "stdoutAndStderr" ? show : undefined);
  const stderr = collect(child.stderr, both, logging === "stderr" || logging === "stdoutAndStderr" ? show : undefined);
  function show(line: string): void {
    status(hide(line));
  }
  child.stdin?.on("error", () => undefined); // a command that does not read its input closes it: no fault
  child.stdin?.end(command.stdin);

  let kill: NodeJS.Timeout | undefined;
  const stop = (): void => {
    killGroup(child.pid, "SIGTERM");
    kill = setTimeout(() => killGroup(child.pid, "SIGKILL"), graceMilliseconds);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const failure = await new Promise<string | undefined>((resolve) => {
      child.on("error", (error) => resolve(error.message));
      // "close" comes when everything that holds the output has closed it, background processes included.
      child.on("close", (code, by) =>
        resolve(by !== null ? `signal: ${by}` : code === 0 ? undefined : `exit status ${code}`),
      );
    });
    if (failure !== undefined) {
      const why = signal.aborted ? `${failure} (${String((signal.reason as Error).message)})` : failure;
      throw new Error(hide(`${why}: running ${JSON.stringify(line)}:\n${Buffer.concat(both).toString()}`));
    }
    return { stdout: stdout(), stderr: stderr() };
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(kill);
  }
}

/** Gathers a stream and passes its whole lines on; answers all of it without its last newline. */
function collect(stream: NodeJS.ReadableStream | null, both: Buffer[], show?: (line: string) => void): () => string {
  const chunks: Buffer[] = [];
  let rest = "";
  stream?.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    both.push(chunk);
    if (!show) return;
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) show(line);
  });
  stream?.on("end", () => {
    if (rest !== "") show?.(rest);
  });
  return () => Buffer.concat(chunks).toString().replace(/\n$/, "");
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // it has ended already
  }
}
