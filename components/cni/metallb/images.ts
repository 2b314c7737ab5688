/** MetalLB by its chart, with the daemon that the program names. */
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
  return { speaker: { frr: { enabled: mode === "frr" } }, frrk8s: { enabled: mode === "frr-k8s" } };
}
