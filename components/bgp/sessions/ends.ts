/** The two ends of a session, and how a session is named and told. */
import type { Compiled, Port } from "../compile";
import type { Family, Neighbor } from "../network";
import type { Session, SessionEnd } from "../solution";

/** One side of a session. */
export interface End {
  speaker: number;
  /** Own address; "interface%NAME" for unnumbered sessions. */
  address: string;
  /** The ASN it presents. */
  asn: number;
  settings: Neighbor;
  /** Absent where a listen range took the session. */
  neighbor?: number;
  port?: Port;
}

/** A session that carries routes. */
export interface Link {
  ends: [End, End];
  /** The pair of addresses that it takes, or the wire. */
  pair: string;
  kind: "ebgp" | "ibgp";
  /** Between two members of a confederation: of kind "ibgp", since most of its rules hold. */
  confed: boolean;
  families: Family[];
  /** Router hops between its ends. */
  hops: number;
  session: Session;
}

export function describe(compiled: Compiled, end: End): SessionEnd {
  const { settings } = end;
  return {
    speaker: compiled.speakers[end.speaker]?.speaker.name ?? "",
    address: end.address,
    asn: end.asn,
    ...(end.neighbor === undefined ? {} : { neighbor: end.neighbor }),
    ...(settings.group === undefined ? {} : { group: settings.group }),
    ...(settings.role === undefined ? {} : { role: settings.role }),
  };
}

export function compareEnds(compiled: Compiled, a: End, b: End): number {
  const nameA = `${compiled.speakers[a.speaker]?.speaker.name ?? ""} ${a.address}`;
  const nameB = `${compiled.speakers[b.speaker]?.speaker.name ?? ""} ${b.address}`;
  return nameA < nameB ? -1 : nameA > nameB ? 1 : 0;
}

export function sessionKey(compiled: Compiled, a: End, b: End): string {
  const name = (end: End): string => `${compiled.speakers[end.speaker]?.speaker.name ?? ""} ${end.address}`;
  return `${name(a)} - ${name(b)}`;
}
