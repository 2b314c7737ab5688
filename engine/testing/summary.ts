/**
 * The levels' results as one: what each vitest run wrote as JSON, counted together into the line that closes `make test`.
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
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/**
 * One level's counts. A file that could not be run at all has no failed test in it and still is a failure; a run whose
 * report is missing or broken is one too, and so is one that ended badly with nothing failed in its report.
 */
export function countLevel(report: string | undefined, exitCode: number): Counts {
  const parsed = report === undefined ? undefined : parse(report);
  if (parsed === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = parsed.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = parsed.numFailedTests + brokenFiles;
  return {
    passed: parsed.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: parsed.numPendingTests + (parsed.numTodoTests ?? 0),
  };
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
