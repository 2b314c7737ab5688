/** What somebody gets who adds the package to an empty project. That a registry serves it is not shown here. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { documentedPrograms } from "./documented";
import { checkout, emptyProject, link, newestCompiler, NO_REGISTRY, pack, type Packed } from "./install";

const folder = mkdtempSync(join(tmpdir(), "bgpfabric-pack-"));
const made: string[] = [folder];
let packed: Packed;

const ENTRIES = ["bgpfabric", "bgpfabric/forecast", "bgpfabric/cni", "bgpfabric/config", "bgpfabric/testing"];
/** Both compilers that a platform repository has today; the newest comes from the registry. */
const COMPILERS = ["5.9", "newest"] as const;
let newest: string | undefined;

function project(type: "commonjs" | "module" = "commonjs"): string {
  const at = emptyProject(packed, type);
  made.push(at);
  return at;
}

/** What a Node.js program in the project prints. */
function run(at: string, file: string, text: string): string {
  writeFileSync(join(at, file), text);
  return execFileSync(process.execPath, [file], { cwd: at, encoding: "utf8" }).trim();
}

/** The compiler's complaints about a file; none is "". */
function compile(at: string, file: string, compiler: (typeof COMPILERS)[number], options: string[] = []): string {
  for (const name of ["@types/node", "undici-types"]) link(at, name);
  const tsc = compiler === "5.9" ? join(checkout, "node_modules", "typescript", "bin", "tsc") : (newest ?? "");
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [tsc, "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--types", "node", ...options, file],
    { cwd: at, encoding: "utf8" },
  );
  return stdout + stderr;
}

beforeAll(() => {
  execFileSync(process.execPath, [join(checkout, "engine", "prepare.mjs")], { cwd: checkout, stdio: "ignore" });
  execFileSync(process.execPath, [join(checkout, "cli", "bundle.mjs")], { cwd: checkout, stdio: "ignore" });
  packed = pack(folder);
  newest = newestCompiler(folder);
});
afterAll(() => {
  for (const at of made) rmSync(at, { recursive: true, force: true });
});

