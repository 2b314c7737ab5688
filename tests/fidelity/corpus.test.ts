/**
 * What the reader takes for an unknown command, FRR's own vtysh refuses, and nothing else: the configurations of
 * tests/config/corpus, and lines that people get wrong. vtysh checks a file without any daemon (`vtysh -C`).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readFrr } from "../../components/config/frr";

const VERSIONS = [
  { version: "8.4", root: process.env["BGPFABRIC_BOOKWORM"] },
  { version: "10.3", root: process.env["BGPFABRIC_TRIXIE"] },
] as const;
const corpus = join(__dirname, "../config/corpus");
const files = readdirSync(corpus).filter((name) => name.startsWith("frr-"));
const work = mkdtempSync(join(tmpdir(), "corpus-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const LIBRARIES = "usr/lib/x86_64-linux-gnu";
const isThere = (root: string | undefined): root is string =>
  root !== undefined && existsSync(join(root, "usr/bin/vtysh"));

/** Numbers of the lines that vtysh refuses. */
function refused(root: string, text: string): number[] {
  writeFileSync(join(work, "frr.conf"), text);
  writeFileSync(join(work, "vtysh.conf"), "");
  const libraries = [LIBRARIES, `${LIBRARIES}/frr`, "lib/x86_64-linux-gnu"].map((each) => join(root, each)).join(":");
  const ran = spawnSync(
    join(root, `${LIBRARIES}/ld-linux-x86-64.so.2`),
    [
      "--library-path",
      libraries,
      join(root, "usr/bin/vtysh"),
      "-C",
      "-f",
      join(work, "frr.conf"),
      "--config_dir",
      work,
    ],
    { encoding: "utf8" },
  );
  const said = `${ran.stdout}${ran.stderr}`;
  if (ran.status === null) throw new Error(said);
  return [...said.matchAll(/^line (\d+): %/gm)].map(([, line]) => Number(line)).sort((a, b) => a - b);
}

for (const { version, root } of VERSIONS) {
  if (isThere(root)) continue;
  if (process.env["CI"] !== undefined) throw new Error(`no FRR ${version}`);
  process.stderr.write(`corpus: not held against FRR ${version}, whose root no variable names\n`);
}

describe.each(VERSIONS)("vtysh of FRR $version", ({ version, root }) => {
  test.skipIf(!isThere(root)).each(files)("takes what the reader takes: %s", (name) => {
    const text = readFileSync(join(corpus, name), "utf8");
    const since = Number(/^frr version (\d+)/m.exec(text)?.[1] ?? 8);
    const sinceMinor = Number(/^frr version \d+\.(\d+)/m.exec(text)?.[1] ?? 0);
    const [major = 0, minor = 0] = version.split(".").map(Number);
    // A file of a later version has commands that this one lacks.
    if (since > major || (since === major && sinceMinor > minor)) return;
    const lines = text.split("\n");
    // Comments behind commands are read as meant and noted; headings are what a router prints, not what it reads.
    const known = lines.flatMap((line, index) => (/ # |^(Building|Current)/.test(line) ? [index + 1] : []));
    expect(
      refused(root ?? "", text).filter((line) => !known.includes(line) || /description/.test(lines[line - 1] ?? "")),
    ).toEqual([]);
  });

  const LINES = [
    "neigh 10.0.0.2 pas",
    "neigh 10.0.0.2 d",
    "neighbor 10.0.0.2 bogus 5",
    "neighbor 10.0.0.2 timers 10",
    "neighbor 10.0.0.2 remote-as",
    "bgp bestpath as-path",
    "bgp b",
    "bgp bestpath compare",
    "neigh 10.0.0.2 rem 65002",
    "neigh 10.0.0.2 soft in",
    "neigh 10.0.0.2 def",
    "neigh 10.0.0.2 default",
    "neigh 10.0.0.2 send both",
    "redis conn",
    "redis co metric 5 route X",
    "agg 10.0.0.0/8 sum",
    "max 4",
    "max i 4",
    "dist bgp 20 200 200",
    "no neigh 10.0.0.2 rem 65002",
    "address-family ipv4 uni",
    "address-family ipv4 l",
    "address-family ipv4 x",
    "network 10.0.0.0/8 route X",
    "time bgp 3 9",
    "ip pre P perm any",
    "ip community-list standard C permit 1:2",
    "route-map M per 10",
    "int eth9",
    "hostname",
    "ip route 10.9.0.0/16 10.0.0.2 200",
    "ip route 10.9.0.0/16 10.0.0.2 200 name backup",
    "ip route 10.9.0.0/16 10.0.0.2 eth0 200 tag 5 vrf RED",
    "ip route 10.9.0.0 255.255.0.0 Null0 254",
    "ipv6 route fd00::/64 fe80::1 eth0 onlink",
    "ip route 10.9.0.0/16 10.0.0.2 bogus 5",
  ];
  test.skipIf(!isThere(root))("and refuses what the reader refuses, abbreviations among it", () => {
    const found = LINES.map((line) => {
      const text = `router bgp 65001\n bgp router-id 10.0.0.1\n neighbor 10.0.0.2 remote-as 65002\n ${line}\n`;
      const wrong = readFrr(text).faults.filter((fault) => fault.line === 4 && /FRR knows/.test(fault.expected));
      return [line, wrong.length > 0, refused(root ?? "", text).includes(4)];
    });
    expect(found.filter(([, reader, vtysh]) => reader !== vtysh)).toEqual([]);
  });
});
