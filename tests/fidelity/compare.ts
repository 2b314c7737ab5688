/**
 * Holds a forecast against what the daemons answered, entry by entry. Every session, path and kernel route becomes one
 * line of text on either side; what stands on one side only is a miss.
 */
import type { Speaker } from "../../components/bgp/network";
import type { NextHop, NotModelled, Path, Session, Solution } from "../../components/bgp/solution";
import type { Live, LivePath } from "./live";

export interface Miss {
  speaker: string;
  what: "session" | "path" | "kernel" | "ambiguous";
  /** The prefix or the far end. */
  about: string;
  forecast: string[];
  live: string[];
}

export interface Comparison {
  entries: number;
  matched: number;
  ambiguous: number;
  notModelled: number;
  misses: Miss[];
}

/** The far end of each of a speaker's sessions, as its daemon names it. */
export function farEnds(solution: Solution, speaker: Speaker): { far: string; session: Session }[] {
  const found: { far: string; session: Session }[] = [];
  for (const session of solution.sessions) {
    session.ends.forEach((end, index) => {
      if (end.speaker !== speaker.name) return;
      const neighbor = end.neighbor === undefined ? undefined : speaker.neighbors[end.neighbor];
      const other = session.ends[1 - index];
      const far = neighbor?.interface ?? neighbor?.address ?? other?.address;
      if (far !== undefined) found.push({ far, session });
    });
  }
  return found;
}

export function expectedUp(solution: Solution): Record<string, string[]> {
  return Object.fromEntries(
    solution.network.speakers
      .filter((speaker) => speaker.down !== true)
      .map((speaker) => [
        speaker.name,
        farEnds(solution, speaker)
          .filter(({ session }) => session.up)
          .map(({ far }) => far),
      ]),
  );
}

export function compare(solution: Solution, live: Live): Comparison {
  const result: Comparison = { entries: 0, matched: 0, ambiguous: 0, notModelled: 0, misses: [] };
  for (const speaker of solution.network.speakers) {
    const seen = live[speaker.name];
    if (seen === undefined) continue;
    compareSessions(result, solution, speaker, seen.sessions);
    compareRib(result, solution, speaker, seen.rib);
    compareKernel(result, solution, speaker, seen.kernel);
  }
  return result;
}

function compareSessions(
  result: Comparison,
  solution: Solution,
  speaker: Speaker,
  live: Record<string, boolean>,
): void {
  const forecast = new Map<string, boolean>();
  for (const { far, session } of farEnds(solution, speaker)) {
    forecast.set(far, (forecast.get(far) ?? false) || session.up);
  }
  for (const far of new Set([...forecast.keys(), ...Object.keys(live)])) {
    const keys = farEnds(solution, speaker).flatMap((each) => (each.far === far ? [each.session.key] : []));
    const doubted = solution.notModelled.some(
      ({ speaker: at, prefix, session }) =>
        at === speaker.name && prefix === undefined && (session === undefined || keys.includes(session)),
    );
    if (doubted) {
      result.notModelled++;
      continue;
    }
    result.entries++;
    const up = forecast.get(far) ?? false;
    if (up === (live[far] ?? false)) result.matched++;
    else {
      const say = (state: boolean | undefined): string[] => [state === true ? "up" : state === false ? "down" : "none"];
      result.misses.push({
        speaker: speaker.name,
        what: "session",
        about: far,
        forecast: say(forecast.get(far)),
        live: say(live[far]),
      });
    }
  }
}

