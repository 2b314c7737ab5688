/** Proves that a slot is complete or absent and that what dead runs left goes away; not that any part can be built. */
import { spawnSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytes, fillSlot, makeScratch, mountsBelow, readSlot, remove, sizeOf, sweepScratch } from "../../engine/cache";
import { temporaryFolder } from "./temporary";

describe("a slot of the cache", () => {
  it("is there once it is filled, and says where it came from", async () => {
    const cache = temporaryFolder();
    expect(readSlot(cache, "etcd-3.6.5-abc")).toBeUndefined();
    await fillSlot(cache, "etcd-3.6.5-abc", (dir) => {
      writeFileSync(join(dir, "etcd"), "program");
      return Promise.resolve("go modules");
    });
    const slot = readSlot(cache, "etcd-3.6.5-abc");
    expect(slot?.origin).toBe("go modules");
    expect(readFileSync(join(slot?.dir ?? "", "etcd"), "utf8")).toBe("program");
  });

  it("is absent after a making that failed half-way, and nothing of it stays", async () => {
    const cache = temporaryFolder();
    const failing = fillSlot(cache, "etcd", (dir) => {
      writeFileSync(join(dir, "half"), "half a program");
      return Promise.reject(new Error("the network went away"));
    });
    await expect(failing).rejects.toThrow("the network went away");
    expect(readSlot(cache, "etcd")).toBeUndefined();
    expect(readdirSync(join(cache, "tmp"))).toEqual([]);
  });

  it("that two runs fill at once is the complete result of one of them", async () => {
    const cache = temporaryFolder();
    const fill = (by: string) =>
      fillSlot(cache, "etcd", async (dir) => {
        writeFileSync(join(dir, "first"), by);
        await new Promise((resolve) => setImmediate(resolve));
        writeFileSync(join(dir, "second"), by);
        return "go modules";
      });
    await Promise.all([fill("one"), fill("two")]);
    const dir = readSlot(cache, "etcd")?.dir ?? "";
    expect(readFileSync(join(dir, "first"), "utf8")).toBe(readFileSync(join(dir, "second"), "utf8"));
  });

  it("without its record, as a killed copy would leave it, counts as absent", () => {
    const cache = temporaryFolder();
    mkdirSync(join(cache, "parts", "etcd"), { recursive: true });
    writeFileSync(join(cache, "parts", "etcd", "etcd"), "half");
    expect(readSlot(cache, "etcd")).toBeUndefined();
  });
});

describe("work in progress", () => {
  it("of a dead run is swept away, that of a living one stays", () => {
    const cache = temporaryFolder();
    const mine = makeScratch(cache, "pulumi-work");
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const dead = join(cache, "tmp", `pulumi-work.${pid}.1.0123abcd`);
    mkdirSync(dead);
    expect(sweepScratch(cache)).toEqual([`pulumi-work.${pid}.1.0123abcd`]);
    expect(existsSync(mine)).toBe(true);
    expect(existsSync(dead)).toBe(false);
  });
});

describe("removing", () => {
  it("refuses a folder with a mount below it", () => {
    // /proc is mounted below / on every Linux, and is never the test's to remove.
    if (process.platform === "linux") expect(mountsBelow("/").length).toBeGreaterThan(0);
    expect(mountsBelow(temporaryFolder())).toEqual([]);
  });

  it("takes read-only folders, as Go's module cache has them", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "module", "inner"), { recursive: true });
    writeFileSync(join(folder, "module", "inner", "file"), "x");
    spawnSync("chmod", ["-R", "a-w", join(folder, "module")]);
    remove(join(folder, "module"));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("the size that purge tells", () => {
  it("counts a file with two names once", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a"), Buffer.alloc(1_000_000, 1));
    const once = sizeOf(folder);
    linkSync(join(folder, "a"), join(folder, "b"));
    expect(sizeOf(folder)).toBe(once);
    expect(once).toBeGreaterThanOrEqual(1_000_000);
  });

  it("is told in units that people read", () => {
    expect([bytes(2_000), bytes(576_168_231), bytes(1_234_000_000)]).toEqual(["2 kB", "576 MB", "1.2 GB"]);
  });
});
