/**
 * One configured neighbor, tried as the daemons would: somebody dials, the other side takes the connection or not, both
 * compare what the OPEN says.
 */
import { familyOf } from "../../model/address";
import { containsAddress } from "../../model/prefix";
import type { Address } from "../../model/address";
import { canonicalPrefix } from "../bits";
import {
  addressOn,
  folded,
  portAt,
  type Compiled,
  type CompiledNeighbor,
  type CompiledSpeaker,
  type Port,
} from "../compile";
import { activeFamily, agree, isExternal, presented, type Down } from "./agree";
import { isMember } from "../confederation";
import { compareEnds, describe, sessionKey, type End, type Link } from "./ends";
import type { Family, ListenRange, Neighbor } from "../network";
import { connectedPort, ownRoute, trace, type InstalledRoutes } from "../reach";
import type { Session } from "../solution";

export interface Attempt {
  from: CompiledSpeaker;
  neighbor: CompiledNeighbor;
  to?: CompiledSpeaker;
  local?: string;
  remote: string;
  /** Why it came to nothing. */
  down?: Down | undefined;
  link?: Link;
  /** What is told of it where it came to nothing. */
  told?: Session;
  /** Speakers whose state it looked at; it comes out the same while theirs does. */
  looked: Set<number>;
}

/** What sessions take from each other: a neighbor has one, an address pair carries one, and ranges have limits. */
export interface Places {
  /** "SPEAKER/INDEX" of each neighbor that has its session. */
  taken: Map<string, Link>;
  /** Address pairs of two speakers that carry one. */
  pairs: Map<string, Link>;
  /** How many each speaker has taken by its listen ranges. */
  dynamic: Map<number, number>;
  /** A limit has been reached: who came first decides. */
  full: boolean;
}

export const noPlaces = (): Places => ({ taken: new Map(), pairs: new Map(), dynamic: new Map(), full: false });

const DEFAULT_PORT = 179;

export class Forming {
  readonly attempts: Attempt[] = [];
  readonly links: Link[] = [];

  constructor(
    private readonly compiled: Compiled,
    private readonly installed: InstalledRoutes,
    private readonly places: Places,
  ) {}

  attempt(from: CompiledSpeaker, neighbor: CompiledNeighbor): void {
    if (neighbor.interface !== undefined) return this.unnumbered(from, neighbor, neighbor.interface);
    const remote = neighbor.address ?? "";
    const attempt: Attempt = { from, neighbor, remote, looked: new Set([from.index]) };
    this.attempts.push(attempt);
    const owners = (this.compiled.owners.get(remote) ?? []).filter((each) => each.speaker !== from.index);
    for (const { speaker } of owners) attempt.looked.add(speaker);
    const near = connectedPort(from, remote);
    const onSegment =
      near === undefined ? [] : owners.filter((each) => portAt(this.compiled, each).segment === near.segment);
    const candidates = onSegment.length > 0 ? onSegment : near?.segment !== undefined ? [] : owners;
    const owner = candidates[0] ?? owners[0];
    if (owner === undefined) {
      attempt.down = {
        reason: "no-neighbor",
        at: from.speaker.name,
        sentence: `no speaker has the address ${remote}`,
      };
      return;
    }
    const to = this.compiled.speakers[owner.speaker];
    if (to === undefined) return;
    attempt.to = to;
    attempt.down = this.dial(attempt, to);
  }

  private dial(attempt: Attempt, to: CompiledSpeaker): Down | undefined {
    const { from, neighbor, remote } = attempt;
    const name = from.speaker.name;
    const far = to.speaker.name;
    if (!from.up) return { reason: "speaker-down", at: name, sentence: `${name} is down` };
    if (!to.up) return { reason: "speaker-down", at: far, sentence: `${far} is down` };
    if (neighbor.shutdown === true) return { reason: "admin-down", at: name, sentence: `${name} has it shut down` };
    const path = trace(this.compiled, this.installed, from.index, to.index, remote, attempt.looked);
    if (path === undefined) {
      return { reason: "not-reachable", at: name, sentence: `${name} has no route to ${remote}` };
    }
    const local = this.localAddress(from, neighbor, path.out);
    if (local === undefined || !from.own.has(local)) {
      return {
        reason: "not-reachable",
        at: name,
        sentence: `${name} has no address of its own to speak to ${remote} from`,
      };
    }
    attempt.local = local;
    const external = isExternal(from, neighbor.remoteAs, to.speaker.asn, neighbor);
    if (
      external &&
      singleHop(from, neighbor) &&
      neighbor.ttlSecurity === undefined &&
      neighbor.disableConnectedCheck !== true &&
      connectedPort(from, remote) === undefined &&
      !(from.dialect.connectedCheck === "connected-or-static" && ownRoute(from, remote)?.source === "static")
    ) {
      return {
        reason: "not-reachable",
        at: name,
        sentence: `${remote} is on no network of ${name}, and the eBGP session is not multihop`,
      };
    }
    if (neighbor.passive === true || !from.dialect.dials) {
      return { reason: "both-passive", at: name, sentence: `${name} waits for ${far} to dial, and ${far} does not` };
    }
    if (!(to.speaker.bgp.listens ?? to.dialect.listens)) {
      return { reason: "no-listener", at: far, sentence: `${far} takes no connections, it only dials` };
    }
    const { listenAddresses } = to.speaker.bgp;
    if (listenAddresses?.includes(remote) === false) {
      const where = listenAddresses.join(" and ");
      return { reason: "no-listener", at: far, sentence: `${name} dials ${remote}, ${far} listens on ${where} alone` };
    }
    const port = neighbor.port ?? DEFAULT_PORT;
    const listening = to.speaker.bgp.port ?? DEFAULT_PORT;
    if (port !== listening) {
      return {
        reason: "no-listener",
        at: far,
        sentence: `${name} dials port ${port}, ${far} listens on ${listening}`,
      };
    }
    const answer = this.entryFor(to, local, attempt);
    if (answer === undefined) {
      return {
        reason: "no-listener",
        at: far,
        sentence: `${far} has neither a neighbor ${local} nor a listen range that holds it`,
      };
    }
    return this.open(attempt, local, to, answer);
  }

