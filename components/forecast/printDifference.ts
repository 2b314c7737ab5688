/** A difference as text for people: counts first, then what happens to whom, alike effects of one cause in one line. */
import type { Change } from "./changes";
import type { Difference, RouteChange, SessionChange } from "./difference";
import { printDoubt } from "./doubts";
import { causeWords, type Edit } from "./edits";
import { inFieldWords, sessionName } from "./fieldNames";
import { printAsPath } from "./lines";
import type { Route } from "./route";

export interface PrintOptions {
  /** What a person changed, where the front end knows it. */
  edits?: readonly Edit[];
  /** Each session and each route by itself. */
  all?: boolean;
}

const MARK: Readonly<Record<string, string>> = { gained: "+", lost: "-", reset: "!" };

/** Groups of up to so many routes are shown one by one, with what was and what will be. */
const FEW = 3;

export function printDifference(difference: Difference, options: PrintOptions = {}): string {
  const { sessions, routes, changes } = difference;
  if (sessions.length === 0 && routes.length === 0) return "no session and no route changes\n";
  const cause = causesOf(changes, options.edits ?? []);
  // Prefixes that were added alike have one cause, whatever each of them is.
  const sharedCause = (route: RouteChange): string => cause(route).replaceAll(route.prefix, "*");
  const lines = [`sessions: ${count(sessions, ["gained", "lost", "reset", "changed"])}`];
  for (const group of groupBy(
    sessions,
    (each) => `${options.all === true ? each.key : ""}|${each.what}|${cause(each)}`,
  )) {
    lines.push(...sessionLines(group), ...because(cause(group[0])));
  }
  lines.push(`routes: ${count(routes, ["gained", "lost", "moved", "width", "attributes"])}`);
  for (const group of groupBy(routes, (each) => `${kindOf(each)}|${sharedCause(each)}`)) {
    const listed = options.all === true ? group.length : group.length <= FEW ? FEW : 0;
    lines.push(...(listed > 0 ? groupBy(group, alikeKey).map(routeLine) : [summary(group)]));
    const [first] = group;
    const one = group.every(({ prefix }) => prefix === first?.prefix);
    if (first !== undefined) lines.push(...because(one ? cause(first) : sharedCause(first)));
  }
  const doubts = new Set(routes.flatMap((route) => route.doubts.map(printDoubt)));
  lines.push(...doubtLines([...doubts], options.all === true));
  return `${lines.join("\n")}\n`;
}

function causesOf(
  changes: readonly Change[],
  edits: readonly Edit[],
): (of: SessionChange | RouteChange | undefined) => string {
  const known = new Map<unknown, string>();
  return (of) => {
    if (of === undefined) return "";
    let words = known.get(of);
    if (words === undefined) known.set(of, (words = causeWords(of.causes, edits, changes)));
    return words;
  };
}

/** What the marks "doubtful" stand for, each doubt once. */
function doubtLines(doubts: readonly string[], all: boolean): string[] {
  const shown = all ? doubts : doubts.slice(0, 3);
  const more = doubts.length - shown.length;
  return [
    ...shown.map((text) => `doubtful: ${inFieldWords(text)}`),
    ...(more > 0 ? [`doubtful: and ${more} causes more (--all)`] : []),
  ];
}

function because(cause: string): string[] {
  return cause === "" ? [] : [`      because ${inFieldWords(cause)}`];
}

function count(list: readonly { what: string }[], kinds: readonly string[]): string {
  const parts = kinds.map((kind) => [kind, list.filter(({ what }) => what === kind).length] as const);
  const shown = parts
    .filter(([, number]) => number > 0)
    .map(
      ([kind, number]) =>
        `${number} ${kind === "width" ? "with more or fewer next hops" : kind === "attributes" ? "with other attributes" : kind}`,
    );
  return shown.length === 0 ? "none" : shown.join(", ");
}

function groupBy<T>(list: readonly T[], key: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function sessionLines(group: readonly SessionChange[]): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const down = first.after === undefined ? "no longer configured" : `down (${first.after.down?.reason ?? ""})`;
  const what = first.what === "changed" ? down : first.what;
  const mark = MARK[first.what] ?? "~";
  const shared = sharedEnd(group);
  if (group.length > 2 && shared !== undefined)
    return [`  ${mark} ${shared.end} with ${some(shared.others, 9)}: ${what}`];
  if (group.length > FEW)
    return [
      `  ${mark} ${some(
        group.map(({ key }) => sessionName(key)),
        FEW,
      )}: ${what}`,
    ];
  return group.map(({ key }) => `  ${mark} ${sessionName(key)} ${what}`);
}

/** The speaker that is an end of all of them, and the other ends. */
function sharedEnd(group: readonly SessionChange[]): { end: string; others: string[] } | undefined {
  const ends = group.map(({ before, after }) => ((after ?? before)?.ends ?? []).map(({ speaker }) => speaker));
  const end = ends[0]?.find((name) => ends.every((names) => names.includes(name)));
  if (end === undefined) return undefined;
  return { end, others: ends.map((names) => names.find((name) => name !== end) ?? "?") };
}

/** What happened to a route, finer than its verdict: fewer next hops are not more. */
function kindOf({ what, width }: RouteChange): string {
  return what === "width" ? (width.after < width.before ? "narrower" : "wider") : what;
}

const KINDS: Readonly<Record<string, string>> = {
  narrower: "with fewer next hops",
  wider: "with more next hops",
  attributes: "with other attributes",
};

function summary(group: readonly RouteChange[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const speakers = [...new Set(group.map(({ speaker }) => speaker))];
  const prefixes = [...new Set(group.map(({ prefix }) => prefix))];
  const doubtful = group.filter(({ doubts }) => doubts.length > 0).length;
  const kind = kindOf(first);
  const doubt = doubtful === 0 ? "" : `, ${doubtful === group.length ? "all" : doubtful} doubtful`;
  return `  ${MARK[first.what] ?? "~"} ${group.length} ${KINDS[kind] ?? kind} at ${some(speakers, 4)}: ${some(prefixes, 4)}${doubt}`;
}

/** Prefixes of one speaker that change alike share a line. */
function alikeKey(route: RouteChange): string {
  return [route.speaker, brief(route.before), brief(route.after), route.doubts.length > 0].join("|");
}

function routeLine(group: readonly RouteChange[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const { before, after } = first.width;
  const width = before === after ? "" : ` (${before} -> ${after} next hops)`;
  const doubt = first.doubts.length === 0 ? "" : " (doubtful)";
  const head = `  ${MARK[first.what] ?? "~"} ${first.speaker} ${some(
    group.map(({ prefix }) => prefix),
    3,
  )}`;
  return `${head}: ${brief(first.before)} -> ${brief(first.after)}${width}${doubt}`;
}

function brief(route: Route | undefined): string {
  if (route === undefined) return "none";
  if (route.state === "unusable") return "unusable";
  const path = route.asPath.length > 0 || route.asSet !== undefined ? ` path ${printAsPath(route)}` : "";
  return route.kind === "local" ? "local" : `via ${route.nextHops.map(inFieldWords).join(" ")}${path}`;
}

/** "a, b and 3 more". */
function some(names: readonly string[], most: number): string {
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most - 1).join(", ")} and ${names.length - most + 1} more`;
}
