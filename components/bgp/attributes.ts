/**
 * Path attributes as interned values: equal attributes are one object, so that rules are applied to each set once and
 * paths are compared by reference. The next hop stands beside them, because it alone differs from session to session.
 */

export type Origin = "igp" | "egp" | "incomplete";

export interface Attributes {
  asPath: readonly number[];
  /** The members of the own confederation that it has passed, before asPath (AS_CONFED_SEQUENCE). */
  confederation?: readonly number[];
  asSet?: readonly number[];
  origin: Origin;
  /** Absent: the attribute is not there, and the speaker's default counts. */
  localPreference?: number;
  med?: number;
  weight: number;
  /** BIRD's preference within the speaker. */
  preference: number;
  /** Canonical text, sorted. */
  communities: readonly string[];
  largeCommunities: readonly string[];
  originatorId?: string;
  clusterList: readonly string[];
  /** A number that policies of the speaker hand on to each other; no neighbor hears of it. */
  tag?: number;
  atomicAggregate?: boolean;
  aggregator?: { asn: number; routerId: string };
}

export interface Bundle extends Attributes {
  readonly id: number;
}

export type Interner = (attributes: Attributes) => Bundle;

/** Equal for equal attributes, whatever made them. */
export function textOf(a: Attributes): string {
  return [
    a.asPath.join(" "),
    a.asSet?.join(" ") ?? "",
    a.confederation?.join(" ") ?? "",
    a.origin,
    a.localPreference ?? "",
    a.med ?? "",
    a.weight,
    a.preference,
    a.communities.join(" "),
    a.largeCommunities.join(" "),
    a.originatorId ?? "",
    a.clusterList.join(" "),
    a.tag ?? "",
    a.atomicAggregate === true ? "atomic" : "",
    a.aggregator === undefined ? "" : `${a.aggregator.asn} ${a.aggregator.routerId}`,
  ].join("|");
}

export function interner(): Interner {
  const known = new Map<string, Bundle>();
  return (a) => {
    const key = textOf(a);
    let bundle = known.get(key);
    if (bundle === undefined) {
      bundle = { ...a, id: known.size };
      known.set(key, bundle);
    }
    return bundle;
  };
}

/** What an attribute set becomes when some fields change; undefined takes an optional one away. */
export type Change = { [K in keyof Attributes]?: Attributes[K] | undefined };

export function changed(attributes: Attributes, change: Change): Attributes {
  const result: Record<string, unknown> = { ...attributes, ...change };
  delete result["id"];
  for (const key of Object.keys(result)) if (result[key] === undefined) delete result[key];
  return result as unknown as Attributes;
}

const NONE: readonly string[] = [];

export function plain(origin: Origin): Attributes {
  return {
    asPath: [],
    origin,
    weight: 0,
    preference: 100,
    communities: NONE,
    largeCommunities: NONE,
    clusterList: NONE,
  };
}

/** AS_SET counts one, as RFC 4271 says. */
export function pathLength(a: Attributes): number {
  return a.asPath.length + (a.asSet !== undefined && a.asSet.length > 0 ? 1 : 0);
}

export function countAsn(a: Attributes, asn: number): number {
  let count = 0;
  for (const each of a.asPath) if (each === asn) count++;
  for (const each of [...(a.asSet ?? []), ...(a.confederation ?? [])]) if (each === asn) count++;
  return count;
}

export const withCommunity = (communities: readonly string[], added: string): readonly string[] =>
  communities.includes(added) ? communities : [...communities, added].sort();

/** "(65010) 65001 65002 {65003,65004}", as daemons print it and regular expressions see it. */
export function printPath(a: Attributes): string {
  const members = a.confederation === undefined ? [] : [`(${a.confederation.join(" ")})`];
  const sequence = [...members, ...a.asPath].join(" ");
  if (a.asSet === undefined || a.asSet.length === 0) return sequence;
  return `${sequence}${sequence === "" ? "" : " "}{${a.asSet.join(",")}}`;
}

/** A path as it travels. */
export interface Sent {
  bundle: Bundle;
  nextHop: string;
  /** The sender's own address, whose link-local one goes beside the next hop of another. */
  through?: string;
  pathId: number;
}
