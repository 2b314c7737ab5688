/** What answers on a speaker: a router's system, or on a node the CNI's own daemon where that is asked in its own way. */
import type { System } from "../bgp/network";
import { type CniName, cniOf } from "../cni";

export type Answering = System | CniName;

/** On a node of a cluster whose CNI's speaker is of this system. */
export function answering(cni: { kind: string }, system: System): Answering {
  return cniOf(cni).peers === undefined ? system : (cni.kind as CniName);
}
