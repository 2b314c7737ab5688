/**
 * The machine's folder for kernel modules: kind mounts it, and Docker makes what it mounts. Where the machine had none, it
 * goes with the last lab; a node of another lab may have it mounted until then.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { removeEmptyFolder } from "../cache";

const FOLDER = "/lib/modules";

/** Beside the labs' own folders it is noted that the machine had none. */
const note = (run: string): string => path.join(path.dirname(run), "modules-made");

export function noteModules(run: string, folder = FOLDER): void {
  if (!fs.existsSync(folder)) fs.writeFileSync(note(run), "");
}

/** After the lab's own folder `run` has gone. */
export function removeModules(run: string, folder = FOLDER): void {
  const labs = path.dirname(run);
  if (!fs.existsSync(note(run))) return;
  if (fs.readdirSync(labs, { withFileTypes: true }).some((entry) => entry.isDirectory())) return;
  removeEmptyFolder(folder);
  fs.rmSync(note(run));
}
