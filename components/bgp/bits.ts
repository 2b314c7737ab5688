/**
 * Prefixes and addresses as the solver looks them up: longest match by masked text, lengths once computed. Input is the
 * canonical text that the model room makes; nothing is validated here.
 */
import { familyOf, type Address } from "../model/address";
import { containsPrefix, makePrefix, prefixLength, type Prefix } from "../model/prefix";
import type { Family } from "./network";

export const canonicalPrefix = (text: string): Prefix => {
  const slash = text.indexOf("/");
  return slash < 0
    ? makePrefix(text as Address, familyOf(text) === "ipv4" ? 32 : 128)
    : makePrefix(text.slice(0, slash) as Address, Number(text.slice(slash + 1)));
};

export const familyOfPrefix = (prefix: string): Family => familyOf(prefix);

export const isLinkLocal = (address: string): boolean => /^fe[89ab]/i.test(address);

/** A set of prefixes that is asked for the longest one around an address. */
export class PrefixMap<T> {
  private readonly known = new Map<string, T>();
  private readonly lengths: Record<Family, number[]> = { ipv4: [], ipv6: [] };

  get size(): number {
    return this.known.size;
  }

  get(prefix: string): T | undefined {
    return this.known.get(prefix);
  }

  set(prefix: Prefix, value: T): void {
    if (!this.known.has(prefix)) {
      const lengths = this.lengths[familyOf(prefix)];
      const length = prefixLength(prefix);
      if (!lengths.includes(length)) {
        lengths.push(length);
        lengths.sort((a, b) => b - a);
      }
    }
    this.known.set(prefix, value);
  }

  /** All that contain the address or prefix, longest first. */
  *around(of: string): Generator<[Prefix, T]> {
    const slash = of.indexOf("/");
    const address = (slash < 0 ? of : of.slice(0, slash)) as Address;
    const most = slash < 0 ? 128 : Number(of.slice(slash + 1));
    for (const length of this.lengths[familyOf(address)]) {
      if (length > most) continue;
      const prefix = makePrefix(address, length);
      const value = this.known.get(prefix);
      if (value !== undefined) yield [prefix, value];
    }
  }

  entries(): IterableIterator<[string, T]> {
    return this.known.entries();
  }
}

interface Range {
  any: boolean;
  base: Prefix;
  family: Family;
  ge: number;
  le: number;
}

const ranges = new WeakMap<object, Range>();

/** Entries are asked for each prefix there is, and read once. */
function rangeOf(entry: { prefix: string; ge?: number; le?: number }): Range {
  let range = ranges.get(entry);
  if (range === undefined) {
    const any = entry.prefix === "any";
    const base = any ? ("0.0.0.0/0" as Prefix) : canonicalPrefix(entry.prefix);
    const family = familyOf(base);
    const own = prefixLength(base);
    const ge = entry.ge ?? own;
    const le = entry.le ?? (entry.ge === undefined ? own : family === "ipv4" ? 32 : 128);
    ranges.set(entry, (range = { any, base, family, ge, le }));
  }
  return range;
}

/** Does an entry "prefix ge le" hold for this prefix? Without ge and le only for exactly that one. */
export function matchesEntry(entry: { prefix: string; ge?: number; le?: number }, prefix: Prefix): boolean {
  const { any, base, family, ge, le } = rangeOf(entry);
  if (any) return true;
  const length = prefixLength(prefix);
  return length >= ge && length <= le && familyOf(prefix) === family && containsPrefix(base, prefix);
}
