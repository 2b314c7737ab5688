/** Several sites with racks under spines each, joined spine to spine: only summaries and anycast services cross. */
import * as pulumi from "@pulumi/pulumi";
import { type MultiSiteSpec, planMultiSite } from "../../plan/multiSite";
import type { NetworkPart } from "../../plan/part";
import type { Part, RackHandle, RouterHandle } from "../handles";
import { preflight, segmentNetwork } from "../routers/network";
import { called, standing } from "./leafSpine";

export interface MultiSiteFabricArgs extends MultiSiteSpec {
  /** Image of the routers' containers. @default the lab's image */
  image?: pulumi.Input<string>;
}

/** One site as clusters and fabrics take it. */
export interface SiteHandle {
  readonly name: string;
  /** ASN of its spines. */
  readonly asn: number;
  readonly racks: readonly RackHandle[];
}

/**
 * Creates
 * 1. a preflight, and a Docker network for each link between two sites,
 * 2. for each site what LeafSpineFabric creates: a preflight, networks of links and racks, a container for each router;
 *    spines stand on the links between the sites as well.
 * A site that is added puts the spines on links more, which makes their containers anew.
 */
export class MultiSiteFabric extends pulumi.ComponentResource implements Part {
  readonly network: NetworkPart;
  readonly routers: RouterHandle[];
  readonly resources: pulumi.Resource[];
  /** The sites, in the order of the arguments. */
  readonly sites: SiteHandle[];

  constructor(name: string, args: MultiSiteFabricArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planMultiSite(name, args);
    super("bgpfabric:index:MultiSiteFabric", name, {}, opts);
    this.network = plan.network;
    const free = preflight(name, plan.links, this);
    const beyond = Object.fromEntries(plan.links.map((link) => [link.name, segmentNetwork(link, free, this)]));
    const made = plan.sites.map((site) => ({
      site,
      ...standing(`${name}-${site.name}`, site, { image: args.image, parent: this, beyond }),
    }));
    this.sites = made.map(({ site, racks }) => ({ name: site.name, asn: site.asn, racks }));
    this.routers = made.flatMap(({ spines, racks }) => [...spines, ...new Set(racks.map(({ router }) => router))]);
    this.resources = [this];
    this.registerOutputs({});
  }

  /** The site that the program calls so. */
  site(name: string): SiteHandle {
    return called("site", this.sites, name);
  }
}
