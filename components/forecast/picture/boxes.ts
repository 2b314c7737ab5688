/**
 * What a picture shows as one box: a speaker, or nodes that fare alike. Nodes are alike when they stand on the same
 * segments, belong together, and have the same sessions with boxes that are alike themselves.
 */
import type { Speaker } from "../../bgp/network";
import type { Session } from "../../bgp/solution";
import type { Forecast } from "../forecast";

export interface Box {
  /** In the network's order. */
  speakers: readonly Speaker[];
  node: boolean;
  /** Segments that it stands on, each with one of its addresses there. */
  links: ReadonlyMap<string, string>;
}

/** Sessions between two boxes, or inside one: all of one kind and state. */
export interface Wire {
  /** Indices of boxes; the same one twice is a mesh inside. */
  ends: readonly [number, number];
  up: boolean;
  kind: Session["kind"];
  sessions: readonly Session[];
}

/** More alike nodes than this are one box. */
const APART = 3;

export function boxesOf({ network, solution }: Forecast, options: { all?: boolean } = {}): Box[] {
  const classes = options.all === true ? undefined : classesOf(network.speakers, solution.sessions);
  const groups = new Map<string, Speaker[]>();
  for (const speaker of network.speakers) {
    const key = classes?.get(speaker.name) ?? speaker.name;
    groups.set(key, [...(groups.get(key) ?? []), speaker]);
  }
  return [...groups.values()].flatMap((alike) =>
    alike.length > APART ? [boxOf(alike)] : alike.map((speaker) => boxOf([speaker])),
  );
}

export function wiresOf(boxes: readonly Box[], { solution }: Forecast): Wire[] {
  const at = new Map(boxes.flatMap(({ speakers }, index) => speakers.map(({ name }) => [name, index] as const)));
  const wires = new Map<string, Session[]>();
  for (const session of solution.sessions) {
    // A session with nobody has no other end to draw.
    if (session.ends[1] === undefined) continue;
    const key = JSON.stringify([...endsOf(session, at), session.up, session.kind]);
    wires.set(key, [...(wires.get(key) ?? []), session]);
  }
  return [...wires.values()].flatMap((sessions): Wire[] => {
    const [first] = sessions;
    if (first === undefined) return [];
    return [{ ends: endsOf(first, at), up: first.up, kind: first.kind, sessions }];
  });
}

function endsOf({ ends: [a, b] }: Session, at: ReadonlyMap<string, number>): [number, number] {
  const [one, other] = [at.get(a.speaker) ?? 0, at.get((b ?? a).speaker) ?? 0];
  return one < other ? [one, other] : [other, one];
}

function boxOf(speakers: readonly Speaker[]): Box {
  const links = new Map<string, string>();
  for (const { segment, addresses } of speakers.flatMap(({ interfaces }) => interfaces)) {
    if (segment !== undefined && !links.has(segment)) links.set(segment, addresses[0]?.split("/")[0] ?? "");
  }
  return { speakers, node: speakers[0] !== undefined && isNode(speakers[0]), links };
}

export function isNode({ role }: Speaker): boolean {
  return role === "node";
}

/** A router's class is itself. Two rounds: a node, and the nodes that it peers with. */
function classesOf(speakers: readonly Speaker[], sessions: readonly Session[]): Map<string, string> {
  let classes = new Map(
    speakers.map((speaker) => {
      const { name, asn, dialect, place, interfaces } = speaker;
      const segments = interfaces.flatMap(({ segment }) => segment ?? []).sort();
      const alike = [asn, dialect.system, place?.cluster, place?.rack, segments];
      return [name, isNode(speaker) ? JSON.stringify(alike) : name];
    }),
  );
  for (let round = 0; round < 2; round += 1) {
    const peers = new Map<string, Set<string>>();
    const add = (speaker: string, peer: string, session: Session) => {
      const text = JSON.stringify([classes.get(peer), session.up, session.kind]);
      const known = peers.get(speaker);
      if (known === undefined) peers.set(speaker, new Set([text]));
      else known.add(text);
    };
    for (const session of sessions) {
      const [a, b] = session.ends;
      if (b === undefined) continue;
      add(a.speaker, b.speaker, session);
      add(b.speaker, a.speaker, session);
    }
    classes = new Map(
      [...classes].map(([name, own]) => [name, JSON.stringify([own, [...(peers.get(name) ?? [])].sort()])]),
    );
  }
  return classes;
}
