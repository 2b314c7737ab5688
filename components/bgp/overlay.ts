/** A few speakers' answers over those of another solution; undefined takes one away. */
import type { Held, HeldBy } from "./step";

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

  *keys(): MapIterator<number> {
    for (const speaker of this.below.keys()) if (!this.changes.has(speaker)) yield speaker;
    for (const [speaker, held] of this.changes) if (held !== undefined) yield speaker;
  }
}
