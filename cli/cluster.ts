/** Which CNI reads a cluster's objects. */
import { readCalico } from "../components/cni/calico";
import { readCilium } from "../components/cni/cilium";
import { readMetallb } from "../components/cni/metallb";
import type { ClusterObjects } from "../components/cni/objects";
import type { CniOptions } from "../components/cni/place";
import type { CniReading } from "../components/cni/reading";
import { fail, ok, type Result } from "../components/model/errors";

type Read = (objects: ClusterObjects, options: CniOptions) => CniReading;

export const CNIS: Readonly<Record<string, Read>> = {
  calico: readCalico,
  cilium: readCilium,
  metallb: readMetallb,
};

export interface ClusterChoice {
  cni?: string;
  cniVersion?: string;
  cluster?: string;
}

export function readCluster(
  objects: ClusterObjects,
  choice: ClusterChoice,
  where: Pick<CniOptions, "segments" | "nodes">,
): Result<CniReading> {
  const names = Object.keys(CNIS).join(", ");
  if (choice.cni === undefined) {
    return fail({
      path: "--cni",
      found: "",
      expected: `the cluster's CNI: ${names}`,
      fix: "say --cni, for instance --cni calico",
    });
  }
  const read = CNIS[choice.cni];
  if (read === undefined) return fail({ path: "--cni", found: choice.cni, expected: `one of ${names}` });
  return ok(
    read(objects, {
      ...where,
      ...(choice.cniVersion === undefined ? {} : { version: choice.cniVersion }),
      ...(choice.cluster === undefined ? {} : { cluster: choice.cluster }),
    }),
  );
}
