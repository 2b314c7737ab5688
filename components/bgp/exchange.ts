/**
 * Routers that can be exchanged: those with the same neighbors, in the same order, and the same rules. What the network
 * makes of one's prefix it makes of the other's, with the two routers in each other's place. That holds where next hops
 * are the neighbors' own connected addresses, rules look at no ASN, and no tie-breaker looks at either of the two.
 */
import type { Channel } from "./channels";
import { distinguishing, type PrefixClass } from "./classes";
import type { Compiled } from "./compile";
import { Conditions } from "./conditions";
import { compareCandidates, TIE_BREAKERS, type Candidate, type Weighing } from "./compare";
import { Exchanged, type Places } from "./exchanged";
import { isDefaultRoute } from "./export";
import type { Solved } from "./fixpoint";
import type { Policy } from "./network";
import { severalStates } from "./ranking";
import { connectedNetwork } from "./reach";
import type { Arena, Held } from "./step";
import type { Prefix } from "../model/prefix";

/** Routers of one kind, each of which can take another's place. */
export interface Kind {
  id: number;
  members: number[];
  /** By neighbor, the place of its channel among those of a member. */
  places: Places;
}

/** A class of one member of a kind, and what a prefix of another has to be asked. */
interface Pattern {
  kind: Kind;
  origin: number;
  prefixClass: PrefixClass;
  solved: Solved;
  /** By neighbor of the kind; undefined until it is asked for. */
  rows?: Map<number, Row> | "unfit";
}

/** What a neighbor of the kind holds, by channel. */
export interface Row {
  held: Held;
  byChannel: Map<number, Candidate>;
  /** Is the best path better than all others before any tie-breaker is asked? */
  clear: boolean;
}

export class Exchanges {
  private readonly kinds = new Map<number, Kind>();
  private readonly patterns = new Map<string, Pattern>();
  private readonly conditions: Conditions;
  private readonly hops: ReadonlySet<string>;

  constructor(
    private readonly arena: Arena,
    private readonly compiled: Compiled,
  ) {
    const hops = ownHops(arena);
    this.hops = hops ?? new Set();
    if (hops !== undefined) for (const kind of kindsOf(arena)) for (const at of kind.members) this.kinds.set(at, kind);
    const ruling = compiled.speakers.filter(({ index }) => this.kinds.has(index) || arena.isTransit[index] === true);
    this.conditions = this.kinds.size === 0 ? new Conditions() : distinguishing(ruling);
  }

  /** The class by its likeness to another one; otherwise as `solve` says, which later classes may be like. */
  solve(prefixClass: PrefixClass, solve: () => Solved): Solved {
    const [first, ...others] = prefixClass.origins;
    const kind = first === undefined || others.length > 0 ? undefined : this.kinds.get(first.speaker);
    if (first === undefined || kind === undefined) return solve();
    const shape = this.shapeOf(kind, prefixClass);
    if (shape === undefined) return solve();
    const pattern = this.patterns.get(shape);
    const found = pattern === undefined ? undefined : this.exchanged(pattern, first.speaker);
    if (found !== undefined) return found;
    const solved = solve();
    // What was itself solved by likeness is no pattern: views would stand upon views.
    if (pattern === undefined && solved.pattern === undefined) {
      this.patterns.set(shape, { kind, origin: first.speaker, prefixClass, solved });
    }
    return solved;
  }

  private shapeOf(kind: Kind, { origins, within, aggregatedAt, first }: PrefixClass): string | undefined {
    const [origin] = origins;
    if (origin === undefined || within.length > 0 || aggregatedAt.length > 0 || isDefaultRoute(first)) return undefined;
    const owned = this.owned(first, origin.speaker);
    if (owned === undefined || this.withheld(first, origin.speaker)) return undefined;
    return `${kind.id} ${origin.own.id} ${owned} ${this.conditions.signature(first)}`;
  }

