/**
 * The lab image in a Docker daemon: Debian with the routers, and the programs of a bare cluster and control planes of
 * CNIs where the stack wants them. Built from a Dockerfile where the daemon reaches a registry, else from the root file system; one name for both.
 */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type Docker from "dockerode";
import { makeScratch, remove } from "../cache";
import { keyOf } from "../hash";
import { whileMaking, type Session } from "../session";
import { CLUSTER_PROGRAMS, etcd, kubernetes } from "./kubernetes";
import { lookUp, provide, slotName, type Part, type Ready } from "./part";
import { PLANES, type PlaneName } from "./planes";
import { installedVersions, NOTABLE, PACKAGES, rootfs, SUITE } from "./rootfs";

export interface Contents {
  /** With kube-apiserver, kube-controller-manager, kube-proxy and etcd. */
  cluster: boolean;
  /** Control planes of CNIs. */
  planes?: readonly PlaneName[];
}

const REPOSITORY = "bgpfabric/lab";
/** Nodes of kind clusters. */
export const NODE_REPOSITORY = "bgpfabric/node";
const VERSIONS_LABEL = "bgpfabric.versions";

/** A part whose programs go into the image. */
interface Programs {
  part: Part;
  names: readonly string[];
}

function programsFor(checkout: string, arch: string, { cluster, planes = [] }: Contents): Programs[] {
  const own = [
    { part: kubernetes(checkout, arch), names: CLUSTER_PROGRAMS },
    { part: etcd(checkout, arch), names: ["etcd"] },
  ];
  // In an order of their own: which stack asked first makes no other image.
  const wanted = [...planes].sort().map((name) => PLANES[name]);
  return [
    ...(cluster ? own : []),
    ...wanted.map(({ part, programs }) => ({ part: part(checkout, arch), names: programs })),
  ];
}

export function imageName(checkout: string, arch: string, contents: Contents): string {
  const key = keyOf({
    suite: SUITE,
    packages: PACKAGES.join(" "),
    programs: programsFor(checkout, arch, contents)
      .map(({ part }) => slotName(part))
      .join(" "),
    recipe: "1",
  });
  return `${REPOSITORY}:${key}`;
}

export async function hasImage(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

/** The architecture of the daemon's containers, in Go's words. */
export async function daemonArch(docker: Docker): Promise<string> {
  return (await docker.version()).Arch;
}

/** What the image is made from, where no registry answers. */
export function imageParts(checkout: string, arch: string, contents: Contents): Part[] {
  return [...programsFor(checkout, arch, contents).map(({ part }) => part), rootfs];
}

/** The image's name, if the daemon has it. */
export async function currentImage({ at }: Session, docker: Docker, contents: Contents): Promise<string | undefined> {
  const name = imageName(at.checkout, await daemonArch(docker), contents);
  return (await hasImage(docker, name)) ? name : undefined;
}

/** The image in the daemon, made when it is not there. */
export async function provideImage(here: Session, docker: Docker, contents: Contents): Promise<string> {
  const { at, progress } = here;
  const arch = await daemonArch(docker);
  const name = imageName(at.checkout, arch, contents);
  if (await hasImage(docker, name)) return name;
  // Parts first, by their own locks and all at once; only then the daemon is ours alone for a moment.
  const [programs, debian] = await Promise.all([
    Promise.all(
      programsFor(at.checkout, arch, contents).map(async ({ part, names }) => ({
        ready: await provide(part, here),
        names,
      })),
    ),
    registryAnswers(docker).then((registry) => (registry ? undefined : provide(rootfs, here))),
  ]);
  return whileMaking(here, `image-${at.lab}`, "loading the lab image", async () => {
    if (await hasImage(docker, name)) return name;
    const stage = makeScratch(at.cache, "image");
    try {
      for (const { ready, names } of programs) stagePrograms(ready, names, path.join(stage, "usr", "local", "bin"));
      const versions = Object.fromEntries(programs.map(({ ready }) => [ready.name, ready.version]));
      if (debian === undefined) {
        await progress.step(`image ${name} from a registry`, () => buildImage(docker, name, stage, versions));
      } else {
        await progress.step(`image ${name}`, () => importImage(docker, name, [debian.dir, stage], versions));
      }
      return name;
    } finally {
      remove(stage);
    }
  });
}

function stagePrograms(ready: Ready, names: readonly string[], bin: string): void {
  fs.mkdirSync(bin, { recursive: true });
  for (const program of names) {
    const [from, to] = [path.join(ready.dir, program), path.join(bin, program)];
    try {
      fs.linkSync(from, to);
    } catch {
      fs.copyFileSync(from, to);
    }
  }
}

/** Whether the daemon gets Debian's image; it is asked, because the registry it reaches may not be ours to reach. */
async function registryAnswers(docker: Docker): Promise<boolean> {
  if (process.env["BGPFABRIC_OFFLINE"] === "1") return false;
  const asked = docker
    .getImage(`debian:${SUITE}-slim`)
    .distribution()
    .then(() => true)
    .catch(() => false);
  const tooLate = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 3000).unref());
  return Promise.race([asked, tooLate]);
}

