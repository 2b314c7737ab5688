/** An answer that is written in parts is the text that JSON.stringify would make of it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { writeJson } from "../../cli/json";

function written(value: unknown): { text: string; longest: number } {
  const parts: string[] = [];
  writeJson(value, (part) => parts.push(part));
  return { text: parts.join(""), longest: Math.max(...parts.map((part) => part.length)) };
}

test("whatever the value is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(written(value).text).toBe(`${JSON.stringify(value, undefined, 2)}\n`);
    }),
  );
});

test("members that are generators are lists, and members that are undefined are none", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (list) => {
      const value = { before: 1, none: undefined, list: list.values(), after: [] };
      expect(written(value).text).toBe(`${JSON.stringify({ before: 1, list, after: [] }, undefined, 2)}\n`);
    }),
  );
});

test("a long list is written in parts", () => {
  const { text, longest } = written({ list: Array.from({ length: 100_000 }, (_, at) => ({ at })) });
  expect(JSON.parse(text)).toHaveProperty("list.99999.at", 99_999);
  expect(longest).toBeLessThan(200_000);
});
