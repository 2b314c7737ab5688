/** What counts where daemons never become quiet: what the forecast says of what moves. */
import { expect, test } from "vitest";
import { forecast } from "../bgp/networks/build";
import { AROUND, circle, GADGET } from "../bgp/networks/gadgets";
import { compare } from "./compare";
import { isUnexplained, restlessness } from "./restless";
import { entryKey } from "./settle";

const solution = forecast(circle(AROUND));
const nothing = { sessions: {}, rib: {}, kernel: {} };

test("a prefix that oscillates in the forecast may move, and the report says that it was foreseen", () => {
  const moving = ["a", "b", "c"].map((speaker) => entryKey(speaker, GADGET));
  const restless = restlessness(solution, compare(solution, {}), moving);
  expect(restless).toEqual({ rules: ["oscillates"], firm: [] });
  expect(isUnexplained(restless)).toBe(false);
});

test("what moves although the forecast is firm is named, and what moves is compared with nothing", () => {
  const comparison = compare(solution, { origin: nothing });
  const about = (): string[] => comparison.misses.map((miss) => entryKey(miss.speaker, miss.about));
  const key = entryKey("origin", GADGET);
  expect(about()).toContain(key);
  const restless = restlessness(solution, comparison, [key]);
  expect(restless.firm).toEqual([key]);
  expect(isUnexplained(restless)).toBe(true);
  expect(about()).not.toContain(key);
});

test("daemons that never rest, though nothing is seen to move, are no answer", () => {
  expect(isUnexplained(restlessness(solution, compare(solution, {}), []))).toBe(true);
});
