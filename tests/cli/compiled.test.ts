/** The command starts with what V8 compiled of it before, and says the same whether that is there, broken or forbidden. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bundle } from "./command";

const fabric = join(__dirname, "fabric17");
const routers = ["leaf1", "leaf2", "leaf3", "spine1", "spine2"].flatMap((name) => ["--frr", `${name}=${name}.conf`]);
const args = ["forecast", "--cni", "calico", "--cni-version", "3.32", "--links", "links.yaml", ...routers, "cal"];

function run(cache: string, env: NodeJS.ProcessEnv = {}): { out: string; err: string; code: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [bundle(), ...args], {
    cwd: fabric,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", XDG_CACHE_HOME: cache, ...env },
  });
  return { out: stdout, err: stderr, code: status };
}

const kept = (cache: string): string[] => {
  const folder = join(cache, "bgpfabric/command");
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
};

describe("what was compiled", () => {
  const cache = mkdtempSync(join(tmpdir(), "compiled-"));
  const first = run(cache);

  test("is kept by the first run, for its user alone, and changes no answer of the next", () => {
    expect(first.code).toBe(1);
    const files = kept(cache);
    expect(files.length).toBeGreaterThan(0);
    expect(statSync(join(cache, "bgpfabric/command")).mode & 0o077).toBe(0);
    expect(run(cache)).toEqual(first);
    expect(kept(cache)).toEqual(files);
  });

  test("is made anew where it is broken", () => {
    for (const name of kept(cache)) {
      const file = join(cache, "bgpfabric/command", name);
      if (statSync(file).isFile()) writeFileSync(file, "not what V8 wrote");
    }
    expect(run(cache)).toEqual(first);
    expect(run(cache)).toEqual(first);
  });

  test("is not kept where nothing can be written, or where Node.js is told to keep nothing", () => {
    const file = join(mkdtempSync(join(tmpdir(), "compiled-")), "a-file");
    writeFileSync(file, "");
    expect(run(file)).toEqual(first);
    const none = mkdtempSync(join(tmpdir(), "compiled-"));
    expect(run(none, { NODE_DISABLE_COMPILE_CACHE: "1" })).toEqual(first);
    expect(kept(none)).toEqual([]);
  });
});
