/** Ranges of addresses, first to last, as pools and blocks name them ("10.0.0.10-10.0.0.20"), and their prefixes. */
import { addressFromBigint, addressToBigint, familyOf, parseAddress, type Address } from "./address";
import { collect, fail, ok, type Result } from "./errors";
import { bounds, maximumLength, parsePrefix, type Prefix } from "./prefix";

export interface AddressRange {
  first: Address;
  last: Address;
}

/** Takes "FIRST-LAST", a prefix, or one address. */
export function parseRange(text: string, path = ""): Result<AddressRange> {
  const expected = 'a range "first-last", a prefix or an address';
  if (text.includes("/")) {
    const prefix = parsePrefix(text, path);
    return prefix.ok ? ok(rangeOf(prefix.value)) : prefix;
  }
  const ends = text.split("-").map((part) => part.trim());
  if (ends.length > 2) return fail({ path, found: text, expected });
  const parsed = collect(ends.map((part) => parseAddress(part, path)));
  if (!parsed.ok) return fail({ path, found: text, expected });
  const [first, last = first] = parsed.value;
  if (first === undefined || last === undefined) return fail({ path, found: text, expected });
  if (familyOf(first) !== familyOf(last)) return fail({ path, found: text, expected: "both ends of one family" });
  if (addressToBigint(first) > addressToBigint(last)) {
    return fail({ path, found: text, expected: "the lower address first", fix: `write "${last}-${first}"` });
  }
  return ok({ first, last });
}

export function printRange(range: AddressRange): string {
  return range.first === range.last ? range.first : `${range.first}-${range.last}`;
}

export function rangeOf(prefix: Prefix): AddressRange {
  const { first, last } = bounds(prefix);
  const family = familyOf(prefix);
  return { first: addressFromBigint(first, family), last: addressFromBigint(last, family) };
}

export function rangeSize(range: AddressRange): bigint {
  return addressToBigint(range.last) - addressToBigint(range.first) + 1n;
}

export function rangeContains(range: AddressRange, address: Address): boolean {
  if (familyOf(range.first) !== familyOf(address)) return false;
  const value = addressToBigint(address);
  return value >= addressToBigint(range.first) && value <= addressToBigint(range.last);
}

export function rangesOverlap(a: AddressRange, b: AddressRange): boolean {
  return (
    familyOf(a.first) === familyOf(b.first) &&
    addressToBigint(a.first) <= addressToBigint(b.last) &&
    addressToBigint(b.first) <= addressToBigint(a.last)
  );
}

/** The fewest prefixes that cover exactly the range, in order. */
export function rangePrefixes(range: AddressRange): Prefix[] {
  const family = familyOf(range.first);
  const bits = maximumLength(family);
  const prefixes: Prefix[] = [];
  let base = addressToBigint(range.first);
  const last = addressToBigint(range.last);
  while (base <= last) {
    let size = 1n;
    let length = bits;
    while (length > 0 && base % (size * 2n) === 0n && base + size * 2n - 1n <= last) {
      size *= 2n;
      length--;
    }
    prefixes.push(`${addressFromBigint(base, family)}/${length}` as Prefix);
    base += size;
  }
  return prefixes;
}
