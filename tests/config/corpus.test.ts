/**
 * Configurations as people write them. What each line is, its author says in the file: "! -- harmless 3" stands above
 * three such lines, and what has no such mark is read into the Network. Nothing is passed over in silence.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readEos } from "../../components/config/eos";
import { readFrr } from "../../components/config/frr";
import type { LineClass } from "../../components/config/ios/classes";
import { validateNetwork } from "../../components/bgp/validate";

const folder = join(__dirname, "corpus");
const files = readdirSync(folder).filter((name) => name.endsWith(".conf"));
const readers = { frr: readFrr, eos: readEos };

/** What the author says of each line that is no comment. */
function meant(text: string): Map<number, LineClass["is"]> {
  const classes = new Map<number, LineClass["is"]>();
  let marked: LineClass["is"] = "understood";
  let more = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const mark = /^! -- (harmless|not modelled)(?: (\d+))?$/.exec(line);
    if (mark !== null) {
      marked = mark[1] === "harmless" ? "harmless" : "not modelled";
      more = Number(mark[2] ?? 1);
    }
    if (line.trim() === "" || /^\s*[!#]/.test(line)) continue;
    classes.set(index + 1, more > 0 ? marked : "understood");
    more--;
  }
  return classes;
}

function read(name: string) {
  const text = readFileSync(join(folder, name), "utf8");
  const system = name.startsWith("eos") ? "eos" : "frr";
  return { text, reading: readers[system](text, { file: name }) };
}

test("there are forty of them, of both systems", () => {
  expect(files.length).toBeGreaterThanOrEqual(40);
  expect(new Set(files.map((name) => name.slice(0, 3)))).toEqual(new Set(["frr", "eos"]));
});

test("the table in docs/config.md counts their lines", () => {
  const page = readFileSync(join(__dirname, "../../docs/config.md"), "utf8");
  for (const system of ["frr", "eos"] as const) {
    const own = files.filter((name) => name.startsWith(system));
    const lines = own.flatMap((name) => read(name).reading.lines);
    const counts = (["understood", "harmless", "not modelled"] as const).map(
      (wanted) => lines.filter(({ is }) => is === wanted).length,
    );
    const row = new RegExp(`^\\| ${system.toUpperCase()} +\\| [0-9]+ .*$`, "m").exec(page)?.[0] ?? "";
    const cells = row.split("|").map((cell) => cell.trim());
    expect(cells.slice(2, 6).map(Number), system).toEqual([own.length, ...counts]);
  }
});

describe.each(files)("%s", (name) => {
  const { text, reading } = read(name);

  test("each line is in the class that its author says, and no fault is in it", () => {
    expect(reading.faults).toEqual([]);
    const lines = text.split("\n");
    const shown = (classes: Iterable<[number, string]>): string[] =>
      [...classes].map(([line, is]) => `${line} ${is}: ${lines[line - 1]?.trim() ?? ""}`);
    expect(shown(reading.lines.map(({ line, is }) => [line, is]))).toEqual(shown(meant(text)));
  });

  test("every harmless line has a reason, and what is not modelled is in the list with its line", () => {
    for (const { line, is, why } of reading.lines) {
      if (is === "harmless") expect(why, `line ${line}`).toBeTruthy();
      if (is === "not modelled") expect(reading.unmodelled.map(({ source }) => source?.line)).toContain(line);
    }
  });

  test("the solver may be given what was read", () => {
    const network = validateNetwork({ version: 1, speakers: reading.speakers, segments: reading.segments });
    expect(network.ok ? [] : network.faults).toEqual([]);
  });
});
