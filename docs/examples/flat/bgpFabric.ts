/** Racks, one cluster and the BGP between them as plain data: what a language without this package's types can write. */
import * as pulumi from "@pulumi/pulumi";
import { Cluster, LiveNetwork, LoadBalancerPool, Rack, SelectiveBgpFabric, calico, kubeRouter, place } from "bgpfabric";

/** A rack: one segment and the router on it. */
export interface RackData {
  /** Name of the rack; its router is NAME-tor. */
  name: string;
  /** Prefix of the segment, IPv4: "10.10.10.0/24". */
  prefix: string;
  /** The router's address on it: "10.10.10.1". */
  address: string;
  /** The router's AS number. */
  asn: number;
  /** Next hops of one prefix that the router uses at once. Default: 1. */
  maximumPaths?: number;
}

/** A node of the cluster. */
export interface NodeData {
  /** Its name within the cluster; the first node runs the control plane. */
  name: string;
  /** The rack that it stands in. */
  rack: string;
  /** Its address on the rack. */
  address: string;
  /** Whether it speaks BGP with its rack's router. Default: true. */
  speaks?: boolean;
}

export interface BgpFabricArgs {
  /** Where the cluster runs: "bare", "kind" or "existing". */
  runtime: string;
  /** The way into an existing cluster. */
  kubeconfig?: pulumi.Input<string>;
  /** "calico" or "kube-router". */
  cni: string;
  /** AS number of the nodes. */
  asn: number;
  /** Prefix of the pods' addresses: "192.168.0.0/16". */
  pods: string;
  /** Prefix of the services' cluster addresses. Default: "10.96.0.0/16". */
  services?: string;
  racks: RackData[];
  nodes: NodeData[];
  /** Ranges for Services of type LoadBalancer, which the speakers announce. */
  pools?: string[];
}

/** The racks' routers, the cluster, its BGP sessions, and the gate that compares the live network with the forecast. */
export class BgpFabric extends pulumi.ComponentResource {
  /** Forecast of the sessions, a line each. */
  readonly sessions: pulumi.Output<string[]>;
  /** Forecast of the routers' routes, a line each. */
  readonly routes: pulumi.Output<string[]>;
  /** An administrator's way into the cluster. Secret. */
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: BgpFabricArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bgpfabric-flat:index:BgpFabric", name, {}, opts);
    const options = { parent: this };
    const racks = args.racks.map(
      ({ name: rack, prefix, address, asn, maximumPaths = 1 }) =>
        new Rack(
          rack,
          { segments: [prefix], router: { os: "frr", asn, address, maximumPaths, neighbors: "listen" } },
          options,
        ),
    );
    const cluster = new Cluster(
      name,
      {
        runtime: args.runtime as "bare",
        cni: args.cni === "kube-router" ? kubeRouter({ asn: args.asn }) : calico({ asn: args.asn }),
        pods: args.pods,
        ...(args.services === undefined ? {} : { services: args.services }),
        ...(args.kubeconfig === undefined ? {} : { existing: { kubeconfig: args.kubeconfig } }),
        nodes: args.nodes.flatMap((node, index) => {
          const rack = racks.find((one) => one.name === node.rack);
          if (rack === undefined) throw new Error(`${name}: nodes[${index}].rack: no rack ${node.rack}`);
          return place(rack, [node.name], { from: node.address });
        }),
      },
      options,
    );
    const speakers = args.nodes.filter(({ speaks }) => speaks !== false).map((node) => node.name);
    const fabric = new SelectiveBgpFabric(
      `${name}-edge`,
      {
        cluster,
        racks,
        speakers: speakers.length === args.nodes.length ? "all" : { label: "bgpfabric/speaker", nodes: speakers },
      },
      options,
    );
    const pools = (args.pools ?? []).map(
      (cidr, index) => new LoadBalancerPool(`${name}-pool${index === 0 ? "" : index + 1}`, { cluster, cidr }, options),
    );
    const live = new LiveNetwork(`${name}-live`, { parts: [...racks, cluster, fabric, ...pools] }, options);
    this.sessions = pulumi.output(live.sessions);
    this.routes = pulumi.output(live.routes);
    this.kubeconfig = cluster.kubeconfig;
    this.registerOutputs({ sessions: this.sessions, routes: this.routes, kubeconfig: this.kubeconfig });
  }
}
