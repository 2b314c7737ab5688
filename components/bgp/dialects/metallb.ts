/**
 * MetalLB's native speaker: it dials, announces service addresses and reads nothing. Not verified against a running one.
 */
import type { DialectRef } from "../network";
import type { Dialect } from "./dialect";
import { gobgp } from "./gobgp";

export function metallb(ref: DialectRef): Dialect {
  return {
    ...gobgp(ref),
    name: `MetalLB ${ref.version}`,
    verified: false,
    checked: ["0.14", "0.16"],
    listens: false,
    // The kernel's default TTL: ebgpMultiHop means nothing to it.
    ttl: { ebgp: 64, ibgp: 64, multihop: 64 },
    acceptsRoutes: false,
    limitSlack: 0,
    senderLoopCheck: false,
    marksOwnRoutesToClients: false,
    cannot: {
      bfd: {
        why: "MetalLB's native speaker has no BFD: the profile does nothing, or the configuration is refused",
        instead: "use MetalLB's FRR or FRR-K8s mode",
      },
      unnumbered: {
        why: "MetalLB's native speaker cannot peer over an unnumbered interface",
        instead: "use MetalLB's FRR or FRR-K8s mode, 0.15.0 or newer",
      },
      pods: {
        why: "MetalLB does not route pods",
        instead: "take pod ranges out of MetalLB's pools; let the CNI announce them",
      },
    },
  };
}
