/**
 * Holds what was read from daemons earlier (`--record DIR`) against today's rules, without starting any: the short way
 * round while a rule is being mended. Usage: recheck DIR [SEED...].
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Network } from "../../components/bgp/network";
import { solve } from "../../components/bgp/solve";
import { compare } from "./compare";
import type { Live } from "./live";
import { describeMiss } from "./report";

const [folder, ...only] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("recheck: say which folder holds the recorded networks\n");
  process.exit(2);
}
let entries = 0;
let matched = 0;
let ambiguous = 0;
let misses = 0;
const broken: string[] = [];
for (const file of readdirSync(folder).sort()) {
  const { seed, network, live } = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
    seed: number | string;
    network: Network;
    live: Live;
  };
  if (only.length > 0 && !only.includes(String(seed))) continue;
  try {
    const comparison = compare(solve(network), live);
    entries += comparison.entries;
    matched += comparison.matched;
    ambiguous += comparison.ambiguous;
    misses += comparison.misses.length;
    for (const miss of comparison.misses) process.stdout.write(`${describeMiss(seed, miss)}\n`);
  } catch (error) {
    broken.push(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
for (const each of broken) process.stdout.write(`${each}\n`);
process.stdout.write(
  `${matched} of ${entries} entries as forecast, ${ambiguous} ambiguous, ${misses} misses, ${broken.length} broken\n`,
);
process.exit(misses + broken.length > 0 ? 1 : 0);