/** The root file system and the staged programs, piped into the daemon as one layer. */
async function importImage(
  docker: Docker,
  name: string,
  [debian, stage]: [string, string],
  versions: Record<string, string>,
): Promise<void> {
  const root = path.join(debian, "root");
  const installed = installedVersions(fs.readFileSync(path.join(root, "var/lib/dpkg/status"), "utf8"), NOTABLE);
  // Files alone: the daemon takes no folder twice.
  const bin = path.join("usr", "local", "bin");
  const programs = fs.existsSync(path.join(stage, bin))
    ? fs.readdirSync(path.join(stage, bin)).map((name) => path.join(bin, name))
    : [];
  const tar = spawn("tar", [
    ...["--create", "--numeric-owner", "--owner=+0", "--exclude=./dev/*", "--exclude=./proc/*", "--exclude=./sys/*"],
    ...["--directory", root, ".", "--directory", stage, ...programs],
  ]);
  const [repo, tag] = name.split(":");
  const answer = await docker.importImage(tar.stdout, {
    repo,
    tag,
    changes: [
      `LABEL ${VERSIONS_LABEL}=${JSON.stringify(JSON.stringify({ ...installed, ...versions }))}`,
      'CMD ["bash"]',
    ],
  });
  await finished(docker, answer);
}

/** The Dockerfile of the same list. */
export function dockerfile(): string {
  return [
    `FROM debian:${SUITE}-slim`,
    "RUN apt-get update \\",
    ` && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${PACKAGES.join(" ")} \\`,
    " && rm -rf /var/lib/apt/lists/*",
    "COPY . /",
    'CMD ["bash"]',
    "",
  ].join("\n");
}

async function buildImage(
  docker: Docker,
  name: string,
  stage: string,
  versions: Record<string, string>,
): Promise<void> {
  fs.writeFileSync(path.join(stage, "Dockerfile"), dockerfile());
  fs.writeFileSync(path.join(stage, ".dockerignore"), "Dockerfile\n.dockerignore\n");
  const tar = spawn("tar", ["--create", "--directory", stage, "."]);
  const draft = `${name}-draft`;
  await finished(docker, await docker.buildImage(tar.stdout, { t: draft }));
  // The versions are known only now: read in a container, which then becomes the image.
  const container = await docker.createContainer({ Image: draft, Cmd: ["cat", "/var/lib/dpkg/status"] });
  try {
    await container.start();
    await container.wait();
    const status = (await container.logs({ stdout: true })).toString();
    const all = { ...installedVersions(status, NOTABLE), ...versions };
    const [repo, tag] = name.split(":");
    const label = `LABEL ${VERSIONS_LABEL}=${JSON.stringify(JSON.stringify(all))}`;
    await container.commit({ repo, tag, changes: [label, 'CMD ["bash"]'] });
  } finally {
    await container.remove({ force: true });
    await docker.getImage(draft).remove({ noprune: true });
  }
}

/** Follows an answer of the daemon to its end; an error in it is an error here. */
export async function finished(docker: Docker, answer: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(answer, (error: Error | null, lines: { error?: string }[]) => {
      const said = lines.find((line) => line.error !== undefined)?.error;
      if (error !== null) reject(error);
      else if (said !== undefined) reject(new Error(said));
      else resolve();
    });
  });
}

/** What the image says about itself. */
export async function imageVersions(docker: Docker, name: string): Promise<Record<string, string>> {
  const { Config } = await docker.getImage(name).inspect();
  return JSON.parse(Config.Labels?.[VERSIONS_LABEL] ?? "{}") as Record<string, string>;
}

/** The lab images in a daemon, ours alone. */
export async function labImages(docker: Docker): Promise<string[]> {
  const images = await docker.listImages({ filters: { reference: [REPOSITORY, NODE_REPOSITORY] } });
  return images.map((image) => image.Id);
}

/** The folder with kubectl for people, when this machine can run the one that was made for the containers. */
export async function kubectlDir({ at }: Session, docker: Docker): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined;
  const ready = await lookUp(kubernetes(at.checkout, await daemonArch(docker)), at.cache);
  return ready !== undefined && fs.existsSync(path.join(ready.dir, "kubectl")) ? ready.dir : undefined;
}
