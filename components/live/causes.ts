/**
 * The likely cause of each difference between the forecast and the live network, from what the speakers themselves show.
 * Pure. A cause is a hint for whoever reads it; the difference beside it is the fact.
 */
import { type LiveSession, type PasswordTrouble, byView, missing } from "./observation";

export interface Seen {
  /** Forecast, a line each. */
  forecast: { sessions: readonly string[]; routes: readonly string[] };
  /** Live, in the forecast's words. */
  live: { sessions: readonly string[]; routes: readonly string[] };
  /** Each end's view of each session. */
  views: readonly LiveSession[];
  /** What the kernels of speakers say of TCP MD5 signatures, by speaker. */
  passwords?: ReadonlyMap<string, PasswordTrouble>;
}

/** "- forecast and not seen", "+ seen and not forecast", each with its likely cause on the line below where one is known. */
export function differences(seen: Seen): string[] {
  const { forecast, live } = seen;
  const lines = (sign: string, from: readonly string[], cause: (line: string) => string | undefined) =>
    from.flatMap((line) => {
      const why = cause(line);
      return [`${sign} ${line}`, ...(why === undefined ? [] : [`    likely: ${why}`])];
    });
  return [
    ...lines("-", missing(forecast.sessions, live.sessions), (line) => sessionCause(line, seen)),
    ...lines("+", missing(live.sessions, forecast.sessions), () => undefined),
    ...lines("-", missing(forecast.routes, live.routes), (line) => routeCause(line, seen)),
    ...lines("+", missing(live.routes, forecast.routes), (line) => unexpectedCause(line, seen)),
  ];
}

const SESSION = /^(\S+) (\S+) - (\S+) (\S+): (up|down)(?: \(([\w-]+) at (\S+?)\))?/;
const ROUTE = /^(\S+) (\S+): (?:\S+ via (.*?)(?:,|;|$))?/;

/** Errors of RFC 4271 section 4.5 and RFC 4486, by the words that FRR 8 to 10, BIRD 1.6 and 2 and GoBGP 3 have for them. */
const NOTIFICATIONS: readonly [RegExp, string][] = [
  [/bad peer as/i, "the AS number that one end expects is not the other end's own"],
  [/bad bgp identifier|router.?id/i, "both ends have the same router id"],
  [/hold timer expired/i, "no keepalive arrived within the hold time: packets get lost on the way"],
  [/unacceptable hold time/i, "one end refuses the hold time of the other"],
  [/maximum number of prefixes|prefix limit/i, "more prefixes arrived than the limit of the session allows"],
  [/administrative(ly)? (shut ?down|down)/i, "the session is shut down on one end"],
  [/de-?configured|peer unconfigured/i, "the other end took this neighbor out of its configuration"],
  [
    /connection rejected|no appropriate|passive/i,
    "the other end does not know this neighbor: compare addresses, ranges and ASNs",
  ],
  [/connection collision/i, "both ends dialled at once; the session comes up by itself"],
  [/other configuration change/i, "the session restarts after a change of its configuration"],
  [/bfd down/i, "BFD saw the way between the two fail"],
  [/unsupported (capability|optional|version)/i, "the ends do not agree on a capability"],
  [/authentication failure/i, "one end refuses how the other proves who it is: compare the passwords of both"],
  [/no route to host|unreachable|no available/i, "there is no route to the other end's address"],
  [/connection refused/i, "nothing listens on port 179 of the other end"],
];

/** The kernel's word: no daemon hears of a segment with a wrong signature. */
const PASSWORDS: Readonly<Record<PasswordTrouble, (at: string) => string>> = {
  differs: (at) => `the passwords of the two ends differ: ${at} drops what arrives with another one`,
  missing: (at) => `${at} has a password for this session and the other end has none`,
  unexpected: (at) => `the other end has a password for this session and ${at} has none`,
};

