/**
 * What `make doctor` tells: each part, its version, where it comes from, and the exact next step for what is missing.
 */
import { which } from "./exec";
import { connect, findDaemon } from "./host/find";
import { currentHost } from "./host/provide";
import { engineParts } from "./parts/engine";
import { currentHome } from "./parts/home";
import { daemonArch, imageName, imageVersions, hasImage } from "./parts/image";
import { etcd, kubernetes } from "./parts/kubernetes";
import { docker as dockerPart } from "./parts/docker";
import { goArch, goProblem, goVersion } from "./parts/go";
import { lookUp, type Part } from "./parts/part";
import { newerRouters, rootfs } from "./parts/rootfs";
import { atLeast, GO, NODE, versionIn } from "./parts/versions";
import type { Session } from "./session";

export interface PartReport {
  part: string;
  version: string;
  origin: string;
  /** What to do; absent when nothing has to be done. */
  next?: string;
  /** Whether `make up` cannot go on without the user. */
  blocking?: boolean;
}

export async function examine(here: Session): Promise<PartReport[]> {
  const { at } = here;
  const findings: PartReport[] = [nodeFinding(process.versions.node)];
  const host = await currentHost(at);
  const parts = [...engineParts(at.checkout), kubernetes(at.checkout, goArch()), etcd(at.checkout, goArch())];
  const made = await Promise.all(parts.map((part) => partFinding(part, at.cache)));
  findings.push(...made);
  if (made.some((finding) => finding.next !== undefined)) findings.push(await goFinding());
  const home = currentHome(here);
  for (const plugin of home?.plugins ?? []) {
    findings.push({ part: `plugin ${plugin.name}`, version: plugin.version, origin: plugin.origin });
  }
  if (home === undefined) findings.push({ part: "plugins", version: "-", origin: "-", next: BY_UP });
  if (canHaveOwnLab()) {
    for (const root of [rootfs, newerRouters]) findings.push(await partFinding(root, at.cache, BY_TEST));
  }
  findings.push(await hostFinding(here, host?.kind));
  if (host !== undefined) {
    const docker = connect(host.dockerHost);
    const name = imageName(at.checkout, await daemonArch(docker), { cluster: true });
    if (await hasImage(docker, name)) {
      const versions = Object.entries(await imageVersions(docker, name)).map(([what, version]) => `${what} ${version}`);
      findings.push({ part: "lab image", version: name, origin: versions.join(", ") });
      return findings;
    }
  }
  findings.push({ part: "lab image", version: "-", origin: "-", next: BY_UP });
  return findings;
}

const BY_UP = "nothing: `make up` makes it";
const BY_TEST = "nothing: `make test` makes it, if not `make up`";

/** A private daemon, and daemons in namespaces of their own, need both. */
const canHaveOwnLab = (): boolean => process.platform === "linux" && process.getuid?.() === 0;

export function nodeFinding(version: string): PartReport {
  const fine = atLeast(version, NODE.floor);
  return {
    part: "node",
    version,
    origin: "path",
    ...(fine ? {} : { next: `install Node.js ${NODE.floor} or newer`, blocking: true }),
  };
}

async function partFinding(part: Part, cache: string, next = BY_UP): Promise<PartReport> {
  const ready = await lookUp(part, cache);
  if (ready === undefined) return { part: part.name, version: part.version, origin: "-", next };
  const took = ready.seconds > 0 ? ` (made in ${ready.seconds} s)` : "";
  return { part: ready.name, version: ready.version, origin: `${ready.origin}${took}` };
}

/** Go matters only while parts are missing and their servers do not answer. */
async function goFinding(): Promise<PartReport> {
  const version = (await goVersion()) ?? "-";
  const problem = await goProblem();
  return {
    part: "go",
    version,
    origin: which("go") ?? "-",
    ...(problem === undefined ? {} : { next: `install Go ${GO.floor} or newer, unless the official servers answer` }),
  };
}

async function hostFinding(here: Session, kind: "yours" | "private" | undefined): Promise<PartReport> {
  if (kind === "yours") {
    const daemon = await findDaemon();
    return {
      part: "docker",
      version: versionIn(daemon?.version ?? "") ?? "-",
      origin: `yours, by ${daemon?.how ?? "-"}`,
    };
  }
  const mine = await partFinding(dockerPart, here.at.cache);
  if (kind === "private") return { ...mine, origin: `private daemon of lab "${here.at.lab}", ${mine.origin}` };
  if (canHaveOwnLab()) {
    return {
      ...mine,
      origin: mine.next === undefined ? `${mine.origin}, not running` : "-",
      next: "nothing: `make up` starts it",
    };
  }
  return {
    part: "docker",
    version: "-",
    origin: "-",
    next: "start Docker or set DOCKER_HOST (a private daemon needs Linux and root)",
    blocking: true,
  };
}

/** A table for people. */
export function table(findings: readonly PartReport[]): string {
  const rows = findings.map(({ part, version, origin, next }) => [part, version, origin, next ?? ""]);
  const all = [["PART", "VERSION", "ORIGIN", "NEXT STEP"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.min(48, Math.max(...all.map((row) => row[column]?.length ?? 0))));
  return all
    .map(
      (row) =>
        row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join("  ")
          .trimEnd() + "\n",
    )
    .join("");
}
