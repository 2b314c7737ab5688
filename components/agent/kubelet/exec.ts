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
  // A command may end before it has read all that it was sent.
  child.stdin.on("error", () => undefined);
  socket.on("message", (message: Buffer) => {
    const said = readFrame(message);
    if (said.kind === "stdin") child.stdin.write(said.data);
    if (said.kind === "stdin-end") child.stdin.end();
    if (said.kind === "resize") setSize(child, said);
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

/** The terminal is the one that the child of `script` has. */
function setSize({ pid = 0 }: ChildProcess, { columns, rows }: { columns: number; rows: number }): void {
  try {
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0] ?? "";
    const terminal = readlinkSync(`/proc/${child}/fd/0`);
    execFile("stty", ["-F", terminal, "cols", String(columns), "rows", String(rows)], () => undefined);
  } catch {
    // It has ended, or has not begun: the next size comes when the window changes.
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