  /** The far side's configuration for a caller: its neighbor of that address, or else a range. */
  private entryFor(
    to: CompiledSpeaker,
    caller: string,
    attempt: Attempt,
  ): { settings: Neighbor; neighbor?: number; range?: ListenRange } | undefined {
    const listed = to.neighbors.filter((each) => each.address === caller);
    const free = listed.find((each) => !this.places.taken.has(`${to.index}/${each.index}`)) ?? listed[0];
    if (free !== undefined) return { settings: free, neighbor: free.index };
    for (const range of to.speaker.listen ?? []) {
      const prefix = canonicalPrefix(range.prefix);
      if (familyOf(prefix) !== familyOf(attempt.remote) || !containsAddress(prefix, caller as Address)) continue;
      return { settings: folded(to.speaker, { address: caller, group: range.group }), range };
    }
    return undefined;
  }

  private open(
    attempt: Attempt,
    local: string,
    to: CompiledSpeaker,
    answer: { settings: Neighbor; neighbor?: number; range?: ListenRange },
  ): Down | undefined {
    const { from, neighbor, remote } = attempt;
    // Other speakers may have the same two addresses on another link.
    const pair = [`${from.index} ${local}`, `${to.index} ${remote}`].sort().join(" ");
    const existing = this.places.pairs.get(pair);
    if (existing !== undefined) {
      const mine = this.places.taken.get(`${from.index}/${neighbor.index}`);
      if (mine === existing) {
        attempt.link = existing;
        return undefined;
      }
      return {
        reason: "duplicate",
        at: from.speaker.name,
        sentence: `${local} and ${remote} have a session already, and one is all that an address pair can have`,
      };
    }
    const path = trace(this.compiled, this.installed, to.index, from.index, local, attempt.looked);
    const down =
      path === undefined
        ? {
            reason: "not-reachable" as const,
            at: to.speaker.name,
            sentence: `${to.speaker.name} has no route back to ${local}`,
          }
        : agree(from, neighbor, to, answer.settings, path.hops);
    if (down !== undefined) return down;
    if (answer.range !== undefined) {
      const used = this.places.dynamic.get(to.index) ?? 0;
      const limit = to.speaker.bgp.listenLimit ?? to.dialect.listenLimit;
      if (used >= limit) {
        this.places.full = true;
        return {
          reason: "limit-reached",
          at: to.speaker.name,
          sentence: `${to.speaker.name} takes ${limit} sessions by its listen ranges, and has them`,
          ...(answer.range.source === undefined ? {} : { source: answer.range.source }),
        };
      }
      this.places.dynamic.set(to.index, used + 1);
    }
    const ends: [End, End] = [
      {
        speaker: from.index,
        address: local,
        asn: presented(from, neighbor),
        settings: neighbor,
        neighbor: neighbor.index,
      },
      {
        speaker: to.index,
        address: remote,
        asn: presented(to, answer.settings),
        settings: answer.settings,
        ...(answer.neighbor === undefined ? {} : { neighbor: answer.neighbor }),
      },
    ];
    attempt.link = this.establish(ends, pair, path?.hops ?? 0);
    return undefined;
  }

