/**
 * What no lab uses of a Go program is not compiled: files of ours stand in for those that reach for it, in a copy of
 * their module, and a module that they alone needed is never fetched. The program refuses in words what it was left.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { must } from "../exec";

export interface LeftOut {
  /** The stand-ins' folder of each module, below `without` beside the program's go.mod. */
  [module: string]: string;
}

/** A go.mod for `go -modfile`: the program's own, with the copies in place of the modules. */
export async function withStandIns(
  leftOut: LeftOut,
  { cwd, scratch, env, log }: { cwd: string; scratch: string; env: Record<string, string | undefined>; log: string },
): Promise<string> {
  const lines: string[] = [];
  for (const [module, name] of Object.entries(leftOut)) {
    const standIns = path.join(cwd, "without", name);
    // A module of its own: nothing of the real one is needed.
    if (fs.existsSync(path.join(standIns, "go.mod"))) {
      lines.push(`replace ${module} => ${standIns}`);
      continue;
    }
    const { Dir } = JSON.parse(await must("go", ["mod", "download", "-json", module], { cwd, env, log })) as {
      Dir: string;
    };
    const copy = path.join(scratch, "without", name);
    fs.cpSync(Dir, copy, { recursive: true, filter: (file) => !/(_test\.go|\/testdata)$/.test(file) });
    standIn(standIns, copy, module);
    lines.push(`replace ${module} => ${copy}`);
  }
  const modfile = path.join(scratch, "go.mod");
  fs.writeFileSync(modfile, `${fs.readFileSync(path.join(cwd, "go.mod"), "utf8")}\n${lines.join("\n")}\n`);
  fs.copyFileSync(path.join(cwd, "go.sum"), path.join(scratch, "go.sum"));
  return modfile;
}

/** Each file takes the place of the one with its name: one that has none would be compiled beside what it replaces. */
export function standIn(standIns: string, copy: string, module: string): void {
  for (const entry of fs.readdirSync(standIns, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(standIns, file);
    if (!fs.existsSync(path.join(copy, name))) {
      const fix = "name it after the file that reaches for what is left out now, or take it away";
      throw new Error(`${module} has no ${name} that ${file} could replace: ${fix}`);
    }
    fs.copyFileSync(file, path.join(copy, name));
  }
}
