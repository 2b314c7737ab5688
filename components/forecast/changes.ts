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
        changes.push(
          change({ speaker, part, name, field }, old, now, sourceOf(is.get(name)) ?? sourceOf(was.get(name))),
        );
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

/** Calls back for each leaf that differs; a list that differs is one leaf, and so is what came or went whole. */
function leaves(
  before: unknown,
  after: unknown,
  field: string,
  found: (field: string, before: unknown, after: unknown) => void,
): void {
  if (before === after) return;
  if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      // Where a thing is written down says nothing about what it does.
      if (key !== "source") leaves(before[key], after[key], field === "" ? key : `${field}.${key}`, found);
    }
  } else if (plain(before) !== plain(after)) found(field, before, after);
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

/** "worker3: label bgp-peer is now "true", was absent". */
export function printChange(one: Change): string {
  const subject = [
    one.part === "speaker" || one.part === "segment" ? "" : one.part,
    one.segment ?? one.name ?? "",
    one.field,
  ]
    .filter((word) => word !== "")
    .join(" ");
  const head = one.speaker === undefined ? `segment ${subject}` : `${one.speaker}: ${subject}`.replace(/: $/, "");
  const source = one.source === undefined ? "" : ` (${printSource(one.source)})`;
  if (one.field === "" && one.after === undefined) return `${head} is gone${source}`;
  if (one.field === "" && one.before === undefined && one.part !== "label") return `${head} is new${source}`;
  return `${head} is now ${short(one.after)}, was ${short(one.before)}${source}`;
}

function short(value: unknown): string {
  if (value === undefined) return "absent";
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

export function printSource(source: Source): string {
  const place = [source.file, source.line].filter((part) => part !== undefined).join(":");
  return [place, source.field ?? ""].filter((part) => part !== "").join(" ");
}
