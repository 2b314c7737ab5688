/**
 * How long a forecast takes, and what it holds: the fabric of networks/thousand.ts from 100 to 10,000 nodes, each size
 * in a process of its own, and one node's session gone and come back; clusters with route reflectors; what every
 * single failure takes; a Clos of routers with an ASN each, whole, its routes alone, and the difference that one neighbor
 * makes; an ordinary fabric in which age breaks ties; and the command itself. V8 optimizes as late
 * as in the command. `make bench` bundles and runs it. Prints JSON.
 */
import "../cli/optimizeLater";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { performance } from "node:perf_hooks";
import type { Network } from "../components/bgp/network";
import { resolve, solve } from "../components/bgp/solve";
import { difference } from "../components/forecast/difference";
import { failures } from "../components/forecast/failures";
import { forecast, reforecast, type Forecast } from "../components/forecast/forecast";
import { large } from "../tests/networks/large";
import { clos } from "./networks/clos";
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
const REFLECTED = [200, 1000];
const FAILING = [100, 1000];
const CLOS = [36, 100];
const ROUTES = [300, 1000];
const ORDINARY = [12, 24];
const ROUTERS = [1];

interface Timed {
  nodes: number;
  wallMs: number;
  cpuMs: number;
  residentMb: number;
}

function timed<T extends object>(nodes: number, work: () => T): Timed & T {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const found = work();
  const wallMs = Math.round(performance.now() - begun);
  const used = process.cpuUsage(cpu);
  const residentMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  return { nodes, wallMs, cpuMs: Math.round((used.user + used.system) / 1000), residentMb, ...found };
}

/** Calico nodes that peer with their leaf and with three reflectors. */
function reflected(nodes: number): object {
  const network: Network = large({ nodes, racks: Math.ceil(nodes / 25), spines: 4 });
  return timed(nodes, () => ({ speakers: network.speakers.length, sessions: solve(network).sessions.length }));
}

/** Every single failure of a node, a router or a link of the fabric, those of twins once. */
function failing(nodes: number): object {
  const network = fabric({ nodes });
  return timed(nodes, () => {
    const { computed, shared } = failures(network);
    return { failures: computed + shared, computed };
  });
}

/** CPU seconds of each step of a forecast of a Clos: routes, then what is open about them, then every table. */
function closed(routers: number): object {
  const network = clos({ routers, spines: routers < 300 ? 4 : 8 });
  return timed(routers, () => {
    const seconds = (work: () => void): number => {
      const cpu = process.cpuUsage();
      work();
      const used = process.cpuUsage(cpu);
      return Math.round((used.user + used.system) / 10_000) / 100;
    };
    const begun = process.cpuUsage();
    const solution = solve(network);
    const { user, system } = process.cpuUsage(begun);
    const solveS = Math.round((user + system) / 10_000) / 100;
    const entries = solution.ribEntries();
    const doubtsS = seconds(() => void (solution.ambiguities.length + solution.notModelled.length));
    const tablesS = seconds(() => network.speakers.forEach(({ name }) => solution.table(name)));
    return { sessions: solution.sessions.length, entries, solveS, doubtsS, tablesS };
  });
}

/** Sessions and routes of a large Clos alone: tables are made when asked for, and nobody asks. */
function routesOnly(routers: number): object {
  const network = clos({ routers, spines: 8 });
  return timed(routers, () => {
    const solution = solve(network);
    return { sessions: solution.sessions.length, entries: solution.ribEntries() };
  });
}

/** CPU of a forecast of a Clos with its doubts and routes, and then of the difference that one neighbor makes. */
function changed(routers: number): object {
  const network = clos({ routers, spines: 4 });
  const after = {
    ...network,
    speakers: network.speakers.map((each) =>
      each.name === "leaf3" ? { ...each, neighbors: each.neighbors.slice(1) } : each,
    ),
  };
  const whole = (made: Forecast): void => {
    for (const { name } of made.network.speakers) for (const [prefix] of made.routes(name)) made.doubts(name, prefix);
  };
  const was = timed(routers, () => {
    const made = forecast(network);
    whole(made);
    return { made };
  });
  return timed(routers, () => {
    const will = reforecast(was.made, after);
    whole(will);
    return { routes: difference(was.made, will).routes.length, beforeMs: was.cpuMs };
  });
}