  /** Is it the host route to an address of the origin? Undefined where it is another's, or a next hop. */
  private owned(prefix: Prefix, origin: number): boolean | undefined {
    const [address = "", length] = prefix.split("/");
    if (length !== "32" && length !== "128") return false;
    if (this.hops.has(address)) return undefined;
    const owners = this.compiled.owners.get(address) ?? [];
    return owners.every(({ speaker }) => speaker === origin) ? owners.length > 0 : undefined;
  }

  /** Does a router other than the origin keep a path back, because its routing table uses another route? */
  private withheld(prefix: Prefix, origin: number): boolean {
    return this.compiled.speakers.some(
      ({ index, dialect, routes }) => dialect.withholdsInactive && index !== origin && routes.get(prefix) !== undefined,
    );
  }

  private exchanged(pattern: Pattern, origin: number): Solved | undefined {
    const { arena } = this;
    const rows = (pattern.rows ??= this.rowsOf(pattern));
    if (rows === "unfit") return undefined;
    if (!canStandIn(arena, rows, arena.channels[origin] ?? [])) return undefined;
    const { kind, solved, prefixClass } = pattern;
    const held = new Exchanged(arena, solved.held, pattern.origin, origin, kind.places);
    return { held, exchanged: { prefixClass, solved, rules: arena.rules, channels: arena.channels } };
  }

  /** "unfit": more than the place of the origin shows in it. */
  private rowsOf({ solved, prefixClass, origin }: Pattern): Map<number, Row> | "unfit" {
    const { arena } = this;
    const own = solved.held.get(origin);
    if (solved.oscillates !== undefined || own?.best?.kind !== "local") return "unfit";
    if (own.candidates.some(({ kind }) => kind !== "local") || severalStates(arena, prefixClass, solved))
      return "unfit";
    return rowsAround(arena, solved, arena.channels[origin] ?? []) ?? "unfit";
  }
}

/** What the neighbors of a router hold; undefined where a tie-breaker looks at the router itself. */
export function rowsAround(arena: Arena, solved: Solved, channels: readonly Channel[]): Map<number, Row> | undefined {
  const rows = new Map<number, Row>();
  for (const { remote } of channels) {
    const held = solved.held.get(remote.index);
    if (held === undefined) continue;
    const w = arena.weighings[remote.index] as Weighing;
    rows.set(remote.index, {
      held,
      byChannel: new Map(held.candidates.map((each) => [each.channel, each])),
      clear: held.candidates.every((each) => each === held.best || ranked(w, held.best, each)),
    });
  }
  return canStandIn(arena, rows, channels) ? rows : undefined;
}

/** Would the same paths be best if those of a router came from another one of its kind? */
export const canStandIn = (arena: Arena, rows: ReadonlyMap<number, Row>, channels: readonly Channel[]): boolean =>
  channels.every(({ remote, remoteIndex }) => {
    const row = rows.get(remote.index);
    const path = row?.byChannel.get(remoteIndex);
    return row === undefined || path === undefined || leaves(arena.weighings[remote.index] as Weighing, row, path);
  });

/** May the path have another router id, address and ASN without another path being best? */
const leaves = (w: Weighing, { held, clear }: Row, path: Candidate): boolean =>
  path === held.best ? clear : ranked(w, held.best, path);

const ranked = (w: Weighing, best: Candidate | undefined, other: Candidate): boolean =>
  best !== undefined && !TIE_BREAKERS.has(compareCandidates(w, best, other).step);

/** Which channels the likeness is about. */
export type Counted = (channel: Channel) => boolean;

const ALL: Counted = () => true;

/**
 * The addresses that stand as next hops, where each path's next hop is the address of the neighbor that sent it, and can
 * be reached over the link; undefined where that is not so, or where a rule looks at ASNs or at a path's way.
 */
