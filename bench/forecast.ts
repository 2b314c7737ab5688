/**
 * How long a forecast takes, and what it holds: the fabric of networks/thousand.ts from 100 to 10,000 nodes, each size
 * in a process of its own, and one node's session gone and come back. Prints JSON.
 *
 *   node dist/bench/forecast.js [NODES ...]
 */
import { execFileSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { resolve, solve } from "../components/bgp/solve";
import { fabric } from "./networks/thousand";

interface Figures {
  nodes: number;
  speakers: number;
  sessions: number;
  prefixes: number;
  /** Logical entries over all tables. */
  entries: number;
  /** From the plain Network to every session and a table for the asking, without a warm-up. */
  coldMs: number;
  cpuMs: number;
  /** What the process takes when all is solved, the Network itself included. */
  residentMb: number;
  /** One node's label taken away and given back, the least of five times. */
  changeMs: number;
  tableMs: number;
}

const SIZES = [100, 250, 500, 1000, 2500, 5000, 10000];

function measure(nodes: number): Figures {
  const network = fabric({ nodes });
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const solution = solve(network);
  const coldMs = performance.now() - begun;
  const used = process.cpuUsage(cpu);
  const residentMb = process.memoryUsage().rss / 2 ** 20;

  const node = `node${Math.floor(nodes / 2)}`;
  const unlabelled = {
    ...network,
    speakers: network.speakers.map((each) => (each.name === node ? { ...each, neighbors: [] } : each)),
  };
  let changeMs = Infinity;
  let current = solution;
  for (const next of [unlabelled, network, unlabelled, network, unlabelled]) {
    const start = performance.now();
    current = resolve(current, next);
    changeMs = Math.min(changeMs, performance.now() - start);
  }
  const start = performance.now();
  solution.table("tor0");
  const tableMs = performance.now() - start;
  return {
    nodes,
    speakers: network.speakers.length,
    sessions: solution.sessions.filter((session) => session.up).length,
    prefixes: solution.prefixes().length,
    entries: solution.ribEntries(),
    coldMs: Math.round(coldMs),
    cpuMs: Math.round((used.user + used.system) / 1000),
    residentMb: Math.round(residentMb),
    changeMs: Math.round(changeMs * 10) / 10,
    tableMs: Math.round(tableMs * 10) / 10,
  };
}

function main(args: readonly string[]): void {
  const [only] = args;
  if (args.length === 2 && only === "--one") {
    process.stdout.write(`${JSON.stringify(measure(Number(args[1])))}\n`);
    return;
  }
  const sizes = args.length > 0 ? args.map(Number) : SIZES;
  if (sizes.some((size) => !Number.isInteger(size) || size < 1)) {
    process.stderr.write("usage: forecast.js [NODES ...]\n");
    process.exitCode = 2;
    return;
  }
  const figures = sizes.map((size) => {
    const heap = size > 4000 ? ["--max-old-space-size=8192"] : [];
    const text = execFileSync(process.execPath, [...heap, __filename, "--one", String(size)], { encoding: "utf8" });
    return JSON.parse(text) as Figures;
  });
  process.stdout.write(`${JSON.stringify({ forecast: figures }, undefined, 2)}\n`);
}

main(process.argv.slice(2));
