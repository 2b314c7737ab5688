import fc from "fast-check";
import { BlockList } from "node:net";
import { describe, expect, test } from "vitest";
import { addressFromBigint, familyOf, type Address } from "../../components/model/address";
import { orThrow } from "../../components/model/errors";
import {
  bounds,
  comparePrefixes,
  containsAddress,
  containsPrefix,
  hostPrefix,
  lastAddress,
  makePrefix,
  overlaps,
  parseInterfaceAddress,
  parsePrefix,
  prefixBase,
  prefixLength,
  subnets,
  v4Bounds,
} from "../../components/model/prefix";

const p = (text: string) => orThrow(parsePrefix(text));
const address = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }).map((number) => addressFromBigint(number, "ipv4")),
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((number) => addressFromBigint(number, "ipv6")),
);
const prefix = fc
  .tuple(address, fc.integer({ min: 0, max: 128 }))
  .map(([base, length]) => makePrefix(base, familyOf(base) === "ipv4" ? length % 33 : length));

describe("a prefix has one spelling", () => {
  test.each([
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["10.1.2.3/32", "10.1.2.3/32"],
    ["255.255.255.255/0", "0.0.0.0/0"],
    ["172.16.0.241/28", "172.16.0.240/28"],
    ["2001:DB8:1::/32", "2001:db8::/32"],
    ["::1/0", "::/0"],
  ])("%s is %s", (text, canonical) => {
    expect(p(text)).toBe(canonical);
  });

  test("host bits are refused where they must be zero, with the prefix that was meant", () => {
    expect(parsePrefix("10.0.0.1/24", "pool.cidr", { strict: true })).toEqual({
      ok: false,
      faults: [
        {
          path: "pool.cidr",
          found: "10.0.0.1/24",
          expected: "a prefix whose host bits are zero",
          fix: 'write "10.0.0.0/24"',
        },
      ],
    });
  });

  test.each([
    ["10.0.0.0", undefined],
    ["10.0.0.0/33", 10],
    ["10.0.0.0/", 10],
    ["10.0.0.0/024", 10],
    ["10.0.0.0/-1", 10],
    ["2001:db8::/129", 12],
    ["10.0.0/8", 1],
    ["/8", 1],
    ["10.0.0.0/8/8", 10],
  ])("%j is refused, pointing at character %j", (text, column) => {
    const parsed = parsePrefix(text, "x");
    expect(parsed.ok ? undefined : parsed.faults).toEqual([
      expect.objectContaining(column === undefined ? { path: "x", found: text } : { path: "x", found: text, column }),
    ]);
  });

  test("parsing what was printed gives the same prefix", () => {
    fc.assert(
      fc.property(prefix, (one) => {
        expect(p(one)).toBe(one);
      }),
    );
  });

  test("an interface address keeps its host part beside its network", () => {
    expect(parseInterfaceAddress("10.10.10.1/24")).toEqual({
      ok: true,
      value: { address: "10.10.10.1", prefix: "10.10.10.0/24", length: 24 },
    });
  });
});

describe("containment", () => {
  test("agrees with Node's own block list", () => {
    fc.assert(
      fc.property(prefix, address, (outer, inner) => {
        const list = new BlockList();
        list.addSubnet(prefixBase(outer), prefixLength(outer), familyOf(outer));
        // An IPv4-mapped IPv6 address counts as IPv4 there, not here.
        fc.pre(!inner.startsWith("::ffff:") && !outer.startsWith("::"));
        expect(containsAddress(outer, inner)).toBe(
          familyOf(outer) === familyOf(inner) && list.check(inner, familyOf(inner)),
        );
      }),
      { numRuns: 500 },
    );
  });

  test("a prefix holds its first and last address and neither neighbor of them", () => {
    fc.assert(
      fc.property(prefix, (one) => {
        const { first, last } = bounds(one);
        const family = familyOf(one);
        expect(containsAddress(one, prefixBase(one))).toBe(true);
        expect(containsAddress(one, lastAddress(one))).toBe(true);
        if (first > 0n) expect(containsAddress(one, addressFromBigint(first - 1n, family))).toBe(false);
        if (last < (family === "ipv4" ? (1n << 32n) - 1n : (1n << 128n) - 1n)) {
          expect(containsAddress(one, addressFromBigint(last + 1n, family))).toBe(false);
        }
      }),
    );
  });

  test("two prefixes are apart, or one holds the other", () => {
    fc.assert(
      fc.property(prefix, prefix, (a, b) => {
        const [ba, bb] = [bounds(a), bounds(b)];
        const shared = familyOf(a) === familyOf(b) && ba.first <= bb.last && bb.first <= ba.last;
        expect(overlaps(a, b)).toBe(shared);
        if (shared) expect(containsPrefix(a, b) || containsPrefix(b, a)).toBe(true);
      }),
    );
  });

  test("IPv4 never holds IPv6", () => {
    expect(containsPrefix(p("0.0.0.0/0"), p("::/0"))).toBe(false);
    expect(containsPrefix(p("::/0"), p("10.0.0.0/8"))).toBe(false);
    expect(containsAddress(p("::/0"), "10.0.0.1" as Address)).toBe(false);
  });
});

test("the numeric bounds of IPv4 are those of the bigints", () => {
  fc.assert(
    fc.property(prefix, (one) => {
      const v4 = v4Bounds(one);
      if (familyOf(one) === "ipv6") expect(v4).toBeUndefined();
      else expect([BigInt(v4?.first ?? -1), BigInt(v4?.last ?? -1)]).toEqual([bounds(one).first, bounds(one).last]);
    }),
  );
});

test("a prefix stands right before what it holds", () => {
  const sorted = [
    p("10.0.1.0/24"),
    p("::/0"),
    p("10.0.0.0/24"),
    p("10.0.0.0/8"),
    p("9.0.0.0/8"),
    hostPrefix("10.0.0.0" as Address),
  ];
  expect(sorted.sort(comparePrefixes)).toEqual([
    "9.0.0.0/8",
    "10.0.0.0/8",
    "10.0.0.0/24",
    "10.0.0.0/32",
    "10.0.1.0/24",
    "::/0",
  ]);
});

test("the subnets of a prefix fill it without a gap or an overlap", () => {
  expect([...subnets(p("10.0.0.0/22"), 24)]).toEqual(["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"]);
  expect([...subnets(p("2001:db8::/62"), 64)]).toHaveLength(4);
  expect([...subnets(p("10.0.0.0/24"), 22)]).toEqual([]);
});