function compareRib(result: Comparison, solution: Solution, speaker: Speaker, live: Record<string, LivePath[]>): void {
  const { rib } = solution.table(speaker.name);
  const own = speaker.dialect.system !== "bird";
  for (const prefix of new Set([...rib.keys(), ...Object.keys(live)])) {
    const paths = (rib.get(prefix) ?? []).filter((path) => own || path.kind !== "local");
    const seen = live[prefix] ?? [];
    const where = { speaker: speaker.name, what: "path", about: prefix } as const;
    if (isUnmodelled(solution, speaker, prefix, "path")) {
      result.notModelled += Math.max(paths.length, seen.length);
      continue;
    }
    const open = openAt(solution, speaker, prefix);
    const unknown = unknownAt(solution, speaker, prefix);
    // Whether a path is valid is one question with which one is chosen.
    if (unknown.best || unknown.reach.size > 0) result.notModelled++;
    else if (open.best) chosenAmong(result, solution, speaker, prefix, seen);
    else if (open.reach.size > 0) result.ambiguous++;
    // Which paths there are is told exactly but for those that come from somebody who may send another.
    const shares = open.shares || unknown.shares;
    const shown = open.best || unknown.best ? { best: false, multipath: false } : shares ? { multipath: false } : {};
    const ends = paths.map((path) => path.from?.address ?? "");
    const liveEnds = seen.map((path) => path.from);
    const beside = (from: Set<string>): number =>
      Math.max(...[ends, liveEnds].map((all) => all.filter((each) => from.has(each)).length));
    result.notModelled += beside(unknown.from);
    result.ambiguous += beside(new Set([...open.from].filter((each) => !unknown.from.has(each))));
    const isTold = (from: string): boolean => !open.from.has(from) && !unknown.from.has(from);
    const told = paths.filter((path) => isTold(path.from?.address ?? ""));
    const toldLive = seen.filter((path) => isTold(path.from));
    const withoutMed = isOpen(solution, speaker, prefix, "med");
    if (withoutMed) result.notModelled++;
    const mayReach = (from: string): boolean => open.reach.has(from) || unknown.reach.has(from);
    const seenAs = <P extends { med?: number }>(path: P, from: string): P => {
      const { med, ...rest } = path;
      return {
        ...(withoutMed && med === 0 ? (rest as P) : path),
        ...shown,
        ...(mayReach(from) ? { valid: true } : {}),
      };
    };
    const seenLive = toldLive.map((path) => seenAs(path, path.from));
    const counted = isOpen(solution, speaker, prefix, "copies") ? withoutCopies(speaker, told, seenLive) : seenLive;
    result.notModelled += seenLive.length - counted.length;
    tally(
      result,
      where,
      told.map((path) => forecastLine(speaker, seenAs(path, path.from?.address ?? ""))),
      counted.map((path) => liveLine(speaker, path)),
    );
  }
}

function compareKernel(result: Comparison, solution: Solution, speaker: Speaker, live: Record<string, string[]>): void {
  if (speaker.dialect.system === "gobgp") return;
  const { fib } = solution.table(speaker.name);
  const forecast = new Map<string, string[]>();
  // FRR installs an IPv6 next hop by its link-local address, of which only the interface can be told; by the global one
  // where the neighbor passed on somebody else's.
  const byInterface = (prefix: string, { address, interface: port }: NextHop): boolean =>
    address === undefined || (address.includes(":") && port !== undefined && live[prefix]?.includes(address) !== true);
  for (const [prefix, route] of fib) {
    if (route.source === "connected") continue;
    const hops = route.nextHops.map((hop) => {
      if (hop.blackhole === true) return "blackhole";
      return byInterface(prefix, hop) ? `dev ${hop.interface ?? "?"}` : (hop.address ?? "");
    });
    forecast.set(prefix, [...new Set(hops)].sort());
  }
  for (const prefix of new Set([...forecast.keys(), ...Object.keys(live)])) {
    const where = { speaker: speaker.name, what: "kernel", about: prefix } as const;
    if (isUnmodelled(solution, speaker, prefix, "kernel")) {
      result.notModelled++;
      continue;
    }
    if (unknownAt(solution, speaker, prefix).fib) {
      result.notModelled++;
      continue;
    }
    if (openAt(solution, speaker, prefix).fib) {
      result.ambiguous++;
      continue;
    }
    const line = (hops: string[] | undefined): string[] => (hops === undefined ? [] : [hops.join(", ")]);
    tally(result, where, line(forecast.get(prefix)), line(live[prefix]));
  }
}

