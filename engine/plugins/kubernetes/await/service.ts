/** Services: with a selector, endpoints that have come to rest; a load balancer, an address. pulumi-kubernetes 4.32. */
import { isValues } from "../../values";
import { at, list, nameOf, text } from "../object";
import type { Readiness, Subject } from "./readiness";

const core = (kind: string) => ({ group: "", version: "v1", kind });
// After each change of the endpoints, for stragglers: ten seconds in the official plugin, less here once some are ready.
const settleMilliseconds = { ready: 2_000, none: 10_000 };

export function serviceReadiness({ object }: Subject): Readiness {
  let service = object;
  let there = true;
  const type = text(object, "spec", "type") || "ClusterIP";
  /** When the endpoints changed last; undefined: never seen. */
  let changed: number | undefined;
  let endpointsReady = false;
  let endpointsPending = false;

  const hasAddress = (): boolean =>
    there && (type !== "LoadBalancer" || list(service, "status", "loadBalancer", "ingress").length > 0);
  const waitsForPods = (): boolean => {
    const selector = at(service, "spec", "selector");
    return (
      type !== "ExternalName" &&
      text(service, "spec", "clusterIP") !== "None" &&
      isValues(selector) &&
      Object.keys(selector).length > 0
    );
  };
  const rests = (since: number): number =>
    since + (endpointsReady && !endpointsPending ? settleMilliseconds.ready : settleMilliseconds.none);
  const settled = (): boolean => changed !== undefined && Date.now() >= rests(changed);
  let seenService = false;

  return {
    watches: [
      {
        kind: core("Service"),
        name: nameOf(object),
        see: (change) => {
          seenService = true;
          there = change.type !== "DELETED";
          if (there) service = change.object;
        },
      },
      {
        kind: core("Endpoints"),
        name: nameOf(object),
        see: (change) => {
          changed = Date.now();
          const subsets = change.type === "DELETED" ? [] : list(change.object, "subsets");
          endpointsReady = subsets.some((s) => list(s, "addresses").length > 0);
          endpointsPending = subsets.some((s) => list(s, "notReadyAddresses").length > 0);
        },
      },
    ],
    ready: () => seenService && hasAddress() && (!waitsForPods() || (settled() && !endpointsPending)),
    object: () => service,
    problems: () => {
      if (type === "ExternalName" || text(service, "spec", "clusterIP") === "None") return [];
      const problems: string[] = [];
      if (!endpointsReady)
        problems.push(
          "Service does not target any Pods. Selected Pods may not be ready, or " +
            "field '.spec.selector' may not match labels on any Pods",
        );
      if (!hasAddress())
        problems.push("Service was not allocated an IP address; does your cloud provider support this?");
      return problems;
    },
    progress: () =>
      endpointsReady && !hasAddress()
        ? "[2/3] Attempting to allocate IP address to Service"
        : "[1/3] Finding Pods to direct traffic to",
    again: () => (changed === undefined || settled() ? undefined : rests(changed)),
    goodEnough: () => seenService && hasAddress() && !endpointsPending,
  };
}
