/**
 * The programs of a bare cluster: kube-apiserver, kube-controller-manager, kube-proxy and etcd. They run in containers,
 * so they are Linux programs of the Docker host's architecture, whatever this machine is.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { must, run, which } from "../exec";
import { answersSoon, download } from "./download";
import { buildGo, goArch, goInputs, type GoProgram } from "./go";
import type { Part } from "./part";
import { atLeast, ETCD, KUBERNETES, versionIn } from "./versions";

/** What goes into the image. */
export const CLUSTER_PROGRAMS = ["kube-apiserver", "kube-controller-manager", "kube-proxy"];
/** kubectl is for people at the lab's prompt. */
const KUBERNETES_PROGRAMS = [...CLUSTER_PROGRAMS, "kubectl"];

/** Linker settings: without them the version is a placeholder that the Kubernetes provider refuses. */
export function versionSettings(): string[] {
  const [major, minor] = KUBERNETES.version.split(".");
  const version = [
    `gitVersion=v${KUBERNETES.version}`,
    `gitMajor=${major}`,
    `gitMinor=${minor}`,
    "gitCommit=0",
    "gitTreeState=clean",
  ];
  return ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((at) =>
    version.map((setting) => `${at}.${setting}`),
  );
}

/** `arch` in Go's words: amd64, arm64. */
export function kubernetes(checkout: string, arch: string): Part {
  const program: GoProgram = {
    module: "kubernetes",
    packages: KUBERNETES_PROGRAMS.map((name) => `k8s.io/kubernetes/cmd/${name}`),
    set: versionSettings(),
    os: "linux",
    arch,
  };
  return {
    name: "kubernetes",
    version: KUBERNETES.version,
    usual: 290,
    inputs: () => goInputs(checkout, program),
    found: () => onPath(CLUSTER_PROGRAMS, ["--version"], KUBERNETES.floor, arch),
    async fetch(dir) {
      const base = `https://dl.k8s.io/release/v${KUBERNETES.version}/bin/linux/${arch}`;
      if (!(await answersSoon(`${base}/kube-proxy`))) return false;
      for (const name of KUBERNETES_PROGRAMS) {
        await download(`${base}/${name}`, path.join(dir, name), `${base}/${name}.sha256`);
        fs.chmodSync(path.join(dir, name), 0o755);
      }
      return true;
    },
    async make(dir, workshop) {
      await buildGo(checkout, program, dir, workshop);
      return "go modules";
    },
  };
}

export function etcd(checkout: string, arch: string): Part {
  const program: GoProgram = { module: "etcd", packages: ["go.etcd.io/etcd/server/v3"], os: "linux", arch };
  return {
    name: "etcd",
    version: ETCD.version,
    usual: 26,
    inputs: () => goInputs(checkout, program),
    found: () => onPath(["etcd"], ["--version"], ETCD.floor, arch),
    async fetch(dir, { scratch, log }) {
      const base = `https://github.com/etcd-io/etcd/releases/download/v${ETCD.version}`;
      const name = `etcd-v${ETCD.version}-linux-${arch}`;
      if (!(await answersSoon(`${base}/${name}.tar.gz`))) return false;
      const archive = path.join(scratch, `${name}.tar.gz`);
      await download(`${base}/${name}.tar.gz`, archive, `${base}/SHA256SUMS`);
      await must("tar", ["-xzf", archive, "-C", dir, "--strip-components=1", `${name}/etcd`], { log });
      return true;
    },
    async make(dir, workshop) {
      await buildGo(checkout, program, dir, workshop);
      // The main package is the module's root, so Go names the program after its path.
      fs.renameSync(path.join(dir, "server"), path.join(dir, "etcd"));
      return "go modules";
    },
  };
}

/** The user's own programs, if they can run in a container: Linux, the right architecture, new enough. */
async function onPath(
  names: string[],
  versionArguments: string[],
  floor: string,
  arch: string,
): Promise<{ dir: string; version: string } | undefined> {
  if (process.platform !== "linux" || goArch() !== arch) return undefined;
  const files = names.map((name) => which(name));
  const dirs = new Set(files.map((file) => (file === undefined ? "" : path.dirname(file))));
  const [dir] = dirs;
  if (dirs.size !== 1 || dir === undefined || dir === "") return undefined;
  const versions = await Promise.all(
    names.map(async (name) => (await run(path.join(dir, name), versionArguments)).stdout),
  );
  const oldest = versions
    .map((text) => versionIn(text))
    .find((version) => version === undefined || !atLeast(version, floor));
  const version = versionIn(versions[0] ?? "");
  return version === undefined || oldest !== undefined || versions.some((text) => versionIn(text) === undefined)
    ? undefined
    : { dir, version };
}
