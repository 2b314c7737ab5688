import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { orThrow } from "../../components/model/errors";
import { parseLabels } from "../../components/model/labels";
import {
  matchesRequirements,
  parseLabelSelector,
  parseSelectorText,
  printRequirements,
} from "../../components/model/labelSelector";

const matches = (text: string, labels: Record<string, string>) =>
  matchesRequirements(orThrow(parseSelectorText(text)), labels);

describe("labels", () => {
  test("a number or a truth that YAML read is named with its quotes missing", () => {
    const parsed = parseLabels({ "bgp-peer": true, rack: 7 }, "metadata.labels");
    expect(parsed.ok ? [] : parsed.faults).toEqual([
      { path: 'metadata.labels["bgp-peer"]', found: "true", expected: "a text", fix: 'quote it: "true"' },
      { path: 'metadata.labels["rack"]', found: "7", expected: "a text", fix: 'quote it: "7"' },
    ]);
  });

  test("keys and values follow Kubernetes' rules", () => {
    const good = {
      rack: "a",
      "node.kubernetes.io/exclude-from-external-load-balancers": "true",
      empty: "",
      A_b: "x.y",
    };
    expect(parseLabels(good)).toEqual({ ok: true, value: good });
    for (const key of ["", "-a", "a-", "a/b/c", "/a", "a/", "UPPER.io/a", "a b", "x".repeat(64)]) {
      expect(parseLabels({ [key]: "v" }).ok).toBe(false);
    }
    for (const value of ["-a", "a-", "a b", "a/b", "x".repeat(64)]) expect(parseLabels({ key: value }).ok).toBe(false);
  });
});

describe("selectors as kubectl reads them", () => {
  test.each([
    ["", { a: "1" }, true],
    ["bgp-peer=true", { "bgp-peer": "true" }, true],
    ["bgp-peer==true", { "bgp-peer": "false" }, false],
    ["x=a,y=b", { x: "a", y: "b" }, true],
    ["x=a,y=b", { x: "a" }, false],
    ["x!=a", {}, true],
    ["x!=a", { x: "a" }, false],
    ["x in (a,b)", { x: "b" }, true],
    ["x in (a,b)", {}, false],
    ["x notin (a,b)", {}, true],
    ["x notin (a,b)", { x: "a" }, false],
    ["x", { x: "" }, true],
    ["!x", { x: "" }, false],
    ["!x", {}, true],
    ["x=", { x: "" }, true],
    ["x in ()", { x: "" }, true],
    ["x in (,a)", { x: "" }, true],
    ["in in (in,notin)", { in: "notin" }, true],
    ["x>1,x<5", { x: "3" }, true],
    ["x>1", { x: "1" }, false],
    ["x>1", { x: "many" }, false],
    [" x = a , y ", { x: "a", y: "" }, true],
    ["constructor", {}, false],
  ])("%j on %j: %j", (text, labels, expected) => {
    expect(matches(text, labels as Record<string, string>)).toBe(expected);
  });

  test.each([
    ["x=a||y=b", 3],
    ["x==a==b", 5],
    ["!x=a", 3],
    ["x<a", 3],
    ["x in a", 6],
    ["x in (a b)", 9],
    ["x in (a", 8],
    ["x=a,", 5],
    ["x y", 3],
    ["(x)", 1],
  ])("%j is refused at character %i", (text, column) => {
    const parsed = parseSelectorText(text, "spec.nodeSelector");
    expect(parsed.ok ? undefined : parsed.faults).toEqual([
      expect.objectContaining({ path: "spec.nodeSelector", found: text, column }),
    ]);
  });

  test("a value that no label can have is refused", () => {
    expect(parseSelectorText("x=a/b").ok).toBe(false);
    expect(parseSelectorText("x=a||y=b").ok).toBe(false);
  });
});

describe("selectors of Kubernetes objects", () => {
  test("matchLabels and matchExpressions must all hold", () => {
    const selector = orThrow(
      parseLabelSelector({
        matchLabels: { rack: "a" },
        matchExpressions: [
          { key: "role", operator: "NotIn", values: ["control-plane"] },
          { key: "bgp", operator: "Exists" },
          { key: "drained", operator: "DoesNotExist" },
        ],
      }),
    );
    expect(matchesRequirements(selector, { rack: "a", bgp: "" })).toBe(true);
    expect(matchesRequirements(selector, { rack: "a", bgp: "", role: "control-plane" })).toBe(false);
    expect(matchesRequirements(selector, { rack: "a" })).toBe(false);
    expect(matchesRequirements(selector, { rack: "a", bgp: "", drained: "1" })).toBe(false);
    expect(matchesRequirements(orThrow(parseLabelSelector({})), {})).toBe(true);
  });

  test("every mistake is named with its field, all at once", () => {
    const parsed = parseLabelSelector(
      {
        matchLabel: {},
        matchLabels: { rack: 1 },
        matchExpressions: [
          { key: "a", operator: "In" },
          { key: "b", operator: "Exists", values: ["x"] },
          { key: "c", operator: "Equals", values: ["x"] },
          { operator: "Exists" },
          "text",
        ],
      },
      "spec.nodeSelector",
    );
    expect(parsed.ok ? [] : parsed.faults.map((fault) => fault.path)).toEqual([
      "spec.nodeSelector.matchLabel",
      'spec.nodeSelector.matchLabels["rack"]',
      "spec.nodeSelector.matchExpressions[0].values",
      "spec.nodeSelector.matchExpressions[1].values",
      "spec.nodeSelector.matchExpressions[2].operator",
      "spec.nodeSelector.matchExpressions[3].key",
      "spec.nodeSelector.matchExpressions[4]",
    ]);
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,4}$/).filter((text) => text !== "in" && text !== "notin");
const requirement = fc.oneof(
  fc.record({
    key: word,
    operator: fc.constantFrom("In" as const, "NotIn" as const),
    values: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    key: word,
    operator: fc.constantFrom("Exists" as const, "DoesNotExist" as const),
    values: fc.constant<string[]>([]),
  }),
);

test("a selector printed and read again selects the same nodes", () => {
  fc.assert(
    fc.property(
      fc.array(requirement, { maxLength: 4 }),
      fc.dictionary(word, word, { maxKeys: 4 }),
      (selector, labels) => {
        const again = orThrow(parseSelectorText(printRequirements(selector)));
        expect(matchesRequirements(again, labels)).toBe(matchesRequirements(selector, labels));
      },
    ),
  );
});

test("no text makes the reader fail otherwise than with a fault", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[ab=!(),<> in]{0,20}$/)), (text) => {
      const parsed = parseSelectorText(text);
      if (!parsed.ok) expect(parsed.faults[0]?.expected).not.toBe("");
    }),
    { numRuns: 2000 },
  );
});