/** What age, arrival or an oscillation leave open of a speaker's answer. */
interface OpenPart {
  /** Addresses of the neighbors that may send it something else. */
  from: Set<string>;
  /** Addresses of those whose paths may be valid or not. */
  reach: Set<string>;
  best: boolean;
  /** Which paths share with the best one. */
  shares: boolean;
  fib: boolean;
}

function openAt(solution: Solution, speaker: Speaker, prefix: string): OpenPart {
  const doubts = [...solution.ambiguities, ...solution.oscillations].filter((each) => each.prefix === prefix);
  const moves = doubts.flatMap((each) => each.moves.filter((move) => move.speaker === speaker.name));
  const own = solution.ambiguities.filter((each) => each.prefix === prefix && each.speaker === speaker.name);
  const part = partOf(solution, speaker, moves);
  const best = part.best || own.some(({ what }) => what === "best");
  return { ...part, best, shares: best || part.shares || own.length > 0 };
}

/** The same of what no rule covers. */
function unknownAt(solution: Solution, speaker: Speaker, prefix: string): OpenPart {
  const here = solution.notModelled.filter((each) => each.prefix === prefix && each.speaker === speaker.name);
  const parts = here.flatMap(({ part }) => part ?? []);
  return partOf(solution, speaker, parts);
}

function partOf(solution: Solution, speaker: Speaker, parts: readonly NonNullable<NotModelled["part"]>[]): OpenPart {
  const ends = (of: readonly string[]): Set<string> => {
    const names = new Set(of);
    const found = farEnds(solution, speaker).flatMap(({ far, session }) =>
      session.ends.some((end) => end.speaker !== speaker.name && names.has(end.speaker)) ? [far] : [],
    );
    return new Set(names.has(speaker.name) ? [...found, ""] : found);
  };
  const from = ends(parts.flatMap((part) => part.from));
  const reach = ends(parts.flatMap((part) => part.reach));
  const best = parts.some((part) => part.best);
  const shares = best || from.size + reach.size > 0;
  return { from, reach, best, shares, fib: parts.some(({ fib }) => fib) };
}

/** The choice itself is the one ambiguous answer, and what is live must be among the candidates. */
function chosenAmong(result: Comparison, solution: Solution, speaker: Speaker, prefix: string, live: LivePath[]): void {
  result.ambiguous++;
  const tie = solution.ambiguities.find(
    (each) => each.speaker === speaker.name && each.prefix === prefix && each.what === "best",
  );
  const best = live.find((path) => path.best);
  if (tie === undefined || best === undefined) return;
  if (tie.candidates.some((each) => linkLocal(each.nextHop) === linkLocal(best.nextHop))) return;
  result.misses.push({
    speaker: speaker.name,
    what: "ambiguous",
    about: prefix,
    forecast: tie.candidates.map((each) => `one of ${each.nextHop} from ${each.from}`),
    live: [`${best.nextHop} from ${best.from}`],
  });
}

/** Is no more of the answer open than this? A MED of 0 is then left out on both sides, and so are copies of a path. */
const isOpen = (solution: Solution, speaker: Speaker, prefix: string, what: NotModelled["only"]): boolean =>
  solution.notModelled.some((each) => each.only === what && each.speaker === speaker.name && each.prefix === prefix);

/** Without the paths that stand there more often than they should: which of them is marked as best says nothing. */
function withoutCopies(speaker: Speaker, forecast: readonly Path[], live: readonly LivePath[]): LivePath[] {
  const plain = { best: false, multipath: false };
  const lines = forecast.map((path) => forecastLine(speaker, { ...path, ...plain }));
  const marked = [...live].sort((a, b) => Number(b.best) - Number(a.best) || Number(b.multipath) - Number(a.multipath));
  return marked.filter((path) => {
    const line = liveLine(speaker, { ...path, ...plain });
    const at = lines.indexOf(line);
    if (at !== -1) lines.splice(at, 1);
    // Whatever else there is that nobody foretold stays a miss.
    return at !== -1 || !forecast.some((each) => forecastLine(speaker, { ...each, ...plain }) === line);
  });
}

