/** A difference as text for people: counts first, then each session and each route with its chain, alike routes folded. */
import { printChain } from "./causes";
import type { Difference, RouteChange, SessionChange } from "./difference";
import { printDoubt } from "./doubts";
import { printAsPath } from "./lines";
import type { Route } from "./route";

const MARK: Readonly<Record<SessionChange["what"] | RouteChange["what"], string>> = {
  gained: "+",
  lost: "-",
  reset: "!",
  changed: "~",
  moved: "~",
  width: "~",
  attributes: "~",
};

export function printDifference(difference: Difference): string {
  const { sessions, routes } = difference;
  if (sessions.length === 0 && routes.length === 0) return "no session and no route changes\n";
  const lines = [`sessions: ${count(sessions, ["gained", "lost", "reset", "changed"])}`];
  for (const session of sessions) lines.push(...sessionLines(session));
  lines.push(`routes: ${count(routes, ["gained", "lost", "moved", "width", "attributes"])}`);
  for (const group of grouped(routes)) lines.push(...routeLines(group));
  return `${lines.join("\n")}\n`;
}

function count(list: readonly { what: string }[], kinds: readonly string[]): string {
  const parts = kinds.map((kind) => [kind, list.filter(({ what }) => what === kind).length] as const);
  const shown = parts.filter(([, number]) => number > 0).map(([kind, number]) => `${number} ${kind}`);
  return shown.length === 0 ? "none" : shown.join(", ");
}

function sessionLines(change: SessionChange): string[] {
  const down = change.after === undefined ? "no longer configured" : `down (${change.after.down?.reason ?? ""})`;
  const head = `  ${MARK[change.what]} ${change.key} ${change.what === "changed" ? down : change.what}`;
  return [head, ...because(change.causes)];
}

function because(causes: RouteChange["causes"]): string[] {
  return causes.length === 0 ? [] : [`      because ${printChain(causes)}`];
}

/** Prefixes of one speaker that change in the same way for the same reason stand in one paragraph. */
function grouped(routes: readonly RouteChange[]): RouteChange[][] {
  const groups = new Map<string, RouteChange[]>();
  for (const route of routes) {
    const doubts = route.doubts.map(printDoubt).join();
    const chain = printChain(route.causes).replaceAll(route.prefix, "*");
    const key = [route.speaker, route.what, brief(route.before), brief(route.after), chain, doubts].join("|");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [route]);
    else group.push(route);
  }
  return [...groups.values()];
}

function routeLines(group: readonly RouteChange[]): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const shown = group.slice(0, 3).map(({ prefix }) => prefix);
  const more = group.length > shown.length ? ` and ${group.length - shown.length} more` : "";
  const { before, after } = first.width;
  const width = before === after ? "" : ` (${before} -> ${after} next hops)`;
  const head = `  ${MARK[first.what]} ${first.speaker} ${shown.join(", ")}${more}`;
  const doubts = [...new Set(first.doubts.map(printDoubt))].map((text) => `      ${text}`);
  return [`${head}: ${brief(first.before)} -> ${brief(first.after)}${width}`, ...because(first.causes), ...doubts];
}

function brief(route: Route | undefined): string {
  if (route === undefined) return "none";
  if (route.state === "unusable") return "unusable";
  const path = route.asPath.length > 0 || route.asSet !== undefined ? ` path ${printAsPath(route)}` : "";
  return route.kind === "local" ? "local" : `via ${route.nextHops.join(" ")}${path}`;
}
