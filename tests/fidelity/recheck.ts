/**
 * Holds what was read from daemons earlier (`--record DIR`) against today's rules, without starting any: the short way
 * round while a rule is being mended. Usage: recheck DIR [SEED...].
 */
import { solve } from "../../components/bgp/solve";
import { compare } from "./compare";
import { readRecorded } from "./recorded";
import { features } from "./features";
import { knownMisses } from "./known-misses";
import { describe, summarise, type Outcome } from "./report";
import { restlessness } from "./restless";

const [folder, ...only] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("recheck: say which folder holds the recorded networks\n");
  process.exit(2);
}
const recorded = readRecorded(folder).filter(({ seed }) => only.length === 0 || only.includes(String(seed)));

const begun = Date.now();
const outcomes: Outcome[] = [];
const broken: string[] = [];
const drawn: Record<string, number> = {};
for (const { seed, network, live, moving } of recorded) {
  try {
    const solution = solve(network);
    const comparison = compare(solution, live);
    const restless = moving === undefined ? undefined : restlessness(solution, comparison, moving);
    outcomes.push({ seed, comparison, restless, took: 0, speakers: network.speakers.length });
  } catch (error) {
    broken.push(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
  }
  for (const [name, count] of Object.entries(features(network))) drawn[name] = (drawn[name] ?? 0) + count;
}
const summary = summarise(outcomes, knownMisses, drawn, broken, (Date.now() - begun) / 1000);
process.stdout.write(`${describe(summary)}\n`);
process.exit(summary.misses.length + summary.unsettled.length + broken.length > 0 ? 1 : 0);
