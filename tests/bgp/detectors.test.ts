/** The list of what depends on earlier states of a daemon: docs/bgp.md shows exactly this list, and no detector is left out. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { DETECTORS } from "../../components/bgp/doubts/detectors";

const root = path.join(__dirname, "../..");

describe("what depends on earlier states of the network", () => {
  test("docs/bgp.md has one row for each case of each detector, and no other", () => {
    const page = readFileSync(path.join(root, "docs/bgp.md"), "utf8");
    const rows = [...page.matchAll(/^\| (.*?) +\| `doubts\/(\w+)\.ts` +\|$/gm)].map(([, sentence, name]) => [
      name,
      sentence,
    ]);
    const listed = DETECTORS.flatMap(({ name, cases }) => cases.map((each) => [name, each]));
    expect(rows).toEqual(listed);
  });

  test("every detector's file is in the list under its own name", () => {
    const folder = path.join(root, "components/bgp/doubts");
    const files = readdirSync(folder).filter((name) => {
      const text = readFileSync(path.join(folder, name), "utf8");
      return /^export const \w+(: Detector = \{| = byChannel\()/m.test(text);
    });
    const expected = DETECTORS.map(({ name }) => `${name}.ts`).sort();
    expect(files.sort()).toEqual(expected);
  });
});
