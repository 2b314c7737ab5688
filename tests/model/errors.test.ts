import { expect, test } from "vitest";
import { collect, fail, ok, orThrow, printFault, UserError } from "../../components/model/errors";

const first = { path: "racks[0].asn", found: "0", expected: "an ASN" };
const second = { path: "", found: "", expected: "a prefix", fix: "add one", file: "tor1.conf", line: 12, column: 3 };

test("a fault reads as place, path, what was found, what would be right", () => {
  expect(printFault(first)).toBe('racks[0].asn: found "0", expected an ASN');
  expect(printFault(second)).toBe("tor1.conf:12:3: found nothing, expected a prefix; add one");
  expect(printFault({ path: "x", found: "a b", column: 3, expected: "c" })).toBe(
    'x: found "a b" at character 3, expected c',
  );
});

test("all faults of several inputs come together", () => {
  expect(collect([ok(1), fail(first), fail(second)])).toEqual({ ok: false, faults: [first, second] });
  expect(collect([ok(1), ok(2)])).toEqual({ ok: true, value: [1, 2] });
});

test("the edge throws one error with every fault in it", () => {
  expect(orThrow(ok(7))).toBe(7);
  const thrown = () => orThrow(fail(first, second));
  expect(thrown).toThrow(UserError);
  expect(thrown).toThrow("racks[0].asn");
  expect(thrown).toThrow("tor1.conf:12:3");
});