function isUnmodelled(solution: Solution, speaker: Speaker, prefix: string, what: "path" | "kernel"): boolean {
  return solution.notModelled.some(
    (each) =>
      each.speaker === speaker.name &&
      (each.prefix === prefix || (each.prefix === undefined && each.session === undefined)) &&
      each.part === undefined &&
      (each.only === undefined || (each.only === "fib" && what === "kernel")),
  );
}

function tally(
  result: Comparison,
  where: Pick<Miss, "speaker" | "what" | "about">,
  forecast: string[],
  live: string[],
): void {
  const left = [...forecast];
  const right: string[] = [];
  for (const line of live) {
    const at = left.indexOf(line);
    if (at === -1) right.push(line);
    else left.splice(at, 1);
  }
  const entries = Math.max(forecast.length, live.length);
  result.entries += entries;
  result.matched += entries - Math.max(left.length, right.length);
  if (left.length > 0 || right.length > 0) result.misses.push({ ...where, forecast: left, live: right });
}

interface Shown extends Omit<LivePath, "communities" | "largeCommunities"> {
  communities: readonly string[];
  largeCommunities: readonly string[];
}

function forecastLine(speaker: Speaker, path: Path): string {
  const set = path.asSet === undefined || path.asSet.length === 0 ? [] : [`{${path.asSet.join(",")}}`];
  const members = path.confederation === undefined ? [] : [`(${path.confederation.join(" ")})`];
  return line(speaker, {
    ...path,
    asPath: [...members, ...path.asPath.map(String), ...set].join(" "),
    communities: [...path.communities].sort(),
    largeCommunities: [...path.largeCommunities].sort(),
    from: path.from?.address ?? "",
  });
}

const liveLine = (speaker: Speaker, path: LivePath): string => line(speaker, path);

/** A link-local address is the hardware's own: that it is one is all that can be forecast. */
const linkLocal = (nextHop: string): string => (/^fe80:|%/.test(nextHop) ? "link-local" : unmapped(nextHop));

/** "::ffff:a00:1" (FRR 8.4), "::ffff:10.0.0.1" (FRR 10) and "10.0.0.1" (GoBGP) are one. */
function unmapped(nextHop: string): string {
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(nextHop);
  if (hex === null) return nextHop.replace(/^::ffff:(?=.*\.)/, "");
  const bytes = [hex[1], hex[2]].flatMap((each) => {
    const number = parseInt(each ?? "", 16);
    return [number >> 8, number & 255];
  });
  return bytes.join(".");
}

/**
 * What a daemon has no word for is left out on both sides: BIRD and GoBGP know no weight and flag no multipath. So is the
 * flag of a path that is not valid, which shares nothing: FRR 10 leaves it on what was best (bgp_path_info_mpath_update).
 */
function line(speaker: Speaker, path: Shown): string {
  const frr = speaker.dialect.system === "frr";
  const own = path.from === "";
  return [
    `from ${own ? "self" : path.from}`,
    `via ${own ? "self" : linkLocal(path.nextHop)}`,
    `path [${path.asPath}]`,
    path.origin,
    own ? "" : `lp ${path.localPreference ?? speaker.bgp.defaultLocalPreference ?? 100}`,
    `med ${path.med ?? "-"}`,
    frr ? `weight ${path.weight ?? 0}` : "",
    path.communities.length > 0 ? `communities ${path.communities.join(" ")}` : "",
    path.largeCommunities.length > 0 ? `large ${path.largeCommunities.join(" ")}` : "",
    path.originatorId === undefined ? "" : `originator ${path.originatorId}`,
    (path.clusterList?.length ?? 0) > 0 ? `clusters ${path.clusterList?.join(" ")}` : "",
    path.valid ? "" : "not valid",
    path.best ? "best" : "",
    frr && path.multipath === true && path.valid && !path.best ? "multipath" : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}
