/** Proves how the levels are counted together; the reports have the shape of vitest 4's JSON reporter. */
import { describe, expect, it } from "vitest";
import { add, countLevel, failuresOf, line } from "../../engine/testing/summary";

function report(of: { passed: number; failed: number; skipped: number }, files: [string, string[]][] = []): string {
  return JSON.stringify({
    numPassedTests: of.passed,
    numFailedTests: of.failed,
    numPendingTests: of.skipped,
    numTodoTests: 0,
    testResults: files.map(([status, tests]) => ({
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  });
}

describe("the counts of a level", () => {
  it("are those of its report", () => {
    expect(countLevel(report({ passed: 5, failed: 0, skipped: 1 }), 0)).toEqual({ passed: 5, failed: 0, skipped: 1 });
  });

  it("hold a failure for a file that could not even be loaded", () => {
    const files: [string, string[]][] = [
      ["passed", ["passed"]],
      ["failed", []],
    ];
    expect(countLevel(report({ passed: 1, failed: 0, skipped: 0 }, files), 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  it("do not count a failed test again as a failed file", () => {
    const text = report({ passed: 0, failed: 1, skipped: 0 }, [["failed", ["failed"]]]);
    expect(countLevel(text, 1).failed).toBe(1);
  });

  it.each([undefined, "", "{", "[]", "{}"])("hold a failure when the report is missing or broken: %s", (text) => {
    expect(countLevel(text, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it("hold a failure when the run ended badly although no test failed", () => {
    expect(countLevel(report({ passed: 3, failed: 0, skipped: 0 }), 1).failed).toBe(1);
  });
});

describe("what failed", () => {
  it("is named with its file, its test and the beginning of its message, without the stack of libraries", () => {
    const text = JSON.stringify({
      numPassedTests: 1,
      testResults: [
        {
          status: "failed",
          name: "/checkout/tests/live/selective.test.ts",
          assertionResults: [
            { status: "passed", fullName: "the ToR has two sessions" },
            {
              status: "failed",
              fullName: "a pod answers",
              failureMessages: [
                "Error: no answer\n    at /checkout/node_modules/vitest/x.js:1:1\n    at tests/live/selective.test.ts:9:1",
              ],
            },
          ],
        },
        {
          status: "failed",
          name: "/checkout/tests/live/broken.test.ts",
          message: "Cannot find module",
          assertionResults: [],
        },
      ],
    });
    expect(failuresOf(text, "/checkout")).toEqual([
      "tests/live/selective.test.ts: a pod answers\n    Error: no answer\n        at tests/live/selective.test.ts:9:1",
      "tests/live/broken.test.ts\n    Cannot find module",
    ]);
  });

  it("is said too when a level left no report", () => {
    expect(failuresOf(undefined, "/checkout")).toEqual(["the level left no report"]);
  });
});

describe("the last line of make test", () => {
  it("sums the levels", () => {
    const sum = add([
      { passed: 5, failed: 0, skipped: 1 },
      { passed: 2, failed: 1, skipped: 0 },
    ]);
    expect(line(sum)).toBe("7 passed, 1 failed, 1 skipped");
  });
});
