/**
 * Parts of a Network become one: a speaker that several parts speak of is merged by its name. Lists are joined in the
 * order of the parts, named things side by side; where two parts say different things about one field, that is a fault.
 */
import { fail, ok, orThrow, type Fault, type Result } from "../model/errors";
import { same } from "./compile";
import { NETWORK_VERSION, type Network, type Segment, type Speaker } from "./network";

/** A piece of a Network. The first part that names a speaker usually tells its dialect, ASN and addresses. */
export interface NetworkPiece {
  speakers?: SpeakerPart[];
  segments?: Segment[];
}

export type SpeakerPart = Partial<Speaker> & { name: string };

type Plain = Record<string, unknown>;

/** As combineParts, for callers at an edge: contradictions are a UserError. */
export function combine(...parts: NetworkPiece[]): Network {
  return orThrow(combineParts(parts));
}

export function combineParts(parts: readonly NetworkPiece[]): Result<Network> {
  const faults: Fault[] = [];
  const segments = new Map<string, Plain>();
  const speakers = new Map<string, Plain>();
  for (const part of parts) {
    for (const segment of part.segments ?? []) join(segments, segment, `segments.${segment.name}`, faults);
    for (const speaker of part.speakers ?? []) join(speakers, speaker, `speakers.${speaker.name}`, faults);
  }
  for (const [name, speaker] of speakers) {
    for (const [field, empty] of [
      ["interfaces", []],
      ["neighbors", []],
      ["bgp", {}],
    ] as const) {
      speaker[field] ??= empty;
    }
    for (const field of ["dialect", "asn", "routerId"]) {
      if (speaker[field] !== undefined) continue;
      faults.push({ path: `speakers.${name}.${field}`, found: "", expected: "one of the parts to say it" });
    }
  }
  if (faults.length > 0) return fail(...faults);
  return ok({
    version: NETWORK_VERSION,
    speakers: [...speakers.values()] as unknown as Speaker[],
    segments: [...segments.values()] as unknown as Segment[],
  });
}

function join(known: Map<string, Plain>, part: { name: string }, path: string, faults: Fault[]): void {
  const before = known.get(part.name);
  known.set(part.name, before === undefined ? { ...part } : merge(before, { ...part }, path, faults));
}

/** Interfaces, and whatever else has a name, are one thing where the name is the same. */
function merge(a: Plain, b: Plain, path: string, faults: Fault[]): Plain {
  const result: Plain = { ...a };
  for (const [field, value] of Object.entries(b)) {
    if (value === undefined) continue;
    const before = result[field];
    const at = `${path}.${field}`;
    if (before === undefined) result[field] = value;
    else if (Array.isArray(before) && Array.isArray(value)) result[field] = joinLists(before, value, at, faults);
    else if (isPlain(before) && isPlain(value)) result[field] = merge(before, value, at, faults);
    else if (!same(before, value)) {
      faults.push({
        path: at,
        found: `${JSON.stringify(before)} and ${JSON.stringify(value)}`,
        expected: "all parts to say the same",
      });
    }
  }
  return result;
}

function joinLists(a: unknown[], b: unknown[], path: string, faults: Fault[]): unknown[] {
  const result = [...a];
  for (const each of b) {
    const name = isPlain(each) && typeof each["name"] === "string" ? each["name"] : undefined;
    const at = result.findIndex((other) =>
      name === undefined ? same(other, each) : isPlain(other) && other["name"] === name,
    );
    const other = result[at];
    if (at < 0) result.push(each);
    else if (name !== undefined && isPlain(other)) result[at] = merge(other, each as Plain, `${path}.${name}`, faults);
  }
  return result;
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);
