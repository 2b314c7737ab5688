/** Runs the command as a person would: bundled once, as a process of its own, in the folder of the examples. */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const checkout = join(__dirname, "../..");
export const examples = join(checkout, "docs/examples");

let bundled: string | undefined;

/** The compiled command in one file, as the build makes it. */
export function bundle(): string {
  if (bundled === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "bgpfabric-cli-"));
    bundled = join(folder, "main.js");
    const made = spawnSync(process.execPath, [join(checkout, "cli/bundle.mjs"), bundled], { encoding: "utf8" });
    if (made.status !== 0) throw new Error(made.stderr);
  }
  return bundled;
}

export interface Ran {
  code: number | null;
  out: string;
  err: string;
  /** Ended by the limit instead of by itself. */
  hung: boolean;
}

export function bgpfabric(
  args: readonly string[],
  options: { input?: string | Buffer; cwd?: string; patience?: number } = {},
): Ran {
  const ran = spawnSync(process.execPath, [bundle(), ...args], {
    cwd: options.cwd ?? examples,
    input: options.input ?? "",
    encoding: "utf8",
    timeout: options.patience ?? 10_000,
    env: { ...process.env, NO_COLOR: "1", XDG_CACHE_HOME: join(bundle(), "../cache") },
    maxBuffer: 64 << 20,
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr, hung: ran.signal !== null };
}

/** A command line as documentation writes it; no quotes needed in any of them but around a blank. */
export function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}
