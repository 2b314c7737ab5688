/**
 * IPv4 and IPv6 addresses as canonical text: equal addresses are equal strings. IPv6 is printed as RFC 5952 says, with
 * the dotted form for IPv4-mapped addresses, as routers and kernels print it. Zones ("fe80::1%eth0") are not addresses.
 */
import { isIPv6 } from "node:net";
import { IPv6 } from "ipaddr.js";
import { fail, ok, type Result } from "./errors";

declare const brand: unique symbol;
export type Address = string & { readonly [brand]: "Address" };
export type AddressFamily = "ipv4" | "ipv6";

/** The number of an IPv4 address, or -1 when the text is none. No leading zeros: "010" is eight to some, ten to others. */
export function v4ToInt(text: string): number {
  return v4Slice(text, text.length);
}

/** As v4ToInt, for the first `end` characters: reads the base of a prefix without cutting the string. */
export function v4Slice(text: string, end: number): number {
  let value = 0;
  let octet = -1;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (octet < 0 || dots === 3) return -1;
      value = value * 256 + octet;
      octet = -1;
      digits = 0;
      dots++;
    } else if (code >= 48 && code <= 57) {
      if (digits > 0 && octet === 0) return -1;
      octet = (digits === 0 ? 0 : octet * 10) + (code - 48);
      digits++;
      if (octet > 255) return -1;
    } else return -1;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}

export function v4FromInt(value: number): Address {
  return `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}` as Address;
}

export function parseAddress(text: string, path = ""): Result<Address> {
  if (v4ToInt(text) >= 0) return ok(text as Address);
  if (text.includes(":") && !text.includes("%") && isIPv6(text)) return ok(printV6(IPv6.parse(text).parts));
  return fail({
    path,
    found: text,
    expected: "an IPv4 or IPv6 address",
    ...(text.includes("%")
      ? { fix: "leave the zone out: the interface is named in a field of its own" }
      : text.includes("/")
        ? { fix: `leave the length out: "${text.slice(0, text.indexOf("/"))}"` }
        : /^[0-9.]+$/.test(text) && /(^|\.)0[0-9]/.test(text)
          ? { fix: "write octets without leading zeros" }
          : {}),
  });
}

export function isAddress(text: string): text is Address {
  const parsed = parseAddress(text);
  return parsed.ok && parsed.value === text;
}

export function familyOf(value: string): AddressFamily {
  return value.includes(":") ? "ipv6" : "ipv4";
}

/** IPv4 before IPv6, then by number. */
export function compareAddresses(a: string, b: string): number {
  const va = v4ToInt(a);
  const vb = v4ToInt(b);
  if (va >= 0 && vb >= 0) return va - vb;
  if (va >= 0) return -1;
  if (vb >= 0) return 1;
  const na = addressToBigint(a as Address);
  const nb = addressToBigint(b as Address);
  return na < nb ? -1 : na > nb ? 1 : 0;
}

export function addressToBigint(address: Address): bigint {
  const v4 = v4ToInt(address);
  if (v4 >= 0) return BigInt(v4);
  let value = 0n;
  for (const part of IPv6.parse(address).parts) value = (value << 16n) | BigInt(part);
  return value;
}

/** The number must fit the family: 32 or 128 bits. */
export function addressFromBigint(value: bigint, family: AddressFamily): Address {
  const bits = family === "ipv4" ? 32n : 128n;
  if (value < 0n || value >> bits !== 0n) throw new RangeError(`${value} is no ${family} address`);
  if (family === "ipv4") return v4FromInt(Number(value));
  const parts: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) parts.push(Number((value >> shift) & 0xffffn));
  return printV6(parts);
}

/** RFC 5952: the longest run of two or more zero groups is left out, the first of equally long ones. */
function printV6(parts: number[]): Address {
  if (parts.slice(0, 5).every((part) => part === 0) && parts[5] === 0xffff) {
    return `::ffff:${v4FromInt((parts[6] ?? 0) * 65536 + (parts[7] ?? 0))}` as Address;
  }
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && parts[i + n] === 0) n++;
    if (n > length) {
      start = i;
      length = n;
    }
    i += n;
  }
  const text = (groups: number[]) => groups.map((group) => group.toString(16)).join(":");
  if (start < 0) return text(parts) as Address;
  return `${text(parts.slice(0, start))}::${text(parts.slice(start + length))}` as Address;
}
