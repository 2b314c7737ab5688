/**
 * `kubectl exec`: a command in a pod's network namespace, with its streams on a WebSocket. Files and programs are the
 * node's: a pod of a bare node has no file system of its own.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import type { Readable } from "node:stream";
import type { WebSocket } from "ws";
import { outputFrame, readFrame, statusFrame } from "./channels";

export interface ExecOptions {
  command: string[];
  stdin: boolean;
  tty: boolean;
}

export function execOptions(query: URLSearchParams): ExecOptions {
  return { command: query.getAll("command"), stdin: query.get("input") === "1", tty: query.get("tty") === "1" };
}

/** The command and its arguments in the network namespace and under the host name of the process `pid`. */
export function commandLine(pid: number, { command, tty }: ExecOptions): [command: string, args: string[]] {
  const inside = [`--net=/proc/${pid}/ns/net`, `--uts=/proc/${pid}/ns/uts`, "--", ...command];
  if (!tty) return ["nsenter", inside];
  // util-linux's script gives the command a terminal, and ends as the command does.
  const line = ["nsenter", ...inside].map(quoted).join(" ");
  return ["script", ["--quiet", "--return", "--flush", "--command", line, "/dev/null"]];
}

/** Runs the command until it ends or the client leaves. */
export function exec(socket: WebSocket, pid: number, options: ExecOptions): void {
  const child = spawn(...commandLine(pid, options), {
    stdio: ["pipe", "pipe", "pipe"],
    cwd: "/",
    env: { ...process.env, SHELL: "/bin/sh", ...(options.tty ? { TERM: "xterm" } : {}) },
  });
  // The client waits for a first message.
  socket.send(outputFrame("stdout", Buffer.alloc(0)));
  send(socket, child.stdout, "stdout");
  // A terminal has one stream for both.
  send(socket, child.stderr, options.tty ? "stdout" : "stderr");
  if (!options.stdin) child.stdin.end();
  const resize = sizing(child);
  // A command may end before it has read all that it was sent.
  child.stdin.on("error", () => undefined);
  socket.on("message", (message: Buffer) => {
    const said = readFrame(message);
    if (said.kind === "stdin") child.stdin.write(said.data);
    if (said.kind === "stdin-end") child.stdin.end();
    if (said.kind === "resize") resize(said);
  });
  socket.on("close", () => child.kill("SIGTERM"));
  socket.on("error", () => child.kill("SIGTERM"));
  const end = (how: Parameters<typeof statusFrame>[0]) => {
    socket.send(statusFrame(how));
    socket.close(1000);
  };
  child.on("error", (error) => end({ failed: error.message }));
  child.on("close", (code, signal) => end(code === null ? { failed: `ended by ${signal ?? "a signal"}` } : { code }));
}

/** No more is read than the client takes. */
function send(socket: WebSocket, from: Readable, stream: "stdout" | "stderr"): void {
  from.on("data", (data: Buffer) => {
    from.pause();
    socket.send(outputFrame(stream, data), () => from.resume());
  });
}

interface Size {
  columns: number;
  rows: number;
}

const TERMINAL_MS = 50;

/** Gives the terminal its size. A client says it at once, and `script` may be slower: the size waits for the terminal. */
export function sizing(child: ChildProcess): (size: Size) => void {
  let wanted: Size | undefined;
  const apply = (): void => {
    if (wanted === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const terminal = terminalOf(child);
    if (terminal === undefined) return void setTimeout(apply, TERMINAL_MS);
    const { columns, rows } = wanted;
    wanted = undefined;
    execFile("stty", ["-F", terminal, "cols", String(columns), "rows", String(rows)], () => undefined);
  };
  return (size) => {
    const waits = wanted !== undefined;
    wanted = size;
    if (!waits) apply();
  };
}

/** The terminal that the child of `script` has; undefined before it has one. */
function terminalOf({ pid = 0 }: ChildProcess): string | undefined {
  try {
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0] ?? "";
    const input = readlinkSync(`/proc/${child}/fd/0`);
    return input.startsWith("/dev/pts/") ? input : undefined;
  } catch {
    return undefined;
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
