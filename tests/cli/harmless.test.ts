/**
 * A choice that changes no forwarding and that no neighbor hears of, seen by a CI job: no finding, exit code 0, and a mark
 * in the JSON. FRR without compare-routerid calls the older of two equal eBGP paths best (bgp_path_info_cmp, 8.4); with
 * maximum-paths it installs both, and sends neither back to the spines, whose ASN is in both.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { bgpfabric } from "./command";

interface Link {
  own: string;
  far: string;
  asn: number;
}

const router = (name: string, asn: number, id: string, links: Link[], more: string[], network?: string): string =>
  [
    "frr version 10.3",
    "frr defaults datacenter",
    `hostname ${name}`,
    ...links.flatMap(({ own }, at) => [`interface eth${at}`, ` ip address ${own}/31`, "exit"]),
    ...(network === undefined ? [] : ["interface servers", ` ip address ${network.replace("0/24", "1/24")}`, "exit"]),
    `router bgp ${asn}`,
    ` bgp router-id ${id}`,
    ...links.map(({ far, asn: remote }) => ` neighbor ${far} remote-as ${remote}`),
    " address-family ipv4 unicast",
    ...more.map((line) => `  ${line}`),
    ...(network === undefined ? [] : [`  network ${network}`]),
    " exit-address-family",
    "exit",
    "",
  ].join("\n");

/** Two leaves under two spines of one ASN; the leaves install so many paths. */
function snapshot(paths: number): string {
  const folder = mkdtempSync(join(tmpdir(), "harmless-"));
  const spine = 65100;
  const leaf = (at: number): string =>
    router(
      `leaf${at}`,
      65000 + at,
      `10.255.0.${at}`,
      [0, 1].map((up) => ({ own: `100.64.${at}.${up * 2}`, far: `100.64.${at}.${up * 2 + 1}`, asn: spine })),
      [`maximum-paths ${paths}`],
      `10.0.${at}.0/24`,
    );
  const upper = (up: number): string =>
    router(
      `spine${up + 1}`,
      spine,
      `10.255.1.${up + 1}`,
      [1, 2].map((at) => ({ own: `100.64.${at}.${up * 2 + 1}`, far: `100.64.${at}.${up * 2}`, asn: 65000 + at })),
      [],
    );
  for (const at of [1, 2]) writeFileSync(join(folder, `leaf${at}.conf`), leaf(at));
  for (const up of [0, 1]) writeFileSync(join(folder, `spine${up + 1}.conf`), upper(up));
  return folder;
}

const ambiguities = (folder: string): { speaker: string; harmless?: true }[] =>
  (
    JSON.parse(bgpfabric(["forecast", "--json", folder]).out) as {
      ambiguities: { speaker: string; harmless?: true }[];
    }
  ).ambiguities;

describe("two equal paths, of which age calls one the best", () => {
  const [both, one] = [snapshot(4), snapshot(1)];

  beforeAll(() => {
    for (const folder of [both, one]) expect(bgpfabric(["init", folder]).code).toBe(0);
  });

  test("both are installed: no finding, exit code 0, no mark in the table", () => {
    const ran = bgpfabric(["rules", both]);
    expect(ran.out).not.toContain("forecast/ambiguous");
    expect(ran.code).toBe(0);
    const { out, code } = bgpfabric(["forecast", both]);
    expect(out).not.toContain("oldest path");
    expect(code).toBe(0);
  });

  test("the JSON marks them harmless", () => {
    const found = ambiguities(both);
    expect(found.map(({ speaker }) => speaker).sort()).toEqual(["leaf1", "leaf2"]);
    expect(found.every(({ harmless }) => harmless === true)).toBe(true);
  });

  test("one is installed: a finding, exit code 1, and no such mark", () => {
    const ran = bgpfabric(["rules", one]);
    expect(ran.out).toContain("forecast/ambiguous");
    expect(ran.code).toBe(1);
    const found = ambiguities(one);
    expect(new Set(found.map(({ speaker }) => speaker))).toEqual(new Set(["leaf1", "leaf2"]));
    expect(found.some((each) => "harmless" in each)).toBe(false);
  });

  test("a choice that becomes harmless, or stops being so, is told by diff", () => {
    expect(bgpfabric(["diff", one, both]).out).not.toContain("forecast/ambiguous");
    const back = bgpfabric(["diff", both, one]);
    expect(back.out).toContain("forecast/ambiguous");
    expect(back.code).toBe(1);
  });
});
