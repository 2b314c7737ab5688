/**
 * Network namespaces by name, as `ip netns` keeps them: a file each in /run/netns. It makes that folder a mount of its own
 * when the first namespace comes and leaves it one when the last has gone; what came with us goes with us.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { removeEmptyFolder } from "../cache";
import { must } from "../exec";
import { netnsFile } from "./lab-host";

const FOLDER = "/run/netns";

/** In the given folder it is noted that the mount is ours to take away. */
const note = (folder: string): string => path.join(folder, "netns-mount");

export async function addNamespace(name: string, notes: string): Promise<void> {
  if (fs.existsSync(netnsFile(name))) return;
  const before = isMounted();
  await must("ip", ["netns", "add", name]);
  if (!before) fs.writeFileSync(note(notes), "");
}

export async function removeNamespace(name: string, notes: string): Promise<void> {
  if (fs.existsSync(netnsFile(name))) await must("ip", ["netns", "del", name]);
  const shared = fs.existsSync(FOLDER) && fs.readdirSync(FOLDER).length > 0;
  // Others have namespaces there now: whoever of us goes last takes the mount away.
  if (shared) return;
  if (fs.existsSync(note(notes)) && isMounted()) await must("umount", [FOLDER]);
  fs.rmSync(note(notes), { force: true });
  removeEmptyFolder(FOLDER);
}

function isMounted(): boolean {
  return fs
    .readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[4] === FOLDER);
}
