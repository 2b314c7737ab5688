/**
 * The node's gobgpd: configured in place, told what the node originates, and its learned routes put into the kernel as
 * kube-router puts them there. Sessions whose neighbor stays the same are kept.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Daemon } from "../../daemon";
import { type Given, watchGiven } from "../../given";
import { log } from "../../log";
import { NodeRoutes } from "../../routes";
import { run } from "../../run";
import type { NodePart, NodeView } from "../cni";
import { type Rib, learnedRoutes } from "./learned";

const DIRECTORY = "/etc/gobgp";
const CONFIGURATION = `${DIRECTORY}/gobgpd.yaml`;
const API = "127.0.0.1:50051";
/** zebra's number, which kube-router marks its routes with. */
const ROUTE_PROTOCOL = "17";
/** A machine on which all nodes of a fabric start at once takes long. */
const START_TIMEOUT_MS = 60_000;
/** Changes of the table that come together are programmed together. */
const SETTLE_MS = 100;
const RETRY_MS = 1_000;
/** Learned routes stay in the kernel as long while gobgpd starts anew: a neighbor may rest 30 seconds after a reset. */
const KEEP_MS = 60_000;

export function kubeRouterNode({ api, settings, cni }: NodeView): NodePart {
  const routes = new NodeRoutes(ROUTE_PROTOCOL);
  const own = [settings.address, settings.address6].filter((one) => one !== undefined);
  let told = new Set<string>();
  let wanted: readonly string[] = [];
  let gobgpd: Daemon | undefined;
  let applied: string | undefined;
  /** What gobgpd was started with, once it has answered. */
  let started: string | undefined;
  let keepUntil = 0;
  let monitor: ChildProcess | undefined;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let programming: Promise<void> = Promise.resolve();

  async function configure(text: string, reflecting: string): Promise<void> {
    if (text === applied && reflecting === started) return;
    mkdirSync(DIRECTORY, { recursive: true });
    // The file holds the sessions' passwords.
    writeFileSync(`${CONFIGURATION}.new`, text, { mode: 0o600 });
    renameSync(`${CONFIGURATION}.new`, CONFIGURATION);
    if (reflecting !== started) {
      // gobgpd 3.10 reads its file again without a look at who is a reflector's client.
      if (gobgpd !== undefined) {
        keep();
        await gobgpd.stop();
      }
      await start();
      started = reflecting;
    } else if (gobgpd?.pid !== undefined) {
      // It reads its file again: neighbors and policies alone can change.
      process.kill(gobgpd.pid, "SIGHUP");
    }
    if (monitor === undefined) watch();
    log("speaker", applied === undefined ? "configured" : "configured anew");
    applied = text;
  }

  async function start(): Promise<void> {
    const args = ["-f", CONFIGURATION, "-t", "yaml", "--api-hosts", API, "--pprof-disable", "--log-level", "warn"];
    gobgpd = new Daemon({ name: "gobgpd", command: "gobgpd", args });
    await listening();
    told = new Set();
  }

  /** A node whose gobgpd starts anew goes on forwarding. */
  function keep(): void {
    keepUntil = Date.now() + KEEP_MS;
    setTimeout(() => {
      if (!stopping) soon();
    }, KEEP_MS).unref();
  }

  async function originate(): Promise<void> {
    for (const prefix of wanted.filter((one) => !told.has(one))) {
      await gobgp("global", "rib", "add", prefix, "origin", "igp", "-a", family(prefix));
      told.add(prefix);
    }
    for (const prefix of [...told].filter((one) => !wanted.includes(one))) {
      await gobgp("global", "rib", "del", prefix, "-a", family(prefix));
      told.delete(prefix);
    }
  }

  /** The table is read again when gobgpd says that it changed. */
  function watch(): void {
    monitor = spawn("gobgp", ["monitor", "global", "rib", "--current", "-j"], { stdio: ["ignore", "pipe", "ignore"] });
    monitor.stdout?.on("data", () => soon());
    monitor.on("exit", () => {
      keep();
      setTimeout(again, RETRY_MS);
    });
    monitor.on("error", (error) => log("speaker", error.message));
  }

  /** The monitor ends with gobgpd, and one that started anew originates nothing. */
  function again(): void {
    if (stopping) return;
    told = new Set();
    watch();
    originate().catch((error: unknown) => log("speaker", error instanceof Error ? error.message : String(error)));
  }

  function soon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      programming = programming.then(program).catch((error: unknown) => {
        log("speaker", error instanceof Error ? error.message : String(error));
        if (!stopping) setTimeout(soon, RETRY_MS);
      });
    }, SETTLE_MS);
  }

  async function program(): Promise<void> {
    const ribs = await Promise.all(
      own.map(async (address) => {
        const text = await gobgp("-j", "global", "rib", "-a", family(address));
        return JSON.parse(text || "{}") as Rib;
      }),
    );
    const { routes: lines, far } = learnedRoutes(Object.assign({}, ...ribs) as Rib, own);
    await routes.set(lines, { keep: Date.now() < keepUntil });
    if (far.length > 0) log("speaker", `no tunnels on a bare node: no route to ${far.join(", ")}`);
  }

  const given = watchGiven(api, settings.name, cni.kind, async (answer: Given) => {
    await configure(answer["gobgpd.yaml"] ?? "", answer["reflecting"] ?? "");
    wanted = (answer["originated"] ?? "").split("\n").filter((line) => line.length > 0);
    await originate();
  });

  return {
    unready: () => (gobgpd?.running === true ? undefined : "the BGP daemon does not run yet"),
    stop: async () => {
      stopping = true;
      given.close();
      clearTimeout(timer);
      monitor?.kill();
      await gobgpd?.stop();
    },
  };
}

function gobgp(...args: string[]): Promise<string> {
  return run("gobgp", args);
}

function family(prefix: string): string {
  return prefix.includes(":") ? "ipv6" : "ipv4";
}

async function listening(): Promise<void> {
  const until = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await gobgp("global");
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(50);
    }
  }
}
