/** The plan of the whole: the Network of all parts, each router's configuration, and what the gate expects. */
import type { Network, Speaker } from "../bgp/network";
import type { ObjectFinding } from "../cni/finding";
import { type WriteOptions, secretsOf, writeSpeaker } from "../config/writers";
import { forecast } from "../forecast/forecast";
import { routeLines, sessionLines } from "../forecast/lines";
import { type Finding, rules } from "../forecast/rules";
import { UserError, type Fault, orThrow } from "../model/errors";
import { type Whole, whole } from "./combine";
import { CONTAINERS } from "./containers";
import type { Planned } from "./facts";
import { foreseen } from "./foreseen";

export interface LivePlan {
  network: Network;
  /** What each cluster's CNI is told, by cluster. */
  written: Whole["written"];
  /** What a CNI would take without a word, and not do. */
  findings: ObjectFinding[];
  /** What the rules of the field say about the whole, gravest first. */
  advice: Finding[];
  /** Forecast of the sessions, a line each. */
  sessions: string[];
  /** Forecast of the routers' routes, a line each; without a router, of what the nodes learn. */
  routes: string[];
  /** Beside routers: forecast of what the nodes learn, a line each, as far as a node's daemon shows its routes. */
  nodeRoutes: string[];
  routers: RouterText[];
  /** The forecast way of each check, by its name: the speakers of each step. */
  ways: ReadonlyMap<string, string[][]>;
}

/** A router's configuration, with passwords or without any. */
export interface RouterText {
  name: string;
  /** Names of the passwords in it. */
  secrets: string[];
  /** The text, from the values of these passwords. */
  text: (secrets: Readonly<Record<string, string>>) => string;
}

export interface LiveOptions {
  /** Names of the passwords whose values are there. */
  secrets?: readonly string[];
  /** Routers that exist: of their configuration the program has BGP alone. */
  existing?: readonly string[];
  /** What is known to be wrong already: it is thrown together with the rest. */
  faults?: readonly Fault[];
}

export function planLive(
  parts: readonly Planned[],
  { secrets = [], faults: known = [], existing = [] }: LiveOptions = {},
): LivePlan {
  const combined = whole(parts);
  if (!combined.ok || known.length > 0) throw new UserError([...known, ...(combined.ok ? [] : combined.faults)]);
  const { network, written, findings } = combined.value;
  const names = [...new Set(parts.flatMap(({ routers = [] }) => routers.map(({ name }) => name)))];
  const routers = network.speakers
    .filter(({ name }) => names.includes(name))
    .sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
    .map((speaker) => routerText(network, speaker, existing.includes(speaker.name)));
  const faults = routers.flatMap(({ name, secrets: wanted }) => missing(name, wanted, secrets));
  if (faults.length > 0) throw new UserError(faults);
  // What the system cannot say shows before anything is made, whatever the passwords are.
  for (const { text, secrets: wanted } of routers) text(Object.fromEntries(wanted.map((name) => [name, "password"])));
  const expected = forecast(network);
  // A daemon of another system does not show a route as the forecast has it.
  const nodes = network.speakers.filter(({ dialect }) => dialect.system === "bird").map(({ name }) => name);
  const learned = routeLines(expected, { speakers: nodes.filter((name) => !names.includes(name)), learned: true });
  const { ways, findings: noWay } = foreseen(expected, parts, names);
  return {
    network,
    written,
    findings,
    advice: [...noWay, ...rules(network, expected)],
    sessions: sessionLines(expected),
    routes: names.length > 0 ? routeLines(expected, { speakers: names }) : learned,
    nodeRoutes: names.length > 0 ? learned : [],
    routers,
    ways,
  };
}

function routerText(network: Network, speaker: Speaker, exists: boolean): RouterText {
  const { name, dialect } = speaker;
  const container = Object.entries(CONTAINERS).find(([system]) => system === dialect.system)?.[1];
  // Addresses, forwarding and static routes of a router that exists are its own, whatever a container of its system has.
  const options: WriteOptions = exists ? { part: "bgp" } : (container?.writes(speaker) ?? {});
  return {
    name,
    secrets: secretsOf(speaker),
    text: (secrets) => orThrow(writeSpeaker(network, speaker, { ...options, secrets })),
  };
}

function missing(router: string, wanted: readonly string[], given: readonly string[]): Fault[] {
  return wanted
    .filter((name) => !given.includes(name))
    .map((name) => ({
      path: `${router}: password ${name}`,
      found: "",
      expected: "a part with its value under secrets",
    }));
}
