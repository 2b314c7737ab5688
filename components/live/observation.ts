/** What is seen of the live network, put into the lines that the forecast is written in. Pure: systems/ asks the daemons. */
import { type Route } from "../forecast/route";
import { routeLine } from "../forecast/lines";
import type { Answering } from "./answering";
import type { At } from "./reach/reach";

/** A speaker that can be asked, and the way to it. */
export type LiveSpeaker = { name: string; system: Answering } & At;

/** One end's view of a session. */
export interface LiveSession {
  speaker: string;
  /** Own address, where the daemon says it. */
  address?: string;
  /** The neighbor's address, or "interface%NAME" where it has none. */
  peer: string;
  peerAsn: number;
  up: boolean;
  /** Prefixes that it took from the neighbor, where the daemon counts them. */
  accepted?: number;
  /** In the daemon's words. */
  state: string;
  /** Why it went down or stays so, in the daemon's words: its last notification or error. */
  last?: string;
}

/** Of TCP MD5 signatures that arrive: another password, none where one is expected, one where none is. */
export type PasswordTrouble = "differs" | "missing" | "unexpected";

export interface Observation {
  sessions: LiveSession[];
  routes: Route[];
  /** Whether its kernel dropped segments for their TCP MD5 signature, and why. */
  passwords?: PasswordTrouble;
}

/** Sessions of the forecast that are up by every view that there is. */
export function established(forecast: readonly string[], live: readonly string[]): number {
  return forecast.filter((line) => readLine(line)?.up === true).length - missing(forecast, live).length;
}

/** Forecast lines say "SPEAKER ADDRESS - SPEAKER ADDRESS: up ...". */
const SESSION_LINE = /^(?:(\S+) (\S+)) - (?:(\S+) (\S+)): (up|down)\b(.*)$/;

interface ForecastSession {
  line: string;
  up: boolean;
  /** "SPEAKER PEER-ADDRESS" of each end, or "SPEAKER interface%NAME" of its own interface. */
  views: [string, string];
  key: string;
}

/**
 * The sessions as they are, in the forecast's words: a session that is what was forecast prints the forecast's line, any
 * other says what was seen and by whom.
 */
export function liveSessionLines(
  forecast: readonly string[],
  seen: readonly LiveSession[],
  speakers: readonly string[],
): string[] {
  const lines: string[] = [];
  const known = new Set<string>();
  const observed = byView(seen);
  for (const line of forecast) {
    const session = readLine(line);
    if (session === undefined) {
      lines.push(line);
      continue;
    }
    const watched = session.views.filter((view) => speakers.includes(view.split(" ")[0] ?? ""));
    for (const view of session.views) known.add(view);
    // Nobody that can be asked stands at either end: the forecast's word is all there is.
    if (watched.length === 0) {
      lines.push(line);
      continue;
    }
    const views = watched.map((view) => observed.get(view));
    const up = views.every((view) => view?.up === true);
    if (up === session.up) lines.push(line);
    else
      lines.push(
        `${session.key}: ${up ? "up" : `down (${watched.map((view, index) => says(view, views[index])).join(", ")})`}`,
      );
  }
  for (const [view, session] of observed) {
    if (known.has(view)) continue;
    if (session.up)
      lines.push(
        `${session.speaker} ${session.address ?? "?"} - ? ${session.peer}: up AS ${session.peerAsn}, not forecast`,
      );
    else lines.push(`${session.speaker} ${session.address ?? "?"} - ? ${session.peer}: ${session.state}, not forecast`);
  }
  return lines.sort();
}

/**
 * Sessions by "SPEAKER PEER". A speaker may have two neighbors at one address, mesh and peer side by side, of which one
 * is established: that one is the session.
 */
export function byView(seen: readonly LiveSession[]): Map<string, LiveSession> {
  const sessions = new Map<string, LiveSession>();
  for (const session of seen) {
    const key = `${session.speaker} ${session.peer}`;
    if (sessions.get(key)?.up !== true) sessions.set(key, session);
  }
  return sessions;
}

/**
 * The routes as they are, in the forecast's words. A daemon's table says that a route is the router's own, and not how it
 * came to be: where the rest is as forecast, the forecast's word for that holds.
 */
export function liveRouteLines(forecast: readonly string[], routes: readonly Route[]): string[] {
  const own = new Map(forecast.map((line) => [fact(line).replace(OWN, ": local"), fact(line)]));
  return routes
    .map(routeLine)
    .map((line) => (OWN.test(line) ? (own.get(line.replace(OWN, ": local")) ?? line) : line))
    .sort();
}

/** "tor1 10.1.0.0/24: local connected, origin incomplete". */
const OWN = /: local(?: \w+)?(?=,|$)/;

/** Lines of one list that the other lacks; what follows a semicolon is a doubt, not a fact to compare. */
export function missing(from: readonly string[], list: readonly string[]): string[] {
  const facts = new Set(list.map(fact));
  return from.filter((line) => !facts.has(fact(line)));
}

function fact(line: string): string {
  return line.split("; ")[0] ?? line;
}

function says(view: string, session: LiveSession | undefined): string {
  const [speaker = "", peer = ""] = view.split(" ");
  if (session === undefined) return `${speaker}: no neighbor ${peer}`;
  return `${speaker}: ${session.state}${session.last === undefined ? "" : `, last ${session.last}`}`;
}

function readLine(line: string): ForecastSession | undefined {
  const match = SESSION_LINE.exec(line);
  if (match === null) return undefined;
  const [, a = "", aAddress = "", b = "", bAddress = "", state] = match;
  return {
    line,
    up: state === "up",
    // Over an unnumbered link each end knows its neighbor by its own interface.
    views: aAddress.startsWith("interface%")
      ? [`${a} ${aAddress}`, `${b} ${bAddress}`]
      : [`${a} ${bAddress}`, `${b} ${aAddress}`],
    key: `${a} ${aAddress} - ${b} ${bAddress}`,
  };
}
