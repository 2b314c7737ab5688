/** The notice that plugins stand in: once a run, whichever plugin comes first. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { takeMark } from "../../../engine/plugins/announce";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bgpfabric-announce-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("the first of a run's plugins says it, the others do not, and another run says it again", () => {
  expect([takeMark(folder, process.pid), takeMark(folder, process.pid), takeMark(folder, process.ppid)]).toEqual([
    true,
    false,
    true,
  ]);
});

it("marks of runs that have ended are removed", () => {
  writeFileSync(join(folder, ".standing-in.4194305"), ""); // above the highest process id that Linux gives
  takeMark(folder, process.pid);
  expect(readdirSync(folder)).toEqual([`.standing-in.${process.pid}`]);
});
