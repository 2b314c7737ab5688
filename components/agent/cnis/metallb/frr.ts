/**
 * FRR on a node for MetalLB's FRR backends, and the reloader that they signal: it puts their file into FRR in place. The
 * agent is the reloader itself. bgpd never listens (-p 0), as in MetalLB's own containers.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Daemon } from "../../daemon";
import { log } from "../../log";
import { run } from "../../run";
import { RELOADER } from "./paths";

const BIN = "/usr/lib/frr";
const RUN = "/var/run/frr";
const START_TIMEOUT_MS = 10_000;

export interface NodeFrr {
  unready(): string | undefined;
  stop(): Promise<void>;
}

export function startFrr(hostname: string): NodeFrr {
  const daemons: Daemon[] = [];
  let listening = false;
  let queue: Promise<void> = start().catch((error: unknown) => log("frr", String(error)));

  async function start(): Promise<void> {
    mkdirSync(RUN, { recursive: true });
    mkdirSync(RELOADER, { recursive: true });
    writeFileSync(
      "/etc/frr/frr.conf",
      `frr defaults traditional\nhostname ${hostname}\nservice integrated-vtysh-config\n`,
    );
    writeFileSync("/etc/frr/vtysh.conf", "service integrated-vtysh-config\n");
    await run("chown", ["-R", "frr:frr", RUN, "/etc/frr"]);
    const begin = (name: string, ...args: string[]) =>
      daemons.push(new Daemon({ name, command: `${BIN}/${name}`, args: ["-A", "127.0.0.1", ...args] }));
    begin("zebra", "-s", "90000000");
    await answers("zebra");
    begin("staticd");
    begin("bfdd");
    begin("bgpd", "-p", "0");
    await Promise.all(["staticd", "bfdd", "bgpd"].map((name) => answers(name)));
    listening = true;
    writeFileSync(`${RELOADER}/reloader.pid`, String(process.pid));
  }

  async function reload(): Promise<void> {
    const file = `${RELOADER}/frr.conf`;
    let result = "success";
    try {
      await run("python3", [`${BIN}/frr-reload.py`, "--test", "--stdout", file]);
      await run("python3", [`${BIN}/frr-reload.py`, "--reload", "--overwrite", "--stdout", file]);
    } catch (error) {
      result = "failure";
      log("frr", error instanceof Error ? error.message : String(error));
    }
    writeFileSync(`${RELOADER}/.status`, `${Math.floor(Date.now() / 1000)} ${result}`);
    log("frr", result === "success" ? "configured" : "the configuration is not taken");
  }

  // Signals that come while one is obeyed are obeyed after it: the file may have changed since.
  const onHangup = () => {
    queue = queue.then(reload);
  };
  process.on("SIGHUP", onHangup);

  return {
    unready: () => (listening ? undefined : "FRR does not answer yet"),
    stop: async () => {
      process.off("SIGHUP", onHangup);
      for (const daemon of daemons.reverse()) await daemon.stop();
    },
  };
}

async function answers(daemon: string): Promise<void> {
  const until = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await run("vtysh", ["-d", daemon, "-c", "show version"]);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(100);
    }
  }
}
