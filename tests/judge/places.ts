/** Drawn nodes and routers of the judge's room. */
import type { Node } from "../../components/cni/objects";
import type { Dice } from "../fidelity/dice";
import type { Router } from "./listener";
import { NODES, ROUTER_ADDRESSES } from "./world";

/** Each on rack a, b or none; some without a block of either family. */
export function drawNodes(dice: Dice): Node[] {
  return NODES.map(({ name, v4, v6 }, index) => {
    const podCIDRs = [
      ...(dice.chance(0.9) ? [`10.1.${index + 1}.0/24`] : []),
      ...(dice.chance(0.4) ? [`fd01:0:0:${index + 1}::/64`] : []),
    ];
    const rack = dice.pick(["a", "b", "a", "b", undefined]);
    const labels: Record<string, string> = {
      "kubernetes.io/hostname": name,
      ...(rack === undefined ? {} : { rack }),
      ...(dice.chance(0.2) ? { role: "edge" } : {}),
    };
    return {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name, labels },
      // A Node's own blocks cannot change; what a plane keeps of the node beside it has those of the set.
      spec: { podCIDRs },
      status: {
        addresses: [v4, v6].map((address) => ({ type: "InternalIP", address })),
      },
    };
  });
}

export function drawRouters(dice: Dice, asns: readonly number[], addresses = ROUTER_ADDRESSES): Router[] {
  return dice
    .some(addresses, dice.between(2, Math.min(4, addresses.length)))
    .map((address, index) => ({ name: `r${index + 1}`, address, asn: dice.pick(asns) }));
}
