/**
 * A private Docker daemon in a network namespace of its own: nothing of the lab can leave the machine, and no service,
 * route, mount or firewall rule of the host is touched. Linux and root only.
 */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { remove, removeEmptyFolder } from "../cache";
import { must, run } from "../exec";
import { SetupError, type Places } from "../places";
import { runtimeFolder } from "./capabilities";
import { isAlive, startOf, type ProcessId } from "../process";
import { dockerEnvironment } from "../parts/docker";
import { connect, versionOf } from "./find";
import { inside, netnsFile, type LabHost } from "./lab-host";
import { noteModules, removeModules } from "./modules";
import { addNamespace, removeNamespace } from "./netns";

interface LabRecord {
  daemon: ProcessId;
  /** Whose lab it is: two homes cannot share one lab. */
  state: string;
  /** The folder with Docker's programs, empty when they are the user's. */
  docker: string;
}

export function namespaceOf(at: Places): string {
  return `bgpfabric-${at.lab}`;
}

function hostOf(at: Places, docker: string): LabHost {
  return {
    kind: "private",
    dockerHost: `unix://${path.join(at.run, "docker.sock")}`,
    namespace: namespaceOf(at),
    ...(docker === "" ? {} : { client: path.join(docker, "client") }),
  };
}

function readRecord(at: Places): LabRecord | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(at.run, "lab.json"), "utf8")) as LabRecord;
  } catch {
    return undefined;
  }
}

/** The private lab host, when its daemon answers. */
export async function runningPrivateHost(at: Places): Promise<LabHost | undefined> {
  const record = readRecord(at);
  if (record === undefined || !isAlive(record.daemon)) return undefined;
  const host = hostOf(at, record.docker);
  if ((await versionOf(host.dockerHost)) === undefined) return undefined;
  if (record.state !== at.state) {
    throw new SetupError(
      `lab "${at.lab}" is already running for ${record.state}; give this one a name of its own: BGPFABRIC_LAB=other`,
    );
  }
  return host;
}

