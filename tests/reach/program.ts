/**
 * A Pulumi project of its own beside the checkout, as a user has one: its program is what a test writes into it, and it
 * finds this package in its node_modules. The engine is the real one; no Docker is needed.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CHECKOUT = join(__dirname, "../..");

export interface Ran {
  code: number;
  text: string;
}

export interface Project {
  /** From now on the project's program is this JavaScript. */
  program(source: string): void;
  pulumi(...args: string[]): Promise<Ran>;
  /** Ends well, or the test ends with what Pulumi printed. */
  succeeds(...args: string[]): Promise<string>;
  /** Everything that the backend has on disk. */
  state(): string;
  remove(): void;
}

export async function project(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), "bgpfabric-program-"));
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  mkdirSync(join(folder, "backend"));
  symlinkSync(CHECKOUT, join(modules, "bgpfabric"));
  symlinkSync(join(CHECKOUT, "node_modules/@pulumi"), join(modules, "@pulumi"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "program", main: "index.js" }));
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    "name: program\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  );
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const pulumi = (...args: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      const given = [...args, "--non-interactive", ...(args[0] === "stack" ? [] : ["--stack", "test"])];
      execFile("pulumi", given, { cwd: folder, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), text: stdout + stderr });
      });
    });
  const succeeds = async (...args: string[]) => {
    const { code, text } = await pulumi(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${text}`);
    return text;
  };
  await succeeds("stack", "init", "test");
  return {
    program: (source) => writeFileSync(join(folder, "index.js"), source),
    pulumi,
    succeeds,
    state: () => filesOf(join(folder, "backend")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function filesOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}
