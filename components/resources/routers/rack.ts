/** A rack: its segments as Docker networks, and the router that they share. */
import { Container } from "@pulumi/docker/container";
import { Network } from "@pulumi/docker/network";
import * as pulumi from "@pulumi/pulumi";
import type { Interface, Segment, Speaker } from "../../bgp/network";
import { type Address, v4FromInt } from "../../model/address";
import { type Prefix, containsAddress, overlaps, prefixLength, v4Bounds } from "../../model/prefix";
import { Arguments } from "../../plan/arguments";
import type { RackHandle, RouterHandle } from "../handles";
import { labImage } from "../image";
import { Live } from "../dynamic";
import { labLabels, labName } from "../names";
import type { NetworkPart } from "../../plan/part";
import { FRR_CAPABILITIES, ROUTER_SYSCTLS, frrCommand, frrUploads } from "../../plan/frrContainer";

export interface RouterArgs {
  /** The router's system. A container runs it. @example "frr" */
  os: "frr";
  /** Its AS number, 1 to 4294967294 without the reserved ones. @example 65001 */
  asn: number;
  /** Its address on the rack's first segment; on further segments it takes the first address. @example "10.10.10.1" */
  address: string;
  /**
   * How nodes become neighbors. "listen": whoever dials from the segment, up to `peerLimit`, so that a label on a node is
   * enough; "listed": one by one, so that a node which the program does not know is refused. @default "listen"
   */
  neighbors?: "listen" | "listed";
  /** Next hops that one prefix may have. @default 1 @example 4 */
  maximumPaths?: number;
  /** Sessions that the router bears; a forecast with more of them is a finding. @default 64 */
  peerLimit?: number;
  /** Router id. @default the address */
  routerId?: string;
  /** Name of the speaker. @default "RACK-tor" */
  name?: string;
  /** Version of the daemon in the image, as far as it matters for its rules. @default "8.4" */
  version?: string;
}

export interface RackArgs {
  /** Prefixes of the rack's segments, IPv4. Each becomes a network of its own. @example ["10.10.10.0/24"] */
  segments: string[];
  /** The router that all segments share. */
  router: RouterArgs;
  /** Image of the router's container. @default the lab's image */
  image?: pulumi.Input<string>;
}

interface RackPlan {
  segments: { name: string; prefix: Prefix; router: Address; gateway: Address }[];
  router: RouterArgs & { name: string };
}

/**
 * Creates
 * 1. a preflight: neither another network of Docker nor a route of the host holds the prefixes,
 * 2. a Docker network for each segment,
 * 3. the router's container, on all of them; its configuration is LiveNetwork's.
 */
export class Rack extends pulumi.ComponentResource implements RackHandle {
  readonly name: string;
  readonly segments: { name: string; prefix: string; reserved: string[] }[];
  readonly router: RouterHandle;
  readonly networks: Record<string, pulumi.Output<string>>;
  readonly network: NetworkPart;
  readonly resources: pulumi.Resource[];

  constructor(name: string, args: RackArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planRack(name, args);
    super("bgpfabric:index:Rack", name, {}, opts);
    const speaker = routerSpeaker(name, plan);
    this.name = name;
    this.network = {
      segments: plan.segments.map(({ name, prefix }): Segment => ({ name, prefixes: [prefix] })),
      speakers: [speaker],
    };
    this.segments = plan.segments.map(({ name, prefix, router, gateway }) => ({
      name,
      prefix,
      reserved: [router, gateway],
    }));

    const preflight = new Live(
      "Preflight",
      `${name}-preflight`,
      {
        prefixes: plan.segments.map(({ prefix }) => prefix),
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
      },
      { parent: this },
    );
    const networks = plan.segments.map((segment) => segmentNetwork(segment, this, preflight));
    const container = routerContainer(name, plan, speaker, networks, args.image, this);
    this.networks = Object.fromEntries(
      plan.segments.map((segment, index) => [segment.name, networkName(networks[index])]),
    );
    this.router = {
      name: plan.router.name,
      system: plan.router.os,
      asn: plan.router.asn,
      addresses: Object.fromEntries(plan.segments.map(({ name, router }) => [name, router])),
      neighbors: plan.router.neighbors ?? "listen",
      container: container.id,
    };
    this.resources = [this];
    this.registerOutputs({ router: plan.router.name });
  }
}

