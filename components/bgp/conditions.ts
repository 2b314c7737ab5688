/** Prefix conditions of lists and policies: which of them hold for a prefix, and which prefixes they do not tell apart. */
import type { Prefix } from "../model/prefix";
import { canonicalPrefix, familyOfPrefix, PrefixMap } from "./bits";
import type { Policy, PrefixListEntry, Speaker } from "./network";

interface Condition {
  id: number;
  ge: number;
  le: number;
}

export class Conditions {
  private readonly byBase = new PrefixMap<Condition[]>();
  private readonly seen = new Set<object>();
  private count = 0;

  addList(list: readonly PrefixListEntry[]): void {
    if (this.isNew(list)) for (const each of list) this.add(each);
  }

  addPolicy(policy: Policy): void {
    if (!this.isNew(policy)) return;
    for (const { match } of policy.terms) {
      for (const each of [...(match?.prefixes ?? []), ...(match?.notPrefixes ?? [])]) this.add(each);
    }
  }

  /** Equal for prefixes for which the same conditions hold. */
  signature(prefix: Prefix): string {
    const length = Number(prefix.slice(prefix.indexOf("/") + 1));
    const ids: number[] = [];
    for (const [, list] of this.byBase.around(prefix)) {
      for (const { id, ge, le } of list) if (length >= ge && length <= le) ids.push(id);
    }
    return ids.join(".");
  }

  private isNew(value: object): boolean {
    return !this.seen.has(value) && this.seen.add(value) === this.seen;
  }

  private add(entry: { prefix: string; ge?: number; le?: number }): void {
    if (entry.prefix === "any") return;
    const prefix = canonicalPrefix(entry.prefix);
    const own = Number(prefix.slice(prefix.indexOf("/") + 1));
    const ge = entry.ge ?? own;
    const le = entry.le ?? (entry.ge === undefined ? own : familyOfPrefix(prefix) === "ipv4" ? 32 : 128);
    const list = this.byBase.get(prefix) ?? [];
    if (list.some((each) => each.ge === ge && each.le === le)) return;
    list.push({ id: this.count++, ge, le });
    this.byBase.set(prefix, list);
  }
}

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
