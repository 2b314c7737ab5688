/**
 * Running one level of the tests: vitest in the level's environment, its report read back.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { handOver } from "../exec";
import { SetupError } from "../places";
import { duration, type Progress } from "../progress";
import { countLevel, failuresOf, line, type Counts } from "./summary";

export interface Level {
  name: string;
  /** It runs when it is named, and not with all. */
  onRequest?: true;
  /** Vitest's projects of this level. */
  projects: string[];
  /** These files alone. Default: all of the projects. */
  files?: string[];
  /** Makes what the level needs and tells how its tests are run; throws a user's error where that cannot be had. */
  ready(): Promise<{ wrap: (command: string, args: string[]) => [string, string[]]; env: Record<string, string> }>;
}

export interface Outcome {
  counts: Counts;
  /** Each failed test in words. */
  failures: string[];
}

export async function runLevel(level: Level, checkout: string, scratch: string, progress: Progress): Promise<Outcome> {
  const begin = Date.now();
  const file = path.join(scratch, `${level.name}.json`);
  let outcome: Outcome;
  try {
    const { wrap, env } = await level.ready();
    const vitest = path.join(checkout, "node_modules", "vitest", "vitest.mjs");
    const [command, args] = wrap(process.execPath, [
      ...[vitest, "run", "--passWithNoTests", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
      ...level.projects.flatMap((project) => ["--project", project]),
      ...(level.files ?? []),
    ]);
    const code = await handOver(command, args, { cwd: checkout, env: { ...process.env, ...env } });
    const report = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
    const counts = countLevel(report, code);
    outcome = { counts, failures: counts.failed === 0 ? [] : failuresOf(report, checkout) };
  } catch (error) {
    outcome = unable(level, error, progress);
  }
  const { counts } = outcome;
  progress.say(
    `${counts.failed === 0 ? "+" : "!"} level ${level.name}: ${line(counts)} (${duration(Date.now() - begin)})`,
  );
  return outcome;
}

/** A level that this machine cannot run is told and counted; continuous integration takes no such excuse. */
function unable(level: Level, error: unknown, progress: Progress): Outcome {
  const why = error instanceof Error ? error.message : String(error);
  const excused = error instanceof SetupError && process.env["CI"] !== "true";
  progress.say(`! level ${level.name} cannot run: ${why}`);
  const counts = { passed: 0, failed: excused ? 0 : 1, skipped: excused ? 1 : 0 };
  return { counts, failures: excused ? [] : [`level ${level.name} cannot run: ${why}`] };
}
