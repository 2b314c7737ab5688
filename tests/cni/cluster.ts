/** Clusters as their objects, for the tests of this room: nodes with addresses, and manifests as people write them. */
import { loadManifests } from "../../components/cni/load";
import type { ClusterObjects, Node } from "../../components/cni/objects";
import type { CniReading } from "../../components/cni/reading";
import { orThrow } from "../../components/model/errors";
import type { Neighbor, Speaker } from "../../components/bgp/network";

export function node(
  name: string,
  address: string,
  extra: { labels?: Record<string, string>; annotations?: Record<string, string>; podCIDR?: string } = {},
): Node {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: extra.labels ?? {},
      annotations: { "projectcalico.org/IPv4Address": address, ...extra.annotations },
    },
    spec: extra.podCIDR === undefined ? {} : { podCIDR: extra.podCIDR, podCIDRs: [extra.podCIDR] },
    status: { addresses: [{ type: "InternalIP", address: address.split("/")[0] ?? "" }] },
  };
}

/** Nodes as given, everything else from YAML. */
export function cluster(nodes: Node[], ...manifests: string[]): ClusterObjects {
  const loaded = orThrow(loadManifests(manifests.map((text, i) => ({ file: `manifest-${i}.yaml`, text }))));
  return { ...loaded, nodes: [...nodes, ...loaded.nodes] };
}

export function speaker(reading: CniReading, name: string): Speaker {
  const found = reading.speakers.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no speaker ${name}`);
  return found;
}

export function neighbor(reading: CniReading, name: string, address: string): Neighbor {
  const found = speaker(reading, name).neighbors.find((one) => one.address === address);
  if (found === undefined) throw new Error(`${name} has no neighbor ${address}`);
  return found;
}

/** "worker 10.10.10.1": who dials or awaits whom, both directions of an inner session counted once. */
export function sessionsOf(reading: CniReading): string[] {
  const owner = new Map<string, string>();
  for (const { name, interfaces } of reading.speakers) {
    for (const { addresses } of interfaces) for (const text of addresses) owner.set(text.split("/")[0] ?? "", name);
  }
  const lines = reading.speakers.flatMap(({ name, neighbors }) =>
    neighbors.map(({ address = "" }) => [name, owner.get(address) ?? address].sort().join(" - ")),
  );
  return [...new Set(lines)].sort();
}

export function findingIds(reading: CniReading): string[] {
  return reading.findings.map(({ id, object }) => `${id} ${object}`);
}
