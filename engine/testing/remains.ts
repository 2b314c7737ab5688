/**
 * What a lab could leave on the machine after `make clean`: settings as `sysctl -a` lists them, mounts, processes, folders.
 * Taken before and after, and compared. Of other labs that come and go meanwhile it says nothing.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { modulesStay } from "../host/modules";
import { namespaceOf, processesOf } from "../host/private";
import type { Places } from "../places";

export interface Machine {
  /** By the file below /proc/sys. */
  settings: ReadonlyMap<string, string>;
  mounts: ReadonlySet<string>;
  /** Of this lab alone, "PID NAME". */
  processes: ReadonlySet<string>;
  folders: ReadonlySet<string>;
}

const SETTINGS = "/proc/sys";
/** These count and measure: they change by themselves. Reading `stat_refresh` does something. */
const VOLATILE =
  /^(fs\/(aio-nr|dentry-state|file-nr|inode-nr|inode-state|quota\/.*)|kernel\/(ns_last_pid|perf_event_max_sample_rate|pty\/nr|random\/.*)|net\/netfilter\/nf_conntrack_count|vm\/stat_refresh)$/;
/** Where containers' programs keep what outlives them, and the roots of the control groups. */
const PLACES = ["/", "/etc", "/lib", "/opt", "/run", "/run/netns", "/run/bgpfabric", "/var/lib", "/sys/fs/cgroup"];
/** Made by the first lab and removed by the last one. */
const SHARED = new Set(["/run/bgpfabric", "/run/containerd", "/run/netns"]);

export function machine(at: Places): Machine {
  return {
    settings: new Map(settings(SETTINGS).filter(([name]) => !VOLATILE.test(name))),
    mounts: new Set(mounts().filter((mount) => !isOfAnother(mount, at))),
    processes: new Set(processesOf(at).map(({ pid }) => `${pid} ${nameOf(pid)}`)),
    folders: new Set(folders().filter((folder) => !isOfAnother(folder, at))),
  };
}

/** In words, what is other than before; empty where nothing is. */
export function remains(before: Machine, after: Machine): string[] {
  const more = (was: ReadonlySet<string>, is: ReadonlySet<string>) => [...is].filter((one) => !was.has(one)).sort();
  const changed = [...before.settings].filter(
    ([name, value]) => after.settings.has(name) && after.settings.get(name) !== value,
  );
  return [
    ...changed.map(([name, value]) => `setting ${name}: ${value} is ${after.settings.get(name) ?? ""}`),
    ...more(before.mounts, after.mounts).map((mount) => `mount ${mount}`),
    ...more(before.processes, after.processes).map((process) => `process ${process}`),
    ...more(before.folders, after.folders).map((folder) => `folder ${folder}`),
  ];
}

/** Without a private daemon the mounts and folders of containers are that daemon's own matter. */
export function told({ settings, mounts, processes, folders }: Machine): string {
  return `${settings.size} settings, ${mounts.size} mounts, ${processes.size} processes of the lab, ${folders.size} folders`;
}

function settings(folder: string): [string, string][] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const file = path.join(folder, entry.name);
    const name = path.relative(SETTINGS, file);
    if (entry.isDirectory()) return settings(file);
    if (VOLATILE.test(name)) return [];
    try {
      return [[name, fs.readFileSync(file, "utf8").trim()]];
    } catch {
      // Some can be written alone.
      return [];
    }
  });
}

function mounts(): string[] {
  return fs
    .readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? []);
}

/** Of /sys/fs/cgroup one level more: cgroup v1 has a folder for each controller there. */
function folders(): string[] {
  return PLACES.flatMap((place) =>
    below(place).flatMap((one) => (place === "/sys/fs/cgroup" ? [one, ...below(one)] : one)),
  );
}

function below(folder: string): string[] {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .flatMap((entry) => (entry.isDirectory() || folder === "/run/netns" ? [path.join(folder, entry.name)] : []));
  } catch {
    return [];
  }
}

function isOfAnother(place: string, at: Places): boolean {
  if (SHARED.has(place) || modulesStay(path.dirname(at.run), place)) return true;
  const name = path.basename(place);
  if (name.startsWith("bgpfabric-")) return name !== namespaceOf(at);
  return place.startsWith("/run/bgpfabric/") && place !== at.run && !place.startsWith(`${at.run}/`);
}

function nameOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "gone";
  }
}