function sessionCause(line: string, { views, passwords }: Seen): string | undefined {
  const match = SESSION.exec(line);
  if (match === null) return undefined;
  const [, a = "", aAddress = "", b = "", bAddress = "", state, reason, at] = match;
  if (state === "down")
    return `the forecast has it down for ${reason ?? "a reason"} at ${at ?? "one end"}, which does not hold there`;
  const seen = byView(views);
  const ends = [
    { speaker: a, peer: bAddress, view: seen.get(`${a} ${bAddress}`) },
    { speaker: b, peer: aAddress, view: seen.get(`${b} ${aAddress}`) },
  ];
  // Before what a daemon said last, which was of the session before.
  for (const { speaker, view } of ends) {
    const trouble = view?.up === true ? undefined : passwords?.get(speaker);
    if (trouble !== undefined) return PASSWORDS[trouble](speaker);
  }
  for (const { view } of ends) {
    const known = NOTIFICATIONS.find(([words]) => words.test(view?.last ?? ""));
    if (known !== undefined) return known[1];
  }
  const observed = new Set(views.map(({ speaker }) => speaker));
  const without = ends.find(({ speaker, view }) => view === undefined && observed.has(speaker));
  if (without !== undefined) {
    const other = ends.find((end) => end !== without)?.speaker ?? "";
    return `${without.speaker} has no neighbor ${without.peer} and no range that holds it; or it listens, and no connection of ${other} arrives: no route, or port 179 closed on the way`;
  }
  const waiting = ends.find(({ view }) => view !== undefined && !view.up);
  return waiting === undefined ? undefined : stateCause(waiting.view?.state ?? "", waiting.peer);
}

function stateCause(state: string, peer: string): string | undefined {
  if (/^(active|connect|idle)$/i.test(state))
    return `no TCP connection to ${peer}: no route to it, port 179 closed on the way, or a password on one end alone`;
  if (/^open(sent|confirm)$/i.test(state)) return `${peer} does not answer the OPEN: compare ASNs and router ids`;
  return undefined;
}

function routeCause(line: string, seen: Seen): string | undefined {
  const match = ROUTE.exec(line);
  if (match === null) return undefined;
  const [, speaker = "", prefix = "", hops = ""] = match;
  const live = routesOf(seen.live.routes, speaker, prefix);
  const lacking = hops.split(" ").filter((hop) => hop !== "" && !(live?.hops ?? []).includes(hop));
  for (const hop of lacking) {
    const down = seen.views.find((view) => view.speaker === speaker && view.peer === hop && !view.up);
    if (down !== undefined) return `its session with ${hop} is ${down.state}`;
    if (missing(seen.forecast.sessions, seen.live.sessions).some((line) => isBetween(line, speaker, hop)))
      return `its session with ${hop} is not established`;
  }
  const [hop] = lacking;
  if (hop === undefined)
    return live === undefined ? undefined : "next hops are as forecast; an attribute differs, see the line with +";
  const owner = ownerOf(hop, seen.forecast.sessions);
  if (owner === undefined) return `${speaker} has no path by ${hop}`;
  const known = seen.live.routes.filter((one) => one.startsWith(`${owner} `));
  if (known.some((one) => one.startsWith(`${owner} ${prefix}:`)))
    return `${owner} has the prefix: it does not announce it to ${speaker}, or ${speaker} refuses it; compare what both let through`;
  return known.length > 0
    ? `${owner} (${hop}) does not have the prefix itself`
    : `${owner} (${hop}) does not announce it, or ${speaker} refuses it`;
}

function unexpectedCause(line: string, { forecast }: Seen): string | undefined {
  const match = ROUTE.exec(line);
  if (match === null) return undefined;
  const [, speaker = "", prefix = "", hops = ""] = match;
  // The line that the forecast has instead says why.
  if (routesOf(forecast.routes, speaker, prefix) !== undefined) return undefined;
  const from = hops.split(" ").map((hop) => ownerOf(hop, forecast.sessions) ?? hop);
  return hops === ""
    ? `${speaker} originates it, which nothing in the program says`
    : `${from.join(" and ")} announces it, which nothing in the program says`;
}

function routesOf(lines: readonly string[], speaker: string, prefix: string): { hops: string[] } | undefined {
  const line = lines.find((one) => one.startsWith(`${speaker} ${prefix}:`));
  return line === undefined
    ? undefined
    : { hops: (ROUTE.exec(line)?.[3] ?? "").split(" ").filter((hop) => hop !== "") };
}

/** Is it the session of the speaker with the address? */
function isBetween(line: string, speaker: string, address: string): boolean {
  const [, a, aAddress, b, bAddress] = SESSION.exec(line) ?? [];
  return (a === speaker && bAddress === address) || (b === speaker && aAddress === address);
}

/** Who has the address on one of the forecast's sessions. */
function ownerOf(address: string, sessions: readonly string[]): string | undefined {
  for (const line of sessions) {
    const match = SESSION.exec(line);
    if (match?.[2] === address) return match[1];
    if (match?.[4] === address) return match[3];
  }
  return undefined;
}
