/**
 * Who announces which prefix: a number for each speaker and way, in the order of the speakers. Millions of them are
 * ordinary (thousands of services from thousands of nodes), so a prefix is read once for each statement object.
 */
import type { Prefix } from "../model/prefix";
import type { Interner } from "./attributes";
import { canonicalPrefix } from "./bits";
import type { Compiled, CompiledSpeaker } from "./compile";
import { visitOrigins, type Own, type OwnAggregate, type Owns } from "./origins";

export interface Gathered {
  prefix: Prefix;
  /** Speaker and way of each announcement, as one number. */
  marks: number[];
  hash: number;
}

const WAYS = 1048576;

export class Gathering {
  readonly aggregates: OwnAggregate[][] = [];
  private readonly byPrefix = new Map<string, Gathered>();
  private readonly byStatement = new Map<object, Gathered>();
  private readonly ways: Own[] = [];

  constructor(
    compiled: Compiled,
    private readonly intern: Interner,
    private readonly owns: Owns,
  ) {
    for (const speaker of compiled.speakers) this.add(speaker);
  }

  all(): IterableIterator<Gathered> {
    return this.byPrefix.values();
  }

  at(prefix: Prefix): Gathered {
    let each = this.byPrefix.get(prefix);
    if (each === undefined) {
      each = { prefix, marks: [], hash: 17 };
      this.byPrefix.set(prefix, each);
    }
    return each;
  }

  origins(gathered: Gathered): { speaker: number; own: Own }[] {
    return gathered.marks.map((mark) => ({
      speaker: Math.floor(mark / WAYS),
      own: this.ways[mark % WAYS] as Own,
    }));
  }

  private add(speaker: CompiledSpeaker): void {
    const aggregates: OwnAggregate[] = [];
    this.aggregates[speaker.index] = aggregates;
    const base = speaker.index * WAYS;
    const put = (gathered: Gathered, own: Own): void => {
      this.ways[own.id] = own;
      gathered.marks.push(base + own.id);
      gathered.hash = (Math.imul(gathered.hash, 31) + speaker.index * 7919 + own.id) | 0;
    };
    visitOrigins(speaker, this.intern, this.owns, {
      route: (prefix, own) => put(this.at(prefix), own),
      statement: (said, own) => {
        let gathered = this.byStatement.get(said);
        if (gathered === undefined) {
          gathered = this.at(canonicalPrefix(said.prefix));
          this.byStatement.set(said, gathered);
        }
        put(gathered, own(gathered.prefix));
      },
      aggregate: (aggregate) => aggregates.push(aggregate),
      said: (prefix) => (this.byPrefix.get(prefix)?.marks.at(-1) ?? -1) >= base,
    });
  }
}
