/** Drawn Services with their EndpointSlices: addresses, traffic policies, endpoints ready or not, on nodes or nowhere. */
import type { KubernetesObject } from "../../components/cni/objects";
import type { Dice } from "../fidelity/dice";
import { NODES } from "./world";

export interface ServiceOptions {
  /** Before each name: a Service that is deleted and made anew by the next set is a case of its own. */
  stem: string;
  classes: readonly string[];
  annotations?: (dice: Dice) => Record<string, string>;
}

export const APPS = ["web", "db"];

export function drawStem(dice: Dice): string {
  return `s${dice.between(100_000, 999_999)}`;
}

export function drawServices(dice: Dice, options: ServiceOptions): KubernetesObject[] {
  return Array.from({ length: dice.between(0, 4) }, (_, index) => `${options.stem}-${index + 1}`).flatMap((name) => {
    const balanced = dice.chance(0.7);
    const external = balanced && dice.chance(0.4) ? { externalTrafficPolicy: "Local" } : {};
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name,
        namespace: "default",
        labels: { app: dice.pick(APPS) },
        ...(options.annotations === undefined ? {} : { annotations: options.annotations(dice) }),
      },
      spec: {
        type: balanced ? "LoadBalancer" : "ClusterIP",
        ports: [{ port: 80 }],
        ...external,
        ...(dice.chance(0.2) ? { internalTrafficPolicy: "Local" } : {}),
        ...(dice.chance(0.25) ? { externalIPs: [`203.0.113.${dice.between(1, 250)}`] } : {}),
        ...(balanced && dice.chance(0.2) ? { loadBalancerClass: dice.pick(options.classes) } : {}),
        ...(balanced ? { allocateLoadBalancerNodePorts: false } : {}),
      },
    };
    return [service, ...slicesOf(dice, name)];
  });
}

function slicesOf(dice: Dice, service: string): KubernetesObject[] {
  const count = dice.pick([0, 1, 1, 1, 2]);
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${service}-${index + 1}`,
      namespace: "default",
      labels: { "kubernetes.io/service-name": service },
    },
    addressType: "IPv4",
    ports: [{ name: "", port: 8080, protocol: "TCP" }],
    endpoints: Array.from({ length: dice.between(0, 2) }, () => {
      const ready = dice.chance(0.75);
      const terminating = dice.chance(0.15);
      return {
        addresses: [`10.1.${dice.between(1, 3)}.${dice.between(2, 60)}`],
        nodeName: dice.pick(NODES).name,
        conditions: {
          ready: ready && !terminating,
          serving: ready,
          ...(terminating ? { terminating } : {}),
        },
      };
    }),
  }));
}
