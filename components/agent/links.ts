/** The node's own links as Docker made them: which one stands on the rack, and no way out through Docker's gateway. */
import { networkInterfaces } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { log } from "./log";
import { run } from "./run";

const POLL_MS = 50;
const TIMEOUT_MS = 20_000;

/** Waits for the interface with the address, and returns its name: Docker gives names in no fixed order. */
export async function rackLink(address: string): Promise<string> {
  const wanted = address.split("/")[0];
  const until = Date.now() + TIMEOUT_MS;
  for (;;) {
    for (const [name, addresses] of Object.entries(networkInterfaces())) {
      if (addresses?.some((entry) => entry.address === wanted)) return name;
    }
    if (Date.now() > until) throw new Error(`no interface has ${address} after ${TIMEOUT_MS / 1000} s`);
    await delay(POLL_MS);
  }
}

/** A default route through Docker would hide next hops that nothing reaches. */
export async function removeDefaultRoute({ ipv6 = false } = {}): Promise<void> {
  for (const family of ipv6 ? ["-4", "-6"] : ["-4"]) {
    const routes = JSON.parse((await run("ip", [family, "-j", "route", "show", "default"])) || "[]") as unknown[];
    for (let index = 0; index < routes.length; index++) await run("ip", [family, "route", "del", "default"]);
    if (routes.length > 0) log("agent", "removed Docker's default route");
  }
}

/** The way out of the rack: through its router. */
export async function addDefaultRoute(router: string): Promise<void> {
  await run("ip", [router.includes(":") ? "-6" : "-4", "route", "replace", "default", "via", router]);
  log("agent", `default route through ${router}`);
}
