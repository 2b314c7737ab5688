/**
 * From the objects in the API server to what each node runs: its BIRD configuration, by the same reading and the same
 * writer that the forecast uses, and the pod routes that Felix would program beside it. Pure.
 */
import { type Family, NETWORK_VERSION, type Network, type Speaker } from "../../../bgp/network";
import { familyOf } from "../../../model/address";
import { readCalico } from "../../../cni/calico";
import type { EndpointSlice, KubernetesObject, Node as CniNode, Service as CniService } from "../../../cni/objects";
import { SECRETS_NAMESPACE } from "../../../cni/calico/types";
import { writeBird } from "../../../config/bird";
import { ROUTER_ID_ANNOTATION } from "../../settings";
import type { IpPool } from "./addresses";
import type { ApiObject } from "../../api";
import type { Node, Secret, Service } from "../../objects";

export interface RenderInput {
  /** Of Calico. */
  version: string;
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
  /** BIRD 1.6 has a daemon for each family: each is absent where the node has no address of it. */
  bird?: string;
  bird6?: string;
  /** "PREFIX via ADDRESS". */
  routes: string[];
}

export function render(input: RenderInput): { nodes: Map<string, Rendering>; findings: string[] } {
  const { speakers, segments, findings } = readCalico(
    {
      nodes: input.nodes as CniNode[],
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
    },
    { namespace: SECRETS_NAMESPACE, version: input.version, nodes: routerIds(input.nodes) },
  );
  const network: Network = { version: NETWORK_VERSION, speakers, segments };
  const secrets = secretValues(input.secrets);
  const nodes = new Map<string, Rendering>();
  const said = findings.map(({ severity, object, path, sentence, fix }) =>
    [`${severity}:`, object, path, sentence, fix].filter((part) => part !== undefined).join(" "),
  );
  for (const speaker of speakers) {
    const { name } = speaker;
    const texts = familiesOf(speaker).map((family) => ({
      daemon: ({ ipv4: "bird", ipv6: "bird6" } as const)[family],
      text: writeBird(network, name, { secrets, kernelMetric: true, family, blocks: blocksOf(speaker) }),
    }));
    const faults = texts.flatMap(({ text }) => (text.ok ? [] : text.faults));
    said.push(...faults.map(({ path, found, expected }) => `error: ${path}: ${found}, wanted ${expected}`));
    // A node whose configuration cannot be written keeps the one it has.
    if (faults.length > 0) continue;
    const written = texts.flatMap(({ daemon, text }) => (text.ok ? [[daemon, text.value] as const] : []));
    nodes.set(name, { ...(Object.fromEntries(written) as Partial<Rendering>), routes: podRoutes(speaker) });
  }
  return { nodes, findings: said };
}

/** The families of the node's own addresses. */
function familiesOf({ interfaces }: Speaker): Family[] {
  const there = new Set(interfaces.flatMap(({ addresses }) => addresses.map(familyOf)));
  return (["ipv4", "ipv6"] as const).filter((family) => there.has(family));
}

/**
 * What the node has a blackhole route to, its own blocks among them. Felix gives a pod's route the metric 1024, and Calico's
 * filter keeps it on the node; other CNI plugins give 0, which is how Calico 3.32 marks a workload that has just moved here.
 */
function blocksOf({ routes = [] }: Speaker): string[] {
  return routes.flatMap(({ prefix, blackhole }) => (blackhole === true ? [prefix] : []));
}

/** Router ids of nodes with IPv6 alone, as the program gave them: CALICO_ROUTER_ID of a node's container elsewhere. */
function routerIds(nodes: readonly Node[]): Record<string, { routerId: string }> {
  const ids = nodes.flatMap(({ metadata }): [string, { routerId: string }][] => {
    const routerId = metadata.annotations?.[ROUTER_ID_ANNOTATION];
    return routerId === undefined ? [] : [[metadata.name, { routerId }]];
  });
  return Object.fromEntries(ids);
}

/** The routes that Felix would program beside BIRD: to the blocks of nodes on the same subnet, by their address. */
function podRoutes(speaker: Speaker): string[] {
  return (speaker.routes ?? [])
    .filter(({ source, via }) => source === "kernel" && via !== undefined)
    .map(({ prefix, via }) => `${prefix} via ${via?.[0] ?? ""}`)
    .sort();
}

/** Lists leave kind and version out of their items. */
function named(objects: ApiObject[], kind: string): KubernetesObject[] {
  return objects.map((object) => ({ ...object, apiVersion: "projectcalico.org/v3", kind }));
}

/**
 * Values by the name that a neighbor has for them: the secret's, with the key behind it where that is not "password".
 * They go into the nodes' configuration and nowhere else.
 */
function secretValues(secrets: Secret[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { metadata, data } of secrets) {
    if (metadata.namespace !== SECRETS_NAMESPACE) continue;
    for (const [key, value] of Object.entries(data ?? {})) {
      values[key === "password" ? metadata.name : `${metadata.name}/${key}`] = Buffer.from(value, "base64").toString();
    }
  }
  return values;
}