export function ownHops(arena: Arena, counted: Counted = ALL): Set<string> | undefined {
  const hops = new Set<string>();
  for (const channels of arena.channels) {
    const routerIds = new Set<string>();
    const networks = new Set<string>();
    const links = channels.filter(counted);
    for (const channel of links) {
      const { remote, remoteIndex, speaker } = channel;
      const hop = arena.channels[remote.index]?.[remoteIndex]?.selfNextHop;
      if (hop === undefined || !simple(channel) || routerIds.has(remote.speaker.routerId)) return undefined;
      routerIds.add(remote.speaker.routerId);
      hops.add(hop);
      if (hop.startsWith("interface%")) continue;
      for (const network of new Set([channel.farNetwork, connectedNetwork(speaker, hop)])) {
        if (network === undefined) continue;
        if (networks.has(network)) return undefined;
        networks.add(network);
      }
      const answer = arena.resolver.resolve(channel, hop, ANY);
      if (answer === "rejected" || !answer.valid || answer.metric !== 0 || answer.overBgp !== undefined)
        return undefined;
    }
    if (links.length === channels.length || links.length === 0) continue;
    // Nobody else stands on the network of a link.
    if (channels.some((each) => !counted(each) && networks.has(each.farNetwork ?? ""))) return undefined;
  }
  return hops;
}

const ANY = "0.0.0.0/0" as Prefix;

/** eBGP of one path a prefix that nobody's ASN makes an exception for. */
function simple({
  kind,
  confed,
  closed,
  sendsAll,
  settings,
  own,
  speaker,
  importPolicy,
  exportPolicy,
}: Channel): boolean {
  if (closed === true || kind !== "ebgp" || confed || sendsAll !== false) return false;
  if (own.settings.localAs !== undefined || speaker.speaker.bgp.confederation !== undefined) return false;
  if (settings.asOverride === true || (settings.removePrivateAs ?? false) !== false) return false;
  if (settings.routeServerClient === true || settings.nextHopUnchanged === true) return false;
  if (settings.allowAsIn !== undefined || (settings.defaultOriginate ?? false) !== false) return false;
  if ((settings.importAsPathList ?? settings.exportAsPathList) !== undefined) return false;
  return [importPolicy, exportPolicy].every(
    ({ varies, policy }) => varies === undefined && (policy === undefined || plain(policy)),
  );
}

/** Names no ASN and no next hop. */
const plain = ({ terms }: Policy): boolean =>
  terms.every(
    ({ match, set }) =>
      (match?.asPathList ?? match?.asPathPrefix) === undefined &&
      (set?.prepend ?? set?.prependFirst ?? set?.exclude ?? set?.nextHop) === undefined,
  );

export function kindsOf(arena: Arena, counted: Counted = ALL): Kind[] {
  const asns = new Map<number, number>();
  for (const [first] of arena.channels) {
    if (first !== undefined) asns.set(first.speaker.speaker.asn, (asns.get(first.speaker.speaker.asn) ?? 0) + 1);
  }
  const numbers = new Map<object, number>();
  const numberOf = (memory: object | undefined): number => {
    if (memory === undefined) return -1;
    let number = numbers.get(memory);
    if (number === undefined) numbers.set(memory, (number = numbers.size));
    return number;
  };
  const kinds = new Map<string, Kind>();
  arena.channels.forEach((all, speaker) => {
    const channels = all.filter(counted);
    const [first] = channels;
    if (first === undefined) return;
    const { asn } = first.speaker.speaker;
    // Channels with equal rules share their memories.
    const sessions = channels.map(({ index, remote, remoteIndex, importMemory }) => {
      const back = arena.channels[remote.index]?.[remoteIndex]?.importMemory;
      return `${index} ${remote.index} ${numberOf(importMemory)} ${numberOf(back)}`;
    });
    const carries = channels.map(({ index }) => arena.transit[speaker]?.[index]).join();
    const key = JSON.stringify([asns.get(asn) === 1 ? "" : asn, arena.weighings[speaker], carries, sessions]);
    const kind = kinds.get(key);
    if (kind !== undefined) kind.members.push(speaker);
    else {
      const places = new Map(channels.map(({ remote, index }) => [remote.index, index]));
      kinds.set(key, { id: kinds.size, members: [speaker], places });
    }
  });
  return [...kinds.values()].filter(({ members }) => members.length > 1);
}
