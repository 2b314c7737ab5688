/** What verify-stacks changes are stacks that there are, and the table at the end shows what failed. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { count } from "../../engine/verbs/asked";
import { CHANGES, VARIANTS } from "../../engine/verbs/changes";
import { programOf, settingsOf } from "../../engine/needs";
import { table } from "../../engine/verbs/verify";

describe("verify-stacks", () => {
  it("knows changes of stacks that there are", () => {
    const root = join(__dirname, "../..");
    const programs = readdirSync(join(root, "stacks")).map((file) => file.replace(/\.ts$/, ""));
    const changed = [...Object.keys(CHANGES), ...Object.keys(VARIANTS)].map(programOf);
    expect(programs).toEqual(expect.arrayContaining(changed));
  });

  it("knows a program's stacks of other families and on kind by their names", () => {
    expect(["metallb-dual", "selective-ipv6-kind", "multi-site"].map(programOf)).toEqual([
      "metallb",
      "selective",
      "multi-site",
    ]);
    expect(settingsOf("selective-ipv6-kind")).toEqual({ runtime: "kind", family: "ipv6" });
    expect(settingsOf("metallb-dual")).toEqual({ family: "dual" });
    expect(settingsOf("cilium-racks-unnumbered")).toEqual({ links: "unnumbered" });
    expect(settingsOf("selective")).toEqual({});
  });

  it("counts what a service did not answer while its stack changed: every word of curl's but 200", () => {
    const said = "1764435600.1 200\n1764435600.2 000\n1764435600.3 503\n1764435600.4 200\n";
    expect(count(said)).toEqual({ times: 4, lost: ["1764435600.2 000", "1764435600.3 503"] });
  });

  it("prints a row a stack: the time of each step, a mark where one failed, a dash where none was made", () => {
    const verified = [
      {
        stack: "selective",
        steps: [
          { name: "up", ok: true, ms: 42_000 },
          { name: "facts", ok: true, ms: 3_000 },
        ],
        peak: { containers: 412, machine: 812 },
      },
      {
        stack: "broken",
        steps: [{ name: "up", ok: false, ms: 90_000, why: "it ended with 1" }],
        peak: { machine: 40 },
      },
    ];
    const [head, first, second] = table(verified).split("\n");
    expect(head).toMatch(/^stack\s+up\s+facts\s+containers\s+machine$/);
    expect(first).toMatch(/^selective\s+42 s\s+3\S* s\s+412 MiB\s+812 MiB$/);
    expect(second).toMatch(/^broken\s+! 1 min 30 s\s+-\s+-\s+40 MiB$/);
  });
});
