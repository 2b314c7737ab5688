/**
 * The BGP daemons without Docker: Debian's root file systems, for tests that run daemons in network namespaces of their
 * own. Runs a command that finds them in its environment.
 */
import * as path from "node:path";
import { build } from "esbuild";
import { makeScratch, remove } from "../cache";
import { handOver } from "../exec";
import { goArch } from "../parts/go";
import { etcd, kubernetes } from "../parts/kubernetes";
import { provide } from "../parts/part";
import { PLANES, type PlaneName } from "../parts/planes";
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
export function fidelity(args: string[]): Promise<number> {
  return withPrograms(["main"], (programs, env) => handOver(process.execPath, [programs["main"] ?? "", ...args], env));
}

/** The same, and then every mutation of the rules against what the daemons answered: is a wrong rule noticed? */
export function mutations(args: string[]): Promise<number> {
  return withPrograms(["main", "mutate"], async (programs, env, scratch) => {
    const records = path.join(scratch, "records");
    const run = [programs["main"] ?? "", ...args, "--record", records];
    const compared = await handOver(process.execPath, run, env);
    const caught = await handOver(process.execPath, [programs["mutate"] ?? "", records], env);
    return compared === 0 ? caught : compared;
  });
}

/** What judges, and the part that has its programs: MetalLB's with each way in which its speaker announces. */
export const JUDGES: Readonly<Record<string, PlaneName>> = {
  cilium: "cilium",
  metallb: "metallb",
  "metallb-frr": "metallb",
  "metallb-frr-k8s": "metallb",
};

/** Drawn sets of objects, judged by the real control planes of Cilium and MetalLB. */
export async function judge(planes: readonly string[], sets: string): Promise<number> {
  const here = session();
  const parts = [...new Set(planes.flatMap((name) => JUDGES[name] ?? []))];
  const env = { ...process.env, PATH: [...(await judgePrograms(here, parts)), process.env["PATH"] ?? ""].join(":") };
  return bundled(here, "judge", ["main"], async ({ main = "" }) => {
    const codes: number[] = [];
    for (const plane of planes) {
      const args = [main, "--plane", plane, "--sets", sets];
      codes.push(await handOver(process.execPath, args, { env, cwd: here.at.checkout }));
    }
    return Math.max(...codes);
  });
}

/** Folders with an API server of its own and the planes' programs. */
export async function judgePrograms(here: Session, planes: readonly PlaneName[]): Promise<string[]> {
  const arch = goArch();
  const { checkout } = here.at;
  const parts = [
    etcd(checkout, arch),
    kubernetes(checkout, arch),
    ...planes.map((name) => PLANES[name].part(checkout, arch)),
  ];
  const dirs: string[] = [];
  for (const part of parts) dirs.push((await provide(part, here)).dir);
  return dirs;
}

async function withPrograms(
  names: string[],
  work: (
    programs: Record<string, string>,
    options: { env: NodeJS.ProcessEnv; cwd: string },
    scratch: string,
  ) => Promise<number>,
): Promise<number> {
  const here = session();
  const env = { ...process.env, ...(await daemonRoots(here)) };
  return bundled(here, "fidelity", names, (programs, scratch) =>
    work(programs, { env, cwd: here.at.checkout }, scratch),
  );
}

/** Programs of a folder of tests/, bundled by name for as long as the work takes. */
async function bundled<T>(
  { at: { cache, checkout } }: Session,
  folder: string,
  names: string[],
  work: (programs: Record<string, string>, scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = makeScratch(cache, folder);
  try {
    const entryPoints = names.map((name) => path.join(checkout, "tests", folder, `${name}.ts`));
    await build({ entryPoints, outdir: scratch, bundle: true, platform: "node", logLevel: "error" });
    return await work(Object.fromEntries(names.map((name) => [name, path.join(scratch, `${name}.js`)])), scratch);
  } finally {
    remove(scratch);
  }
}
