/**
 * Runs before anything else is there, hence in plain JavaScript: checks Node.js, installs the npm packages when they are
 * not those of package-lock.json, and compiles when a source is newer than what was compiled.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const ROOMS = ["components", "engine", "cli", "stacks", "bench"];
const BUILT = join(checkout, "dist", ".built");

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function step(title, command, args) {
  const begin = Date.now();
  process.stderr.write(`  ${title} ...\n`);
  const { status, error } = spawnSync(command, args, { cwd: checkout, stdio: ["ignore", 2, 2] });
  if (error !== undefined) fail(`${command} cannot be started: ${error.message}`);
  if (status !== 0) fail(`${title} failed: ${command} ${args.join(" ")} ended with ${status}`);
  process.stderr.write(`+ ${title} (${((Date.now() - begin) / 1000).toFixed(1)} s)\n`);
}

/** The packages that lie in node_modules are those of the lock, by version; optional ones of other systems aside. */
function packagesAreCurrent() {
  const installed = join(checkout, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const have = JSON.parse(readFileSync(installed, "utf8")).packages;
  const want = JSON.parse(readFileSync(join(checkout, "package-lock.json"), "utf8")).packages;
  return Object.entries(want).every(
    ([at, wanted]) => at === "" || wanted.optional === true || have[at]?.version === wanted.version,
  );
}

function newestSource() {
  let newest = 0;
  const look = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const at = join(folder, entry.name);
      if (entry.isDirectory()) look(at);
      else if (/\.(ts|json)$/.test(entry.name)) newest = Math.max(newest, statSync(at).mtimeMs);
    }
  };
  for (const room of ROOMS) if (existsSync(join(checkout, room))) look(join(checkout, room));
  for (const name of ["tsconfig.json", "tsconfig.build.json", "package-lock.json"]) {
    newest = Math.max(newest, statSync(join(checkout, name)).mtimeMs);
  }
  return newest;
}

/** What was compiled from a source that has moved or gone would still be found, run and packed. */
function removeStale() {
  const sweep = (compiled, sources) => {
    if (!existsSync(compiled)) return;
    for (const entry of readdirSync(compiled, { withFileTypes: true })) {
      const at = join(compiled, entry.name);
      if (entry.isDirectory()) {
        sweep(at, join(sources, entry.name));
        if (readdirSync(at).length === 0) rmdirSync(at);
        continue;
      }
      // The agent's bundle is made of many sources.
      if (entry.name === "bundle.js") continue;
      const source = entry.name.replace(/\.(js|js\.map|d\.ts)$/, ".ts");
      if (!existsSync(join(sources, source))) rmSync(at);
    }
  };
  for (const room of ["components", "engine", "cli", "stacks"])
    sweep(join(checkout, "dist", room), join(checkout, room));
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node.js ${process.versions.node} is too old: install 20.19 or newer and put it on PATH`);
}
if (!packagesAreCurrent()) step("npm packages", "npm", ["ci", "--no-audit", "--no-fund"]);
if (!existsSync(BUILT) || statSync(BUILT).mtimeMs < newestSource()) {
  // Named before the compiler runs: a source that is saved meanwhile counts as newer.
  const begun = new Date();
  step("compiling", process.execPath, [join("node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"]);
  removeStale();
  step("bundling the agent", process.execPath, [join("components", "agent", "bundle.mjs")]);
  writeFileSync(BUILT, "");
  utimesSync(BUILT, begun, begun);
}
