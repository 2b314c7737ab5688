/** Ingresses: an address, and endpoints for the service of each path. pulumi-kubernetes 4.32 (pkg/await/ingress.go). */
import { list, nameOf, text } from "../object";
import type { Readiness, Subject } from "./readiness";

const core = (kind: string) => ({ group: "", version: "v1", kind });
const settleMilliseconds = 10_000;
const graceMilliseconds = 60_000; // for endpoints of which nothing was seen at all

export function ingressReadiness({ object, warn }: Subject): Readiness {
  let ingress = object;
  const started = Date.now();
  let changed: number | undefined;
  const endpoints = new Set<string>();
  const external = new Set<string>();
  const services = (): string[] =>
    list(ingress, "spec", "rules")
      .flatMap((rule) => list(rule, "http", "paths"))
      .map((path) => text(path, "backend", "service", "name") || text(path, "backend", "serviceName"))
      .filter((name) => name !== "" && !external.has(name));
  const unmatched = (): string[] => services().filter((name) => !endpoints.has(name));
  const rests = (): number => (changed === undefined ? started + graceMilliseconds : changed + settleMilliseconds);
  const settled = (): boolean => Date.now() >= rests();
  const hasAddress = (): boolean => list(ingress, "status", "loadBalancer", "ingress").length > 0;
  const matched = (): boolean => {
    const missing = unmatched();
    if (missing.length > 0 && settled()) warn(`No matching service found for ingress rules: ${missing.join(", ")}`);
    return missing.length === 0 || settled();
  };
  return {
    watches: [
      {
        kind: { group: "networking.k8s.io", version: "v1", kind: "Ingress" },
        name: nameOf(object),
        see: ({ type, object: seen }) => {
          if (type !== "DELETED") ingress = seen;
        },
      },
      {
        kind: core("Service"),
        see: ({ type, object: service }) => {
          if (type !== "DELETED" && text(service, "spec", "type") === "ExternalName") external.add(nameOf(service));
          else external.delete(nameOf(service));
        },
      },
      {
        kind: core("Endpoints"),
        see: ({ type, object: seen }) => {
          changed = Date.now();
          if (type === "DELETED") endpoints.delete(nameOf(seen));
          else endpoints.add(nameOf(seen));
        },
      },
    ],
    ready: () => hasAddress() && matched(),
    object: () => ingress,
    problems: () => [
      ...unmatched().map((name) => `Ingress has a rule that points to the service "${name}", which has no endpoints`),
      ...(hasAddress() ? [] : ["Ingress .status.loadBalancer field was not updated with a hostname/IP address."]),
    ],
    progress: () =>
      unmatched().length > 0
        ? "[1/3] Finding a matching service for each Ingress path"
        : "[2/3] Waiting for update of .status.loadBalancer with hostname/IP",
    again: () => (settled() ? undefined : rests()),
    goodEnough: () => hasAddress() && unmatched().length === 0,
  };
}
