/** Autonomous system numbers of two and four bytes: parsing of plain and dotted form, and what the registries reserve. */
import { fail, ok, type Result } from "./errors";

declare const brand: unique symbol;
export type Asn = number & { readonly [brand]: "Asn" };

/** RFC 6793: stands for any four-byte ASN towards a speaker that knows two bytes only. */
export const AS_TRANS = 23456 as Asn;
export const MAXIMUM_ASN = 4294967295;

/** RFC 6996: 1,023 of two bytes, the rest of four. */
export const PRIVATE_ASNS = [
  { first: 64512, last: 65534 },
  { first: 4200000000, last: 4294967294 },
] as const;

/** Takes 64512, "64512" and "1.10" (RFC 5396 asdot); refuses 0, AS_TRANS and the two last ASNs, which no speaker may use. */
export function parseAsn(value: string | number, path = ""): Result<Asn> {
  const text = String(value);
  const expected = "an ASN from 1 to 4294967294";
  if (typeof value === "number" && !Number.isInteger(value)) {
    return fail({ path, found: text, expected, fix: "quote a dotted ASN: as a number, 1.10 is 1.1" });
  }
  const number = asnNumber(text);
  if (number === undefined || number > MAXIMUM_ASN) {
    return fail({ path, found: text, expected: `${expected}, plain ("4200000000") or dotted ("64086.59904")` });
  }
  if (number === 0) return fail({ path, found: text, expected: `${expected}; 0 is reserved (RFC 7607)` });
  if (number === AS_TRANS) return fail({ path, found: text, expected: `${expected}; 23456 is AS_TRANS (RFC 6793)` });
  if (number === 65535 || number === MAXIMUM_ASN) {
    return fail({ path, found: text, expected: `${expected}; ${number} is reserved (RFC 7300)` });
  }
  return ok(number as Asn);
}

function asnNumber(text: string): number | undefined {
  if (/^(0|[1-9][0-9]{0,9})$/.test(text)) return Number(text);
  const dotted = /^(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})$/.exec(text);
  if (dotted === null) return undefined;
  const [high, low] = [Number(dotted[1]), Number(dotted[2])];
  return high > 65535 || low > 65535 ? undefined : high * 65536 + low;
}

/** Nothing may use it as its own: 0, AS_TRANS, the last of two bytes and the last of four. */
export function isReserved(asn: number): boolean {
  return asn === 0 || asn === AS_TRANS || asn === 65535 || asn === MAXIMUM_ASN;
}

export function isPrivate(asn: number): boolean {
  return PRIVATE_ASNS.some(({ first, last }) => asn >= first && asn <= last);
}

/** RFC 5398: for documents alone. */
export function isDocumentation(asn: number): boolean {
  return (asn >= 64496 && asn <= 64511) || (asn >= 65536 && asn <= 65551);
}

/** Private, or for documents: no registry assigns it, so a plan that counts ASNs may take it. */
export function isNobodys(asn: number): boolean {
  return isPrivate(asn) || isDocumentation(asn);
}

/** Assigned by a registry to somebody: a data centre that uses one should own it. */
export function isPublic(asn: number): boolean {
  return (
    Number.isInteger(asn) &&
    asn > 0 &&
    asn < MAXIMUM_ASN &&
    !isReserved(asn) &&
    !isPrivate(asn) &&
    !isDocumentation(asn)
  );
}

export function isFourByte(asn: number): boolean {
  return asn > 65535;
}

/** RFC 5396 asdot: two-byte ASNs plain, others as HIGH.LOW. */
export function printAsdot(asn: number): string {
  return isFourByte(asn) ? `${Math.floor(asn / 65536)}.${asn % 65536}` : String(asn);
}
