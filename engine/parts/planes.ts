/**
 * BGP control planes of CNIs, for the image of a stack that wants one: made from pinned Go modules, since each project
 * ships them inside an image alone. A stack that names none never builds one.
 */
import { buildGo, goInputs, type GoProgram } from "./go";
import type { Part } from "./part";
import { CILIUM } from "./versions";

export interface Plane {
  part(checkout: string, arch: string): Part;
  /** What of the part goes into the image. */
  programs: readonly string[];
}

export const PLANES = {
  cilium: { part: cilium, programs: ["cilium-bgp"] },
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
