import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addressFromBigint,
  addressToBigint,
  compareAddresses,
  isAddress,
  parseAddress,
  v4FromInt,
  v4ToInt,
} from "../../components/model/address";

const v6number = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
const value = (text: string) => {
  const parsed = parseAddress(text);
  return parsed.ok ? parsed.value : parsed.faults[0];
};

describe("an address has one spelling", () => {
  // RFC 5952, section 4 and 5.
  test.each([
    ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
    ["2001:DB8::AAAA", "2001:db8::aaaa"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["::ffff:c000:201", "::ffff:192.0.2.1"],
    ["::", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["fe80:0::", "fe80::"],
    ["10.0.0.1", "10.0.0.1"],
  ])("%s is %s", (text, canonical) => {
    expect(value(text)).toBe(canonical);
  });

  test.each([
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.1.",
    ".10.0.0.1",
    "10.0.0.1/24",
    "1:2:3",
    "fe80::1%eth0",
    " 10.0.0.1",
    "010.0.0.1",
    "10..0.1",
    "host",
    "0x0a000001",
  ])("%j is refused with what would be right", (text) => {
    expect(value(text)).toMatchObject({ found: text, expected: "an IPv4 or IPv6 address" });
  });

  test("a zone, a length and a leading zero are named as the mistake", () => {
    expect(value("fe80::1%eth0")).toMatchObject({ fix: expect.stringContaining("zone") as string });
    expect(value("10.0.0.1/24")).toMatchObject({ fix: 'leave the length out: "10.0.0.1"' });
    expect(value("010.0.0.1")).toMatchObject({ fix: "write octets without leading zeros" });
  });
});

describe("numbers and text are the same address", () => {
  test("IPv4", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (number) => {
        const text = v4FromInt(number);
        expect(v4ToInt(text)).toBe(number);
        expect(addressToBigint(text)).toBe(BigInt(number));
        expect(addressFromBigint(BigInt(number), "ipv4")).toBe(text);
        expect(isAddress(text)).toBe(true);
      }),
    );
  });

  test("IPv6", () => {
    fc.assert(
      fc.property(v6number, (number) => {
        const text = addressFromBigint(number, "ipv6");
        expect(addressToBigint(text)).toBe(number);
        expect(value(text)).toBe(text);
      }),
    );
  });

  test("whatever Node calls an address is one, and nothing else", () => {
    const text = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 20 }), fc.stringMatching(/^[0-9a-f.:]{1,20}$/));
    fc.assert(
      fc.property(text, (candidate) => {
        expect(parseAddress(candidate).ok).toBe((isIPv4(candidate) || isIPv6(candidate)) && !candidate.includes("%"));
      }),
      { numRuns: 2000 },
    );
  });

  test("a number outside the family is no address", () => {
    expect(() => addressFromBigint(1n << 32n, "ipv4")).toThrow(RangeError);
    expect(() => addressFromBigint(-1n, "ipv6")).toThrow(RangeError);
  });
});

test("addresses are ordered by number, IPv4 first", () => {
  const sorted = ["::1", "10.0.0.10", "10.0.0.9", "fe80::1", "9.0.0.1", "2001:db8::"].sort(compareAddresses);
  expect(sorted).toEqual(["9.0.0.1", "10.0.0.9", "10.0.0.10", "::1", "2001:db8::", "fe80::1"]);
});
