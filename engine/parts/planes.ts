/**
 * BGP control planes of CNIs, for the image of a stack that wants one: made from pinned Go modules, since each project
 * ships them inside an image alone. A stack that names none never builds one.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { buildGo, goInputs, type GoProgram } from "./go";
import type { Part } from "./part";
import { CILIUM, METALLB } from "./versions";

export interface Plane {
  part(checkout: string, arch: string): Part;
  /** What of the part goes into the image. */
  programs: readonly string[];
}

export const PLANES = {
  cilium: { part: cilium, programs: ["cilium-bgp"] },
  metallb: { part: metallb, programs: ["metallb-controller", "metallb-speaker", "frr-k8s"] },
} satisfies Record<string, Plane>;

export type PlaneName = keyof typeof PLANES;

/** Agent and operator of Cilium's BGP control plane as one program (engine/go/cilium). */
function cilium(checkout: string, arch: string): Part {
  const program: GoProgram = { module: "cilium", packages: ["bgpfabric/engine/cilium-bgp"], os: "linux", arch };
  return {
    name: "cilium",
    version: CILIUM.version,
    usual: 165,
    inputs: () => goInputs(checkout, program),
    async make(dir, workshop) {
      await buildGo(checkout, program, dir, workshop);
      return "go modules";
    },
  };
}

/** MetalLB's controller and speaker, and the daemon of frr-k8s. Go names programs after their packages. */
function metallb(checkout: string, arch: string): Part {
  const names = {
    "go.universe.tf/metallb/controller": "metallb-controller",
    "go.universe.tf/metallb/speaker": "metallb-speaker",
    "github.com/metallb/frr-k8s/cmd": "frr-k8s",
  };
  const program: GoProgram = { module: "metallb", packages: Object.keys(names), os: "linux", arch };
  return {
    name: "metallb",
    version: METALLB.version,
    usual: 120,
    inputs: () => goInputs(checkout, program),
    async make(dir, workshop) {
      await buildGo(checkout, program, dir, workshop);
      for (const [from, to] of Object.entries(names)) {
        fs.renameSync(path.join(dir, path.basename(from)), path.join(dir, to));
      }
      return "go modules";
    },
  };
}
