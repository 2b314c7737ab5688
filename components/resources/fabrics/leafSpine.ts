/** Racks under spines: the links between them, the spines' containers, and each rack as clusters and fabrics take it. */
import * as pulumi from "@pulumi/pulumi";
import { type LeafPlan, type LeafSpinePlan, type LeafSpineSpec, planLeafSpine } from "../../plan/leafSpine";
import type { NetworkPart } from "../../plan/part";
import type { RouterPlan } from "../../plan/router";
import type { Part, RackHandle, RouterHandle } from "../handles";
import { routerContainer } from "../routers/container";
import { preflight, segmentNetwork } from "../routers/network";

export interface LeafSpineFabricArgs extends LeafSpineSpec {
  /** Image of the routers' containers. @default the lab's image */
  image?: pulumi.Input<string>;
}

/**
 * Creates
 * 1. a preflight: neither another network of Docker nor a route of the host holds the prefixes,
 * 2. a Docker network for each link and for each rack's segments,
 * 3. a container for each spine and each leaf, on all of its links; their configuration is LiveNetwork's.
 * A rack that is added puts the spines on one link more, which makes their containers anew.
 */
export class LeafSpineFabric extends pulumi.ComponentResource implements Part {
  readonly network: NetworkPart;
  readonly routers: RouterHandle[];
  readonly resources: pulumi.Resource[];
  /** The racks, in the order of `leaves`. */
  readonly racks: RackHandle[];

  constructor(name: string, args: LeafSpineFabricArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planLeafSpine(name, args);
    super("bgpfabric:index:LeafSpineFabric", name, {}, opts);
    this.network = plan.network;
    const { spines, racks } = standing(name, plan, { image: args.image, parent: this });
    this.resources = [this];
    this.racks = racks;
    this.routers = [...spines, ...new Set(racks.map(({ router }) => router))];
    this.registerOutputs({});
  }

  /** The rack that the program calls so. */
  rack(name: string): RackHandle {
    return called("rack", this.racks, name);
  }
}

export interface Standing {
  image: pulumi.Input<string> | undefined;
  parent: pulumi.ComponentResource;
  /** Networks that spines stand on besides the fabric's own, by segment. */
  beyond?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Registers the networks and containers of a plan. */
export function standing(
  name: string,
  plan: LeafSpinePlan,
  { image, parent, beyond = {} }: Standing,
): { spines: RouterHandle[]; racks: RackHandle[] } {
  const segments = [...plan.links, ...plan.racks.flatMap(({ own }) => own)];
  const free = preflight(name, segments, parent);
  const own = Object.fromEntries(
    segments.map((segment) => [segment.name, segmentNetwork(segment, free, parent)] as const),
  );
  const networks = { ...own, ...beyond };
  const container = (router: RouterPlan): RouterHandle => {
    const owner = `${name}-${router.name}`;
    return routerContainer(owner, router, { image, owner, networks, parent });
  };
  const spines = plan.spines.map(container);
  // A leaf may serve several racks.
  const leaves = new Map<string, RouterHandle>();
  const leafOf = ({ ownRouter }: LeafPlan): RouterHandle => {
    const leaf = leaves.get(ownRouter.name) ?? container(ownRouter);
    leaves.set(ownRouter.name, leaf);
    return leaf;
  };
  const racks = plan.racks.map((rack): RackHandle => {
    const router = leafOf(rack);
    return {
      name: rack.name,
      rack: rack.rack,
      segments: rack.segments,
      router,
      networks: Object.fromEntries(rack.segments.map((one) => [one.name, networks[one.name] ?? ""])),
      network: rack.network,
      routers: [router],
      resources: [parent],
    };
  });
  return { spines, racks };
}

/** The one of several that the program calls so. */
export function called<Named extends { readonly name: string }>(
  what: string,
  all: readonly Named[],
  name: string,
): Named {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${what} ${name}: there are ${all.map((one) => one.name).join(", ")}`);
  return found;
}
