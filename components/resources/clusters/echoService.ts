/** A web server that says which pod answered: what a fabric is tried with. */
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import { Arguments } from "../../plan/arguments";
import type { ClusterHandle } from "../handles";
import type { NetworkPart } from "../../plan/part";

export interface EchoServiceArgs {
  /** The cluster that it runs in. */
  cluster: ClusterHandle;
  /** TCP port of service and pods. @example 80 */
  port: number;
  /** Pods. @default 2 */
  replicas?: number;
  /** The one node that pods may run on, as the program names it. @default any node @example "worker4" */
  node?: string;
  /** Address of the pool that the service asks for. @default the first free one */
  address?: string;
  /** Image of the pods; a bare cluster runs nginx alone. @default "nginx:1.28" */
  image?: string;
}

/** Creates a Deployment, a Service with a cluster address, and a Service with a load balancer's. */
export class EchoService extends pulumi.ComponentResource {
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];
  /** Where it answers: "http://172.16.0.241/". */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: EchoServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const nodeName = planEcho(name, args);
    super("bgpfabric:index:EchoService", name, {}, opts);
    const options = {
      parent: this,
      provider: args.cluster.kubernetes,
      // Pods that are not there by then will not come: say so while somebody is still looking.
      customTimeouts: { create: "2m", update: "2m", delete: "2m" },
    };
    const labels = { app: name };
    const deployment = new Deployment(
      `${name}-deployment`,
      {
        metadata: { name: `${name}-deployment`, namespace: "default", labels },
        spec: {
          replicas: args.replicas ?? 2,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              ...(nodeName === undefined ? {} : { nodeSelector: { "kubernetes.io/hostname": nodeName } }),
              containers: [{ name: "nginx", image: args.image ?? "nginx:1.28", ports: [{ containerPort: args.port }] }],
            },
          },
        },
      },
      options,
    );
    const ports = [{ name: "http", port: args.port, targetPort: args.port, protocol: "TCP" }];
    const after = { ...options, dependsOn: deployment };
    new Service(
      `${name}-service`,
      {
        // Its pods are ready by now; the provider would watch its endpoints for ten seconds more.
        metadata: {
          name: `${name}-service`,
          namespace: "default",
          labels,
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: { type: "ClusterIP", selector: labels, ports },
      },
      after,
    );
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
            ...(args.address === undefined
              ? {}
              : { "projectcalico.org/loadBalancerIPs": JSON.stringify([args.address]) }),
          },
        },
        spec: { type: "LoadBalancer", selector: labels, ports },
      },
      after,
    );
    this.url = balancer.status.apply((status) => urlOf(status.loadBalancer.ingress[0]?.ip ?? "", args.port));
    this.network = { clusters: [{ cluster: args.cluster.name }] };
    this.resources = [this];
    this.registerOutputs({ url: this.url });
  }
}

function planEcho(name: string, args: EchoServiceArgs): string | undefined {
  const check = new Arguments(`new EchoService("${name}")`);
  if (!(Number.isInteger(args.port) && args.port >= 1 && args.port <= 65535)) {
    check.add({ path: "port", found: String(args.port), expected: "a port from 1 to 65535" });
  }
  if (args.replicas !== undefined && !(Number.isInteger(args.replicas) && args.replicas >= 0)) {
    check.add({ path: "replicas", found: String(args.replicas), expected: "a whole number, 0 or more" });
  }
  if (args.address !== undefined) check.address(args.address, "address");
  const node = args.cluster.nodes.find((one) => one.name === args.node || one.fullName === args.node);
  if (args.node !== undefined && node === undefined) {
    check.add({
      path: "node",
      found: args.node,
      expected: `a node of ${args.cluster.name}: ${args.cluster.nodes.map((one) => one.name).join(", ")}`,
    });
  }
  check.done();
  return node?.fullName;
}

function urlOf(address: string, port: number): string {
  return `http://${address}${port === 80 ? "" : `:${port}`}/`;
}
