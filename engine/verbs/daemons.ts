/**
 * The BGP daemons without Docker: Debian's root file systems, for tests that run daemons in network namespaces of their
 * own. Runs a command that finds them in its environment.
 */
import * as path from "node:path";
import { build } from "esbuild";
import { makeScratch, remove } from "../cache";
import { handOver } from "../exec";
import { provide } from "../parts/part";
import { newerRouters, rootfs } from "../parts/rootfs";
import { session, type Session } from "../session";

/** The root file systems, made where they are missing, as the environment that the tests read. */
export async function daemonRoots(here: Session): Promise<Record<string, string>> {
  const older = await provide(rootfs, here);
  const newer = await provide(newerRouters, here);
  return {
    BGPFABRIC_BOOKWORM: path.join(older.dir, "root"),
    BGPFABRIC_TRIXIE: path.join(newer.dir, "root"),
  };
}

export async function daemonsVerb(command: string[]): Promise<number> {
  const env = { ...process.env, ...(await daemonRoots(session())) };
  const [program, ...args] = command;
  return program === undefined ? 0 : handOver(program, args, { env });
}

/** Random networks as real daemons, compared with their forecast; the tests' own program, bundled for the run. */
export async function fidelity(args: string[]): Promise<number> {
  const here = session();
  const env = { ...process.env, ...(await daemonRoots(here)) };
  const scratch = makeScratch(here.at.cache, "fidelity");
  try {
    const program = path.join(scratch, "fidelity.js");
    const source = path.join(here.at.checkout, "tests", "fidelity", "main.ts");
    await build({ entryPoints: [source], outfile: program, bundle: true, platform: "node", logLevel: "error" });
    return await handOver(process.execPath, [program, ...args], { env, cwd: here.at.checkout });
  } finally {
    remove(scratch);
  }
}
