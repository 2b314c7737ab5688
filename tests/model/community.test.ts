import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  communityName,
  communityValue,
  compareCommunities,
  compareLargeCommunities,
  parseAnyCommunity,
  parseCommunity,
  parseLargeCommunity,
  printCommunity,
} from "../../components/model/community";

describe("standard communities", () => {
  // The values are those of the registry of well-known communities.
  test.each([
    ["no-export", 0xffffff01],
    ["65535:65281", 0xffffff01],
    ["no-advertise", 0xffffff02],
    ["no-export-subconfed", 0xffffff03],
    ["graceful-shutdown", 0xffff0000],
    ["65535:0", 0xffff0000],
    ["blackhole", 0xffff029a],
    ["65535:666", 0xffff029a],
    ["64510:100", 64510 * 65536 + 100],
    ["4227858432", 0xfc000000],
  ])("%s is %i", (text, value) => {
    expect(communityValue(text)).toBe(value);
  });

  /** The first word is what bgp_community.c of FRR puts into JSON; BIRD and GoBGP print numbers. */
  test.each([
    ["noExport", "no-export"],
    ["noAdvertise", "no-advertise"],
    ["localAs", "local-AS"],
    ["gracefulShutdown", "graceful-shutdown"],
    ["llgrStale", "llgr-stale"],
    ["routeFilterTranslatedV4", "route-filter-translated-v4"],
    ["acceptownnexthop", "accept-own-nexthop"],
    ["GSHUT", "graceful-shutdown"],
    ["65535:65283", "local-AS"],
    ["65001:7", "65001:7"],
    ["some-alias", "some-alias"],
  ])("a router that shows %s means %s", (shown, name) => {
    expect(communityName(shown)).toBe(name);
  });

  test("one community has one spelling", () => {
    expect(parseCommunity("65535:65281")).toEqual({ ok: true, value: "no-export" });
    expect(parseCommunity("gshut")).toEqual({ ok: true, value: "graceful-shutdown" });
    expect(parseCommunity("planned-shut")).toEqual({ ok: true, value: "graceful-shutdown" });
  });

  test.each(["", "65536:1", "1:65536", "1:", ":1", "a:b", "1:2:3", "4294967296", "01:1", "no-such", "-1:1"])(
    "%j is refused",
    (text) => {
      const parsed = parseCommunity(text, "set.community");
      expect(parsed.ok ? undefined : parsed.faults[0]).toMatchObject({ path: "set.community", found: text });
    },
  );

  test("a four-byte ASN is pointed at large communities, a third number too", () => {
    const fix = (text: string) => {
      const parsed = parseCommunity(text);
      return parsed.ok ? "" : parsed.faults[0]?.fix;
    };
    expect(fix("4200000000:100")).toContain("large community");
    expect(fix("1:2:3")).toContain("large community");
  });

  test("number and text are the same community", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
        expect(communityValue(printCommunity(value))).toBe(value);
        expect(parseCommunity(printCommunity(value))).toEqual({ ok: true, value: printCommunity(value) });
      }),
    );
  });

  test("they are ordered by number, well-known ones last", () => {
    expect(["no-export", "65001:2", "64512:30000", "65001:10"].sort(compareCommunities)).toEqual([
      "64512:30000",
      "65001:2",
      "65001:10",
      "no-export",
    ]);
  });
});

describe("large communities", () => {
  test("three numbers of four bytes", () => {
    expect(parseLargeCommunity("4200000000:0:4294967295")).toEqual({ ok: true, value: "4200000000:0:4294967295" });
    for (const text of ["1:2", "1:2:3:4", "1:2:4294967296", "1:2:", "01:2:3"]) {
      expect(parseLargeCommunity(text).ok).toBe(false);
    }
  });

  test("they are ordered by their parts", () => {
    expect(["10:1:1", "9:2:2", "9:2:10", "9:10:0"].sort(compareLargeCommunities)).toEqual([
      "9:2:2",
      "9:2:10",
      "9:10:0",
      "10:1:1",
    ]);
  });
});

test("either kind is told by its colons", () => {
  expect(parseAnyCommunity("64512:1:2")).toEqual({ ok: true, value: { kind: "large", community: "64512:1:2" } });
  expect(parseAnyCommunity("64512:1")).toEqual({ ok: true, value: { kind: "standard", community: "64512:1" } });
  expect(parseAnyCommunity("64512:1:x").ok).toBe(false);
});
