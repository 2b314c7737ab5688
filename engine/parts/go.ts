/**
 * Programs from pinned Go modules. Each family has a module of its own under engine/go, committed with its sums, so
 * that version selection lifts nothing and no checksum database has to be asked.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { remove } from "../cache";
import { boundToUs, must, run, which } from "../exec";
import { contentsOf } from "../hash";
import { takeLock, tryLock, type Lock } from "../lock";
import { SetupError, type Places } from "../places";
import { locksDir, type Session } from "../session";
import { turns } from "../turns";
import { withStandIns, type LeftOut } from "./leftOut";
import type { Workshop } from "./part";
import { atLeast, GO, versionIn } from "./versions";

export interface GoProgram {
  /** The folder below engine/go that holds go.mod and go.sum. */
  module: string;
  packages: string[];
  /** Linker settings of the form NAME=VALUE. */
  set?: string[];
  tags?: string[];
  /** What no lab uses of it. */
  leftOut?: LeftOut;
  /** The system it runs on; this machine's unless it goes into a container. */
  os?: string;
  arch?: string;
}

const GO_ARCH: Record<string, string> = { x64: "amd64", arm64: "arm64" };

export function goArch(arch: string = process.arch): string {
  return GO_ARCH[arch] ?? arch;
}

/** What the programs are made from. The Go version counts: another compiler makes another program. */
export function goInputs(checkout: string, program: GoProgram): Record<string, string> {
  return {
    ...contentsOf(path.join(checkout, "engine", "go", program.module)),
    settings: JSON.stringify(program),
    platform: `${program.os ?? process.platform}/${program.arch ?? goArch()}`,
    recipe: "1",
  };
}

/** Builds the programs into `dir`, with module and build caches of our own; they go away with `removeGoCaches`. */
export async function buildGo(checkout: string, program: GoProgram, dir: string, workshop: Workshop): Promise<void> {
  await needGo();
  const { here, scratch, log, advance } = workshop;
  const cwd = path.join(checkout, "engine", "go", program.module);
  const env = goEnvironment(here.at.cache, scratch, program);
  const tags = program.tags === undefined ? [] : ["-tags", program.tags.join(",")];
  await whileBuilding(here, async () => {
    const modfile = await withoutLeftOut(program, { cwd, scratch, env, log });
    // Fetches the modules too, while other programs compile.
    const [list, listArguments] = boundToUs("go", ["list", "-deps", ...modfile, ...tags, ...program.packages]);
    const total = (await must(list, listArguments, { cwd, log, env })).split("\n").length;
    await turn(() => {
      let compiled = 0;
      const [build, buildArguments] = boundToUs("go", [
        ...["build", "-v", "-trimpath", ...modfile, ...tags],
        // The linker leaves DWARF out (-w), so the compiler need not make it: a tenth of its time, a fifth of its memory.
        "-gcflags=all=-dwarf=false",
        ...["-ldflags", linkerFlags(program), "-o", `${dir}/`, ...program.packages],
      ]);
      // -v prints each package as it is compiled.
      return must(build, buildArguments, { cwd, log, env, onLine: () => advance(++compiled / total) });
    });
  });
}

async function withoutLeftOut(
  { leftOut }: GoProgram,
  place: Parameters<typeof withStandIns>[1],
): Promise<readonly string[]> {
  return leftOut === undefined ? [] : ["-modfile", await withStandIns(leftOut, place)];
}

/** Copies a folder of one of the program's modules, while nothing takes the module cache away. */
export async function copyFromModule(
  checkout: string,
  program: GoProgram,
  { module, folder, to }: { module: string; folder: string; to: string },
  { here, scratch, log }: Workshop,
): Promise<void> {
  await whileBuilding(here, async () => {
    const cwd = path.join(checkout, "engine", "go", program.module);
    const env = goEnvironment(here.at.cache, scratch, program);
    const told = await must("go", ["mod", "download", "-json", module], { cwd, log, env });
    const { Dir } = JSON.parse(told) as { Dir: string };
    fs.cpSync(path.join(Dir, folder), to, { recursive: true });
  });
}

