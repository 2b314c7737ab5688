/** A few speakers' answers over those of another solution; undefined takes one away. */
import { Exchanged } from "./exchanged";
import type { Held, HeldBy } from "./step";

/** What a speaker's answer is read from; two solutions with one source have one answer there. */
export function sourceOf(held: HeldBy, speaker: number): object | undefined {
  if (held instanceof Overlay) return held.sourceOf(speaker);
  return held instanceof Exchanged ? held : held.get(speaker);
}

export class Overlay {
  constructor(
    private readonly below: HeldBy,
    private readonly changes: ReadonlyMap<number, Held | undefined>,
  ) {}

  /** Never one upon another: a thousand changes of one solution shall not be a thousand deep. */
  static over(below: HeldBy, changes: ReadonlyMap<number, Held | undefined>): Overlay {
    if (!(below instanceof Overlay)) return new Overlay(below, changes);
    return new Overlay(below.below, new Map([...below.changes, ...changes]));
  }

  get(speaker: number): Held | undefined {
    return this.changes.has(speaker) ? this.changes.get(speaker) : this.below.get(speaker);
  }

  has(speaker: number): boolean {
    return this.get(speaker) !== undefined;
  }

  /** The object that holds the speaker's answer: as long as it is the same, so is the answer. */
  sourceOf(speaker: number): object | undefined {
    return this.changes.has(speaker) ? this.changes.get(speaker) : sourceOf(this.below, speaker);
  }

  *keys(): MapIterator<number> {
    for (const speaker of this.below.keys()) if (!this.changes.has(speaker)) yield speaker;
    for (const [speaker, held] of this.changes) if (held !== undefined) yield speaker;
  }
}
