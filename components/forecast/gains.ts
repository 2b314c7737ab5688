/**
 * Who lacks a prefix and might hold it, did a session in doubt come up or carry more than is forecast. So that the
 * absence of a route is never surer than the session over which it would come.
 */
import { callersOf } from "../bgp/calls";
import type { Speaker, Unmodelled } from "../bgp/network";
import type { Session, Solution } from "../bgp/solution";
import { pathsTo } from "./rows";

/** The sessions of a speaker that something in its configuration touches. */
export function touchedBy(solution: Solution, at: string, { neighbor, policy }: Unmodelled): Session[] {
  const speaker = solution.network.speakers.find(({ name }) => name === at);
  const named = policy === undefined ? undefined : callersOf(speaker?.policies ?? {}, policy);
  return solution.sessions.filter((session) =>
    session.ends.some((end) => {
      if (end.speaker !== at) return false;
      const settings = end.neighbor === undefined ? undefined : speaker?.neighbors[end.neighbor];
      const group = end.group === undefined ? undefined : speaker?.groups?.[end.group];
      if (neighbor !== undefined) return [settings?.address, settings?.interface, end.group].includes(neighbor);
      return named === undefined || [settings, group].some((each) => uses(each, named));
    }),
  );
}

const uses = (settings: Speaker["neighbors"][number] | undefined, policies: ReadonlySet<string>): boolean =>
  [settings?.families?.ipv4, settings?.families?.ipv6].some(
    (family) => policies.has(family?.importPolicy ?? "") || policies.has(family?.exportPolicy ?? ""),
  );

/** Nothing that a configuration says changes these. */
const FINAL: ReadonlySet<string> = new Set(["speaker-down", "admin-down", "no-neighbor"]);

export function gainers(solution: Solution, prefix: string, doubtful: readonly Session[]): Set<string> {
  const family = prefix.includes(":") ? "ipv6" : "ipv4";
  const holds = (name: string): boolean => pathsTo(solution, name, prefix).length > 0;
  const gained = new Set<string>();
  for (const { ends, up, down, families } of doubtful) {
    if (up ? !families.includes(family) : FINAL.has(down?.reason ?? "")) continue;
    const [a, b] = ends;
    if (b === undefined) continue;
    if (holds(a.speaker) && !holds(b.speaker)) gained.add(b.speaker);
    if (holds(b.speaker) && !holds(a.speaker)) gained.add(a.speaker);
  }
  for (const name of gained) {
    for (const { ends, up, families } of solution.sessions) {
      if (!up || !families.includes(family) || !ends.some(({ speaker }) => speaker === name)) continue;
      for (const { speaker } of ends) if (!holds(speaker)) gained.add(speaker);
    }
  }
  return gained;
}
