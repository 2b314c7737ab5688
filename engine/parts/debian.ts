/**
 * Debian packages without installing them: downloaded with the machine's own apt sources and unpacked into a folder.
 * Nothing of the host is changed, not even apt's lists: where those are missing or stale, lists of our own are fetched.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { run, must, which } from "../exec";
import { SetupError } from "../places";

/** Downloads the packages and what they need that the machine lacks, and unpacks all of it into `root`. */
export async function unpackPackages(
  packages: string[],
  root: string,
  scratch: string,
  log: string,
): Promise<string[]> {
  if (which("apt-get") === undefined || which("dpkg") === undefined) {
    throw new SetupError(
      `this machine has no apt-get: ${packages.join(", ")} cannot be unpacked here; install Docker and start it, then run again`,
    );
  }
  const debs = path.join(scratch, "debs");
  fs.mkdirSync(debs, { recursive: true });
  if (!(await download(packages, debs, [], log))) {
    const own = await ownLists(scratch, log);
    if (!(await download(packages, debs, own, log))) {
      throw new Error(`the Debian packages ${packages.join(", ")} could not be downloaded (see ${log})`);
    }
  }
  fs.mkdirSync(root, { recursive: true });
  const files = fs.readdirSync(debs).filter((name) => name.endsWith(".deb"));
  for (const file of files) await must("dpkg", ["-x", path.join(debs, file), root], { log });
  return files;
}

const COMMON = ["-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"];

async function download(packages: string[], into: string, options: string[], log: string): Promise<boolean> {
  const plan = await run(
    "apt-get",
    [...COMMON, ...options, "install", "--print-uris", "-y", "-qq", "--no-install-recommends", ...packages],
    { log },
  );
  if (plan.code !== 0) return false;
  const wanted = [...new Set([...packagesIn(plan.stdout), ...packages])];
  const got = await run("apt-get", [...COMMON, ...options, "download", ...wanted], { cwd: into, log });
  return got.code === 0;
}

/** The names in `apt-get --print-uris` lines: 'URI' NAME_VERSION_ARCH.deb SIZE HASH. */
export function packagesIn(plan: string): string[] {
  return plan
    .split("\n")
    .map((line) => /^'[^']+' (\S+)_\S+_\S+\.deb /.exec(line)?.[1])
    .filter((name) => name !== undefined);
}

async function ownLists(scratch: string, log: string): Promise<string[]> {
  const lists = path.join(scratch, "lists");
  const archives = path.join(scratch, "archives");
  fs.mkdirSync(path.join(lists, "partial"), { recursive: true });
  fs.mkdirSync(path.join(archives, "partial"), { recursive: true });
  const options = ["-o", `Dir::State::lists=${lists}`, "-o", `Dir::Cache=${archives}`];
  await run("apt-get", [...COMMON, ...options, "update", "-qq"], { log });
  return options;
}

/** The folders of a tree of unpacked packages that hold shared libraries. */
export function libraryDirs(root: string): string[] {
  const dirs: string[] = [];
  for (const base of ["usr/lib", "lib"]) {
    const at = path.join(root, base);
    if (!fs.existsSync(at)) continue;
    for (const name of fs.readdirSync(at)) {
      if (name.includes("-linux-gnu")) dirs.push(path.join(at, name));
    }
  }
  return dirs;
}