export async function startPrivateHost(at: Places, docker: string): Promise<LabHost> {
  const running = await runningPrivateHost(at);
  if (running !== undefined) return running;
  await stopDaemon(at);
  fs.mkdirSync(at.run, { recursive: true, mode: 0o711 });
  noteModules(at.run);
  fs.mkdirSync(at.state, { recursive: true });
  const namespace = namespaceOf(at);
  await addNamespace(namespace, path.dirname(at.run));
  await must("ip", ["-n", namespace, "link", "set", "lo", "up"]);

  const host = hostOf(at, docker);
  const log = path.join(at.state, "dockerd.log");
  const out = fs.openSync(log, "w");
  const [command, args] = inside(host, "unshare", [
    // Its mounts stay its own and end with it; mounts of the host still appear inside.
    ...["--mount", "--propagation", "slave", "--", "dockerd"],
    ...["--data-root", path.join(at.state, "docker"), "--exec-root", path.join(at.run, "exec")],
    ...["--host", host.dockerHost, "--pidfile", path.join(at.run, "docker.pid")],
    ...["--cgroup-parent", cgroupOf(at), "--exec-opt", "native.cgroupdriver=cgroupfs"],
    ...["--log-opt", "max-size=10m", "--shutdown-timeout", "5"],
    // Docker's own choice walks through 172.16.0.0/12, and one day takes a prefix that a lab asks for.
    ...["--default-address-pool", "base=100.64.0.0/16,size=24"],
  ]);
  const child = spawn(command, args, {
    detached: true,
    stdio: ["ignore", out, out],
    env: withFirst(runtimeFolder(at.run), { ...process.env, ...dockerEnvironment(docker) }),
  });
  fs.closeSync(out);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} could not be started`);
  // nsenter and unshare become dockerd without a fork: the process that was started is the daemon.
  const daemon = { pid, started: startOf(pid) };
  const record: LabRecord = { daemon, state: at.state, docker };
  fs.writeFileSync(path.join(at.run, "lab.json"), JSON.stringify(record));
  child.unref();
  await answers(host, daemon, log);
  await passServiceTraffic(host);
  return host;
}

async function answers(host: LabHost, daemon: ProcessId, log: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if ((await versionOf(host.dockerHost)) !== undefined) return;
    if (!isAlive(daemon)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const tail = fs.readFileSync(log, "utf8").trim().split("\n").slice(-8).join("\n");
  throw new Error(`the private Docker daemon does not answer\n${tail}\n(all of it: ${log})`);
}

/**
 * With br_netfilter on, bridged packets pass iptables, and Docker's rules drop what is addressed to a service address
 * outside the bridge's subnet. The switch is one of the namespace, the host keeps its own.
 */
async function passServiceTraffic(host: LabHost): Promise<void> {
  for (const name of ["bridge-nf-call-iptables", "bridge-nf-call-ip6tables"]) {
    const [command, args] = inside(host, "sh", ["-c", `f=/proc/sys/net/bridge/${name}; [ ! -e $f ] || echo 0 > $f`]);
    await must(command, args);
  }
}

/** The control group of all containers of the lab. */
export function cgroupOf(at: Places): string {
  return `/bgpfabric-${at.lab}`;
}

/** Ends the daemon, its containers and the namespace, and leaves the machine as it was before. */
export async function stopPrivateHost(at: Places): Promise<boolean> {
  const was = fs.existsSync(at.run) || fs.existsSync(netnsFile(namespaceOf(at)));
  const record = readRecord(at);
  if (record !== undefined && record.state !== at.state && isAlive(record.daemon)) {
    throw new SetupError(`lab "${at.lab}" runs for ${record.state}, not for ${at.state}: it is left alone`);
  }
  await stopDaemon(at);
  removeCgroups(at);
  await removeNamespace(namespaceOf(at), path.dirname(at.run));
  remove(at.run);
  remove(path.join(at.state, "docker"));
  removeModules(at.run);
  // What containerd makes for itself; it stays when somebody else uses it.
  for (const dir of [path.dirname(at.run), "/run/containerd/s", "/run/containerd"]) removeEmptyFolder(dir);
  return was;
}

async function stopDaemon(at: Places): Promise<void> {
  const record = readRecord(at);
  if (record !== undefined && isAlive(record.daemon)) {
    await killContainers(hostOf(at, record.docker));
    process.kill(record.daemon.pid, "SIGTERM");
    if (!(await gone(record.daemon, 20_000))) {
      process.kill(record.daemon.pid, "SIGKILL");
      await gone(record.daemon, 5000);
    }
  }
  // A daemon that was killed leaves containerd, its shims and the containers behind.
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const left = processesOf(at);
    for (const id of left) {
      try {
        process.kill(id.pid, signal);
      } catch {
        // gone already
      }
    }
    await Promise.all(left.map((id) => gone(id, 3000)));
  }
  fs.rmSync(path.join(at.run, "docker.pid"), { force: true });
}

/** Containers that ignore SIGTERM would hold the daemon's end up for ten seconds. */
async function killContainers(host: LabHost): Promise<void> {
  try {
    const docker = connect(host.dockerHost);
    const running = await docker.listContainers();
    await Promise.all(
      running.map(({ Id }) =>
        docker
          .getContainer(Id)
          .kill()
          .catch(() => undefined),
      ),
    );
  } catch {
    // a daemon that does not answer is ended by signals
  }
}

/** Processes of this lab: those in its cgroup, and those that name its folder as theirs. */
export function processesOf(at: Places): ProcessId[] {
  const found: ProcessId[] = [];
  for (const name of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      const groups = fs.readFileSync(`/proc/${name}/cgroup`, "utf8");
      const program = fs.readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      const ours =
        groups.split("\n").some((line) => line.split(":")[2]?.startsWith(`${cgroupOf(at)}/`)) ||
        (/containerd/.test(program[0] ?? "") && program.some((word) => word.startsWith(`${at.run}/`)));
      if (ours) found.push({ pid: Number(name), started: startOf(Number(name)) });
    } catch {
      // gone already
    }
  }
  return found;
}

async function gone(id: ProcessId, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isAlive(id)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

function removeCgroups(at: Places): void {
  const roots = fs.existsSync("/sys/fs/cgroup")
    ? ["/sys/fs/cgroup", ...fs.readdirSync("/sys/fs/cgroup").map((name) => `/sys/fs/cgroup/${name}`)]
    : [];
  const removeTree = (dir: string): void => {
    for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(path.join(dir, entry.name));
    }
    fs.rmdirSync(dir);
  };
  for (const root of roots) {
    const dir = path.join(root, cgroupOf(at));
    if (fs.existsSync(dir)) removeTree(dir);
  }
}

/** Whether somebody still runs something inside the lab's namespace besides the daemon: an open shell, say. */
export async function guests(at: Places): Promise<string[]> {
  const listed = await run("ip", ["netns", "pids", namespaceOf(at)]);
  if (listed.code !== 0) return [];
  const record = readRecord(at);
  return listed.stdout.split("\n").filter((pid) => {
    if (pid === "" || Number(pid) === record?.daemon.pid) return false;
    try {
      const program = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] ?? "";
      return !/(dockerd|containerd|docker-proxy|containerd-shim)/.test(program);
    } catch {
      return false;
    }
  });
}

/** The environment with a folder first on PATH. */
function withFirst(folder: string | undefined, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return folder === undefined ? env : { ...env, PATH: `${folder}:${env["PATH"] ?? ""}` };
}
