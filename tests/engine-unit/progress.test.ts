/** What a person sees while parts are made: how far the whole is and how long it will take; not how long that really was. */
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { progress } from "../../engine/progress";
import { turns } from "../../engine/turns";
import { roughly, whole } from "../../engine/whole";

const PARTS = new Map([
  ["pulumi", 230],
  ["kubernetes", 290],
]);
const minute = 60_000;

describe("a set-up of several parts", () => {
  it("takes what its parts usually take, as long as nothing is known about this machine", () => {
    expect(whole(PARTS).left(0)).toBe(520_000);
    expect(whole(PARTS, 4).left(0)).toBe(260_000);
  });

  it("is as far as its parts are, each by its share", () => {
    const all = whole(PARTS);
    all.advance("pulumi", 1);
    all.advance("kubernetes", 0.5);
    expect(all.fraction()).toBeCloseTo((230 + 145) / 520);
    all.advance("kubernetes", 0.4);
    expect(all.fraction()).toBeCloseTo((230 + 145) / 520);
  });

  it("believes a slow machine: half done in twenty minutes leaves about twenty", () => {
    const all = whole(PARTS);
    for (const part of PARTS.keys()) all.advance(part, 0.5);
    expect(all.left(20 * minute)).toBeGreaterThan(15 * minute);
    expect(all.left(20 * minute)).toBeLessThan(20 * minute);
  });

  it("ends at nothing left", () => {
    const all = whole(PARTS);
    for (const part of PARTS.keys()) all.advance(part, 1);
    expect(all.fraction()).toBe(1);
    expect(all.left(20 * minute)).toBe(0);
  });

  it.each([
    [4_000, "about 10 s left"],
    [74_000, "about 70 s left"],
    [100_000, "about 2 min left"],
    [520_000, "about 9 min left"],
  ])("%d ms are told as: %s", (ms, words) => expect(roughly(ms)).toBe(words));
});

describe("the lines that are printed", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("say in one line how far the whole is while two parts are made at once", async () => {
    const out = new PassThrough();
    const shown = progress(out as unknown as NodeJS.WriteStream);
    shown.expect(PARTS);
    let end = (): void => undefined;
    const wait = new Promise<void>((resolve) => (end = resolve));
    const steps = [...PARTS.keys()].map((part) =>
      shown.step(part, async (advance) => {
        advance(0.25);
        await wait;
      }),
    );
    await vi.advanceTimersByTimeAsync(30_000);
    end();
    await Promise.all(steps);
    await vi.advanceTimersByTimeAsync(60_000);
    const lines = (out.read() as Buffer).toString().trimEnd().split("\n");
    expect(lines[0]).toMatch(/^ {2}the set-up of 2 parts: about \d+ (min|s) left$/);
    expect(lines[1]).toMatch(/^ {2}25 % of the set-up, about .* left \(pulumi \.\.\. 30 s, kubernetes \.\.\. 30 s\)$/);
    expect(lines.slice(2)).toEqual(["+ pulumi (30 s)", "+ kubernetes (30 s)"]);
  });

  it("name the step alone where nothing was expected", async () => {
    const out = new PassThrough();
    const shown = progress(out as unknown as NodeJS.WriteStream);
    const step = shown.step("compiling", () => new Promise<void>((resolve) => setTimeout(resolve, 31_000)));
    await vi.advanceTimersByTimeAsync(31_000);
    await step;
    expect((out.read() as Buffer).toString()).toBe("  compiling ... 30 s\n+ compiling (31 s)\n");
  });
});

describe("two turns at a time", () => {
  it("let two run, and start the others in the order in which they asked", async () => {
    const turn = turns(2);
    const log: string[] = [];
    const ends = new Map<string, () => void>();
    const work = (name: string) =>
      turn(() => {
        log.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      });
    const all = ["a", "b", "c", "d"].map(work);
    await vi.waitFor(() => expect(log).toEqual(["a", "b"]));
    ends.get("b")?.();
    await vi.waitFor(() => expect(log).toEqual(["a", "b", "c"]));
    ends.get("a")?.();
    await vi.waitFor(() => expect(log).toEqual(["a", "b", "c", "d"]));
    ends.get("c")?.();
    ends.get("d")?.();
    await Promise.all(all);
  });

  it("go on after work that failed", async () => {
    const turn = turns(1);
    await expect(turn(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(turn(() => Promise.resolve(1))).resolves.toBe(1);
  });
});
