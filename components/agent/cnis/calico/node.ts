/**
 * The node's BGP daemon and its pod routes: what the cluster's part wrote for this node is applied here. BIRD keeps every
 * session that its new configuration does not change.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Daemon } from "../../daemon";
import { watchGiven } from "../../given";
import { log } from "../../log";
import { NodeRoutes } from "../../routes";
import { run } from "../../run";
import type { NodePart, NodeView } from "../cni";
import { StatusReporter } from "./statusReporter";

/** The number that Felix marks its routes with, so that nothing else takes them for its own. */
const ROUTE_PROTOCOL = "80";
const START_TIMEOUT_MS = 5_000;

/** BIRD 1.6 has a daemon for each family: what the cluster's part wrote for it, and the socket that it answers on. */
const FAMILIES = [
  { daemon: "bird", client: "birdc", socket: "/run/bird/bird.ctl" },
  { daemon: "bird6", client: "birdc6", socket: "/run/bird/bird6.ctl" },
] as const;

export function calicoNode({ api, settings, cni }: NodeView): NodePart {
  const routes = new NodeRoutes(ROUTE_PROTOCOL);
  const birds = FAMILIES.map((family) => new Bird(family));
  const given = watchGiven(api, settings.name, cni.kind, async (answer) => {
    for (const bird of birds) await bird.apply(answer[`${bird.family.daemon}.conf`]);
    await routes.set((answer["routes"] ?? "").split("\n").filter((line) => line.length > 0));
  });

  const statuses = new StatusReporter(api, settings.name, () => {
    const [v4, v6] = birds.map((bird) => (bird.running ? bird.ask : undefined));
    return { ...(v4 === undefined ? {} : { v4 }), ...(v6 === undefined ? {} : { v6 }) };
  });
  return {
    unready: () => (birds.some(({ running }) => running) ? undefined : "the BGP daemon does not run yet"),
    stop: async () => {
      given.close();
      statuses.stop();
      for (const bird of birds) await bird.stop();
    },
  };
}

/** One family's daemon, started when there is something to run. */
class Bird {
  private process: Daemon | undefined;
  private applied: string | undefined;

  constructor(readonly family: (typeof FAMILIES)[number]) {}

  get running(): boolean {
    return this.process?.running ?? false;
  }

  async apply(text: string | undefined): Promise<void> {
    if (text === undefined || text === this.applied) return;
    const { daemon, client, socket } = this.family;
    const file = `/etc/bird/${daemon}.conf`;
    mkdirSync("/etc/bird", { recursive: true });
    mkdirSync("/run/bird", { recursive: true });
    // The file holds the sessions' passwords.
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    await run(daemon, ["-p", "-c", `${file}.new`]);
    renameSync(`${file}.new`, file);
    if (this.process === undefined) {
      this.process = new Daemon({ name: daemon, command: daemon, args: ["-f", "-c", file, "-s", socket] });
      await listening(client, socket);
    } else {
      await run(client, ["-s", socket, "configure"]);
    }
    log("speaker", `${daemon} ${this.applied === undefined ? "configured" : "configured anew"}`);
    this.applied = text;
  }

  readonly ask = (...words: string[]): Promise<string> =>
    run(this.family.client, ["-s", this.family.socket, "show", ...words]);

  /** BIRD says Cease to its neighbors on its way down. */
  async stop(): Promise<void> {
    if (this.running) await run(this.family.client, ["-s", this.family.socket, "down"]).catch(() => undefined);
    await this.process?.stop();
  }
}

async function listening(client: string, socket: string): Promise<void> {
  const until = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await run(client, ["-s", socket, "show", "status"]);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(50);
    }
  }
}
