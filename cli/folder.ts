/** The files of a folder that is, or will be, a snapshot. What each of them is, recognise.ts knows. */
import { readdirSync, statSync } from "node:fs";
import { join, normalize } from "node:path";

export const SNAPSHOT = "bgpfabric.yaml";

/** What stands beside a network's files and belongs to other tools. */
export const OF_OTHERS =
  /^(kustomization\.ya?ml|values\.yaml|Chart\.yaml|package(-lock)?\.json|.*\.(md|py|sh|png|pcap))$/;

/** The folder and two levels below it: deeper lies what is no snapshot (a checkout, a chart's dependencies). */
export function filesOf(folder: string): string[] {
  return filesIn(normalize(folder), 0);
}

function filesIn(folder: string, depth: number): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || entry.name === "node_modules" || entry.name === SNAPSHOT) return [];
    if (entry.isDirectory()) return depth < 2 ? filesIn(path, depth + 1) : [];
    // A link counts as the file it leads to (a mounted ConfigMap has nothing else); one that leads nowhere is named.
    const linked = entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true;
    return entry.isFile() || linked ? [path] : [];
  });
}
