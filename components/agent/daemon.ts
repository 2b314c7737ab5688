/** Runs a daemon and keeps it running; its words go to the container's log with its name in front. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { log } from "./log";

export interface DaemonOptions {
  name: string;
  command: string;
  args: string[];
  environment?: Record<string, string>;
}

const RESTART_MS = 1_000;

export class Daemon {
  private child: ChildProcess | undefined;
  private stopping = false;
  private restart: NodeJS.Timeout | undefined;

  constructor(private readonly options: DaemonOptions) {
    this.start();
  }

  get running(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Ends the daemon and waits until it has ended. */
  async stop(signal: NodeJS.Signals = "SIGTERM", graceMs = 5_000): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    const child = this.child;
    if (child === undefined || !this.running) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(signal);
    const kill = setTimeout(() => child.kill("SIGKILL"), graceMs);
    await ended;
    clearTimeout(kill);
  }

  private start(): void {
    const { name, command, args, environment } = this.options;
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => log(name, line));
    }
    child.on("error", (error) => log(name, error.message));
    child.on("exit", (code, signal) => {
      if (this.stopping) return;
      log(name, `ended (${signal ?? code ?? "?"}); starting it again`);
      this.restart = setTimeout(() => this.start(), RESTART_MS);
    });
  }
}
