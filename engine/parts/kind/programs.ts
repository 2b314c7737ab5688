/**
 * The programs of kind clusters, made only when a cluster runs on kind: kind itself with the files that its node images
 * are made from, the programs of a real node beside those of a bare cluster, and pause.
 */
import * as path from "node:path";
import { buildGo, copyFromModule, goInputs, type GoProgram } from "../go";
import { versionSettings } from "../kubernetes";
import type { Part } from "../part";
import { KIND, KUBERNETES } from "../versions";

const KIND_MODULE = "sigs.k8s.io/kind";
/** Below the kind part: entrypoint, units and containerd's configuration, as kind's own node image has them. */
export const KIND_FILES = "files";

export function kindProgram(checkout: string): Part {
  const program: GoProgram = { module: "kind", packages: [KIND_MODULE] };
  return {
    name: "kind",
    version: KIND.version,
    usual: 12,
    inputs: () => goInputs(checkout, program),
    async make(dir, workshop) {
      await buildGo(checkout, program, dir, workshop);
      const files = { module: KIND_MODULE, folder: "images/base/files", to: path.join(dir, KIND_FILES) };
      await copyFromModule(checkout, program, files, workshop);
      return "go modules";
    },
  };
}

export const NODE_PROGRAMS = ["kubeadm", "kubelet", "kube-scheduler"];

/** `arch` in Go's words. Its module pins what kubernetes' pins: one cache of compiled packages serves both. */
export function nodePrograms(checkout: string, arch: string): Part {
  const program: GoProgram = {
    module: "kubelet",
    packages: NODE_PROGRAMS.map((name) => `k8s.io/kubernetes/cmd/${name}`),
    set: versionSettings(),
    os: "linux",
    arch,
  };
  return {
    name: "kubelet",
    version: KUBERNETES.version,
    usual: 110,
    inputs: () => goInputs(checkout, program),
    async make(dir, workshop) {
      await buildGo(checkout, program, dir, workshop);
      return "go modules";
    },
  };
}

export function pause(checkout: string, arch: string): Part {
  const program: GoProgram = { module: "pause", packages: ["."], os: "linux", arch };
  return {
    name: "pause",
    version: "1",
    usual: 3,
    inputs: () => goInputs(checkout, program),
    async make(dir, workshop) {
      await buildGo(checkout, program, dir, workshop);
      return "go modules";
    },
  };
}
