/** The values that arbitrary routers are made of: prefixes, ASNs, communities, and the lists that hold them. */
import fc from "fast-check";
import type { CommunityListEntry, PrefixListEntry, PrefixMatch } from "../../../components/bgp/network";
import { compareCommunities, compareLargeCommunities } from "../../../components/model/community";

export type RouterSystem = "frr" | "eos";

/** Values of the passwords that arbitrary neighbors name. */
export const passwords: Readonly<Record<string, string>> = { "rack-password": "s3cret", "spine-password": "another/1" };

export const optional = <T>(value: fc.Arbitrary<T>, freq = 2): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq });

/** A record without the fields that came out undefined. */
export function some<T extends object>(fields: { [K in keyof T]-?: fc.Arbitrary<T[K] | undefined> }): fc.Arbitrary<T> {
  return fc
    .record(fields as Record<string, fc.Arbitrary<unknown>>)
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as T);
}

export const yes = optional(fc.constant(true as const), 3);
export const v4 = fc
  .integer({ min: 1, max: 223 })
  .chain((a) => fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((rest) => [a === 127 ? 10 : a, ...rest].join(".")));
const v4Prefix: fc.Arbitrary<string> = fc
  .tuple(fc.nat(0xffffffff), fc.integer({ min: 1, max: 32 }))
  .map(([bits, length]) => {
    const base = Number((BigInt(bits) >> BigInt(32 - length)) << BigInt(32 - length));
    return `${(base >>> 24) & 255}.${(base >>> 16) & 255}.${(base >>> 8) & 255}.${base & 255}/${length}`;
  });
const v6Prefix = fc.integer({ min: 1, max: 0xffff }).map((number) => `2001:db8:${number.toString(16)}::/48`);
export const anyFamilyPrefix = fc.oneof({ weight: 3, arbitrary: v4Prefix }, { weight: 1, arbitrary: v6Prefix });
export const asn = fc.oneof(fc.integer({ min: 64512, max: 65534 }), fc.integer({ min: 4200000000, max: 4200000999 }));
export const u32 = fc.integer({ min: 0, max: 0xffffffff });
export const standard = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 64000 }), fc.nat(65535)).map((parts) => parts.join(":")),
  fc.constantFrom("no-export", "no-advertise", "local-AS", "graceful-shutdown", "blackhole"),
);
export const large = fc.tuple(u32, u32, u32).map((parts) => parts.join(":"));
export const standards = fc
  .uniqueArray(standard, { minLength: 1, maxLength: 3 })
  .map((all) => all.sort(compareCommunities));
export const larges = fc
  .uniqueArray(large, { minLength: 1, maxLength: 2 })
  .map((all) => all.sort(compareLargeCommunities));
export const regex = fc.constantFrom("^$", "^65000_", "_64512_", ".*", "^(65001|65002)_65003$", "^[0-9]+$");
const communityRegex = fc.constantFrom("64512:.*", "^65000:[0-9]+$", "_65001:1_");

export const LISTS = ["PODS", "SERVICES", "BOTH", "missing"];
export const COMMUNITY_LISTS = ["MARKED", "LARGE", "none-such"];
export const PATH_LISTS = ["SHORT", "absent"];

function bounded(prefix: string): fc.Arbitrary<PrefixMatch> {
  const own = Number(prefix.split("/")[1]);
  const most = prefix.includes(":") ? 128 : 32;
  if (own === most) return fc.constant({ prefix });
  const longer = fc.integer({ min: own + 1, max: most });
  return fc.oneof(
    fc.constant({ prefix }),
    longer.map((le) => ({ prefix, le })),
    longer.map((ge) => ({ prefix, ge })),
    fc.tuple(longer, longer).map(([a, b]) => ({ prefix, ge: Math.min(a, b), le: Math.max(a, b) })),
  );
}
export const prefixMatch = anyFamilyPrefix.chain(bounded);
export const never = fc.constant(undefined);
export const action = fc.constantFrom("permit" as const, "deny" as const);

/** Each once, numbered in fives, as routers do it. */
export const inFives = <T extends object>(entries: T[]): (T & { seq: number })[] =>
  [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()].map((entry, index) => ({
    ...entry,
    seq: (index + 1) * 5,
  }));

export const prefixEntries: fc.Arbitrary<PrefixListEntry[]> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.tuple(action, prefixMatch).map(([act, match]) => ({ action: act, ...match })) },
      { weight: 1, arbitrary: action.map((act) => ({ action: act, prefix: "any" })) },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map(inFives);

export const communityEntries = (kind: "standard" | "large"): fc.Arbitrary<CommunityListEntry[]> => {
  const named = fc.tuple(action, kind === "large" ? larges : standards);
  const matched = fc.tuple(action, communityRegex);
  return fc.oneof(
    fc
      .array(named, { minLength: 1, maxLength: 3 })
      .map((all) => inFives(all.map(([act, communities]) => ({ action: act, kind, communities })))),
    fc
      .array(matched, { minLength: 1, maxLength: 2 })
      .map((all) => inFives(all.map(([act, text]) => ({ action: act, kind, regex: text })))),
  );
};
