/** A set of prefixes finds those around an address: the same as asking each of them in turn, the longest first. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PrefixMap } from "../../components/bgp/bits";
import { addressFromBigint, familyOf } from "../../components/model/address";
import { comparePrefixes, containsPrefix, hostPrefix, makePrefix, prefixLength } from "../../components/model/prefix";

/** Few enough high bits that one prefix is often within another. */
const address = fc.oneof(
  fc.bigInt({ min: 0n, max: 255n }).map((number) => addressFromBigint(((number & 0xf0n) << 24n) | number, "ipv4")),
  fc.bigInt({ min: 0n, max: 255n }).map((number) => addressFromBigint(((number & 0xf0n) << 120n) | number, "ipv6")),
);
const prefix = fc
  .tuple(address, fc.integer({ min: 0, max: 128 }))
  .map(([base, length]) => makePrefix(base, familyOf(base) === "ipv4" ? length % 33 : length));

function mapOf(prefixes: readonly string[]): PrefixMap<string> {
  const map = new PrefixMap<string>();
  for (const each of prefixes as Parameters<typeof map.set>[0][]) map.set(each, `of ${each}`);
  return map;
}

describe("the longest match", () => {
  test("of prefixes and addresses of both families is what comparing them all gives", () => {
    fc.assert(
      fc.property(fc.array(prefix, { maxLength: 20 }), fc.oneof(prefix, address), (prefixes, asked) => {
        const inner = asked.includes("/") ? (asked as (typeof prefixes)[number]) : hostPrefix(asked as never);
        const expected = [...new Set(prefixes)]
          .filter((each) => familyOf(each) === familyOf(inner) && containsPrefix(each, inner))
          .sort((a, b) => prefixLength(b) - prefixLength(a) || comparePrefixes(a, b))
          .map((each) => [each, `of ${each}`]);
        const map = mapOf(prefixes);
        expect(map.around(asked)).toEqual(expected);
        expect(map.longest(asked)).toEqual(expected[0]);
      }),
    );
  });

  test("a later value takes the place of the former, also where it is found by an address", () => {
    const map = mapOf(["10.0.0.0/8", "2001:db8::/32"]);
    map.set("10.0.0.0/8" as never, "new");
    expect(map.get("10.0.0.0/8")).toBe("new");
    expect(map.longest("10.1.2.3")).toEqual(["10.0.0.0/8", "new"]);
    expect(map.size).toBe(2);
    expect([...map.entries()]).toEqual([
      ["10.0.0.0/8", "new"],
      ["2001:db8::/32", "of 2001:db8::/32"],
    ]);
  });
});
