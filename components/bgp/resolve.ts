/**
 * Next hops: can a speaker reach the address that a path names, and at which metric? One answer an address and speaker,
 * kept until what BGP has installed changes.
 */
import type { Address } from "../model/address";
import { hostPrefix, prefixLength, type Prefix } from "../model/prefix";
import type { Channel } from "./channels";
import type { CompiledSpeaker } from "./compile";
import type { InstalledRoutes } from "./reach";

export interface Resolution {
  valid: boolean;
  metric: number;
  /** The prefix of the route that it stands on, where BGP learned that. */
  overBgp?: string;
}

const REJECTED = "rejected" as const;
const GOOD: Resolution = { valid: true, metric: 0 };
const BAD: Resolution = { valid: false, metric: 0 };

/** BIRD 1.6: IGP_METRIC_UNKNOWN, for what is not directly connected. */
const UNKNOWN_METRIC = 0x80000000 - 1;

export interface Resolver {
  /** `through`: the neighbor itself, to whom packets go whatever the next hop. */
  resolve(channel: Channel, nextHop: string, prefix: Prefix, through?: string): Resolution | typeof REJECTED;
  /** The address alone, as a next hop that has to be connected or may be anywhere. */
  reaches(speaker: CompiledSpeaker, address: string, connectedOnly: boolean): Resolution;
}

export function resolverOver(installed: InstalledRoutes): Resolver {
  const near = new WeakMap<CompiledSpeaker, Map<string, Resolution>>();
  const anywhere = new WeakMap<CompiledSpeaker, Map<string, Resolution>>();
  const reaches: Resolver["reaches"] = (speaker, address, connectedOnly) => {
    const asked = connectedOnly ? near : anywhere;
    let answers = asked.get(speaker);
    if (answers === undefined) asked.set(speaker, (answers = new Map<string, Resolution>()));
    let answer = answers.get(address);
    if (answer === undefined) {
      answer = lookUp(speaker, address, connectedOnly, installed);
      answers.set(address, answer);
    }
    return answer;
  };
  return {
    reaches,
    resolve(channel, given, prefix, through) {
      const { speaker } = channel;
      const { dialect } = speaker;
      const nextHop = dialect.mappedNextHop ? unmapped(given) : given;
      if (dialect.nextHops === "ignored") return GOOD;
      if (nextHop.startsWith("interface%")) return GOOD;
      if (speaker.own.has(nextHop)) {
        if (dialect.ownNextHop === "reject") return REJECTED;
        return dialect.ownNextHop === "invalid" ? BAD : GOOD;
      }
      if (dialect.nextHops === "tracked") {
        // FRR 8.4 (bgp_find_or_add_nexthop): a host route that is its own next hop loops; not looked for from clients.
        const looked = !dialect.loopsByImportCheck || (speaker.speaker.bgp.importCheck ?? dialect.importCheck);
        if (looked && through === undefined && !channel.reflectorClient && isHostOf(prefix, nextHop)) return BAD;
        if (dialect.rejectsOwnHostRoute && isOwnHost(speaker, prefix)) return REJECTED;
      }
      return through === undefined ? reaches(speaker, nextHop, channel.connectedOnly) : GOOD;
    },
  };
}

const MAPPED = "::ffff:";

/** The IPv4 address within an IPv6 one (RFC 4291). */
const unmapped = (address: string): string => (isMapped(address) ? address.slice(MAPPED.length) : address);

export const isMapped = (address: string): boolean => address.startsWith(MAPPED) && address.includes(".");

const isHostOf = (prefix: Prefix, address: string): boolean =>
  prefix.endsWith("/32") || prefix.endsWith("/128") ? prefix === hostPrefix(address as Address) : false;

const isOwnHost = (speaker: CompiledSpeaker, prefix: Prefix): boolean =>
  /\/(32|128)$/.test(prefix) && speaker.own.has(prefix.slice(0, prefix.indexOf("/")));

/** Is the learned one the longer, or equal and therefore the better of the one table? */
const covers = (learned: string, own: string): boolean =>
  prefixLength(learned as Prefix) >= prefixLength(own as Prefix);

function lookUp(
  speaker: CompiledSpeaker,
  nextHop: string,
  connectedOnly: boolean,
  installed: InstalledRoutes,
): Resolution {
  const { dialect } = speaker;
  const learned = installed(speaker.index, nextHop);
  const bgp = dialect.resolveViaBgp ? learned : undefined;
  for (const [prefix, list] of speaker.routes.around(nextHop)) {
    if (bgp !== undefined && prefixLength(bgp.prefix as Prefix) > prefixLength(prefix)) break;
    const [route] = list;
    if (route === undefined) continue;
    // rt_update_hostentry of BIRD 1.6: a recursive route stands on no other one, and a BGP route is best here.
    if (dialect.oneTable && learned !== undefined && covers(learned.prefix, prefix)) return BAD;
    if (prefixLength(prefix) === 0 && !speaker.resolveViaDefault) continue;
    if (route.blackhole === true) return BAD;
    // What resolves a next hop that must be connected is what leads to a neighbor that must be: static routes, too.
    if (connectedOnly) return route.source === "connected" || route.source === "static" ? GOOD : BAD;
    if (route.source === "connected") return GOOD;
    return { valid: true, metric: dialect.oneTable ? UNKNOWN_METRIC : route.metric };
  }
  if (bgp === undefined || connectedOnly || bgp.blackhole === true) return BAD;
  if (prefixLength(bgp.prefix as Prefix) === 0 && !speaker.resolveViaDefault) return BAD;
  return { valid: true, metric: bgp.metric, overBgp: bgp.prefix };
}
