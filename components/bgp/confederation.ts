/**
 * Confederations (RFC 5065): several member ASes that are one to the outside. Which ASN a member presents to whom, and
 * which sessions lead to another member. Read in peer_calc_sort and bgp_packet_attribute of FRR 8.4.4 and 10.7.
 */
import type { Attributes } from "./attributes";
import type { CompiledSpeaker } from "./compile";
import type { RemoteAs, Speaker } from "./network";

/** The ASN of a speaker as a neighbor of that ASN sees it: the confederation's, for who is outside of it. */
export function asnTowards({ asn, bgp }: Speaker, remoteAs: RemoteAs | undefined): number {
  const its = bgp.confederation;
  if (its === undefined || remoteAs === "internal" || remoteAs === asn) return asn;
  return typeof remoteAs === "number" && its.members?.includes(remoteAs) === true ? asn : its.identifier;
}

/** Does the session lead to another member of the speaker's confederation? */
export const isMember = ({ speaker }: CompiledSpeaker, asn: number): boolean =>
  asn !== speaker.asn && speaker.bgp.confederation?.members?.includes(asn) === true;

/** The confederation's own ASN in the part of a path that others made: it has been outside. */
export function hasBeenOutside({ speaker }: CompiledSpeaker, { asPath, asSet }: Attributes): number {
  const identifier = speaker.bgp.confederation?.identifier;
  if (identifier === undefined) return 0;
  return [...asPath, ...(asSet ?? [])].filter((asn) => asn === identifier).length;
}

/** FRR before 10.1 has no policy that would do for RFC 8212 on a session between members. */
export const isSilenced = ({ confed, speaker }: { confed: boolean; speaker: CompiledSpeaker }): boolean =>
  confed && speaker.requiresPolicy && speaker.dialect.silencesMembers;

/** A session within the own AS: what iBGP does not pass on, and reflectors do. */
export const isInternal = ({ kind, confed }: { kind: "ebgp" | "ibgp"; confed: boolean }): boolean =>
  kind === "ibgp" && !confed;
