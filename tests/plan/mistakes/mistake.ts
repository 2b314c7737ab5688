/** A small lab, and what a call with a mistake says: every fault of the call, before anything is registered. */
import { expect, it } from "vitest";
import { calico } from "../../../components/cni/choices";
import { UserError } from "../../../components/model/errors";
import { type ClusterSpec, planCluster } from "../../../components/plan/cluster";
import { place } from "../../../components/plan/place";
import { type RackSpec, planRack } from "../../../components/plan/rack";

export interface Mistake {
  what: string;
  call: () => unknown;
  /** What it says, argument first. */
  says: RegExp;
}

/** A test for each: the first fault names argument, what was wrong and what would be right. */
export function refuses(mistakes: readonly Mistake[]): void {
  it.each(mistakes.map(({ what, call, says }) => [what, call, says] as const))("%s", (_, call, says) => {
    expect(faults(call)).toEqual(expect.arrayContaining([expect.stringMatching(says)]));
  });
}

/** The faults' texts without the call in front; a call that takes the mistake fails the test. */
export function faults(call: () => unknown): string[] {
  try {
    call();
  } catch (error) {
    if (error instanceof UserError)
      return error.message.split("\n").map((line) => line.replace(/^(new )?\w+\("[^)]*\): /, ""));
    throw error;
  }
  throw new Error("the call took it");
}

export const ROUTER: RackSpec["router"] = { os: "frr", asn: 65001, address: "10.10.10.1", maximumPaths: 4 };

export const rackOf = (router: Partial<RackSpec["router"]> = {}, segments = ["10.10.10.0/24"], name = "rack1") =>
  planRack(name, { segments, router: { ...ROUTER, ...router } });

export const clusterOn = (rack: ReturnType<typeof rackOf>, changes: Partial<ClusterSpec> = {}, name = "k01") =>
  planCluster(name, {
    cni: calico({ asn: 65010 }),
    pods: "192.168.0.0/16",
    nodes: place(rack, ["control-plane", "worker", "worker2"], { from: "10.10.10.10" }),
    ...changes,
  });

/** One rack and one cluster on it. */
export function lab(changes: Partial<ClusterSpec> = {}) {
  const rack = rackOf();
  return { rack, cluster: clusterOn(rack, changes) };
}
