import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  keysMatchedByAbsence,
  matchesCalicoSelector,
  parseCalicoSelector,
  printCalicoSelector,
  type CalicoSelector,
} from "../../../components/cni/calico/selector";
import { orThrow } from "../../../components/model/errors";

const matches = (text: string, labels: Record<string, string>) =>
  matchesCalicoSelector(orThrow(parseCalicoSelector(text)), labels);
const fault = (text: string) => {
  const parsed = parseCalicoSelector(text, "spec.nodeSelector");
  return parsed.ok ? undefined : parsed.faults[0];
};

describe("a Calico selector", () => {
  test.each([
    ['bgp-peer == "true"', { "bgp-peer": "true" }, true],
    ["route-reflector == 'true'", { "route-reflector": "false" }, false],
    ["", {}, true],
    ["  ", { a: "b" }, true],
    ["all()", {}, true],
    ["global( )", { a: "b" }, true],
    ["has(rack)", { rack: "" }, true],
    ["has( rack )", {}, false],
    ['rack in {"a", "b"}', { rack: "b" }, true],
    ['rack in {"a", "b"}', {}, false],
    ['rack in {"a",}', { rack: "a" }, true],
    ["rack in {}", { rack: "a" }, false],
    ['rack notin {"a"}', { rack: "b" }, true],
    ['zone contains "east"', { zone: "us-east-1" }, true],
    ['zone contains "east"', {}, false],
    ['zone starts with "us"', { zone: "us-east" }, true],
    ['zone startswith "us"', { zone: "eu" }, false],
    ['zone ends with "1"', { zone: "us-1" }, true],
    ['a == "1" || b == "1" && c == "1"', { a: "1" }, true],
    ['(a == "1" || b == "1") && c == "1"', { a: "1" }, false],
    ["!!has(a)", { a: "" }, true],
    ['!a == "1" && has(b)', { b: "" }, true],
    ["a == '\"'", { a: '"' }, true],
    ['kubernetes.io/role == "x"', { "kubernetes.io/role": "x" }, true],
    ['node-role.kubernetes.io/control-plane != ""', { "node-role.kubernetes.io/control-plane": "" }, false],
    ["has(toString)", {}, false],
  ])("%s on %j: %j", (text, labels, expected) => {
    expect(matches(text, labels as Record<string, string>)).toBe(expected);
  });

  test("!=, not in and !has hold for a node without the label: the three surprises", () => {
    expect(matches("route-reflector != 'true'", {})).toBe(true);
    expect(matches("rack not in {'a'}", {})).toBe(true);
    expect(matches("!has(rack)", {})).toBe(true);
  });

  test("the labels whose absence matches are named, under negation too", () => {
    const keys = (text: string) => keysMatchedByAbsence(orThrow(parseCalicoSelector(text)));
    expect(keys("a != 'x' && b == 'y' && !has(c) && d not in {'z'}")).toEqual(["a", "c", "d"]);
    expect(keys("!(a != 'x' || b == 'y')")).toEqual(["b"]);
    expect(keys("all()")).toEqual([]);
  });

  test.each([
    ["a = 'b'", 3],
    ["a == b", 6],
    ["a == true", 6],
    ["'b1' == b", 1],
    ["b", 2],
    ["a b", 3],
    ["!", 2],
    ["foo == 'bar' &", 14],
    ["foo == 'bar' |", 14],
    ["foo != ||", 8],
    ["foo in {'', ||", 13],
    ["foo in ''", 8],
    ['"FOO', 1],
    ["(", 2],
    ["(a == 'foo'", 12],
    [")", 1],
    ["()", 2],
    ["%", 1],
    ["has(foo) &&", 12],
    ["has()", 1],
    ["has (foo)", 5],
    ["all(x)", 1],
    ["all() all()", 7],
    ["a == 'x' \n&& has(b)", 10],
  ])("%j is refused at character %i", (text, column) => {
    expect(fault(text)).toMatchObject({ path: "spec.nodeSelector", found: text, column });
  });

  test("the usual slips come with their cure", () => {
    expect(fault("a = 'b'")?.fix).toBe('write "==" for equality');
    expect(fault("bgp-peer == true")?.fix).toBe('write "true" in quotes');
    expect(fault("a == 'x' &&\n has(b)")?.fix).toContain("YAML");
  });

  test("nesting without end is refused, not a crash", () => {
    expect(fault("(".repeat(100000))).toMatchObject({ expected: "at most 200 nested parentheses" });
    expect(matches("!".repeat(100001) + "has(a)", {})).toBe(true);
    expect(matches("(".repeat(150) + "has(a)" + ")".repeat(150), { a: "" })).toBe(true);
  });

  // The canonical forms that libcalico-go's own test table lists.
  test.each([
    ["", "all()"],
    [" (all() )", "all()"],
    ["! (has( b)||! has(a ))", "!(has(b) || !has(a))"],
    ['! (a == "b"&&! c != "d")', '!(a == "b" && !c != "d")'],
    ["a == '\"'", "a == '\"'"],
    ["a startswith '\"'", "a starts with '\"'"],
    ['a in {"z", "z", "x", "y", "x", "a"}', 'a in {"a", "x", "y", "z"}'],
  ])("%s is printed as %s", (text, canonical) => {
    expect(printCalicoSelector(orThrow(parseCalicoSelector(text)))).toBe(canonical);
  });
});

const key = fc.constantFrom("a", "b", "x.io/c");
const value = fc.constantFrom("", "1", "12", "it's", 'say "x"');
const selector = fc.letrec<{ term: CalicoSelector }>((tie) => ({
  term: fc.oneof(
    { depthSize: "small" },
    fc.record({ op: fc.constantFrom("all" as const, "global" as const) }),
    fc.record({ op: fc.constant("has" as const), key }),
    fc.record({
      op: fc.constantFrom(
        "==" as const,
        "!=" as const,
        "contains" as const,
        "starts with" as const,
        "ends with" as const,
      ),
      key,
      value,
    }),
    fc.record({
      op: fc.constantFrom("in" as const, "not in" as const),
      key,
      values: fc.array(value, { maxLength: 3 }),
    }),
    fc.record({ op: fc.constant("not" as const), of: tie("term") }),
    fc.record({
      op: fc.constantFrom("and" as const, "or" as const),
      of: fc.array(tie("term"), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).term;

test("a selector printed and read again selects the same nodes", () => {
  fc.assert(
    fc.property(selector, fc.dictionary(key, value, { maxKeys: 3 }), (one, labels) => {
      const again = orThrow(parseCalicoSelector(printCalicoSelector(one)));
      expect(matchesCalicoSelector(again, labels)).toBe(matchesCalicoSelector(one, labels));
      expect(printCalicoSelector(again)).toBe(printCalicoSelector(one));
    }),
  );
});

test("a selector that no absence satisfies matches no node without labels, all() and global() aside", () => {
  fc.assert(
    fc.property(selector, (one) => {
      fc.pre(!/all|global/.test(printCalicoSelector(one)));
      if (keysMatchedByAbsence(one).length === 0) expect(matchesCalicoSelector(one, {})).toBe(false);
    }),
  );
});

test("no text makes the reader fail otherwise than with a fault", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[ab=!(){},'"&| inhas]{0,24}$/)), (text) => {
      const parsed = parseCalicoSelector(text);
      if (!parsed.ok) expect(parsed.faults[0]?.column).toBeGreaterThan(0);
    }),
    { numRuns: 3000 },
  );
});