/** Five FRR routers of which age breaks ties, and Calico nodes with reflectors: an ordinary fabric, its whole forecast. */
function ordinary(nodes: number): object {
  const network = large({ nodes, racks: 3, spines: 2, reflectors: 3 });
  const speakers = network.speakers.map((each) =>
    each.dialect.system === "frr" ? { ...each, bgp: { ...each.bgp, compareRouterId: false } } : each,
  );
  return timed(nodes, () => {
    const solution = solve({ ...network, speakers });
    const { ambiguities, notModelled, sessions } = solution;
    for (const { name } of speakers) solution.table(name);
    return { sessions: sessions.length, open: ambiguities.length + notModelled.length };
  });
}

/** CPU of the command, bundled as the package has it: its help, the forecast of one router, and the one of an ordinary fabric. */
function command(): object {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bgpfabric-bench-"));
  const [program, clock, router] = ["main.js", "clock.js", "frr.conf"].map((name) => path.join(folder, name));
  try {
    execFileSync(process.execPath, ["cli/bundle.mjs", program ?? ""]);
    fs.writeFileSync(clock ?? "", CLOCK);
    fs.writeFileSync(router ?? "", "hostname r1\nrouter bgp 65001\n network 10.0.0.0/24\nexit\n");
    const run = ["-r", clock ?? "", program ?? ""];
    const cache = path.join(folder, "cache");
    // The first run finds nothing in the cache that later ones start from.
    const fabricFirstMs = commandMs([...run, "forecast", ...FABRIC], cache, 1);
    return {
      helpMs: commandMs([...run, "--help"], cache),
      oneRouterMs: commandMs([...run, "forecast", "--frr", `r1=${router}`], cache),
      fabricMs: commandMs([...run, "forecast", ...FABRIC], cache),
      fabricFirstMs,
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const FABRIC_FOLDER = "tests/cli/fabric17";

/** Five routers and twelve Calico nodes with reflectors, as files. */
const FABRIC = [
  ...["--cni", "calico", "--cni-version", "3.32", "--links", `${FABRIC_FOLDER}/links.yaml`],
  ...["leaf1", "leaf2", "leaf3", "spine1", "spine2"].flatMap((name) => [
    "--frr",
    `${name}=${FABRIC_FOLDER}/${name}.conf`,
  ]),
  `${FABRIC_FOLDER}/cal`,
];

const CLOCK = `process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  require("node:fs").writeSync(2, "cpu " + (user + system));
});`;

/** The least of five times: what else runs on the machine only adds. */
function commandMs(args: readonly string[], cache: string, runs = 5): number {
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const times = Array.from({ length: runs }, () => {
    const { stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
    const [, micros] = /cpu (\d+)/.exec(stderr) ?? [];
    if (micros === undefined) throw new Error(`${args.join(" ")} failed: ${stderr}`);
    return Number(micros) / 1000;
  });
  return Math.round(Math.min(...times));
}

const KINDS: Record<string, (nodes: number) => object> = {
  forecast: measure,
  reflectors: reflected,
  failures: failing,
  clos: closed,
  routes: routesOnly,
  difference: changed,
  ordinary,
  command,
};

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

function main([kind, nodes]: readonly string[]): void {
  const work = KINDS[kind ?? ""];
  if (work !== undefined) {
    process.stdout.write(`${JSON.stringify(work(Number(nodes)))}\n`);
    return;
  }
  const figures = {
    forecast: SIZES.map((size) => apart("forecast", size)),
    reflectors: REFLECTED.map((size) => apart("reflectors", size)),
    failures: FAILING.map((size) => apart("failures", size)),
    clos: CLOS.map((size) => apart("clos", size)),
    routes: ROUTES.map((size) => apart("routes", size)),
    difference: CLOS.map((size) => apart("difference", size)),
    ordinary: ORDINARY.map((size) => apart("ordinary", size)),
    command: ROUTERS.map((size) => apart("command", size)),
  };
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
}

/** In a process of its own, as nothing is warm where a forecast is asked for. */
function apart(kind: string, nodes: number): unknown {
  const heap = nodes > 4000 ? ["--max-old-space-size=8192"] : [];
  const text = execFileSync(process.execPath, [...heap, __filename, kind, String(nodes)], {
    encoding: "utf8",
    timeout: 600_000,
  });
  return JSON.parse(text) as unknown;
}

main(process.argv.slice(2));
