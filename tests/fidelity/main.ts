/**
 * `make fidelity SEEDS=n`: random networks as real daemons, held against their forecast entry by entry.
 *
 *   --seeds N       how many seeds (default 100)        --from N     the first one (default 1)
 *   --jobs N        networks at once (default 4 a core)  --budget S   starts no new network after S seconds
 *   --record DIR    keep what was read, for mutations   --shrink N   shrink the first miss within N further runs
 *   --cases TEXT    the hand-written cases whose name holds TEXT ("" for all) instead of seeds
 *   --json          the summary as JSON                  --network F  one Network from a file instead of seeds
 *
 * BGPFABRIC_BOOKWORM and BGPFABRIC_TRIXIE name the root file systems with the daemons; `make` sets them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Network } from "../../components/bgp/network";
import { cases } from "./cases";
import { features } from "./features";
import { knownMisses } from "./known-misses";
import { draw, type Draw } from "./random";
import { describe, describeMiss, summarise } from "./report";
import { isUnexplained } from "./restless";
import { enter, mountRoots, type Roots } from "./sandbox";
import { shrink } from "./shrink";
import { tryNetwork, type Trial } from "./trial";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    // Mostly they wait: for timers, and for silence.
    jobs: { type: "string", default: String(4 * availableParallelism()) },
    budget: { type: "string", default: "100000" },
    record: { type: "string" },
    shrink: { type: "string" },
    json: { type: "boolean", default: false },
    network: { type: "string" },
    cases: { type: "string" },
  },
});

async function main(): Promise<number> {
  enter();
  const { BGPFABRIC_BOOKWORM: bookworm, BGPFABRIC_TRIXIE: trixie } = process.env;
  if (bookworm === undefined || !existsSync(bookworm)) {
    process.stderr.write(
      "fidelity: BGPFABRIC_BOOKWORM names no root file system with the daemons; run `make fidelity`\n",
    );
    return 2;
  }
  const roots = mountRoots({ bookworm, ...(trixie === undefined ? {} : { trixie }) });
  const begun = Date.now();
  const all = chosen(roots);
  const trials = await again(await inTurn(all, roots, begun), all, roots);
  const drawn: Record<string, number> = {};
  for (const { network } of trials) {
    for (const [name, count] of Object.entries(features(network))) drawn[name] = (drawn[name] ?? 0) + count;
  }
  const summary = summarise(trials, knownMisses, drawn, broken, (Date.now() - begun) / 1000);
  process.stdout.write(`${options.json ? JSON.stringify(summary, undefined, 2) : describe(summary)}\n`);
  const first = trials.find((trial) => trial.comparison.misses.length > 0);
  if (first !== undefined && options.shrink !== undefined) await shrinkFirst(first, roots, Number(options.shrink));
  return summary.misses.length + summary.unsettled.length + summary.broken.length > 0 ? 1 : 0;
}

interface Chosen {
  seed: number | string;
  network: () => Draw;
}

/** What this run is about: one Network of a file, hand-written cases, or seeds. */
function chosen(roots: Roots): Chosen[] {
  const { network: file, cases: text } = options;
  if (file !== undefined) {
    const network = JSON.parse(readFileSync(file, "utf8")) as Network;
    return [{ seed: file, network: () => ({ network, order: inOrder(network) }) }];
  }
  if (text !== undefined) {
    return Object.entries(cases)
      .filter(([name]) => name.includes(text))
      .map(([seed, network]) => ({ seed, network: () => ({ network, order: inOrder(network) }) }));
  }
  const first = Number(options.from);
  const frr10 = roots.trixie !== undefined;
  return Array.from({ length: Number(options.seeds) }, (_, index) => ({
    seed: first + index,
    network: () => draw(first + index, { frr10 }),
  }));
}

const broken: string[] = [];

const inOrder = (network: Network): number[] => network.speakers.map((_, index) => index);

async function inTurn(all: Chosen[], roots: Roots, begun: number): Promise<Trial[]> {
  const trials: Trial[] = [];
  const rest = [...all.entries()];
  const worker = async (): Promise<void> => {
    for (;;) {
      const next = (Date.now() - begun) / 1000 < Number(options.budget) ? rest.shift() : undefined;
      if (next === undefined) return;
      const [index, { seed, network: make }] = next;
      const { network, order } = make();
      try {
        const trial = await tryNetwork(seed, `f${index}`, network, roots, order);
        trials.push(trial);
        record(trial);
        progress(trial);
      } catch (error) {
        // One network that cannot even be tried is a failure of the run, and no reason to keep the others' answers.
        broken.push(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
  const order = new Map(all.map(({ seed }, index) => [seed, index]));
  return trials.sort((a, b) => (order.get(a.seed) ?? 0) - (order.get(b.seed) ?? 0));
}

/**
 * Networks that did not settle although the forecast is firm, once more and one at a time: on a busy machine daemons miss
 * their timers. What does not settle then either is a failure.
 */
async function again(trials: Trial[], all: Chosen[], roots: Roots): Promise<Trial[]> {
  const settled: Trial[] = [];
  for (const trial of trials) {
    const chosen = isUnexplained(trial.restless) ? all.find(({ seed }) => seed === trial.seed) : undefined;
    if (chosen === undefined) {
      settled.push(trial);
      continue;
    }
    const { network, order } = chosen.network();
    const second = await tryNetwork(trial.seed, "again", network, roots, order).catch(() => trial);
    settled.push(second);
    record(second);
    progress(second);
  }
  return settled;
}

function record(trial: Trial): void {
  if (options.record === undefined) return;
  mkdirSync(options.record, { recursive: true });
  const { seed, network, live, restless, moving } = trial;
  writeFileSync(
    join(options.record, `${String(seed).replace(/\W+/g, "-")}.json`),
    JSON.stringify({ seed, network, live, ...(restless === undefined ? {} : { moving }) }),
  );
}

function progress({ seed, comparison, took, restless, speakers }: Trial): void {
  const { matched, entries, ambiguous, misses } = comparison;
  process.stderr.write(
    `seed ${seed}: ${speakers} speakers, ${matched}/${entries} entries${ambiguous > 0 ? `, ${ambiguous} ambiguous` : ""}` +
      `, settled after ${(took / 1000).toFixed(1)} s${restless === undefined ? "" : ` (never quiet${isUnexplained(restless) ? "" : ", as forecast"})`}${misses.length > 0 ? `, ${misses.length} MISSES` : ""}\n`,
  );
}

async function shrinkFirst(trial: Trial, roots: Roots, tries: number): Promise<void> {
  let count = 0;
  let last = trial;
  const small = await shrink(
    trial.network,
    async (candidate) => {
      try {
        const again = await tryNetwork(trial.seed, `x${count++}`, candidate, roots);
        if (again.comparison.misses.length > 0) last = again;
        return again.comparison.misses.length > 0;
      } catch {
        return false;
      }
    },
    tries,
  );
  process.stdout.write(`seed ${trial.seed} shrunk in ${count} runs:\n${JSON.stringify(small)}\n`);
  for (const miss of last.comparison.misses) process.stdout.write(`${describeMiss(trial.seed, miss)}\n`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`fidelity: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
