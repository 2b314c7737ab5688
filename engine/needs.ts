/**
 * What a stack needs of the lab image: a stack of routers alone spares the programs of a cluster, and only a stack whose
 * CNI brings a control plane of its own spends the minutes to build it.
 */
import type { Contents } from "./parts/image";
import type { PlaneName } from "./parts/planes";

const ROUTERS_ALONE: readonly string[] = [];

const PLANES: Readonly<Record<string, readonly PlaneName[]>> = {
  "cilium-racks": ["cilium"],
};

export function needs(stack: string): Contents {
  const planes = PLANES[stack];
  return { cluster: !ROUTERS_ALONE.includes(stack), ...(planes === undefined ? {} : { planes }) };
}
