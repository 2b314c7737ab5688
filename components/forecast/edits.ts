/**
 * What a person changed, as the front end knows it (the label of a Node, a field of a BGPPeer), and the words that lead
 * from an effect back to it. Where no front end said anything, the changes of the Network itself are named.
 */
import { printChange } from "./changeWords";
import type { Change } from "./changes";
import type { Link } from "./effects";

/** One edited thing. */
export interface Edit {
  /** The speaker that the edited object is about ("worker3"), where there is one. */
  speaker?: string;
  /** The object's name as sources have it ("BGPPeer/rack-a"). */
  object: string;
  /** What was changed about it: "label bgp-peer is now "true"". */
  words: string;
}

/** "r1n1 is no reflector any more: label route-reflector gone"; "" where no cause is known. */
export function causeWords(causes: readonly Link[], edits: readonly Edit[], changes: readonly Change[]): string {
  const roots = causes.flatMap((link) => (link.kind === "change" ? [link.change] : []));
  const reasons = causes.flatMap((link) => (link.kind === "reason" ? [link.sentence] : []));
  const hit = edits.filter((edit) => roots.some((root) => concerns(edit, root)));
  const words = hit.length > 0 ? some(hit.map((edit) => editWords(edit, changes))) : some(roots.map(printChange));
  return [words, ...reasons].filter((text) => text !== "").join(": ");
}

function concerns(edit: Edit, root: Change): boolean {
  if (edit.speaker !== undefined) return root.speaker === edit.speaker;
  if (root.source?.field?.split(" ")[0] === edit.object) return true;
  // A node's own route has no source, but an object that gets or loses its prefix (or address) made it.
  if (root.part !== "route" && root.part !== "origination") return false;
  const named = (root.name ?? "").split(" ").filter((word) => word.includes("/"));
  const texts = new Set(edit.words.split(/[ ,]+/));
  return named.some((prefix) => texts.has(prefix) || texts.has(prefix.replace(/\/(32|128)$/, "")));
}

/** The edit, led by what it makes of its speaker. */
export function editWords(edit: Edit, changes: readonly Change[]): string {
  const role = edit.speaker === undefined ? undefined : roleWords(edit.speaker, changes);
  // "n1 is gone" needs no "gone" after it.
  if (role !== undefined) return ["", "gone", "new"].includes(edit.words) ? role : `${role}: ${edit.words}`;
  return `${edit.speaker ?? edit.object}: ${edit.words}`;
}

function roleWords(speaker: string, changes: readonly Change[]): string | undefined {
  for (const { speaker: at, part, field, before, after } of changes) {
    if (at !== speaker) continue;
    if (part === "speaker" && field === "") return after === undefined ? `${speaker} is gone` : `${speaker} is new`;
    if (part !== "bgp" || field !== "clusterId") continue;
    if (after === undefined) return `${speaker} is no reflector any more`;
    if (before === undefined) return `${speaker} is a reflector now`;
  }
  return undefined;
}

function some(words: readonly string[]): string {
  const all = [...new Set(words)];
  return all.length <= 3 ? all.join("; ") : `${all.slice(0, 2).join("; ")}; and ${all.length - 2} changes more`;
}
