/** Proves that one run at a time holds a lock and that a dead holder's lock passes on; not that every verb takes it. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { heldLocks, takeLock, tryLock } from "../../engine/lock";
import { startOf } from "../../engine/process";
import { temporaryFolder } from "./temporary";

/** A process that has ended, so that its pid is dead for certain. */
function deadPid(): number {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  return pid;
}

function leaveLock(file: string, holder: { pid: number; started: string }): void {
  writeFileSync(file, JSON.stringify({ ...holder, id: "left-behind", what: "make up", since: "03:00:00" }));
}

describe("a lock", () => {
  it("is refused to a second run while the first lives, and free again after it", () => {
    const file = join(temporaryFolder(), "lock");
    const first = tryLock(file, "make up");
    expect(first).toBeDefined();
    expect(tryLock(file, "make down")).toBeUndefined();
    first?.release();
    const second = tryLock(file, "make down");
    expect(second).toBeDefined();
    second?.release();
    expect(existsSync(file)).toBe(false);
  });

  it("of a dead process is taken over", () => {
    const file = join(temporaryFolder(), "lock");
    leaveLock(file, { pid: deadPid(), started: "1" });
    const lock = tryLock(file, "make up");
    expect(lock).toBeDefined();
    expect((JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid).toBe(process.pid);
  });

  it("of a dead process whose number was given to another one is taken over", () => {
    const file = join(temporaryFolder(), "lock");
    // Our own pid lives, but it did not start when the lock says its holder did.
    leaveLock(file, { pid: process.pid, started: "1" });
    expect(tryLock(file, "make up")).toBeDefined();
  });

  it("of a living process is not taken over", () => {
    const file = join(temporaryFolder(), "lock");
    leaveLock(file, { pid: process.pid, started: startOf(process.pid) });
    expect(tryLock(file, "make up")).toBeUndefined();
    expect(heldLocks(join(file, ".."))).toEqual([`make up (process ${process.pid}, since 03:00:00)`]);
  });

  it("does not count as held when its holder is dead", () => {
    const folder = temporaryFolder();
    leaveLock(join(folder, "lock"), { pid: deadPid(), started: "1" });
    expect(heldLocks(folder)).toEqual([]);
  });

  it("of a holder killed with -9 passes to one waiter alone", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "lock");
    const holder = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
    await once(holder, "spawn");
    leaveLock(file, { pid: holder.pid ?? 0, started: startOf(holder.pid ?? 0) });
    const order: string[] = [];
    const waiters = ["a", "b", "c"].map(async (name) => {
      const lock = await takeLock(file, { what: name, pollMs: 5, onWait: () => order.push(`${name} waits`) });
      order.push(`${name} in`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} out`);
      lock.release();
    });
    expect(order).toEqual(["a waits", "b waits", "c waits"]);
    holder.kill("SIGKILL");
    await Promise.all(waiters);
    const turns = order.slice(3);
    expect(turns).toHaveLength(6);
    // Whoever came in went out before the next one came in.
    for (let i = 0; i < 6; i += 2) expect(turns[i + 1]).toBe(turns[i]?.replace("in", "out"));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("sweeps up the draft of a run that was killed while it took the lock", () => {
    const folder = temporaryFolder();
    const file = join(folder, "lock");
    leaveLock(`${file}.afc67b72-3ebd-443c-85d5-6b7d104f63d3`, { pid: deadPid(), started: "1" });
    leaveLock(`${file}.0fc67b72-3ebd-443c-85d5-6b7d104f63d3`, { pid: process.pid, started: startOf(process.pid) });
    tryLock(file, "make up");
    expect(readdirSync(folder).sort()).toEqual(["lock", "lock.0fc67b72-3ebd-443c-85d5-6b7d104f63d3"]);
  });

  it("leaves no file but its own beside it", () => {
    const folder = temporaryFolder();
    const file = join(folder, "lock");
    leaveLock(file, { pid: deadPid(), started: "1" });
    tryLock(file, "make up");
    expect(readdirSync(folder)).toEqual(["lock"]);
  });
});