/** The rack's arguments as a plan, or everything that is wrong with them. */
function planRack(name: string, args: RackArgs): RackPlan {
  const check = new Arguments(`new Rack("${name}")`);
  const prefixes = args.segments.map((text, index) => check.prefix(text, `segments[${index}]`));
  if (args.segments.length === 0) {
    check.add({ path: "segments", found: "", expected: "at least one prefix", fix: 'for example ["10.10.10.0/24"]' });
  }
  const segments: RackPlan["segments"] = [];
  const address = check.address(args.router.address, "router.address");
  check.asn(args.router.asn, "router.asn");
  if (args.router.routerId !== undefined) check.address(args.router.routerId, "router.routerId");
  for (const [field, value] of Object.entries({
    maximumPaths: args.router.maximumPaths,
    peerLimit: args.router.peerLimit,
  })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= 5000)) continue;
    check.add({ path: `router.${field}`, found: String(value), expected: "a whole number from 1 to 5000" });
  }
  prefixes.forEach((prefix, index) => {
    const path = `segments[${index}]`;
    if (prefix === undefined) return;
    const bounds = v4Bounds(prefix);
    if (bounds === undefined || prefixLength(prefix) > 29) {
      check.add({
        path,
        found: prefix,
        expected: "an IPv4 prefix of length 29 or shorter, for nodes, router and gateway",
      });
      return;
    }
    const other = prefixes.findIndex((earlier, at) => at < index && earlier !== undefined && overlaps(earlier, prefix));
    if (other >= 0)
      check.add({ path, found: prefix, expected: `a prefix apart from segments[${other}], ${prefixes[other]}` });
    const router = index === 0 ? address : v4FromInt(bounds.first + 1);
    if (router === undefined) return;
    if (!containsAddress(prefix, router)) {
      check.add({
        path: "router.address",
        found: router,
        expected: `an address of the segment ${prefix}`,
        fix: `for example ${v4FromInt(bounds.first + 1)}`,
      });
    }
    // Docker wants an address of its own on each network, and takes .1 unless told otherwise.
    const last = v4FromInt(bounds.last - 1);
    segments.push({
      name: args.segments.length === 1 ? name : `${name}-${index + 1}`,
      prefix,
      router,
      gateway: last === router ? v4FromInt(bounds.last - 2) : last,
    });
  });
  check.done();
  return { segments, router: { ...args.router, name: args.router.name ?? `${name}-tor` } };
}

/** The router before anybody is its neighbor. */
function routerSpeaker(rack: string, { segments, router }: RackPlan): Speaker {
  return {
    name: router.name,
    dialect: { system: router.os, version: router.version ?? "8.4", profile: "datacenter" },
    role: "router",
    place: { rack },
    asn: router.asn,
    routerId: router.routerId ?? router.address,
    interfaces: segments.map((segment): Interface => ({
      // The kernel takes 15 characters.
      name: segment.name.slice(0, 15),
      segment: segment.name,
      addresses: [`${segment.router}/${prefixLength(segment.prefix)}`],
    })),
    bgp: {
      ebgpRequiresPolicy: true,
      // Without it the oldest path wins, and what is installed depends on who came first.
      compareRouterId: true,
      listenLimit: router.peerLimit ?? 64,
      maximumPaths: { ebgp: router.maximumPaths ?? 1 },
    },
    neighbors: [],
    limits: { peers: router.peerLimit ?? 64 },
  };
}

function segmentNetwork(
  segment: RackPlan["segments"][number],
  parent: pulumi.Resource,
  preflight: pulumi.Resource,
): Network {
  return new Network(
    `${segment.name}-segment`,
    {
      name: labName(segment.name),
      driver: "bridge",
      ipamConfigs: [{ subnet: segment.prefix, gateway: segment.gateway }],
      // No way out, and yet not "internal": that drops every packet to an address outside the subnet, services among them.
      options: { "com.docker.network.bridge.enable_ip_masquerade": "false" },
      labels: labLabels("segment"),
    },
    // A network with the same prefix cannot stand beside the one that it replaces.
    { parent, deleteBeforeReplace: true, dependsOn: preflight },
  );
}

function networkName(network: Network | undefined): pulumi.Output<string> {
  if (network === undefined) throw new Error("a segment without a network");
  // By way of the id, so that a network made anew makes its containers anew.
  return pulumi.all([network.id, network.name]).apply(([, name]) => name);
}

function routerContainer(
  rack: string,
  plan: RackPlan,
  speaker: Speaker,
  networks: Network[],
  image: pulumi.Input<string> | undefined,
  parent: pulumi.Resource,
): Container {
  return new Container(
    `${rack}-router`,
    {
      name: labName(plan.router.name),
      hostname: plan.router.name,
      image: labImage(rack, image, parent),
      command: frrCommand(speaker.interfaces),
      uploads: frrUploads(plan.router.name, speaker.dialect.profile ?? "traditional"),
      capabilities: { adds: FRR_CAPABILITIES },
      sysctls: ROUTER_SYSCTLS,
      networksAdvanced: plan.segments.map((segment, index) => ({
        name: networkName(networks[index]),
        ipv4Address: segment.router,
      })),
      restart: "unless-stopped",
      // Long enough for a Cease to every neighbor.
      destroyGraceSeconds: 5,
      labels: labLabels("router"),
    },
    { parent },
  );
}