describe("the tarball", () => {
  it("holds the library, the command, images, schemas and pages, and nothing else", () => {
    const kinds = packed.files.map(({ path }) => path.replace(/^((dist\/(components|cli))|docs|images)\/.*$/, "$1"));
    expect([...new Set(kinds)].sort()).toEqual(
      ["CHANGELOG.md", "LICENSE", "README.md", "dist/cli", "dist/components", "docs", "images", "package.json"].sort(),
    );
  });

  it("has declarations and a source map with its source beside every module", () => {
    const paths = new Set(packed.files.map(({ path }) => path));
    const modules = [...paths].filter((path) => path.startsWith("dist/components/") && path.endsWith(".js"));
    expect(modules.length).toBeGreaterThan(100);
    for (const path of modules.filter((path) => !path.endsWith("/agent/bundle.js"))) {
      expect(paths).toContain(path.replace(/\.js$/, ".d.ts"));
      expect(paths).toContain(`${path}.map`);
    }
    const map = JSON.parse(readFileSync(join(checkout, "dist/components/index.js.map"), "utf8")) as object;
    expect(map).toHaveProperty("sourcesContent");
  });

  it("has no module whose source has moved or gone", () => {
    const stale = packed.files
      .map(({ path }) => path)
      .filter((path) => path.startsWith("dist/components/") && path.endsWith(".js") && !path.endsWith("/bundle.js"))
      .filter((path) => !existsSync(join(checkout, path.replace(/^dist\//, "").replace(/\.js$/, ".ts"))));
    expect(stale).toEqual([]);
  });

  it("stays below 2.6 MB packed and 9.8 MB unpacked", () => {
    expect(packed.size).toBeLessThan(2_600_000);
    expect(packed.unpackedSize).toBeLessThan(9_800_000);
  });

  it("names no folder of the machine that packed it", () => {
    const at = project();
    const found = spawnSync("grep", ["-rlF", checkout, join(at, "node_modules", "bgpfabric")], { encoding: "utf8" });
    expect(found.stdout).toBe("");
  });
});

describe("a program in an empty project", () => {
  const FORECAST = `
    const network = { version: 1, segments: [], speakers: [] };
    console.log(JSON.stringify([typeof Rack, typeof record, forecast(network).solution.sessions]));`;

  it("runs as CommonJS", () => {
    const imports = `const { Rack } = require("bgpfabric"), { forecast } = require("bgpfabric/forecast"), { record } = require("bgpfabric/testing");`;
    expect(run(project(), "main.js", imports + FORECAST)).toBe('["function","function",[]]');
  });

  it("runs as an ES module", () => {
    const imports = `import { Rack } from "bgpfabric"; import { forecast } from "bgpfabric/forecast"; import { record } from "bgpfabric/testing";`;
    expect(run(project("module"), "main.js", imports + FORECAST)).toBe('["function","function",[]]');
  });

  it("finds every entry point, and no file beside them", () => {
    const at = project();
    const text = `for (const entry of process.argv.length ? ${JSON.stringify([...ENTRIES, "bgpfabric/bodies"])} : []) require(entry);
      try { require("bgpfabric/dist/components/index.js"); } catch (error) { console.log(error.code); }`;
    expect(run(at, "main.js", text)).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("registers a rack and a cluster in a unit test on bgpfabric/testing", () => {
    const text = `
      const { record } = require("bgpfabric/testing");
      record(() => {
        const { Cluster, Rack, calico, place } = require("bgpfabric");
        const rack = new Rack("rack1", { segments: ["10.10.10.0/24"], router: { os: "frr", asn: 65001, address: "10.10.10.1" } });
        new Cluster("k01", { runtime: "bare", cni: calico({ asn: 65010 }), pods: "192.168.0.0/16",
          nodes: place(rack, ["control-plane", "worker"], { from: "10.10.10.10" }) });
      }).then((seen) => console.log(seen.filter(({ type }) => type.endsWith(":Container")).map(({ name }) => name).join()));`;
    expect(run(project(), "test.js", text)).toMatch(/control-plane.*worker/);
  });

  it("runs README's program under README's unit test: a router and four nodes", () => {
    const at = project();
    const [program, test] = documentedPrograms(checkout).filter(({ page }) => page === "README.md");
    const asModule = (code = ""): string =>
      ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } })
        .outputText;
    writeFileSync(join(at, "program.js"), asModule(program?.code));
    const [imports = "", ...body] = (test?.code ?? "").split("\n\n");
    const wrapped = `${imports}\nasync function main() { ${body.join("\n\n")}\nconsole.log(containers.map(({ name }) => name).sort().join(" ")); }\nvoid main();`;
    expect(run(at, "test.js", asModule(wrapped)).split(" ")).toHaveLength(5);
  });

  it("has the command, which needs none of the packages", () => {
    const at = project();
    const command = join(at, "node_modules", "bgpfabric", "dist", "cli", "main.js");
    expect(execFileSync(process.execPath, [command, "--help"], { encoding: "utf8" })).toContain("forecast");
  });
});

describe.each(COMPILERS)("compiled by TypeScript %s", (compiler) => {
  beforeEach((context) => {
    if (compiler !== "newest" || newest !== undefined) return;
    if (process.env["CI"] === "true") throw new Error(NO_REGISTRY);
    context.skip(NO_REGISTRY);
  });

  it.each([
    ["node16", ["--module", "node16"]],
    ["a bundler's resolution", ["--module", "esnext", "--moduleResolution", "bundler"]],
  ])("every import that README and docs show resolves under %s", (_name, options) => {
    const at = project();
    const programs = documentedPrograms(checkout);
    expect(programs.length).toBeGreaterThan(2);
    writeFileSync(join(at, "documented.ts"), programs.map(({ imports }) => imports).join("\n"));
    expect(compile(at, "documented.ts", compiler, options)).toBe("");
  });

  it("the declarations stand by themselves, with those of the libraries they name", () => {
    const at = project();
    const text = ENTRIES.map((entry, index) => `export * as e${index} from "${entry}";`).join("\n");
    writeFileSync(join(at, "all.ts"), text);
    const own = compile(at, "all.ts", compiler, ["--module", "node16", "--skipLibCheck", "false"])
      .split("\n")
      .filter((line) => line.includes("bgpfabric/"));
    expect(own).toEqual([]);
  });
});

it("compiles under the module resolution of Pulumi's own template (TypeScript 5.9)", () => {
  const at = project();
  const text = ENTRIES.map((entry, index) => `export * as e${index} from "${entry}";`).join("\n");
  writeFileSync(join(at, "all.ts"), text);
  const options = ["--module", "commonjs", "--moduleResolution", "node10"];
  expect(compile(at, "all.ts", "5.9", options)).toBe("");
});

it("every type that a public signature names is exported by an entry point", () => {
  const typedoc = join(checkout, "node_modules", "typedoc", "bin", "typedoc");
  const ran = spawnSync(process.execPath, [typedoc, "--emit", "none"], { cwd: checkout, encoding: "utf8" });
  expect(ran.stdout + ran.stderr).not.toContain("is referenced by");
  expect(ran.status).toBe(0);
}, 600_000);
