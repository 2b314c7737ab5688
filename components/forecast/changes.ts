/**
 * What a person changed between two Networks, field by field: the roots of every cause chain. Lists are compared by what
 * names their members (a neighbor's address, an interface's name), so that an insertion is one change.
 */
import type { Network, Source, Speaker } from "../bgp/network";

export interface Change {
  speaker?: string;
  segment?: string;
  /** What part of the speaker it is about: the neighbor's address, the policy's name ... */
  part: Part;
  name?: string;
  /** Below the part: "remoteAs", "families.ipv4.importPolicy". Empty when the whole part came or went. */
  field: string;
  before?: unknown;
  after?: unknown;
  source?: Source;
}

export type Part =
  | "speaker"
  | "segment"
  | "label"
  | "bgp"
  | "interface"
  | "route"
  | "origination"
  | "neighbor"
  | "group"
  | "listen"
  | "policy"
  | "list"
  | "other";

export function changesOf(before: Network, after: Network): Change[] {
  const changes: Change[] = [];
  const old = new Map(before.segments.map((segment) => [segment.name, segment]));
  const now = new Map(after.segments.map((segment) => [segment.name, segment]));
  for (const name of union(old, now)) {
    leaves(old.get(name), now.get(name), "", (field, was, is) => {
      changes.push(change({ segment: name, part: "segment", name, field }, was, is));
    });
  }
  const speakersBefore = new Map(before.speakers.map((speaker) => [speaker.name, speaker]));
  const speakersAfter = new Map(after.speakers.map((speaker) => [speaker.name, speaker]));
  for (const name of union(speakersBefore, speakersAfter)) {
    const was = speakersBefore.get(name);
    const is = speakersAfter.get(name);
    if (was === is) continue;
    if (was === undefined || is === undefined) {
      changes.push(change({ speaker: name, part: "speaker", field: "" }, brief(was), brief(is)));
    } else changes.push(...speakerChanges(was, is));
  }
  return changes;
}

function brief(speaker: Speaker | undefined): string | undefined {
  return speaker === undefined ? undefined : `${speaker.dialect.system} ${speaker.dialect.version}, AS ${speaker.asn}`;
}

function speakerChanges(before: Speaker, after: Speaker): Change[] {
  const changes: Change[] = [];
  const speaker = before.name;
  const compare = (part: Part, was: Map<string, unknown>, is: Map<string, unknown>) => {
    for (const name of union(was, is)) {
      leaves(was.get(name), is.get(name), "", (field, old, now) => {
        const source = memberSource(now) ?? memberSource(old) ?? sourceOf(is.get(name)) ?? sourceOf(was.get(name));
        changes.push(change({ speaker, part, name, field }, old, now, source));
      });
    }
  };
  const { asn, routerId, role, down, dialect } = before;
  leaves(
    { asn, routerId, role, down, dialect },
    { asn: after.asn, routerId: after.routerId, role: after.role, down: after.down, dialect: after.dialect },
    "",
    (field, old, now) => changes.push(change({ speaker, part: "speaker", field }, old, now)),
  );
  leaves(before.bgp, after.bgp, "", (field, old, now) => {
    changes.push(change({ speaker, part: "bgp", field }, old, now));
  });
  const record = (value: object | undefined) => new Map<string, unknown>(Object.entries(value ?? {}));
  const keyed = <T>(list: readonly T[] | undefined, key: (one: T) => string) => {
    const map = new Map<string, unknown>();
    for (const one of list ?? []) {
      let name = key(one);
      while (map.has(name)) name += " (again)";
      map.set(name, one);
    }
    return map;
  };
  const { labels: labelsBefore, ...placeBefore } = before.place ?? {};
  const { labels: labelsAfter, ...placeAfter } = after.place ?? {};
  compare("label", record(labelsBefore), record(labelsAfter));
  compare("other", record(placeBefore), record(placeAfter));
  compare(
    "other",
    record({ limits: before.limits, unmodelled: before.unmodelled }),
    record({ limits: after.limits, unmodelled: after.unmodelled }),
  );
  const parts: [Part, (one: Speaker) => Map<string, unknown>][] = [
    ["interface", (one) => keyed(one.interfaces, (each) => each.name)],
    ["route", (one) => keyed(one.routes, (each) => each.prefix)],
    ["origination", (one) => keyed(one.originate, originationName)],
    ["neighbor", (one) => keyed(one.neighbors, (each) => each.address ?? each.interface ?? "")],
    ["listen", (one) => keyed(one.listen, (each) => each.prefix)],
    ["group", (one) => record(one.groups)],
    ["policy", (one) => record(one.policies)],
    ["list", (one) => record(one.prefixLists)],
    ["list", (one) => record(one.communityLists)],
    ["list", (one) => record(one.asPathLists)],
  ];
  for (const [part, members] of parts) compare(part, members(before), members(after));
  return changes;
}

function originationName(one: NonNullable<Speaker["originate"]>[number]): string {
  return one.kind === "redistribute" ? `redistribute ${one.from}` : `${one.kind} ${one.prefix}`;
}

function sourceOf(value: unknown): Source | undefined {
  return typeof value === "object" && value !== null && "source" in value
    ? (value as { source?: Source }).source
    : undefined;
}

/** The first member of a list that came or went tells where it was written. */
function memberSource(value: unknown): Source | undefined {
  return Array.isArray(value) ? value.map(sourceOf).find((source) => source !== undefined) : undefined;
}

/**
 * Calls back for each leaf that differs; a part that came or went whole is one leaf. Of a list only the members that came and
 * went are told, or all of it where just the order differs.
 */
export function leaves(
  before: unknown,
  after: unknown,
  field: string,
  found: (field: string, before: unknown, after: unknown) => void,
): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    if (plain(before) === plain(after)) return;
    const removed = without(before, after);
    const added = without(after, before);
    if (removed.length === 0 && added.length === 0) found(field, before, after);
    else found(field, removed.length === 0 ? undefined : removed, added.length === 0 ? undefined : added);
  } else if (isRecord(before) && after === undefined && field !== "") leaves(before, {}, field, found);
  else if (before === undefined && isRecord(after) && field !== "") leaves({}, after, field, found);
  else if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      // Where a thing is written down says nothing about what it does.
      if (key !== "source") leaves(before[key], after[key], field === "" ? key : `${field}.${key}`, found);
    }
  } else if (plain(before) !== plain(after)) found(field, before, after);
}

function without(list: readonly unknown[], other: readonly unknown[]): unknown[] {
  const counts = new Map<string | undefined, number>();
  for (const one of other) counts.set(plain(one), (counts.get(plain(one)) ?? 0) + 1);
  return list.filter((one) => {
    const count = counts.get(plain(one)) ?? 0;
    counts.set(plain(one), count - 1);
    return count <= 0;
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function plain(value: unknown): string | undefined {
  return JSON.stringify(value, (key, one: unknown) => (key === "source" ? undefined : one));
}

function change(
  head: Omit<Change, "before" | "after" | "source">,
  before: unknown,
  after: unknown,
  source?: Source,
): Change {
  const made: Change = { ...head };
  if (before !== undefined) made.before = before;
  if (after !== undefined) made.after = after;
  if (source !== undefined) made.source = source;
  return made;
}

function union(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort();
}
