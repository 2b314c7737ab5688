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

const CONFIGURATION = "/etc/bird/bird.conf";
const SOCKET = "/run/bird/bird.ctl";
/** The number that Felix marks its routes with, so that nothing else takes them for its own. */
const ROUTE_PROTOCOL = "80";
const START_TIMEOUT_MS = 5_000;

export function calicoNode({ api, settings, cni }: NodeView): NodePart {
  const routes = new NodeRoutes(ROUTE_PROTOCOL);
  let bird: Daemon | undefined;
  let applied: string | undefined;

  async function configure(text: string): Promise<void> {
    mkdirSync("/etc/bird", { recursive: true });
    mkdirSync("/run/bird", { recursive: true });
    // The file holds the sessions' passwords.
    writeFileSync(`${CONFIGURATION}.new`, text, { mode: 0o600 });
    await run("bird", ["-p", "-c", `${CONFIGURATION}.new`]);
    renameSync(`${CONFIGURATION}.new`, CONFIGURATION);
    if (bird === undefined) {
      bird = new Daemon({ name: "bird", command: "bird", args: ["-f", "-c", CONFIGURATION, "-s", SOCKET] });
      await listening();
    } else {
      await run("birdc", ["-s", SOCKET, "configure"]);
    }
    log("speaker", applied === undefined ? "configured" : "configured anew");
    applied = text;
  }

  const given = watchGiven(api, settings.name, cni.kind, async (answer) => {
    const text = answer["bird.conf"] ?? "";
    if (text !== applied) await configure(text);
    await routes.set((answer["routes"] ?? "").split("\n").filter((line) => line.length > 0));
  });

  const statuses = new StatusReporter(api, settings.name, SOCKET);
  const running = () => bird?.running ?? false;
  return {
    unready: () => (running() ? undefined : "the BGP daemon does not run yet"),
    stop: async () => {
      given.close();
      statuses.stop();
      // BIRD says Cease to its neighbors on its way down.
      if (running()) await run("birdc", ["-s", SOCKET, "down"]).catch(() => undefined);
      await bird?.stop();
    },
  };
}

async function listening(): Promise<void> {
  const until = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await run("birdc", ["-s", SOCKET, "show", "status"]);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(50);
    }
  }
}
