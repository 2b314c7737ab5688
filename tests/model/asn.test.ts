import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AS_TRANS,
  isFourByte,
  isPrivate,
  isPublic,
  isReserved,
  parseAsn,
  printAsdot,
  PRIVATE_ASNS,
} from "../../components/model/asn";

describe("ASNs", () => {
  test.each([
    [64512, 64512],
    ["64512", 64512],
    ["1.10", 65546],
    ["0.64512", 64512],
    ["65535.65534", 4294967294],
    [4200000000, 4200000000],
  ])("%j is AS %j", (written, asn) => {
    expect(parseAsn(written)).toEqual({ ok: true, value: asn });
  });

  test.each([0, 23456, 65535, 4294967295, 4294967296, -1, 1.5, "", "AS64512", "64512 ", "0.0", "1.65536", "01", "1e3"])(
    "%j is refused",
    (written) => {
      const parsed = parseAsn(written, "asn");
      expect(parsed.ok ? undefined : parsed.faults[0]).toMatchObject({ path: "asn", found: String(written) });
    },
  );

  test("the fault says why a reserved number is none", () => {
    const reason = (asn: number) => {
      const parsed = parseAsn(asn);
      return parsed.ok ? "" : parsed.faults[0]?.expected;
    };
    expect(reason(0)).toContain("RFC 7607");
    expect(reason(AS_TRANS)).toContain("AS_TRANS");
    expect(reason(65535)).toContain("RFC 7300");
  });

  test("RFC 6996 has 1,023 private ASNs of two bytes, 64512 to 65534", () => {
    expect(PRIVATE_ASNS[0].last - PRIVATE_ASNS[0].first + 1).toBe(1023);
    expect([64511, 64512, 65534, 65535, 4199999999, 4200000000, 4294967294, 4294967295].map(isPrivate)).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  test("each ASN is reserved, private, for documents, or public; never two of them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4294967295 }), (asn) => {
        expect([isReserved(asn), isPrivate(asn), isPublic(asn)].filter(Boolean).length).toBeLessThanOrEqual(1);
        expect(parseAsn(asn).ok).toBe(!isReserved(asn));
      }),
    );
    expect([13335, 64496, 65536, 64512, 0].map(isPublic)).toEqual([true, false, false, false, false]);
  });

  test("the dotted form is read back as the same ASN", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4294967294 }), (asn) => {
        fc.pre(!isReserved(asn));
        expect(parseAsn(printAsdot(asn))).toEqual({ ok: true, value: asn });
        expect(printAsdot(asn).includes(".")).toBe(isFourByte(asn));
      }),
    );
  });
});
