/**
 * An empty project into which the packed tarball is installed, with nothing beside it but what its package.json asks for:
 * those packages, and what they ask for, are linked from this checkout's node_modules.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const checkout = join(__dirname, "..", "..");
const modules = join(checkout, "node_modules");

interface Manifest {
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

export interface Packed {
  /** Paths in the package, sorted. */
  files: { path: string; size: number }[];
  /** Bytes of the tarball and of what it unpacks to. */
  size: number;
  unpackedSize: number;
  tarball: string;
}

/** `npm pack`, without its scripts: what is packed is what `npm run build` left in dist. */
export function pack(folder: string): Packed {
  const printed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: checkout,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [packed] = JSON.parse(printed) as (Omit<Packed, "tarball"> & { filename: string })[];
  if (packed === undefined) throw new Error("npm pack printed no package");
  return { ...packed, tarball: join(folder, packed.filename) };
}

/** A project with the package in its node_modules. */
export function emptyProject(packed: Packed, type: "commonjs" | "module" = "commonjs"): string {
  const project = mkdtempSync(join(tmpdir(), "bgpfabric-consumer-"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", version: "1.0.0", type }));
  const installed = join(project, "node_modules", "bgpfabric");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", packed.tarball, "-C", installed, "--strip-components=1"]);
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as Manifest;
  for (const name of closure(manifest)) link(project, name);
  return project;
}

/** Links one more package, as `npm install NAME` would add it. */
export function link(project: string, name: string): void {
  const at = join(project, "node_modules", name);
  if (existsSync(at)) return;
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(join(modules, name), at);
}

/** The names of everything that an installation brings, as far as it lies at the top of node_modules. */
function closure(manifest: Manifest): Set<string> {
  const names = new Set<string>();
  const visit = ({ dependencies, peerDependencies, peerDependenciesMeta }: Manifest): void => {
    const required = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional);
    for (const name of [...Object.keys(dependencies ?? {}), ...required]) {
      const file = join(modules, name, "package.json");
      if (names.has(name) || !existsSync(file)) continue;
      names.add(name);
      visit(JSON.parse(readFileSync(file, "utf8")) as Manifest);
    }
  };
  visit(manifest);
  return names;
}

export const NO_REGISTRY = "the newest TypeScript cannot be installed: no npm registry answers";

/** The path of the newest release's tsc, installed into the folder; undefined where no registry answers. */
export function newestCompiler(folder: string): string | undefined {
  const options = ["--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"];
  const installed = spawnSync("npm", ["install", ...options, "typescript@latest"], { timeout: 120_000 });
  return installed.status === 0 ? join(folder, "node_modules", "typescript", "bin", "tsc") : undefined;
}
