/**
 * From the objects in the API server to what each node runs: its BIRD configuration, by the same reading and the same
 * writer that the forecast uses, and the pod routes that Felix would program beside it. Pure.
 */
import { NETWORK_VERSION } from "../bgp/network";
import { readCalico } from "../cni/calico";
import type { KubernetesObject, Service as CniService, EndpointSlice } from "../cni/objects";
import { writeBird } from "../config/bird";
import { containsAddress, parsePrefix } from "../model/prefix";
import { parseAddress } from "../model/address";
import type { IpPool } from "./addresses";
import type { ApiObject } from "./api";
import type { Node, Secret, Service } from "./objects";

export interface RenderInput {
  nodes: Node[];
  pools: IpPool[];
  services: Service[];
  bgpConfigurations: ApiObject[];
  bgpPeers: ApiObject[];
  bgpFilters: ApiObject[];
  blockAffinities: ApiObject[];
  endpointSlices: ApiObject[];
  secrets: Secret[];
}

export interface Rendering {
  bird: string;
  /** "PREFIX via ADDRESS". */
  routes: string[];
}

export function render(input: RenderInput): { nodes: Map<string, Rendering>; findings: string[] } {
  const { speakers, segments, findings } = readCalico({
    nodes: input.nodes,
    services: input.services as CniService[],
    endpointSlices: input.endpointSlices as EndpointSlice[],
    secrets: input.secrets.map(({ metadata, data }) => ({
      namespace: metadata.namespace ?? "default",
      name: metadata.name,
      keys: Object.keys(data ?? {}),
    })),
    resources: [
      ...named(input.pools, "IPPool"),
      ...named(input.bgpConfigurations, "BGPConfiguration"),
      ...named(input.bgpPeers, "BGPPeer"),
      ...named(input.bgpFilters, "BGPFilter"),
      ...named(input.blockAffinities, "BlockAffinity"),
    ],
  });
  const network = { version: NETWORK_VERSION, speakers, segments };
  const secrets = secretValues(input.secrets);
  const nodes = new Map<string, Rendering>();
  const said = findings.map(({ severity, object, path, sentence, fix }) =>
    [`${severity}:`, object, path, sentence, fix].filter((part) => part !== undefined).join(" "),
  );
  for (const { name } of speakers) {
    const text = writeBird(network, name, { secrets });
    // A node whose configuration cannot be written keeps the one it has.
    if (text.ok) nodes.set(name, { bird: text.value, routes: podRoutes(name, input) });
    else said.push(...text.faults.map(({ path, found, expected }) => `error: ${path}: ${found}, wanted ${expected}`));
  }
  return { nodes, findings: said };
}

/**
 * Routes to the other nodes' blocks by their addresses, as VXLANCrossSubnet has them for nodes of the same subnet (Felix
 * 3.32). With encapsulation None the routes come by BGP or not at all.
 */
export function podRoutes(name: string, { nodes, pools }: Pick<RenderInput, "nodes" | "pools">): string[] {
  const subnet = subnetOf(nodes.find(({ metadata }) => metadata.name === name));
  if (subnet === undefined) return [];
  const routes: string[] = [];
  for (const node of nodes) {
    const address = addressOf(node);
    const block = node.spec.podCIDR;
    if (node.metadata.name === name || address === undefined || block === undefined) continue;
    const pool = pools.find(({ spec }) => covers(spec.cidr, block));
    if (pool?.spec.vxlanMode !== "CrossSubnet" || !inside(subnet, address)) continue;
    routes.push(`${block} via ${address}`);
  }
  return routes.sort();
}

/** Lists leave kind and version out of their items. */
function named(objects: ApiObject[], kind: string): KubernetesObject[] {
  return objects.map((object) => ({ ...object, apiVersion: "projectcalico.org/v3", kind }));
}

/** Values by "namespace/name/key"; they go into the nodes' configuration and nowhere else. */
function secretValues(secrets: Secret[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { metadata, data } of secrets) {
    for (const [key, value] of Object.entries(data ?? {})) {
      values[`${metadata.namespace ?? "default"}/${metadata.name}/${key}`] = Buffer.from(value, "base64").toString();
    }
  }
  return values;
}

function subnetOf(node: Node | undefined): string | undefined {
  return node?.metadata.annotations?.["projectcalico.org/IPv4Address"];
}

function addressOf(node: Node): string | undefined {
  return subnetOf(node)?.split("/")[0];
}

function inside(subnet: string, address: string): boolean {
  const prefix = parsePrefix(subnet, "", { strict: false });
  const parsed = parseAddress(address);
  return prefix.ok && parsed.ok && containsAddress(prefix.value, parsed.value);
}

function covers(pool: string, block: string): boolean {
  return inside(pool, block.split("/")[0] ?? "");
}
