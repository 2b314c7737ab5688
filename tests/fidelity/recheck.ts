/**
 * Holds what was read from daemons earlier (`--record DIR`) against today's rules, without starting any: the short way
 * round while a rule is being mended. Usage: recheck DIR [SEED...].
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Network } from "../../components/bgp/network";
import { solve } from "../../components/bgp/solve";
import { compare } from "./compare";
import { features } from "./features";
import { knownMisses } from "./known-misses";
import type { Live } from "./live";
import { describe, summarise, type Outcome } from "./report";

interface Recorded {
  seed: number | string;
  network: Network;
  live: Live;
}

const [folder, ...only] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("recheck: say which folder holds the recorded networks\n");
  process.exit(2);
}
const recorded = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Recorded)
  .filter(({ seed }) => only.length === 0 || only.includes(String(seed)))
  .sort((a, b) => Number(a.seed) - Number(b.seed));

const begun = Date.now();
const outcomes: Outcome[] = [];
const broken: string[] = [];
const drawn: Record<string, number> = {};
for (const { seed, network, live } of recorded) {
  try {
    const comparison = compare(solve(network), live);
    outcomes.push({ seed, comparison, quiet: true, took: 0, speakers: network.speakers.length });
  } catch (error) {
    broken.push(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
  }
  for (const [name, count] of Object.entries(features(network))) drawn[name] = (drawn[name] ?? 0) + count;
}
const summary = summarise(outcomes, knownMisses, drawn, broken, (Date.now() - begun) / 1000);
process.stdout.write(`${describe(summary)}\n`);
process.exit(summary.misses.length + broken.length > 0 ? 1 : 0);
