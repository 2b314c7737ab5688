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

/** Does an entry "prefix ge le" hold for this prefix? Without ge and le only for exactly that one. */
export function matchesEntry(entry: { prefix: string; ge?: number; le?: number }, prefix: Prefix): boolean {
  if (entry.prefix === "any") return true;
  const base = canonicalPrefix(entry.prefix);
  if (familyOf(base) !== familyOf(prefix)) return false;
  const length = prefixLength(prefix);
  const own = prefixLength(base);
  const ge = entry.ge ?? own;
  const le = entry.le ?? (entry.ge === undefined ? own : familyOf(base) === "ipv4" ? 32 : 128);
  return length >= ge && length <= le && containsPrefix(base, prefix);
}
