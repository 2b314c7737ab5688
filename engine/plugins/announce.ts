/** Says once a run that plugins of this project stand in: not once a plugin, not again in the update after its preview. */
import { closeSync, openSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Engine } from "./engine";
import type { Plugin } from "./plugin";

/** A run is one process of the pulumi command: the parent of all its plugins. Its mark lies beside the plugins. */
export function announceOnce(plugin: Plugin, engine: Engine): void {
  const script = process.argv[1];
  if (script === undefined || !takeMark(dirname(dirname(script)), process.ppid)) return;
  engine.log(
    "info",
    `no official Pulumi plugins in this PULUMI_HOME: bgpfabric's own stand in (${plugin.name} ${plugin.version} and the like); see docs/plugins.md`,
  );
}

const mark = /^\.standing-in\.(\d+)$/;

/** True for the first to ask for this run. Marks of runs that have ended are removed. A directory that cannot be written answers true. */
export function takeMark(directory: string, run: number): boolean {
  try {
    for (const name of readdirSync(directory)) {
      const pid = Number(mark.exec(name)?.[1] ?? run);
      if (pid !== run && !alive(pid)) rmSync(join(directory, name), { force: true });
    }
    closeSync(openSync(join(directory, `.standing-in.${run}`), "wx"));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EEXIST";
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
