/**
 * Arbitrary routers' frr.conf under the real FRR: vtysh takes every line, frr-reload finds nothing to change, and what
 * the running router prints reads as the same router.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readFrr, writeFrr } from "../../components/config/frr";
import { dialectOf } from "../../components/bgp/dialects";
import { secretNames } from "../../components/config/ios/reading";
import { arbitraryRouter, linksOf } from "../networks/arbitrary/router";
import { passwords } from "../networks/arbitrary/values";
import { comparable } from "../config/compare";

const root = process.env["BGPFABRIC_BOOKWORM"];
const usable = root !== undefined && existsSync(join(root, "usr/lib/frr/bgpd")) && process.getuid?.() === 0;
/** The same routers each time; another seed, and more of them, to look further. */
const SEED = Number(process.env["SEED"] ?? 1);
const COUNT = Number(process.env["COUNT"] ?? 6);

// In CI the daemons must be there: their absence is a failure, not a reason to be silent.
if (!usable && process.env["CI"] !== undefined) throw new Error("no FRR: BGPFABRIC_BOOKWORM names none");
if (!usable)
  process.stderr.write("config-frr: not run, BGPFABRIC_BOOKWORM names no root with FRR (and root is needed)\n");

/** All in one sandbox of its own mounts, network and processes: the kernel takes it down with its first process. */
const SCRIPT = `
set -eu
mount -t tmpfs none "$WORK/over"; mkdir "$WORK/over/up" "$WORK/over/work" "$WORK/over/root"
R="$WORK/over/root"
mount -t overlay overlay -o "lowerdir=$ROOT,upperdir=$WORK/over/up,workdir=$WORK/over/work" "$R"
mount -t proc proc "$R/proc"; mount --bind /dev "$R/dev"
mkdir -p "$R/run/frr" "$R/etc/frr" "$R/var/log/frr"
ip link set lo up
for i in 0 1 2 3 9; do ip link add Ethernet$i type veth peer name far$i; ip link set Ethernet$i up; ip link set far$i up; done
echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
hostname router1
printf 'service integrated-vtysh-config\\nusername root nopassword\\n' > "$R/etc/frr/vtysh.conf"
cp "$WORK/frr.conf" "$R/etc/frr/frr.conf"
chroot "$R" chown -R frr:frr /etc/frr /run/frr /var/log/frr
for d in zebra staticd bgpd bfdd; do chroot "$R" /usr/lib/frr/$d -d -A 127.0.0.1 >/dev/null 2>&1; done
chroot "$R" vtysh -b > "$WORK/load" 2>&1 || echo "vtysh -b: $?" >> "$WORK/load"
chroot "$R" vtysh -c 'show running-config' > "$WORK/running"
chroot "$R" /usr/lib/frr/frr-reload.py --test --stdout /etc/frr/frr.conf > "$WORK/reload" 2>&1 || true
`;

describe.skipIf(!usable)("FRR 8.4", () => {
  let work = "";
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), "config-frr-"));
    mkdirSync(join(work, "over"));
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test("takes every line, finds no difference on reload, and prints what reads as the same router", () => {
    fc.assert(
      fc.property(arbitraryRouter("frr", ["8.4"]), (network) => {
        const [speaker] = network.speakers;
        if (speaker === undefined) throw new Error("no speaker");
        const written = writeFrr(network, speaker.name, { secrets: passwords });
        if (!written.ok) throw new Error(JSON.stringify(written.faults));
        writeFileSync(join(work, "frr.conf"), written.value);
        execFileSync(
          "unshare",
          ["--mount", "--net", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", SCRIPT],
          {
            env: { ...process.env, WORK: work, ROOT: root ?? "" },
          },
        );
        const output = (name: string): string => readFileSync(join(work, name), "utf8");
        const refused = output("load")
          .split("\n")
          .filter((line) => /Unknown|Invalid|failure|cannot|^%/i.test(line));
        expect(refused, written.value).toEqual([]);
        expect(differences(output("reload")), written.value).toEqual([]);
        const links = linksOf(network);
        const reading = readFrr(output("running"), { name: speaker.name, secrets: secretNames(passwords), links });
        expect([reading.faults, reading.unmodelled], output("running")).toEqual([[], []]);
        expect(inAnyOrder(comparable(reading.speaker, defaults(speaker.dialect)))).toEqual(
          inAnyOrder(comparable(speaker, defaults(speaker.dialect))),
        );
      }),
      { numRuns: COUNT, seed: SEED },
    );
  });
});

/** What a reload would do, but for lines about the file itself. */
function differences(report: string): string[] {
  const wanted = /^(Lines To (Delete|Add)|=+|frr version .*|hostname .*|)$/;
  const start = report.indexOf("Lines To");
  return (start < 0 ? report : report.slice(start))
    .split("\n")
    .filter((line) => !wanted.test(line.trim()) && !/INFO/.test(line));
}

function defaults(dialect: Parameters<typeof dialectOf>[0]) {
  const frr = dialectOf(dialect);
  return {
    numberedLists: true,
    bgp: {
      ebgpRequiresPolicy: frr.requiresPolicy,
      deterministicMed: frr.deterministicMed,
      enforceFirstAs: frr.enforceFirstAs,
      resolveViaDefault: frr.resolveViaDefault,
      listenLimit: frr.listenLimit,
      defaultLocalPreference: 100,
      importCheck: true,
      rejectAsSets: frr.rejectsAsSets,
      multipathRelax: false,
    } as Record<string, unknown>,
  };
}

/** FRR prints neighbors, next hops and lists in an order of its own. */
function inAnyOrder(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(inAnyOrder).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, inAnyOrder(field)]));
}
