/** MetalLB by its chart: the daemon that the program names, and no node left out by a label of kubeadm's. */
import type { CniImages, ImagesCluster } from "../images";
import { modeOf, NAMESPACE } from "./options";
import type { VERSIONS } from "./versions";

const RELEASES: Record<(typeof VERSIONS)[number], string> = { "0.14": "0.14.9", "0.15": "0.15.2", "0.16": "0.16.1" };

export const metallbImages: CniImages = {
  releases: RELEASES,
  chart: {
    name: "metallb",
    repository: "https://metallb.github.io/metallb",
    namespace: ({ namespace }) => (typeof namespace === "string" ? namespace : NAMESPACE),
  },
  values,
};

/** Names as in the chart's values.yaml, 0.14.9 to 0.16.1; both daemons at once are refused by the chart. */
function values({ version, settings }: ImagesCluster): Record<string, unknown> {
  const mode = modeOf(settings, version);
  return {
    // kubeadm labels nodes with the control plane; the plan's Nodes have no such label.
    speaker: { frr: { enabled: mode === "frr" }, ignoreExcludeLB: true },
    frrk8s: { enabled: mode === "frr-k8s" },
  };
}
