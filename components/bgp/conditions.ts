/**
 * What the prefix lists and policies of speakers say of a prefix, and which prefixes they do not tell apart. A list that
 * permits two prefixes by different entries says the same of both.
 */
import type { Prefix } from "../model/prefix";
import { canonicalPrefix, familyOfPrefix, PrefixMap } from "./bits";
import { inSequence } from "./lists";
import type { Policy, PrefixListEntry, PrefixMatch, Speaker, Term } from "./network";
import { inOrder } from "./terms";

interface Condition {
  id: number;
  ge: number;
  le: number;
}

/** A list, or what one term of a policy asks of the prefix: the first entry that holds decides. */
interface Rule {
  number: number;
  entries: readonly { condition: number; permit: boolean }[];
  /** What it says of a prefix for which none of its conditions holds. */
  usual: boolean;
}

/** The condition that holds for every prefix. */
const ANY = -1;

export class Conditions {
  private readonly byBase = new PrefixMap<Condition[]>();
  /** The rules that ask a condition, by its id. */
  private readonly asking: Rule[][] = [];
  private readonly seen = new Set<object>();
  private readonly rules = new Map<string, Rule>();
  /** What all rules say where these conditions hold. */
  private readonly said = new Map<string, string>();

  addList(list: readonly PrefixListEntry[]): void {
    if (!this.isNew(list)) return;
    this.addRule(
      inSequence(list).map((each) => ({ condition: this.conditionOf(each), permit: each.action === "permit" })),
    );
  }

  addPolicy(policy: Policy): void {
    if (!this.isNew(policy)) return;
    for (const entries of conditionsIn(policy)) {
      this.addRule(entries.map((each) => ({ condition: this.conditionOf(each), permit: true })));
    }
  }

  /** Equal for prefixes of which all rules say the same. */
  signature(prefix: Prefix): string {
    const length = Number(prefix.slice(prefix.indexOf("/") + 1));
    const holding: number[] = [];
    for (const [, list] of this.byBase.around(prefix)) {
      for (const { id, ge, le } of list) if (length >= ge && length <= le) holding.push(id);
    }
    if (holding.length === 0) return "";
    const key = holding.join(".");
    let said = this.said.get(key);
    if (said === undefined) this.said.set(key, (said = this.saidWhere(holding)));
    return said;
  }

  /** The rules that say something else than usual. */
  private saidWhere(holding: readonly number[]): string {
    const holds = new Set(holding);
    const unusual = new Set<number>();
    for (const rule of new Set(holding.flatMap((id) => this.asking[id] ?? []))) {
      const decides = rule.entries.find(({ condition }) => condition === ANY || holds.has(condition));
      if ((decides?.permit ?? false) !== rule.usual) unusual.add(rule.number);
    }
    return [...unusual].sort((a, b) => a - b).join(".");
  }

  private isNew(value: object): boolean {
    return !this.seen.has(value) && this.seen.add(value) === this.seen;
  }

  private addRule(entries: Rule["entries"]): void {
    const key = entries.map(({ condition, permit }) => `${condition}${permit ? "+" : "-"}`).join();
    if (this.rules.has(key)) return;
    const usual = entries.find(({ condition }) => condition === ANY)?.permit ?? false;
    const rule: Rule = { number: this.rules.size, entries, usual };
    this.rules.set(key, rule);
    for (const condition of new Set(entries.map((each) => each.condition))) this.asking[condition]?.push(rule);
  }

  private conditionOf(entry: { prefix: string; ge?: number; le?: number }): number {
    if (entry.prefix === "any") return ANY;
    const prefix = canonicalPrefix(entry.prefix);
    const own = Number(prefix.slice(prefix.indexOf("/") + 1));
    const ge = entry.ge ?? own;
    const le = entry.le ?? (entry.ge === undefined ? own : familyOfPrefix(prefix) === "ipv4" ? 32 : 128);
    const list = this.byBase.get(prefix) ?? [];
    const known = list.find((each) => each.ge === ge && each.le === le);
    if (known !== undefined) return known.id;
    const id = this.asking.push([]) - 1;
    list.push({ id, ge, le });
    this.byBase.set(prefix, list);
    return id;
  }
}

/** What the terms of a policy ask of the prefix; those that follow each other and do the same as one. */
function conditionsIn(policy: Policy): PrefixMatch[][] {
  const found: PrefixMatch[][] = [];
  const enteredBetween = policy.terms.some(({ goto }) => goto !== undefined);
  let decided: Term["action"] | undefined;
  for (const term of inOrder(policy.terms)) {
    const { prefixes, notPrefixes } = term.match ?? {};
    const decides = decidesByPrefix(term) && !enteredBetween ? term.action : undefined;
    if (prefixes !== undefined) {
      if (decides !== undefined && decides === decided) found.at(-1)?.push(...prefixes);
      else found.push([...prefixes]);
    }
    if (notPrefixes !== undefined) found.push(notPrefixes);
    decided = decides;
  }
  return found;
}

/** Does it accept or reject some prefixes, and nothing else? */
const decidesByPrefix = ({ match, set, call, action }: Term): boolean =>
  action !== "continue" &&
  set === undefined &&
  call === undefined &&
  match?.prefixes !== undefined &&
  Object.keys(match).length === 1;

/** Of so many prefixes the kind is remembered. */
const REMEMBERED = 1024;

/** Numbers prefixes so that those which the rules of one channel do not tell apart have one number. */
export class PrefixKinds {
  private readonly conditions = new Conditions();
  private readonly numbers = new Map<string, number>();
  private readonly known = new Map<Prefix, number>();

  constructor(speaker: Speaker, policy: Policy | undefined, list: string | undefined) {
    const named = policy?.terms.map(({ match }) => match?.prefixList) ?? [];
    for (const name of [list, ...named]) {
      const entries = name === undefined ? undefined : speaker.prefixLists?.[name];
      if (entries !== undefined) this.conditions.addList(entries);
    }
    if (policy !== undefined) this.conditions.addPolicy(policy);
  }

  of(prefix: Prefix): number {
    let kind = this.known.get(prefix);
    if (kind !== undefined) return kind;
    if (this.known.size >= REMEMBERED) this.known.clear();
    // A policy sets next hops of one family alone.
    const signature = `${familyOfPrefix(prefix)} ${this.conditions.signature(prefix)}`;
    kind = this.numbers.get(signature);
    if (kind === undefined) this.numbers.set(signature, (kind = this.numbers.size));
    this.known.set(prefix, kind);
    return kind;
  }
}