  private establish(ends: [End, End], pair: string, hops: number): Link {
    for (const end of ends) {
      // An unnumbered end knows its port; its far end has no address to look for.
      if (end.port !== undefined) continue;
      const speaker = this.compiled.speakers[end.speaker];
      const port =
        speaker === undefined ? undefined : connectedPort(speaker, ends[0] === end ? ends[1].address : ends[0].address);
      if (port !== undefined) end.port = port;
    }
    const [a, b] = ends;
    const [first, second] = compareEnds(this.compiled, a, b) <= 0 ? [a, b] : [b, a];
    const [near, far] = [this.compiled.speakers[a.speaker], this.compiled.speakers[b.speaker]];
    const confed = near !== undefined && far !== undefined && isMember(near, b.asn) && isMember(far, a.asn);
    const kind = a.asn === b.asn || confed ? "ibgp" : "ebgp";
    const families = (["ipv4", "ipv6"] as const).filter((family) => ends.every((end) => this.active(end, family)));
    const link: Link = {
      ends: [first, second],
      pair,
      kind,
      confed,
      families,
      hops,
      session: {
        key: sessionKey(this.compiled, first, second),
        ends: [describe(this.compiled, first), describe(this.compiled, second)],
        kind,
        families,
        up: true,
      },
    };
    for (const end of ends)
      if (end.neighbor !== undefined) this.places.taken.set(`${end.speaker}/${end.neighbor}`, link);
    this.places.pairs.set(pair, link);
    this.links.push(link);
    return link;
  }

  private active(end: End, family: Family): boolean {
    const speaker = this.compiled.speakers[end.speaker];
    return speaker !== undefined && activeFamily(speaker, end.settings, family);
  }

  private unnumbered(from: CompiledSpeaker, neighbor: CompiledNeighbor, name: string): void {
    const local = `interface%${name}`;
    const attempt: Attempt = { from, neighbor, remote: local, local, looked: new Set([from.index]) };
    this.attempts.push(attempt);
    const port = from.ports.find((each) => each.name === name);
    const others = (this.compiled.attached.get(port?.segment ?? "") ?? []).filter(
      (each) => each.speaker !== from.index,
    );
    for (const { speaker } of others) attempt.looked.add(speaker);
    if (this.places.taken.has(`${from.index}/${neighbor.index}`)) {
      const link = this.places.taken.get(`${from.index}/${neighbor.index}`);
      const far = link?.ends.find((end) => end.speaker !== from.index);
      if (link !== undefined) attempt.link = link;
      if (far !== undefined) attempt.to = this.compiled.speakers[far.speaker] as CompiledSpeaker;
      return;
    }
    const own = from.speaker.name;
    if (!from.up) {
      attempt.down = { reason: "speaker-down", at: own, sentence: `${own} is down` };
      return;
    }
    if (neighbor.shutdown === true) {
      attempt.down = { reason: "admin-down", at: own, sentence: `${own} has it shut down` };
      return;
    }
    if (port?.up === true && port.segment === undefined) {
      attempt.down = { reason: "no-neighbor", at: own, sentence: `no link leads from interface ${name} of ${own}` };
      return;
    }
    if (port?.segment === undefined || !port.up) {
      attempt.down = { reason: "not-reachable", at: own, sentence: `interface ${name} of ${own} is not up` };
      return;
    }
    for (const other of others) {
      const to = this.compiled.speakers[other.speaker];
      const far = portAt(this.compiled, other);
      const entry = to?.neighbors.find((each) => each.interface === far.name);
      if (to === undefined || entry === undefined) continue;
      attempt.to = to;
      attempt.down = !to.up
        ? { reason: "speaker-down", at: to.speaker.name, sentence: `${to.speaker.name} is down` }
        : !far.up
          ? {
              reason: "not-reachable",
              at: to.speaker.name,
              sentence: `interface ${far.name} of ${to.speaker.name} is not up`,
            }
          : neighbor.passive === true && entry.passive === true
            ? {
                reason: "both-passive",
                at: own,
                sentence: `${own} and ${to.speaker.name} both wait for the other to dial`,
              }
            : agree(from, neighbor, to, entry, 0);
      if (attempt.down !== undefined) return;
      const pair = `${port.segment} ${from.index} ${to.index}`;
      attempt.link = this.establish(
        [
          {
            speaker: from.index,
            address: local,
            asn: presented(from, neighbor),
            settings: neighbor,
            neighbor: neighbor.index,
            port,
          },
          {
            speaker: to.index,
            address: `interface%${far.name}`,
            asn: presented(to, entry),
            settings: entry,
            neighbor: entry.index,
            port: far,
          },
        ],
        pair,
        0,
      );
      return;
    }
    attempt.down = {
      reason: "no-neighbor",
      at: own,
      sentence: `nobody on ${port.segment} has an unnumbered neighbor there`,
    };
  }

  private localAddress(from: CompiledSpeaker, neighbor: Neighbor, out: Port | undefined): string | undefined {
    const wanted = neighbor.localAddress;
    const remote = neighbor.address ?? "";
    if (wanted === undefined) return out === undefined ? undefined : addressOn(out, familyOf(remote), remote);
    const port = from.ports.find((each) => each.name === wanted);
    return port === undefined ? wanted : addressOn(port, familyOf(remote));
  }
}

/** Must the eBGP neighbor stand on a connected network? BIRD's sessions are multihop unless they say one hop. */
function singleHop({ dialect }: CompiledSpeaker, { multihop }: Neighbor): boolean {
  if (dialect.connectedCheck === "none") return false;
  return dialect.connectedCheck === "one-hop" ? multihop === 1 : multihop === undefined;
}
