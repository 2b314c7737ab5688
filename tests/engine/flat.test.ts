/**
 * BgpFabric as other languages have it: the engine reads the schema from the plugin, and a program in YAML is previewed with
 * it where Pulumi's host of that language is on PATH. What the schema holds is checked in tests/packed/flat.test.ts.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkout, emptyProject, link, pack } from "../packed/install";

const HOST = "pulumi-language-yaml";
const folder = mkdtempSync(join(tmpdir(), "bgpfabric-flat-"));
let at = "";

/** In a folder of the package's. */
const pulumi = (where: string, ...args: string[]): string => {
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    // Nothing of this may come from a registry.
    npm_config_offline: "true",
  };
  const { status, stdout, stderr } = spawnSync("pulumi", ["--non-interactive", ...args], {
    cwd: join(at, where),
    env,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`pulumi ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
};

beforeAll(() => {
  execFileSync(process.execPath, [join(checkout, "engine", "prepare.mjs")], { cwd: checkout, stdio: "ignore" });
  execFileSync(process.execPath, [join(checkout, "cli", "bundle.mjs")], { cwd: checkout, stdio: "ignore" });
  mkdirSync(join(folder, "backend"));
  at = emptyProject(pack(folder));
  cpSync(join(checkout, "docs/examples/flat"), at, { recursive: true });
  for (const name of ["@types/node", "undici-types", "typescript"]) link(at, name);
  execFileSync(process.execPath, [join(checkout, "node_modules/typescript/bin/tsc"), "-p", "."], { cwd: at });
});
afterAll(() => {
  for (const one of [folder, at]) rmSync(one, { recursive: true, force: true });
});

it("the engine gets the schema from the plugin, which asks no registry for anything", () => {
  const schema = JSON.parse(pulumi(".", "package", "get-schema", "./plugin/pulumi-resource-bgpfabric-flat")) as {
    name: string;
    resources: Record<string, { isComponent: boolean; requiredInputs: string[] }>;
  };
  expect(schema.name).toBe("bgpfabric-flat");
  expect(Object.keys(schema.resources)).toEqual(["bgpfabric-flat:index:BgpFabric"]);
  expect(schema.resources["bgpfabric-flat:index:BgpFabric"]).toMatchObject({
    isComponent: true,
    requiredInputs: ["asn", "cni", "nodes", "pods", "racks", "runtime"],
  });
});

const host = spawnSync("sh", ["-c", `command -v ${HOST}`], { encoding: "utf8" }).stdout.trim();
if (host === "") {
  const why = `the program in YAML is not previewed: no ${HOST} on PATH (docs/other-languages.md)`;
  it("a program in YAML", ({ skip }) => {
    console.log(why);
    skip(why);
  });
} else {
  it("a program in YAML is previewed with its sessions and routes, and makes every resource of the fabric", () => {
    pulumi("example", "stack", "init", "dev");
    const said = pulumi("example", "preview", "--diff", "--stack", "dev");
    expect(said).toContain("k01-worker 10.10.10.11 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4");
    expect(said).toContain("k01-worker2 10.10.10.12 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4");
    expect(said).toContain("rack1-tor 172.16.0.240/28: ebgp via 10.10.10.11 10.10.10.12, path 65010");
    expect(said).toMatch(/bgpfabric-flat:index:BgpFabric: \(create\)/);
    expect(said.match(/docker:index\/container:Container: \(create\)/g)).toHaveLength(4);
  });
}