function linkerFlags({ set = [] }: GoProgram): string {
  return ["-s", "-w", ...set.flatMap((setting) => ["-X", setting])].join(" ");
}

/**
 * Two builds at a time: while one of them links or compiles what everything else waits for, the other has the idle cores.
 * With little memory one, because a compiler of a large package takes a gigabyte.
 */
const BUILDS = os.totalmem() > 7e9 ? 2 : 1;
const turn = turns(BUILDS);

let caches: Promise<Lock> | undefined;
let builds = 0;

/** The caches are this run's as long as any of its builds goes on; the builds of other runs wait. */
async function whileBuilding<T>({ at, progress }: Session, work: () => Promise<T>): Promise<T> {
  builds += 1;
  caches ??= takeLock(path.join(locksDir(at), GO_LOCK), {
    what: "building Go programs",
    onWait: (holder) => progress.say(`  waiting for ${holder}`),
  });
  const lock = await caches;
  try {
    return await work();
  } finally {
    builds -= 1;
    if (builds === 0) {
      caches = undefined;
      lock.release();
    }
  }
}

export function goEnvironment(cache: string, scratch: string, program: GoProgram): Record<string, string | undefined> {
  return {
    ...process.env,
    GOTOOLCHAIN: "local",
    GOWORK: "off",
    // Writable, so that it can be removed again.
    GOFLAGS: "-mod=readonly -modcacherw -buildvcs=false",
    CGO_ENABLED: "0",
    GOPATH: path.join(goCaches(cache), "path"),
    GOMODCACHE: path.join(goCaches(cache), "path", "pkg", "mod"),
    GOCACHE: path.join(goCaches(cache), "build"),
    GOTMPDIR: scratch,
    GOMAXPROCS: String(os.cpus().length),
    // Compilers end soon: collecting garbage on the way is a tenth of their time. Each may fill its part of the memory
    // first: builds at a time by compilers a build, and half of it stays free.
    GOGC: "off",
    GOMEMLIMIT: `${Math.floor(os.totalmem() / (2 * BUILDS * os.cpus().length) / 2 ** 20)}MiB`,
    GOOS: program.os ?? goOs(),
    GOARCH: program.arch ?? goArch(),
  };
}

function goOs(): string {
  return process.platform === "win32" ? "windows" : process.platform;
}

/** Kept between the parts of one run, and by an interrupted run for the next one. About 5 GB when all is built. */
function goCaches(cache: string): string {
  return path.join(cache, "go");
}

const GO_LOCK = "go";

/** Removes the caches unless another run is building with them; that one will. */
export function removeGoCaches(at: Places): void {
  const dir = goCaches(at.cache);
  if (!fs.existsSync(dir)) return;
  const lock = tryLock(path.join(locksDir(at), GO_LOCK), "removing Go's caches");
  if (lock === undefined) return;
  try {
    remove(dir);
  } finally {
    lock.release();
  }
}

async function needGo(): Promise<void> {
  const problem = await goProblem();
  if (problem !== undefined) throw new SetupError(problem);
}

/** Why Go cannot build the parts here, with the next step; nothing when it can. */
export async function goProblem(): Promise<string | undefined> {
  const step = `install Go ${GO.floor} or newer and put it on PATH`;
  if (which("go") === undefined) return `Go is missing and the official servers do not answer: ${step}`;
  const version = await goVersion();
  if (version === undefined || !atLeast(version, GO.floor)) {
    return `Go ${version ?? "of unknown version"} is too old and the official servers do not answer: ${step}`;
  }
  return undefined;
}

export async function goVersion(): Promise<string | undefined> {
  const ran = await run("go", ["env", "GOVERSION"], { env: { ...process.env, GOTOOLCHAIN: "local" } });
  return ran.code === 0 ? versionIn(ran.stdout) : undefined;
}
