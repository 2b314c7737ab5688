/**
 * A room for real daemons: own mounts, own processes, own list of network namespaces. Whatever happens to the run, the
 * kernel takes all of it down with the sandbox's first process; nothing is left on the machine.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const INSIDE = "BGPFABRIC_SANDBOX";
/** An empty folder of the machine, over which the sandbox mounts what it writes. */
const BASE = "BGPFABRIC_SANDBOX_BASE";

/** True inside; otherwise runs this same program again inside and ends with its exit code. */
export function enter(): true {
  if (process.env[INSIDE] === "1") return true;
  const base = mkdtempSync(join(tmpdir(), "fidelity-"));
  const namespaces = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
  // A shell is the first process: it takes leave of each daemon that ends, of which a long run has thousands.
  const first = ["bash", "-c", '"$@"; exit $?', "first", process.execPath, ...process.argv.slice(1)];
  const again = spawnSync("unshare", [...namespaces, ...first], {
    stdio: "inherit",
    env: { ...process.env, [INSIDE]: "1", [BASE]: base },
  });
  rmdirSync(base);
  if (again.error) throw new Error(`cannot make a namespace for the daemons: ${again.error.message} (root is needed)`);
  process.exit(again.status ?? 1);
}

/** Root file systems with the daemons: Debian bookworm (FRR 8.4, BIRD 1.6, GoBGP 3) and, where made, trixie (FRR 10). */
export interface Roots {
  bookworm: string;
  trixie?: string;
}

/** Each root under a writable layer in memory, with /proc and /dev, and a list of network namespaces of its own. */
export function mountRoots(roots: Roots): Roots {
  const base = process.env[BASE] ?? "";
  if (base === "") throw new Error("not inside the sandbox");
  // Over /run, which nobody takes away: who removes the folder /run/netns outside ends every mount that stands on it.
  sh(`mount -t tmpfs none ${base}; mount -t tmpfs none /run; mkdir /run/netns`);
  const mounted: Roots = { bookworm: mountRoot(base, "bookworm", roots.bookworm) };
  if (roots.trixie !== undefined && existsSync(roots.trixie)) mounted.trixie = mountRoot(base, "trixie", roots.trixie);
  return mounted;
}

function mountRoot(base: string, name: string, lower: string): string {
  const root = join(base, name);
  for (const part of ["root", "upper", "work"]) mkdirSync(join(root, part), { recursive: true });
  const merged = join(root, "root");
  sh(
    `mount -t overlay overlay -o lowerdir=${lower},upperdir=${root}/upper,workdir=${root}/work ${merged}
     mount -t proc proc ${merged}/proc
     mount --bind /dev ${merged}/dev
     mkdir -p ${merged}/run/frr ${merged}/etc/frr ${merged}/var/log/frr
     chroot ${merged} chown frr:frr /run/frr /etc/frr /var/log/frr`,
  );
  return merged;
}

export function sh(script: string): string {
  return execFileSync("bash", ["-euo", "pipefail", "-c", script], { encoding: "utf8", maxBuffer: 64 << 20 });
}
