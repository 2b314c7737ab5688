/** What two sides hold against each other once they have found each other: passwords, TTLs, what the OPEN says. */
import type { CompiledSpeaker } from "../compile";
import { asnTowards } from "../confederation";
import type { Family, Neighbor, RemoteAs, Source } from "../network";
import type { DownReason } from "../solution";

/** Why a session does not come up. */
export interface Down {
  reason: DownReason;
  at: string;
  sentence: string;
  source?: Source;
}

export function agree(
  from: CompiledSpeaker,
  mine: Neighbor,
  to: CompiledSpeaker,
  theirs: Neighbor,
  hops: number,
): Down | undefined {
  const sides = [
    { at: from, settings: mine, far: to, other: theirs },
    { at: to, settings: theirs, far: from, other: mine },
  ];
  for (const { at, settings } of sides) {
    if (settings.shutdown === true) {
      return { reason: "admin-down", at: at.speaker.name, sentence: `${at.speaker.name} has it shut down` };
    }
  }
  if ((mine.password ?? "") !== (theirs.password ?? "")) {
    return {
      reason: "password",
      at: from.speaker.name,
      sentence: `${from.speaker.name} uses ${describePassword(mine)}, ${to.speaker.name} ${describePassword(theirs)}`,
    };
  }
  for (const { at, settings, far, other } of sides) {
    const external = presented(at, settings) !== presented(far, other);
    const sent = ttlOf(at, settings, external);
    const least = other.ttlSecurity === undefined ? 1 : 256 - other.ttlSecurity;
    if (sent - hops < least) {
      return {
        reason: "ttl",
        at: at.speaker.name,
        sentence:
          other.ttlSecurity === undefined
            ? `packets of ${at.speaker.name} have a TTL of ${sent} and ${hops} routers in between`
            : `${far.speaker.name} takes packets with a TTL of at least ${least}, ${at.speaker.name} sends ${sent}`,
      };
    }
  }
  for (const { at, settings, far, other } of sides) {
    const asn = presented(far, other);
    if (!accepts(settings.remoteAs, asn, presented(at, settings))) {
      return {
        reason: "wrong-asn",
        at: at.speaker.name,
        sentence: `${at.speaker.name} expects ${describeAs(settings.remoteAs)}, ${far.speaker.name} says AS ${asn}`,
        ...(settings.source === undefined ? {} : { source: settings.source }),
      };
    }
  }
  for (const { at, far, other } of sides) {
    const least = at.speaker.bgp.minimumHoldTime;
    const hold = holdTime(far, other);
    if (least !== undefined && hold < least) {
      return {
        reason: "hold-time",
        at: at.speaker.name,
        sentence: `${at.speaker.name} wants a hold time of at least ${least} s, ${far.speaker.name} offers ${hold} s`,
      };
    }
  }
  for (const { at, far, settings, other } of sides) {
    const internal = presented(at, settings) === presented(far, other);
    if (internal && at.dialect.refusesOwnRouterId && at.speaker.routerId === far.speaker.routerId) {
      return {
        reason: "duplicate",
        at: at.speaker.name,
        sentence: `${far.speaker.name} has the same router id, ${at.speaker.routerId}`,
      };
    }
  }
  const common = (["ipv4", "ipv6"] as const).filter((family) =>
    sides.every(({ at, settings }) => activeFamily(at, settings, family)),
  );
  if (common.length === 0) {
    return {
      reason: "family",
      at: from.speaker.name,
      sentence: `${from.speaker.name} and ${to.speaker.name} have no address family in common`,
    };
  }
  return undefined;
}

/** What an OPEN offers (FRR 8.4: bgp_open_receive compares it, a 0 as well, with `bgp minimum-holdtime`). */
const holdTime = ({ dialect }: CompiledSpeaker, { timers }: Neighbor): number => timers?.hold ?? dialect.timers.hold;

/** The ASN that a speaker says in its OPEN: FRR's local-as, its confederation's, or its own. */
export function presented(speaker: CompiledSpeaker, settings: Neighbor): number {
  return settings.localAs?.asn ?? asnTowards(speaker.speaker, settings.remoteAs);
}

function accepts(wanted: RemoteAs | undefined, asn: number, own: number): boolean {
  if (wanted === "any") return true;
  if (wanted === "external") return asn !== own;
  if (wanted === "internal") return asn === own;
  return wanted === asn;
}

export function isExternal(
  speaker: CompiledSpeaker,
  wanted: RemoteAs | undefined,
  asn: number,
  settings: Neighbor,
): boolean {
  const own = presented(speaker, settings);
  if (wanted === "external") return true;
  if (wanted === "internal") return false;
  return (typeof wanted === "number" ? wanted : asn) !== own;
}

/** TTL security sends 255 and asks for it; multihop sends what it says; FRR's iBGP and plain eBGP have their own. */
function ttlOf(speaker: CompiledSpeaker, settings: Neighbor, external: boolean): number {
  if (settings.ttlSecurity !== undefined) return 255;
  if (!external) return speaker.dialect.ttl.ibgp;
  if (settings.multihop !== undefined) return settings.multihop;
  return speaker.dialect.ttl.ebgp;
}

export function activeFamily(speaker: CompiledSpeaker, settings: Neighbor, family: Family): boolean {
  const said = settings.families?.[family]?.active;
  if (said !== undefined) return said;
  if (settings.families?.[family] !== undefined) return true;
  const byDefault = speaker.dialect.defaultFamilies.includes(family);
  return byDefault && (family !== "ipv4" || (speaker.speaker.bgp.defaultIpv4Unicast ?? true));
}

function describePassword(settings: Neighbor): string {
  return settings.password === undefined ? "no password" : `password "${settings.password}"`;
}

function describeAs(wanted: RemoteAs | undefined): string {
  if (wanted === undefined) return "no AS at all";
  return typeof wanted === "number" ? `AS ${wanted}` : `an ${wanted} AS`;
}
