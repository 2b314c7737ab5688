/**
 * Prefixes and addresses as the solver looks them up: longest match by masked numbers or text. Input is the
 * canonical text that the model room makes; nothing is validated here.
 */
import { familyOf, v4Slice, type Address } from "../model/address";
import { containsPrefix, makePrefix, maskV4, prefixLength, type Prefix } from "../model/prefix";
import type { Family } from "./network";

export const canonicalPrefix = (text: string): Prefix => {
  const slash = text.indexOf("/");
  return slash < 0
    ? makePrefix(text as Address, familyOf(text) === "ipv4" ? 32 : 128)
    : makePrefix(text.slice(0, slash) as Address, Number(text.slice(slash + 1)));
};

export const familyOfPrefix = (prefix: string): Family => familyOf(prefix);

export const isLinkLocal = (address: string): boolean => /^fe[89ab]/i.test(address);

type Entry<T> = [Prefix, T];

/** The IPv4 prefixes of one length, by the number of their base. */
interface Length<T> {
  length: number;
  byBase: Map<number, Entry<T>>;
}

/** A set of prefixes that is asked for those around an address: IPv4 by numbers, as it is asked very often. */
export class PrefixMap<T> {
  private readonly known = new Map<string, Entry<T>>();
  /** The longest first. */
  private readonly ipv4: Length<T>[] = [];
  private readonly ipv6Lengths: number[] = [];

  get size(): number {
    return this.known.size;
  }

  get(prefix: string): T | undefined {
    return this.known.get(prefix)?.[1];
  }

  set(prefix: Prefix, value: T): void {
    const known = this.known.get(prefix);
    if (known !== undefined) {
      known[1] = value;
      return;
    }
    const entry: Entry<T> = [prefix, value];
    this.known.set(prefix, entry);
    const length = prefixLength(prefix);
    const base = v4Slice(prefix, prefix.indexOf("/"));
    if (base >= 0) this.ofLength(length).byBase.set(baseOf(base, length), entry);
    else if (!this.ipv6Lengths.includes(length)) {
      this.ipv6Lengths.push(length);
      this.ipv6Lengths.sort((a, b) => b - a);
    }
  }

  /** All that contain the address or prefix, longest first. */
  around(of: string): readonly Entry<T>[] {
    const slash = of.indexOf("/");
    const most = slash < 0 ? 128 : Number(of.slice(slash + 1));
    const value = v4Slice(of, slash < 0 ? of.length : slash);
    if (value < 0) return this.aroundIpv6((slash < 0 ? of : of.slice(0, slash)) as Address, most);
    const found: Entry<T>[] = [];
    for (const { length, byBase } of this.ipv4) {
      const entry = length > most ? undefined : byBase.get(baseOf(value, length));
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }

  /** The longest one around the address or prefix. */
  longest(of: string): Entry<T> | undefined {
    return this.around(of)[0];
  }

  entries(): IterableIterator<[string, T]> {
    return this.known.values();
  }

  private ofLength(length: number): Length<T> {
    let found = this.ipv4.find((each) => each.length === length);
    if (found === undefined) {
      this.ipv4.push((found = { length, byBase: new Map<number, Entry<T>>() }));
      this.ipv4.sort((a, b) => b.length - a.length);
    }
    return found;
  }

  private aroundIpv6(address: Address, most: number): Entry<T>[] {
    const found: Entry<T>[] = [];
    for (const length of this.ipv6Lengths) {
      const entry = length > most ? undefined : this.known.get(makePrefix(address, length));
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }
}

/** As a signed number: V8 keeps those of 32 bits without an object for each. */
const baseOf = (address: number, length: number): number => maskV4(address, length) | 0;

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
