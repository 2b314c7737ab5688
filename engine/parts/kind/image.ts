/** The node image of kind clusters in a Docker daemon, for machines where kind's own cannot be had. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type Docker from "dockerode";
import { makeScratch, remove } from "../../cache";
import { must } from "../../exec";
import { keyOf } from "../../hash";
import { whileMaking, type Session } from "../../session";
import { daemonArch, finished, hasImage, NODE_REPOSITORY } from "../image";
import { etcd, kubernetes } from "../kubernetes";
import { provide, slotName, type Part, type Ready } from "../part";
import { PLANES, type PlaneName } from "../planes";
import { rootfs } from "../rootfs";
import { writeArchives } from "./images";
import { KIND_FILES, kindProgram, NODE_PROGRAMS, nodePrograms, pause } from "./programs";
import { ARCHIVES, ENTRYPOINT, fillNode, nodeRoot } from "./root";

/** Another recipe makes another image. */
const RECIPE = "5";

/** What it is made from, in the order in which `provideNodeImage` names them. */
export function nodeImageParts(checkout: string, arch: string): [Part, Part, Part, Part, Part, Part, Part] {
  return [
    ...[nodeRoot, rootfs, kindProgram(checkout)],
    ...[kubernetes(checkout, arch), nodePrograms(checkout, arch), etcd(checkout, arch), pause(checkout, arch)],
  ] as [Part, Part, Part, Part, Part, Part, Part];
}

/** Control planes of CNIs that the nodes bring along, in an order of their own. */
function planeParts(checkout: string, arch: string, planes: readonly PlaneName[]): Part[] {
  return [...planes].sort().map((name) => PLANES[name].part(checkout, arch));
}

export function allNodeParts(checkout: string, arch: string, planes: readonly PlaneName[]): Part[] {
  return [...nodeImageParts(checkout, arch), ...planeParts(checkout, arch, planes)];
}

export function nodeImageName(checkout: string, arch: string, planes: readonly PlaneName[]): string {
  const key = keyOf({ parts: allNodeParts(checkout, arch, planes).map(slotName).join(" "), recipe: RECIPE });
  return `${NODE_REPOSITORY}:${key}`;
}

export async function provideNodeImage(here: Session, docker: Docker, planes: readonly PlaneName[]): Promise<string> {
  const { at, progress } = here;
  const arch = await daemonArch(docker);
  const name = nodeImageName(at.checkout, arch, planes);
  if (await hasImage(docker, name)) return name;
  const [parts, wanted] = await Promise.all([
    Promise.all(nodeImageParts(at.checkout, arch).map((part) => provide(part, here))),
    Promise.all(planeParts(at.checkout, arch, planes).map((part) => provide(part, here))),
  ]);
  const [node, lab, kind, kube, kubelet, store, holder] = parts.map(({ dir }) => dir) as [
    ...[string, string, string, string, string, string, string],
  ];
  return whileMaking(here, `node-image-${at.lab}`, "loading the node image", async () => {
    if (await hasImage(docker, name)) return name;
    const scratch = makeScratch(at.cache, "node-image");
    try {
      await progress.step(`image ${name}`, async () => {
        const stage = path.join(scratch, "root");
        await must("cp", ["--archive", "--link", path.join(node, "root"), stage]);
        const programs = [
          ...NODE_PROGRAMS.slice(0, 2).map((one) => path.join(kubelet, one)),
          path.join(kube, "kubectl"),
        ];
        await fillNode(stage, { files: path.join(kind, KIND_FILES), programs, planes: wanted.flatMap(programsOf) });
        const sources = {
          debian: path.join(node, "root"),
          lab: path.join(lab, "root"),
          ...{ kubernetes: kube, kubelet, etcd: store, pause: holder },
        };
        await writeArchives(sources, arch, path.join(stage, ARCHIVES), scratch);
        await importRoot(docker, name, stage, scratch);
      });
      return name;
    } finally {
      remove(scratch);
    }
  });
}

/** All that a plane's part holds are its programs. */
function programsOf({ dir }: Ready): string[] {
  return fs.readdirSync(dir).flatMap((file) => (file.startsWith(".") ? [] : [path.join(dir, file)]));
}

async function importRoot(docker: Docker, name: string, stage: string, scratch: string): Promise<void> {
  const tar = spawn("tar", [
    ...["--create", "--numeric-owner", "--exclude=./dev/*", "--exclude=./proc/*", "--exclude=./sys/*"],
    ...["--directory", stage, "."],
  ]);
  const [repo, tag] = name.split(":");
  const draft = `${tag}-draft`;
  await finished(docker, await docker.importImage(tar.stdout, { repo, tag: draft }));
  // An import takes no stop signal; a build does.
  const context = path.join(scratch, "context");
  fs.mkdirSync(context);
  fs.writeFileSync(path.join(context, "Dockerfile"), dockerfileOf(`${repo}:${draft}`));
  const build = spawn("tar", ["--create", "--directory", context, "."]);
  await finished(docker, await docker.buildImage(build.stdout, { t: name }));
  await docker.getImage(`${repo}:${draft}`).remove({ noprune: true });
}

export function dockerfileOf(base: string): string {
  return [
    `FROM ${base}`,
    "ENV container=docker",
    "STOPSIGNAL SIGRTMIN+3",
    `ENTRYPOINT ["${ENTRYPOINT}", "/sbin/init"]`,
    "",
  ].join("\n");
}
