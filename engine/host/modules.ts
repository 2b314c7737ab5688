/**
 * The machine's folder for kernel modules: kind mounts it, and Docker makes what it mounts. Where the machine had none, it
 * goes with the last lab; a node of another lab may have it mounted until then.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { removeEmptyFolder } from "../cache";

const FOLDER = "/lib/modules";

/** Beside the labs' own folders it is noted that the machine had none. */
const NOTE = "modules-made";
const note = (run: string): string => path.join(path.dirname(run), NOTE);

export function noteModules(run: string, folder = FOLDER): void {
  if (!fs.existsSync(folder)) fs.writeFileSync(note(run), "");
}

/** Does the folder stay for now because another lab is there, the last of which removes it? */
export function modulesStay(labs: string, place: string): boolean {
  return place === FOLDER && fs.existsSync(path.join(labs, NOTE)) && hasLab(labs);
}

const hasLab = (labs: string): boolean =>
  fs.readdirSync(labs, { withFileTypes: true }).some((entry) => entry.isDirectory());

/** After the lab's own folder `run` has gone. */
export function removeModules(run: string, folder = FOLDER): void {
  if (!fs.existsSync(note(run)) || hasLab(path.dirname(run))) return;
  removeEmptyFolder(folder);
  fs.rmSync(note(run));
}
