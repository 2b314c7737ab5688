/**
 * Prefixes as canonical text ("10.0.0.0/8", host bits zero): equal prefixes are equal strings. IPv4 is computed with
 * numbers, as thousands of them are compared; IPv6 with bigints.
 */
import {
  addressFromBigint,
  addressToBigint,
  compareAddresses,
  familyOf,
  parseAddress,
  v4FromInt,
  v4Slice,
  v4ToInt,
  type Address,
  type AddressFamily,
} from "./address";
import { fail, ok, type Result } from "./errors";

declare const brand: unique symbol;
export type Prefix = string & { readonly [brand]: "Prefix" };

/** Longest prefix a family knows: 32 or 128. */
export function maximumLength(family: AddressFamily): number {
  return family === "ipv4" ? 32 : 128;
}

/** Host bits are cleared, or with `strict` refused. */
export function parsePrefix(text: string, path = "", options: { strict?: boolean } = {}): Result<Prefix> {
  const split = splitLength(text, path);
  if (!split.ok) return split;
  const { address, length } = split.value;
  const prefix = makePrefix(address, length);
  if (options.strict === true && prefixBase(prefix) !== address) {
    return fail({ path, found: text, expected: "a prefix whose host bits are zero", fix: `write "${prefix}"` });
  }
  return ok(prefix);
}

/** An address with the length of its network, as an interface carries it: "10.10.10.1/24". */
export interface InterfaceAddress {
  address: Address;
  prefix: Prefix;
  length: number;
}

export function parseInterfaceAddress(text: string, path = ""): Result<InterfaceAddress> {
  const split = splitLength(text, path);
  if (!split.ok) return split;
  const { address, length } = split.value;
  return ok({ address, length, prefix: makePrefix(address, length) });
}

function splitLength(text: string, path: string): Result<{ address: Address; length: number }> {
  const slash = text.indexOf("/");
  if (slash < 0) {
    const bare = parseAddress(text);
    return fail({
      path,
      found: text,
      expected: "a prefix, address/length",
      ...(bare.ok ? { fix: `give the length: "${text}/${maximumLength(familyOf(text))}" for this address alone` } : {}),
    });
  }
  const address = parseAddress(text.slice(0, slash));
  if (!address.ok) return fail({ path, found: text, expected: "an IPv4 or IPv6 address before the slash", column: 1 });
  const digits = text.slice(slash + 1);
  const most = maximumLength(familyOf(address.value));
  if (!/^(0|[1-9][0-9]{0,2})$/.test(digits) || Number(digits) > most) {
    return fail({ path, found: text, expected: `a length from 0 to ${most} after the slash`, column: slash + 2 });
  }
  return ok({ address: address.value, length: Number(digits) });
}

/** The prefix of that length around the address; the length must fit its family. */
export function makePrefix(address: Address, length: number): Prefix {
  const v4 = v4ToInt(address);
  if (v4 >= 0) return `${v4FromInt(maskV4(v4, length))}/${length}` as Prefix;
  const shift = BigInt(128 - length);
  return `${addressFromBigint((addressToBigint(address) >> shift) << shift, "ipv6")}/${length}` as Prefix;
}

export function hostPrefix(address: Address): Prefix {
  return `${address}/${maximumLength(familyOf(address))}` as Prefix;
}

export function prefixLength(prefix: Prefix): number {
  return Number(prefix.slice(prefix.indexOf("/") + 1));
}

export function prefixBase(prefix: Prefix): Address {
  return prefix.slice(0, prefix.indexOf("/")) as Address;
}

export function maskV4(value: number, length: number): number {
  return length === 0 ? 0 : (value & (-1 << (32 - length))) >>> 0;
}

/** First and last address of an IPv4 prefix as numbers; undefined for IPv6. */
export function v4Bounds(prefix: Prefix): { first: number; last: number; length: number } | undefined {
  const slash = prefix.indexOf("/");
  const first = v4Slice(prefix, slash);
  if (first < 0) return undefined;
  const length = Number(prefix.slice(slash + 1));
  return { first, last: first + 2 ** (32 - length) - 1, length };
}

/** First and last address of either family. */
export function bounds(prefix: Prefix): { first: bigint; last: bigint } {
  const first = addressToBigint(prefixBase(prefix));
  const size = 1n << BigInt(maximumLength(familyOf(prefix)) - prefixLength(prefix));
  return { first, last: first + size - 1n };
}

export function lastAddress(prefix: Prefix): Address {
  return addressFromBigint(bounds(prefix).last, familyOf(prefix));
}

export function containsAddress(prefix: Prefix, address: Address): boolean {
  const v4 = v4Bounds(prefix);
  if (v4 !== undefined) {
    const value = v4ToInt(address);
    return value >= v4.first && value <= v4.last;
  }
  if (familyOf(address) === "ipv4") return false;
  const shift = BigInt(128 - prefixLength(prefix));
  return addressToBigint(address) >> shift === addressToBigint(prefixBase(prefix)) >> shift;
}

/** Is all of `inner` within `outer`? A prefix contains itself. */
export function containsPrefix(outer: Prefix, inner: Prefix): boolean {
  return prefixLength(inner) >= prefixLength(outer) && containsAddress(outer, prefixBase(inner));
}

export function overlaps(a: Prefix, b: Prefix): boolean {
  return containsPrefix(a, b) || containsPrefix(b, a);
}

/** IPv4 first, then by base, then the shorter length first: a prefix stands before what it contains. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  return compareAddresses(prefixBase(a), prefixBase(b)) || prefixLength(a) - prefixLength(b);
}

/** The pieces of the given length, in order; the caller bounds how many it takes. */
export function* subnets(prefix: Prefix, length: number): Generator<Prefix> {
  const family = familyOf(prefix);
  const { first, last } = bounds(prefix);
  const step = 1n << BigInt(maximumLength(family) - length);
  for (let base = first; base <= last && length >= prefixLength(prefix); base += step) {
    yield `${addressFromBigint(base, family)}/${length}` as Prefix;
  }
}
