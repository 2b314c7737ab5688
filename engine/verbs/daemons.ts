/**
 * The BGP daemons without Docker: Debian's root file systems, for tests that run daemons in network namespaces of their
 * own. Runs a command that finds them in its environment.
 */
import * as path from "node:path";
import { handOver } from "../exec";
import { provide } from "../parts/part";
import { newerRouters, rootfs } from "../parts/rootfs";
import { session, whileMaking } from "../session";

export async function daemonsVerb(command: string[]): Promise<number> {
  const here = session();
  const [older, newer] = await whileMaking(here, "making Debian's root file systems", async () => [
    await provide(rootfs, here.at.cache, here.progress),
    await provide(newerRouters, here.at.cache, here.progress),
  ]);
  const env = {
    ...process.env,
    BGPFABRIC_BOOKWORM: path.join(older?.dir ?? "", "root"),
    BGPFABRIC_TRIXIE: path.join(newer?.dir ?? "", "root"),
  };
  const [program, ...args] = command;
  if (program === undefined) return 0;
  return handOver(program, args, { env });
}
