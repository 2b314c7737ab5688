/**
 * Processes of a Pulumi run that outlived it: plugins and language hosts whose engine was killed go on for a while and
 * could still make something. Found by the backend in their environment and by having no engine above them.
 */
import * as fs from "node:fs";
import { isAlive, startOf, type ProcessId } from "../process";

const PLUGIN = /pulumi-(language|resource)-|\/plugins\/resource-/;

export function leftovers(backendUrl: string, proc = "/proc"): ProcessId[] {
  if (!fs.existsSync(`${proc}/self`) && proc === "/proc") return [];
  const found: ProcessId[] = [];
  for (const name of fs.readdirSync(proc)) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    const commandLine = read(`${proc}/${name}/cmdline`);
    if (!PLUGIN.test(commandLine)) continue;
    if (!read(`${proc}/${name}/environ`).split("\0").includes(`PULUMI_BACKEND_URL=${backendUrl}`)) continue;
    if (!hasEngineAbove(pid, proc)) found.push({ pid, started: startOf(pid) });
  }
  return found;
}

function hasEngineAbove(pid: number, proc: string): boolean {
  let at = parentOf(pid, proc);
  while (at > 1) {
    const program = read(`${proc}/${at}/cmdline`).split("\0")[0] ?? "";
    if (/(^|\/)pulumi$/.test(program)) return true;
    at = parentOf(at, proc);
  }
  return false;
}

function parentOf(pid: number, proc: string): number {
  const stat = read(`${proc}/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

export async function endLeftovers(backendUrl: string): Promise<number> {
  const found = leftovers(backendUrl);
  for (const { pid } of found) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // gone already
    }
  }
  const deadline = Date.now() + 5000;
  while (found.some(isAlive) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  return found.length;
}
