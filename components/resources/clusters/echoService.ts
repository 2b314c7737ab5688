/** A web server that answers with its pod, its node and the client's address: what a fabric is tried with. */
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import { serviceEnd } from "../../plan/check";
import { type EchoSpec, planEcho } from "../../plan/echo";
import type { TrafficPolicy } from "../../cni/intent";
import type { ClusterHandle, Part, Probe } from "../handles";
import type { NetworkPart } from "../../plan/part";
import type { PlannedCheck } from "../../plan/plannedCheck";

export interface EchoServiceArgs extends EchoSpec<ClusterHandle> {
  /** Image of the pods; a bare cluster runs nginx alone. @default "nginx:1.28" */
  image?: string;
}

/**
 * Creates a Deployment (one for each of `nodes`), a Service with a cluster address, and a Service with a load balancer's
 * where the type asks for one.
 */
export class EchoService extends pulumi.ComponentResource implements Part {
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];
  readonly probes: Probe[];
  /** Where it answers: "http://172.16.0.241/". */
  readonly url: pulumi.Output<string>;
  /** Of a service of both families: where it answers over IPv6, "http://[fd00:172:16::1]/". */
  readonly url6?: pulumi.Output<string>;
  readonly name: string;
  readonly cluster: ClusterHandle;
  readonly destination: string | undefined;
  readonly backends: readonly string[];
  readonly externalTrafficPolicy: TrafficPolicy;
  readonly checks: readonly PlannedCheck[];

  constructor(name: string, args: EchoServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planEcho(name, args);
    super("bgpfabric:index:EchoService", name, {}, opts);
    const options = {
      parent: this,
      provider: args.cluster.kubernetes,
      // Pods that are not there by then will not come: say so while somebody is still looking.
      customTimeouts: { create: "2m", update: "2m", delete: "2m" },
    };
    const labels = { app: name };
    // Pods of several deployments answer as one service; each deployment knows its own by one label more.
    const deployments = plan.deployments.map(({ name: metadataName, replicas, node }) => {
      const own = plan.deployments.length > 1 ? { ...labels, deployment: metadataName } : labels;
      return new Deployment(
        metadataName,
        {
          metadata: { name: metadataName, namespace: "default", labels },
          spec: {
            replicas,
            selector: { matchLabels: own },
            template: {
              metadata: { labels: own },
              spec: {
                ...(node === undefined ? {} : { nodeSelector: { "kubernetes.io/hostname": node } }),
                containers: [
                  { name: "nginx", image: args.image ?? "nginx:1.28", ports: [{ containerPort: plan.targetPort }] },
                ],
              },
            },
          },
        },
        options,
      );
    });
    const families = familiesOf(args.dualStack === true, plan.addresses, args.cluster);
    const ports = [{ name: "http", port: args.port, targetPort: plan.targetPort, protocol: "TCP" }];
    const after = { ...options, dependsOn: deployments };
    const { type = "LoadBalancer" } = args;
    this.name = name;
    this.cluster = args.cluster;
    this.destination = plan.destination;
    this.backends = plan.backends;
    this.externalTrafficPolicy = plan.externalTrafficPolicy;
    this.checks = type === "ClusterIP" ? [] : [{ name, to: serviceEnd(this) }];
    this.network = plan.network;
    this.resources = [this];
    const inside = new Service(
      `${name}-service`,
      {
        // Its pods are ready by now; the provider would watch its endpoints for ten seconds more.
        metadata: {
          name: `${name}-service`,
          namespace: "default",
          labels,
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: {
          type: "ClusterIP",
          selector: labels,
          ports,
          ...families,
          ...(type === "ClusterIP" ? clusterAddresses(plan.addresses) : {}),
        },
      },
      after,
    );
    if (type === "ClusterIP") {
      this.url = inside.spec.apply(({ clusterIP }) => urlOf(clusterIP, args.port));
      this.probes = [];
      this.registerOutputs({ url: this.url });
      return;
    }
    const balancer = new Service(
      `${name}-loadbalancer`,
      {
        metadata: {
          name: `lb-${name}-service`,
          namespace: "default",
          labels,
          annotations: {
            // Its address is what others need of it; that it answers is the gate's to say.
            "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress}",
            ...plan.addressRequest,
          },
        },
        spec: {
          type: "LoadBalancer",
          selector: labels,
          ports,
          ...families,
          ...(plan.externalTrafficPolicy === "Local" ? { externalTrafficPolicy: "Local" } : {}),
        },
      },
      after,
    );
    this.url = balancer.status.apply((status) => urlOf(status.loadBalancer.ingress[0]?.ip ?? "", args.port));
    const second = balancer.status.apply((status) => urlOf(status.loadBalancer.ingress[1]?.ip ?? "", args.port));
    if (args.dualStack === true) this.url6 = second;
    this.probes = [{ url: this.url }, ...(args.dualStack === true ? [{ url: second }] : [])];
    this.registerOutputs({ url: this.url });
  }
}

/**
 * Of one family it has the cluster's first, unless it asks for an address of the other one. In a cluster with both that is
 * said: a Service whose policy goes from an object keeps the one it had.
 */
function familiesOf(
  dualStack: boolean,
  [address = ""]: readonly string[],
  { serviceNetwork, serviceNetwork6 }: ClusterHandle,
): { ipFamilyPolicy?: string; ipFamilies?: string[] } {
  if (dualStack) return { ipFamilyPolicy: "RequireDualStack" };
  const other = address.includes(":") && !serviceNetwork.includes(":");
  return {
    ...(serviceNetwork6 === undefined ? {} : { ipFamilyPolicy: "SingleStack" }),
    ...(other ? { ipFamilies: ["IPv6"] } : {}),
  };
}

function clusterAddresses([first, ...others]: readonly string[]): { clusterIP?: string; clusterIPs?: string[] } {
  if (first === undefined) return {};
  return { clusterIP: first, ...(others.length === 0 ? {} : { clusterIPs: [first, ...others] }) };
}

function urlOf(address: string | undefined, port: number): string {
  const host = address?.includes(":") === true ? `[${address}]` : (address ?? "");
  return `http://${host}${port === 80 ? "" : `:${port}`}/`;
}
