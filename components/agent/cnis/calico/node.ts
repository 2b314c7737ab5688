/**
 * The node's BGP daemon and its pod routes: what the cluster's agent wrote for this node is applied here, within the
 * time that a watch takes. BIRD keeps every session that its new configuration does not change.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "../../api";
import { Daemon } from "../../daemon";
import { log } from "../../log";
import type { Secret } from "../../objects";
import { run } from "../../run";
import { AGENT_NAMESPACE, type NodeSettings } from "../../settings";
import { Store } from "../../store";

const CONFIGURATION = "/etc/bird/bird.conf";
const SOCKET = "/run/bird/bird.ctl";
/** The number that Felix marks its routes with, so that nothing else takes them for its own. */
const ROUTE_PROTOCOL = "80";
const START_TIMEOUT_MS = 5_000;

export class SpeakerOfNode {
  private readonly store: Store<Secret>;
  private bird: Daemon | undefined;
  private applied: string | undefined;
  private routes = new Map<string, string>();
  private queue: Promise<void> = Promise.resolve();

  constructor(api: Api, settings: NodeSettings) {
    const path = `/api/v1/namespaces/${AGENT_NAMESPACE}/secrets?fieldSelector=metadata.name%3D${settings.name}`;
    this.store = new Store<Secret>(api, path, () => {
      this.queue = this.queue
        .then(() => this.apply(this.store.get(settings.name, AGENT_NAMESPACE)))
        .catch((error: unknown) => log("speaker", error instanceof Error ? error.message : String(error)));
    });
  }

  get running(): boolean {
    return this.bird?.running ?? false;
  }

  async stop(): Promise<void> {
    this.store.close();
    // BIRD says Cease to its neighbors on its way down.
    if (this.running) await run("birdc", ["-s", SOCKET, "down"]).catch(() => undefined);
    await this.bird?.stop();
  }

  private async apply(secret: Secret | undefined): Promise<void> {
    if (secret === undefined) return;
    const text = decode(secret, "bird.conf");
    if (text !== this.applied) await this.configure(text);
    await this.route(decode(secret, "routes"));
  }

  private async configure(text: string): Promise<void> {
    mkdirSync("/etc/bird", { recursive: true });
    mkdirSync("/run/bird", { recursive: true });
    // The file holds the sessions' passwords.
    writeFileSync(`${CONFIGURATION}.new`, text, { mode: 0o600 });
    await run("bird", ["-p", "-c", `${CONFIGURATION}.new`]);
    renameSync(`${CONFIGURATION}.new`, CONFIGURATION);
    if (this.bird === undefined) {
      this.bird = new Daemon({ name: "bird", command: "bird", args: ["-f", "-c", CONFIGURATION, "-s", SOCKET] });
      await this.listening();
    } else {
      await run("birdc", ["-s", SOCKET, "configure"]);
    }
    log("speaker", this.applied === undefined ? "configured" : "configured anew");
    this.applied = text;
  }

  private async listening(): Promise<void> {
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

  /** A line a route, "PREFIX via ADDRESS": new ones first, so that no packet finds a gap. */
  private async route(text: string): Promise<void> {
    const wanted = new Map<string, string>();
    for (const line of text.split("\n").filter((line) => line.length > 0)) {
      const [prefix = "", , via = ""] = line.split(" ");
      wanted.set(prefix, via);
    }
    for (const [prefix, via] of wanted) {
      if (this.routes.get(prefix) === via) continue;
      await run("ip", ["route", "replace", prefix, "via", via, "proto", ROUTE_PROTOCOL]);
    }
    for (const prefix of this.routes.keys()) {
      if (!wanted.has(prefix)) await run("ip", ["route", "del", prefix, "proto", ROUTE_PROTOCOL]);
    }
    this.routes = wanted;
  }
}

function decode(secret: Secret, key: string): string {
  return Buffer.from(secret.data?.[key] ?? "", "base64").toString("utf8");
}
