import fc from "fast-check";
import { expect, test } from "vitest";
import { addressFromBigint } from "../../components/model/address";
import { orThrow } from "../../components/model/errors";
import { bounds, overlaps, parsePrefix } from "../../components/model/prefix";
import {
  parseRange,
  printRange,
  rangeContains,
  rangeOf,
  rangePrefixes,
  rangeSize,
  rangesOverlap,
} from "../../components/model/range";

const range = (text: string) => orThrow(parseRange(text));
const some = fc
  .tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 100000 }))
  .map(([first, more]) => ({
    first: addressFromBigint(BigInt(first), "ipv4"),
    last: addressFromBigint(BigInt(Math.min(first + more, 0xffffffff)), "ipv4"),
  }));

test("a range is written as first-last, as a prefix or as one address", () => {
  expect(range("10.0.0.10-10.0.0.20")).toEqual({ first: "10.0.0.10", last: "10.0.0.20" });
  expect(range("172.16.0.240/28")).toEqual({ first: "172.16.0.240", last: "172.16.0.255" });
  expect(range("10.0.0.1")).toEqual({ first: "10.0.0.1", last: "10.0.0.1" });
  expect(range("2001:db8::1 - 2001:db8::ff")).toEqual({ first: "2001:db8::1", last: "2001:db8::ff" });
});

test.each(["", "10.0.0.1-", "10.0.0.1-10.0.0.2-10.0.0.3", "10.0.0.9-10.0.0.1", "10.0.0.1-::2", "a-b", "10.0.0.0/40"])(
  "%j is no range",
  (text) => {
    const parsed = parseRange(text, "pool");
    expect(parsed.ok ? undefined : parsed.faults[0]).toMatchObject({ path: "pool", found: text });
  },
);

test("ends in the wrong order are put right in the advice", () => {
  const parsed = parseRange("10.0.0.9-10.0.0.1");
  expect(parsed.ok ? "" : parsed.faults[0]?.fix).toBe('write "10.0.0.1-10.0.0.9"');
});

test("the prefixes of a range cover it exactly, without overlap", () => {
  fc.assert(
    fc.property(some, (one) => {
      const prefixes = rangePrefixes(one);
      let next = bounds(prefixes[0] ?? orThrow(parsePrefix("0.0.0.0/0"))).first;
      for (const prefix of prefixes) {
        expect(bounds(prefix).first).toBe(next);
        next = bounds(prefix).last + 1n;
      }
      expect(addressFromBigint(next - 1n, "ipv4")).toBe(one.last);
      expect(prefixes.reduce((sum, prefix) => sum + bounds(prefix).last - bounds(prefix).first + 1n, 0n)).toBe(
        rangeSize(one),
      );
    }),
  );
  expect(rangePrefixes(range("10.0.0.1-10.0.0.6"))).toEqual([
    "10.0.0.1/32",
    "10.0.0.2/31",
    "10.0.0.4/31",
    "10.0.0.6/32",
  ]);
  expect(rangePrefixes(range("0.0.0.0/0"))).toEqual(["0.0.0.0/0"]);
});

test("printing and parsing a range give it back", () => {
  fc.assert(
    fc.property(some, (one) => {
      expect(range(printRange(one))).toEqual(one);
    }),
  );
});

test("ranges overlap where the prefixes that cover them do", () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      const covered = rangePrefixes(a).some((p) => rangePrefixes(b).some((q) => overlaps(p, q)));
      expect(rangesOverlap(a, b)).toBe(covered);
      expect(rangeContains(a, b.first) || rangeContains(b, a.first)).toBe(covered);
    }),
  );
  expect(rangesOverlap(rangeOf(orThrow(parsePrefix("::/0"))), range("10.0.0.1"))).toBe(false);
});
