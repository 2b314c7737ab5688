/** One network, live and forecast: starts the daemons, waits until they have settled, compares every entry. */
import type { Network } from "../../components/bgp/network";
import { solve } from "../../components/bgp/solve";
import { compare, expectedUp } from "./compare";
import { restlessness } from "./restless";
import { start, stop } from "./lab";
import type { Live } from "./live";
import type { Outcome } from "./report";
import type { Roots } from "./sandbox";
import { settle, silence } from "./settle";

export interface Trial extends Outcome {
  network: Network;
  live: Live;
  moving: string[];
}

export async function tryNetwork(
  seed: number | string,
  id: string,
  network: Network,
  roots: Roots,
  order?: number[],
): Promise<Trial> {
  const solution = solve(network);
  const lab = await start(id, network, roots, order);
  try {
    const { live, took, quiet, moving } = await settle(
      lab,
      expectedUp(solution),
      undefined,
      undefined,
      silence(network),
    );
    const comparison = compare(solution, live);
    const restless = quiet ? undefined : restlessness(solution, comparison, moving);
    return { seed, network, live, comparison, took, restless, moving, speakers: network.speakers.length };
  } finally {
    await stop(lab);
  }
}
