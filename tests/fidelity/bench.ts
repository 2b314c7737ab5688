/**
 * The bench's fabric, small, as real daemons: how long from their start until they have settled, beside the forecast's
 * time for the same Network. Prints JSON; without daemons it says so.
 */
import { existsSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { Network } from "../../components/bgp/network";
import { fabric } from "../../bench/networks/thousand";
import { solve } from "../../components/bgp/solve";
import { enter, mountRoots } from "./sandbox";
import { tryNetwork } from "./trial";

async function main(): Promise<object> {
  const bookworm = process.env["BGPFABRIC_BOOKWORM"];
  if (bookworm === undefined || !existsSync(bookworm)) return { absent: "no root file system with the daemons" };
  enter();
  const network = standing(fabric({ nodes: 6, nodesPerRack: 2, spines: 2, services: 20 }));
  const begun = performance.now();
  const solution = solve(network);
  for (const { name } of network.speakers) solution.table(name);
  const forecastMs = Math.round((performance.now() - begun) * 10) / 10;
  const { took, restless, comparison } = await tryNetwork("bench", "bench", network, mountRoots({ bookworm }));
  const routers = network.speakers.filter(({ dialect }) => dialect.system === "frr").length;
  return {
    routers,
    nodes: network.speakers.length - routers,
    daemonsSettledMs: took,
    settled: restless === undefined,
    forecastMs,
    differences: comparison.misses.length,
  };
}

/** BIRD announces what is in its table: each service is a static route there, as Calico makes it. */
function standing(network: Network): Network {
  const speakers = network.speakers.map((speaker) => {
    const routes = (speaker.originate ?? []).flatMap((each) =>
      each.kind === "network" ? [{ prefix: each.prefix, blackhole: true }] : [],
    );
    return speaker.role === "node" ? { ...speaker, routes } : speaker;
  });
  return { ...network, speakers };
}

void main().then((figures) => process.stdout.write(`${JSON.stringify(figures)}\n`));
