/** Proves what is recognised as left by a killed run, from Pulumi's own files; the clearing up needs the real engine. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { Places } from "../../engine/places";
import { backendLocks, removeBrokenAttributes, stackNames, stackState } from "../../engine/stack/backend";
import { leftovers } from "../../engine/stack/leftovers";
import { interrupted, marked, mayRemove } from "../../engine/stack/recover";
import { temporaryFolder } from "./temporary";

const goal = { project: "bgpfabric", stack: "selective" };

function lab(): Places {
  const folder = temporaryFolder();
  return { cache: folder, state: folder, run: folder, lab: "lab", checkout: folder };
}

/** A lock as Pulumi 3.259 writes it, beside the attributes file that its storage library adds. */
function leaveLock(at: Places, holder: { pid: number; hostname: string }): void {
  const dir = join(at.state, "backend", ".pulumi", "locks", "organization", goal.project, goal.stack);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "399ce855.json"), JSON.stringify({ ...holder, username: "root", timestamp: "2026-11-21" }));
  writeFileSync(join(dir, "399ce855.json.attrs"), "{}");
}

function leaveState(at: Places, latest: object): void {
  const dir = join(at.state, "backend", ".pulumi", "stacks", goal.project);
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    join(dir, "selective.json"),
    JSON.stringify({ version: 3, checkpoint: { stack: "selective", latest } }),
  );
  writeFileSync(join(dir, "selective.json.bak"), "{}");
}

const deadPid = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

describe("a lock in Pulumi's backend", () => {
  it("whose holder is dead is stale", () => {
    const at = lab();
    const pid = deadPid();
    leaveLock(at, { pid, hostname: hostname() });
    expect(backendLocks(at, goal)).toEqual([{ pid, hostname: hostname(), stale: true }]);
    expect(interrupted({ at }, goal)).toEqual([`the lock of process ${pid}, which is dead`]);
  });

  it("whose number now belongs to a process that is no pulumi is stale", () => {
    const at = lab();
    leaveLock(at, { pid: 1, hostname: hostname() });
    expect(backendLocks(at, goal).map((lock) => lock.stale)).toEqual([process.platform === "linux"]);
  });

  it("of another machine is never called stale", () => {
    const at = lab();
    leaveLock(at, { pid: deadPid(), hostname: "elsewhere" });
    expect(backendLocks(at, goal).map((lock) => lock.stale)).toEqual([false]);
    expect(interrupted({ at }, goal)).toEqual([]);
  });
});

describe("a stack's state", () => {
  it("that does not exist is no stack, and nothing was interrupted", () => {
    const at = lab();
    expect(stackState(at, goal)).toBeUndefined();
    expect(stackNames(at, goal.project)).toEqual([]);
    expect(interrupted({ at }, goal)).toEqual([]);
  });

  it("tells resources and pending operations", () => {
    const at = lab();
    const urn = "urn:pulumi:selective::bgpfabric::docker:index/container:Container::tor1";
    leaveState(at, {
      resources: [{ urn, type: "docker:index/container:Container", id: "0123" }],
      pending_operations: [{ type: "creating", resource: { urn: `${urn}-2` } }],
    });
    expect(stackState(at, goal)).toEqual({
      resources: [{ urn, type: "docker:index/container:Container", id: "0123" }],
      pending: [{ type: "creating", urn: `${urn}-2` }],
    });
    expect(stackNames(at, goal.project)).toEqual(["selective"]);
    expect(interrupted({ at }, goal)).toEqual(["1 pending operation"]);
  });
});

it("attributes that were being written when the run was killed are taken away, and nothing else", () => {
  const at = lab();
  leaveState(at, {});
  const dir = join(at.state, "backend", ".pulumi", "stacks", goal.project);
  writeFileSync(join(dir, "selective.json.attrs"), "");
  writeFileSync(join(dir, "selective.json.bak.attrs"), '{"user.content_type":"application/json"}');
  writeFileSync(join(dir, "another.json.attrs"), "");
  removeBrokenAttributes(at, goal);
  const left = ["another.json.attrs", "selective.json", "selective.json.bak", "selective.json.bak.attrs"];
  expect(readdirSync(dir).sort()).toEqual(left);
});

describe("the mark of a run", () => {
  it("stays when the run does not end, and goes with its end, good or bad", async () => {
    const at = lab();
    await marked(at.state, goal, () => {
      expect(interrupted({ at }, goal)).toEqual(["a run of ours that did not end"]);
      return Promise.resolve();
    });
    expect(interrupted({ at }, goal)).toEqual([]);
    await expect(marked(at.state, goal, () => Promise.reject(new Error("x")))).rejects.toThrow("x");
    expect(interrupted({ at }, goal)).toEqual([]);
  });
});

describe("things with the stack's labels that its state lacks", () => {
  const yours = { host: { kind: "yours" as const, dockerHost: "" } };
  const left = [{ kind: "container", name: "bgpfabric-selective-k01-worker" }];
  const asked = (host: typeof yours | { host: { kind: "private"; dockerHost: string } }, killed: string[]) => () =>
    mayRemove(host, goal, killed, left);

  it("in your own Docker are named, with the command that takes them over", () => {
    expect(asked(yours, [])).toThrow(/container bgpfabric-selective-k01-worker: another user's, or left/);
    expect(asked(yours, [])).toThrow("make up STACK=selective BGPFABRIC_TAKE_OVER=1");
  });

  it("are removed there after a run that is known to have been killed, or when one says so", () => {
    expect(asked(yours, ["an update of process 4711"])).not.toThrow();
    vi.stubEnv("BGPFABRIC_TAKE_OVER", "1");
    try {
      expect(asked(yours, [])).not.toThrow();
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("in a private daemon are ours", () => {
    expect(asked({ host: { kind: "private", dockerHost: "" } }, [])).not.toThrow();
  });
});

describe("processes that outlived their engine", () => {
  const backend = "file:///home/user/.local/state/bgpfabric/lab/backend";

  function processTable(list: { pid: number; parent: number; command: string; backend?: string }[]): string {
    const proc = temporaryFolder();
    for (const { pid, parent, command, backend } of list) {
      const dir = join(proc, String(pid));
      mkdirSync(dir);
      writeFileSync(join(dir, "cmdline"), command.split(" ").join("\0"));
      writeFileSync(join(dir, "stat"), `${pid} (a (strange) name) S ${parent} 1 1 0`);
      writeFileSync(join(dir, "environ"), backend === undefined ? "A=b\0" : `A=b\0PULUMI_BACKEND_URL=${backend}\0`);
    }
    return proc;
  }

  it("are plugins and language hosts of this lab's backend without a pulumi above them", () => {
    const proc = processTable([
      { pid: 1, parent: 0, command: "init" },
      { pid: 10, parent: 1, command: "/cache/pulumi up", backend },
      { pid: 11, parent: 10, command: "node /home/plugins/resource-docker-v5.2.0/main.js 1234", backend },
      { pid: 20, parent: 1, command: "node /home/plugins/resource-docker-v5.2.0/main.js 1234", backend },
      { pid: 21, parent: 1, command: "/cache/pulumi-language-nodejs 127.0.0.1:4", backend },
      { pid: 22, parent: 1, command: "node /home/plugins/resource-docker-v5.2.0/main.js 9", backend: "file:///other" },
      { pid: 23, parent: 1, command: "sleep 60", backend },
    ]);
    expect(leftovers(backend, proc).map(({ pid }) => pid)).toEqual([20, 21]);
  });
});
