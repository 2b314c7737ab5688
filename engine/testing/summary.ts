/**
 * The levels' results as one: what each vitest run wrote as JSON, counted together into the line that closes `make test`,
 * and each failed test named once more above it, where it is read without scrolling through an hour of output.
 */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests?: number;
  testResults: FileReport[];
}

interface FileReport {
  status: string;
  name?: string;
  /** Why the file could not be run at all. */
  message?: string;
  assertionResults: { status: string; fullName?: string; failureMessages?: string[] }[];
}

/**
 * One level's counts. A file that could not be run at all has no failed test in it and still is a failure; a run whose
 * report is missing or broken is one too, and so is one that ended badly with nothing failed in its report.
 */
export function countLevel(report: string | undefined, exitCode: number): Counts {
  const parsed = report === undefined ? undefined : parse(report);
  if (parsed === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const failed = parsed.numFailedTests + parsed.testResults.filter(isBroken).length;
  return {
    passed: parsed.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: parsed.numPendingTests + (parsed.numTodoTests ?? 0),
  };
}

const isBroken = (file: FileReport): boolean =>
  file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed");

/** Each failed test, and each file that could not be run, with its file and the beginning of what it said. */
export function failuresOf(report: string | undefined, checkout: string): string[] {
  const parsed = report === undefined ? undefined : parse(report);
  if (parsed === undefined) return ["the level left no report"];
  return parsed.testResults.flatMap((file) => {
    const where = (file.name ?? "a file without a name").replace(`${checkout}/`, "");
    if (isBroken(file)) return [entry(where, file.message)];
    const failed = file.assertionResults.filter((test) => test.status === "failed");
    return failed.map((test) => entry(`${where}: ${test.fullName ?? "?"}`, test.failureMessages?.join("\n")));
  });
}

/** Enough of a message to tell what happened: the assertion comes first, the stack after it. */
const MESSAGE_LINES = 12;

function entry(what: string, message = ""): string {
  const said = message.split("\n").filter((text) => text.trim() !== "" && !/^\s+at .*node_modules/.test(text));
  return [what, ...said.slice(0, MESSAGE_LINES).map((text) => `    ${text}`)].join("\n");
}

function parse(report: string): VitestReport | undefined {
  try {
    const value = JSON.parse(report) as Partial<VitestReport>;
    return typeof value.numPassedTests === "number" && Array.isArray(value.testResults)
      ? (value as VitestReport)
      : undefined;
  } catch {
    return undefined;
  }
}

export function add(all: readonly Counts[]): Counts {
  const sum: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const counts of all) {
    sum.passed += counts.passed;
    sum.failed += counts.failed;
    sum.skipped += counts.skipped;
  }
  return sum;
}

export function line({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
