/** What daemons once answered (`--record DIR`), by seed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Network } from "../../components/bgp/network";
import type { Live } from "./live";

export interface Recorded {
  seed: number | string;
  network: Network;
  live: Live;
  /** What still moved where the daemons never became quiet. */
  moving?: string[];
}

export function readRecorded(folder: string): Recorded[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Recorded)
    .sort((a, b) => Number(a.seed) - Number(b.seed));
}
