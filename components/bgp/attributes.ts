/**
 * Path attributes as interned values: equal attributes are one object, so that rules are applied to each set once and
 * paths are compared by reference. The next hop stands beside them, because it alone differs from session to session.
 */

import type { Speaker } from "./network";

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
  const rare =
    a.aggregator === undefined && a.asSet === undefined && a.confederation === undefined && a.tag === undefined
      ? ""
      : `${a.asSet?.join(" ") ?? ""}|${a.confederation?.join(" ") ?? ""}|${a.tag ?? ""}|${a.aggregator?.asn ?? ""} ${a.aggregator?.routerId ?? ""}`;
  const lists = `${joined(a.communities)}|${joined(a.largeCommunities)}|${joined(a.clusterList)}`;
  const numbers = `${a.localPreference ?? ""}|${a.med ?? ""}|${a.weight}|${a.preference}`;
  return `${joined(a.asPath)}|${a.origin}|${numbers}|${lists}|${a.originatorId ?? ""}|${a.atomicAggregate === true ? "atomic" : ""}|${rare}`;
}

const joined = (list: readonly (string | number)[]): string => (list.length === 0 ? "" : list.join(" "));

export function interner(): Interner {
  const known = new Map<string, Bundle>();
  const bundles: Bundle[] = [];
  return (a) => {
    // What nothing has changed is a bundle already.
    const own = bundles[(a as Partial<Bundle>).id ?? -1];
    if (own === a) return own;
    const key = textOf(a);
    let bundle = known.get(key);
    if (bundle === undefined) {
      bundle = { ...a, id: known.size };
      bundles.push(bundle);
      known.set(key, bundle);
    }
    return bundle;
  };
}

/** What an attribute set becomes when some fields change; undefined takes an optional one away. */
export type Change = { [K in keyof Attributes]?: Attributes[K] | undefined };

/** The attributes themselves where nothing is another than before. */
export function changed(attributes: Attributes, change: Change): Attributes {
  let differs = false;
  for (const key in change) {
    differs = !sameValue(attributes[key as keyof Attributes], change[key as keyof Attributes]);
    if (differs) break;
  }
  if (!differs) return attributes;
  const result: Partial<Record<keyof Attributes, unknown>> = {};
  for (const key of KEYS) {
    const value = key in change ? change[key] : attributes[key];
    if (value !== undefined) result[key] = value;
  }
  return result as Attributes;
}

const sameValue = (a: unknown, b: unknown): boolean =>
  a === b ||
  (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((each, index) => each === b[index]));

const KEYS = Object.keys({
  asPath: 0,
  confederation: 0,
  asSet: 0,
  origin: 0,
  localPreference: 0,
  med: 0,
  weight: 0,
  preference: 0,
  communities: 0,
  largeCommunities: 0,
  originatorId: 0,
  clusterList: 0,
  tag: 0,
  atomicAggregate: 0,
  aggregator: 0,
} satisfies Record<keyof Attributes, 0>) as (keyof Attributes)[];

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

/** A router in maintenance marks what is its own as a last resort, after any policy (bgp_attr_add_gshut_community, FRR 8.4). */
export const maintained = ({ bgp }: Speaker, made: Attributes): Attributes =>
  bgp.gracefulShutdown === true
    ? changed(made, { communities: withCommunity(made.communities, "graceful-shutdown"), localPreference: 0 })
    : made;

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
