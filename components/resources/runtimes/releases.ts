/** Whether the images of a runtime's nodes have the release of a CNI's own programs that the program asks for. */
import { RELEASES } from "../../agent/cnis/releases";
import type { Fault } from "../../model/errors";
import type { ClusterPlan } from "../../plan/cluster";

export function releaseFaults(path: "cni" | "balancer", { kind, version, settings }: ClusterPlan["cni"]): Fault[] {
  const release = RELEASES[kind];
  if (release === undefined) return [];
  const faults: Fault[] = [];
  if (version !== release.version) {
    const fix = `${kind}({ version: "${release.version}" })`;
    faults.push({
      path: `${path}.version`,
      found: version,
      expected: `${release.version}: the nodes' image has no other`,
      fix,
    });
  }
  const asked = settings[release.setting];
  if (typeof asked === "string" && asked !== release.namespace) {
    faults.push({
      path: `${path}.${release.setting}`,
      found: asked,
      expected: `${release.namespace}: the nodes' agent looks nowhere else`,
    });
  }
  return faults;
}
