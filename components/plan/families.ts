/**
 * What a program says once for each address family: one text for a network of one family, a list with an IPv4 and an IPv6
 * one for dual stack. A plan keeps the IPv4 one first and the IPv6 one beside it, under the same name with a 6 behind it.
 */
import { type Address, type AddressFamily, addressFromBigint, addressToBigint, familyOf } from "../model/address";
import { type Prefix, bounds } from "../model/prefix";
import type { Arguments } from "./arguments";

/** One text, or one of each family: ["10.10.10.0/24", "fd00:10::/64"]. */
export type EachFamily = string | readonly string[];

/** A text as the program has it, and the argument's path. */
export interface Said {
  text: string;
  path: string;
}

/** The IPv4 one first, whatever the program's order; two of one family are a fault. */
export function eachFamily(given: EachFamily, path: string, check: Arguments): Said[] {
  if (typeof given === "string") return [{ text: given, path }];
  const all = given.map((text, index) => ({ text, path: `${path}[${index}]` }));
  if (all.length === 0) check.add({ path, found: "[]", expected: "one of a family, or one of each" });
  all.forEach(({ text, path: own }, index) => {
    const earlier = all.findIndex((one) => familyOf(one.text) === familyOf(text));
    if (earlier === index) return;
    const expected = `one of ${titleOf(otherThan(familyOf(text)))}, or nothing: ${all[earlier]?.path ?? ""} is ${titleOf(familyOf(text))} too`;
    check.add({ path: own, found: text, expected });
  });
  return (["ipv4", "ipv6"] as const).flatMap((family) => all.find(({ text }) => familyOf(text) === family) ?? []);
}

export function eachPrefix(given: EachFamily, path: string, check: Arguments): Prefix[] {
  return eachFamily(given, path, check).flatMap((one) => check.prefix(one.text, one.path) ?? []);
}

export function eachAddress(given: EachFamily, path: string, check: Arguments): (Said & { address: Address })[] {
  return eachFamily(given, path, check).flatMap((one) => {
    const address = check.address(one.text, one.path);
    return address === undefined ? [] : [{ ...one, address }];
  });
}

/** The first and, where there are two, the IPv6 one beside it. */
export function both<T extends string>(first: T | undefined, six: T | undefined): T[] {
  return [first, six].filter((one) => one !== undefined);
}

/** As people write it. */
export function titleOf(family: AddressFamily): string {
  return family === "ipv4" ? "IPv4" : "IPv6";
}

export function otherThan(family: AddressFamily): AddressFamily {
  return family === "ipv4" ? "ipv6" : "ipv4";
}

/** The address that stands so many after the prefix's base; a negative number counts from its last one. */
export function hostAt(prefix: Prefix, number: number): Address {
  const { first, last } = bounds(prefix);
  return addressFromBigint(number < 0 ? last + BigInt(number) : first + BigInt(number), familyOf(prefix));
}

/** The address that stands so many after another one. */
export function addressAfter(address: Address, number: number): Address {
  return addressFromBigint(addressToBigint(address) + BigInt(number), familyOf(address));
}
