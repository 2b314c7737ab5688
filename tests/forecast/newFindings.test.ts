/** Of two lists of findings: which are new, which were there before, which are gone; and those of one cause as one. */
import { describe, expect, test } from "vitest";
import { compareFindings, printGroup, together, type Finding } from "../../components/forecast/rules";

const finding = (place: string, more: Partial<Finding> = {}): Finding => ({
  rule: "session/down",
  severity: "block",
  place,
  sentence: `${place} is down.`,
  fix: "mend it",
  ...more,
});

describe("new findings", () => {
  test("one that was there before is not new, though its sentence counts otherwise now", () => {
    const after = finding("tor1", { sentence: "tor1 has 3 of them." });
    expect(compareFindings([finding("tor1")], [after])).toMatchObject({ fresh: [], asBefore: 1, gone: [] });
  });

  test("another place, a graver severity, and a silence that was taken away are new", () => {
    const before = [finding("tor1", { severity: "warn" }), finding("tor2", { silenced: "a lab" })];
    const after = [finding("tor1"), finding("tor2"), finding("tor3")];
    expect(compareFindings(before, after).fresh.map(({ place }) => place)).toEqual(["tor1", "tor2", "tor3"]);
  });

  test("a second one at the same place is new, and one that holds no more is gone", () => {
    const before = [finding("tor1"), finding("tor9")];
    const compared = compareFindings(before, [finding("tor1"), finding("tor1")]);
    expect(compared).toMatchObject({ fresh: [{ place: "tor1" }], asBefore: 1, gone: [{ place: "tor9" }] });
  });
});

describe("findings of one cause", () => {
  const stuck = (who: string, what: string, by: string): Finding =>
    finding(`${who} 10.0.0.0/8`, {
      about: `${who} ${what}`,
      cause: {
        ...{ kind: "cannot use", whose: "speakers", things: "next hops", who, what },
        why: { who: by, does: "export", what: "10.0.1.0/24" },
      },
    });

  test("are one sentence that counts whom and what, and says why", () => {
    const list = ["n1", "n2"].flatMap((who) =>
      ["10.0.1.1", "10.0.1.2", "10.0.1.3"].map((hop) => stuck(who, hop, "leaf1")),
    );
    const groups = together(list);
    expect(groups.map(({ sentence }) => sentence)).toEqual([
      "2 speakers cannot use 3 next hops each, because leaf1 exports 10.0.1.0/24.",
    ]);
    expect(printGroup(groups[0] ?? { findings: [], sentence: "" }).split("\n")[0]).toBe("block  session/down  6 times");
  });

  test("of another fix or severity stand apart", () => {
    expect(
      together([finding("a"), finding("b"), finding("c", { fix: "other" }), finding("d", { severity: "warn" })]),
    ).toHaveLength(3);
  });
});
