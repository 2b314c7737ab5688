/**
 * Who announces which prefix: a number for each speaker and way, in the order of the speakers. Millions of them are
 * ordinary (thousands of services from thousands of nodes), so a prefix is read once for each statement object, and a row
 * of statements that many speakers share is marked once a speaker.
 */
import type { Prefix } from "../model/prefix";
import type { Interner } from "./attributes";
import { canonicalPrefix, familyOfPrefix } from "./bits";
import type { Compiled, CompiledSpeaker } from "./compile";
import type { Family, Origination } from "./network";
import { visitOrigins, type Own, type OwnAggregate, type Owns } from "./origins";

export interface Gathered {
  prefix: Prefix;
  /** Speaker and way of each announcement, as one number. */
  marks: number[];
  hash: number;
  /** The shared row that it stands in. */
  row?: SharedRow;
}

/** Statements that several speakers make, one after the other and in the same way. */
export interface SharedRow {
  statements: readonly object[];
  family: Family;
  marks: number[];
}

/** Shorter rows are not looked for. */
const ROW = 16;

const WAYS = 1048576;

/** Ten thousand nodes may share thousands of statements: a plain loop. */
function standsAt(row: readonly object[], said: readonly object[], at: number): boolean {
  for (let next = 0; next < row.length; next++) if (said[at + next] !== row[next]) return false;
  return true;
}

const speakerOf = (mark: number): number => Math.floor(mark / WAYS);

export class Gathering {
  readonly aggregates: OwnAggregate[][] = [];
  private readonly byPrefix = new Map<string, Gathered>();
  private readonly byStatement = new Map<object, Gathered>();
  private readonly ways: Own[] = [];
  /** By their first statement. */
  private readonly rows = new Map<object, SharedRow>();

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

  /** Of a statement without a policy, which was read before if it is one of the first Network's. */
  prefixOf(said: { prefix: string }): Prefix {
    return this.byStatement.get(said)?.prefix ?? canonicalPrefix(said.prefix);
  }

  origins(gathered: Gathered): { speaker: number; own: Own }[] {
    const { marks, row } = gathered;
    // Who is marked in the row and besides announces the prefix twice: in the order of the speakers as well.
    const all = row === undefined ? marks : [...marks, ...row.marks].sort((a, b) => speakerOf(a) - speakerOf(b));
    return all.map((mark) => ({
      speaker: speakerOf(mark),
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
      row: (said, at, own) => {
        const row = this.rowAt(said, at);
        if (row === undefined) return 0;
        const one = own(row.family);
        this.ways[one.id] = one;
        row.marks.push(base + one.id);
        return row.statements.length;
      },
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
      said: (prefix) => {
        const found = this.byPrefix.get(prefix);
        return (found?.marks.at(-1) ?? -1) >= base || (found?.row?.marks.at(-1) ?? -1) >= base;
      },
    });
  }

  /** The row that begins at a statement: one that there is, or a new one of statements that were all made before. */
  private rowAt(said: readonly Origination[], at: number): SharedRow | undefined {
    const first = said[at] as Origination;
    const known = this.rows.get(first);
    if (known !== undefined) return standsAt(known.statements, said, at) ? known : undefined;
    const family = familyOfPrefix(this.byStatement.get(first)?.prefix ?? "");
    const members = new Set<Gathered>();
    for (let next = at; next < said.length; next++) {
      const each = said[next] as Origination;
      const gathered = each.kind === "network" && each.policy === undefined ? this.byStatement.get(each) : undefined;
      if (gathered === undefined || gathered.row !== undefined || familyOfPrefix(gathered.prefix) !== family) break;
      if (members.has(gathered)) break;
      members.add(gathered);
    }
    if (members.size < ROW) return undefined;
    const row: SharedRow = { statements: said.slice(at, at + members.size), family, marks: [] };
    for (const each of members) each.row = row;
    this.rows.set(first, row);
    return row;
  }
}
