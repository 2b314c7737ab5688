/** The checks of all parts in the forecast: the way of each, and a finding for each way that is not there. */
import type { Forecast } from "../forecast/forecast";
import { type Endpoint, type Unreached, reachability } from "../forecast/reachability";
import type { Finding } from "../forecast/rules";
import { type Prefix, containsAddress, parsePrefix } from "../model/prefix";
import type { Planned } from "./facts";
import { hostAt } from "./families";
import type { End, PlannedCheck } from "./plannedCheck";

export interface Foreseen {
  /** The speakers of each step, by the check's name. */
  ways: Map<string, string[][]>;
  findings: Finding[];
}

/** `routers` ask where a check names nobody. */
export function foreseen(forecast: Forecast, parts: readonly Planned[], routers: readonly string[]): Foreseen {
  const ways = new Map<string, string[][]>();
  const unreached = new Map<string, Unreached>();
  for (const check of parts.flatMap(({ checks = [] }) => checks)) {
    const to = addressed(check.to, parts);
    for (const from of asking(check, routers)) {
      const reached = reachability(forecast, from, to);
      ways.set(check.name, reached.steps);
      for (const one of reached.unreached) unreached.set(one.sentence, one);
    }
  }
  return { ways, findings: findingsOf([...unreached.values()]) };
}

function asking({ from }: PlannedCheck, routers: readonly string[]): Endpoint[] {
  return from === undefined ? routers.map((name) => ({ title: `router ${name}`, speaker: name })) : [from];
}

/** A service without an address of its own gets one of its cluster's announced pools. */
function addressed(to: End, parts: readonly Planned[]): Endpoint {
  if (to.address !== undefined || to.cluster === undefined) return to;
  const pools = parts
    .flatMap(({ network }) => network.clusters ?? [])
    .filter(({ cluster }) => cluster === to.cluster)
    .flatMap(({ intent, balancerIntent }) => [...(intent?.pools ?? []), ...(balancerIntent?.pools ?? [])])
    .filter((pool) => pool.for === "services" && pool.advertise !== undefined);
  const range = parsePrefix(pools[0]?.ranges[0] ?? "");
  return range.ok ? { ...to, address: inside(range.value) } : to;
}

function inside(range: Prefix): string {
  const first = hostAt(range, 0);
  const next = hostAt(range, 1);
  return containsAddress(range, next) ? next : first;
}

/** One finding for each speaker where packets end, with all that they were on their way to. */
function findingsOf(unreached: readonly Unreached[]): Finding[] {
  const bySpeaker = new Map<string, Unreached[]>();
  for (const one of unreached) bySpeaker.set(one.at, [...(bySpeaker.get(one.at) ?? []), one]);
  return [...bySpeaker].map(([at, all]) => {
    const others = new Set(all.slice(1).map(({ destination }) => destination)).size;
    const [first] = all;
    return {
      rule: "reachability/no-way",
      severity: "block" as const,
      place: at,
      sentence: `No way ${first?.sentence ?? ""}${others === 0 ? "" : `; ${others} more destinations end there`}.`,
      fix: `give ${at} a route to ${first?.destination ?? ""}: let its cluster's pods be announced to its routers, or the routers announce what lies behind them to it`,
    };
  });
}
