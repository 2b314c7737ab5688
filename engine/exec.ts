/**
 * Running other programs. Nothing here knows what they are for.
 */
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** A file that gets everything the program says. */
  log?: string;
  input?: string;
  timeoutMs?: number;
  /** Gets each line of standard error as it comes. */
  onLine?: (line: string) => void;
}

/** Runs a program to its end and keeps what it said. A program that cannot be started has code 127. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    let line = "";
    const child = start(command, args, [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"], options);
    let stdout = "";
    let stderr = "";
    const log = options.log === undefined ? undefined : fs.createWriteStream(options.log, { flags: "a" });
    log?.write(`$ ${command} ${args.join(" ")}\n`);
    child.stdout?.on("data", (data: Buffer) => {
      stdout += data.toString();
      log?.write(data);
    });
    child.stderr?.on("data", (data: Buffer) => {
      stderr += data.toString();
      log?.write(data);
      if (options.onLine === undefined) return;
      const lines = (line + data.toString()).split("\n");
      line = lines.pop() ?? "";
      lines.forEach(options.onLine);
    });
    if (options.input !== undefined) child.stdin?.end(options.input);
    const timer =
      options.timeoutMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), options.timeoutMs);
    const end = (code: number, problem = ""): void => {
      clearTimeout(timer);
      log?.end();
      resolve({ code, stdout, stderr: stderr + problem });
    };
    child.on("error", (error) => end(127, error.message));
    child.on("close", (code, signal) => end(code ?? (signal === null ? 1 : 128), signal === null ? "" : signal));
  });
}

/** Runs a program that must succeed; the error holds its last lines. */
export async function must(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const ran = await run(command, args, options);
  if (ran.code !== 0) {
    const tail = (ran.stderr.trim() || ran.stdout.trim()).split("\n").slice(-15).join("\n");
    const where = options.log === undefined ? "" : `\n(all of it: ${options.log})`;
    throw new Error(`${command} ${args.slice(0, 6).join(" ")} ended with ${ran.code}\n${tail}${where}`);
  }
  return ran.stdout;
}

/** Hands the terminal to a program and gives its exit code. */
export function handOver(command: string, args: readonly string[], options: RunOptions = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = start(command, args, "inherit", options);
    // Ctrl-C reaches the whole foreground group: the program decides what it means, we wait for it.
    const ignore = (): void => undefined;
    process.on("SIGINT", ignore);
    const pass = (): void => void child.kill("SIGTERM");
    process.on("SIGTERM", pass);
    const end = (code: number): void => {
      process.off("SIGINT", ignore);
      process.off("SIGTERM", pass);
      resolve(code);
    };
    child.on("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      end(127);
    });
    child.on("close", (code, signal) => end(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

function start(command: string, args: readonly string[], stdio: StdioOptions, options: RunOptions): ChildProcess {
  return spawn(command, args, { stdio, cwd: options.cwd, env: options.env ?? process.env });
}

/**
 * The same command, ended by the kernel when this process dies, so that a killed run leaves no build behind.
 * Only Linux has that; elsewhere the command stays as it is.
 */
export function boundToUs(command: string, args: readonly string[], signal = "KILL"): [string, string[]] {
  if (process.platform !== "linux" || which("setpriv") === undefined) return [command, [...args]];
  return ["setpriv", ["--pdeathsig", signal, command, ...args]];
}

/** PATH as the user has it: without what an open lab shell put in front. */
function userPath(): string {
  const dirs = (process.env["PATH"] ?? "").split(path.delimiter);
  return dirs.filter((dir) => !dir.includes("/bgpfabric/parts/")).join(path.delimiter);
}

/** The first executable of that name on PATH. */
export function which(name: string, searchPath = userPath()): string | undefined {
  for (const dir of searchPath.split(path.delimiter)) {
    if (dir === "") continue;
    const file = path.join(dir, name);
    try {
      fs.accessSync(file, fs.constants.X_OK);
      if (fs.statSync(file).isFile()) return file;
    } catch {
      // not here
    }
  }
  return undefined;
}
