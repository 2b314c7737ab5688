/** Clusters with Calico for tests: objects as an API server would hold them, read the way the product reads them. */
import { readCalico } from "../../components/cni/calico";
import type { KubernetesObject, Node, Service } from "../../components/cni/objects";
import type { NodePlace } from "../../components/cni/place";
import type { CniReading } from "../../components/cni/reading";
import type { Segment } from "../../components/bgp/network";

export interface TestNode {
  name: string;
  /** With the length of its network: "10.10.10.11/24". */
  address: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Blocks of pod addresses that the node holds. */
  blocks?: string[];
  /** Its default gateway. */
  gateway?: string;
  rack?: string;
}

export interface TestCluster {
  name?: string;
  version?: string;
  prefix?: string;
  nodes: TestNode[];
  configuration?: Record<string, unknown>;
  peers?: Record<string, Record<string, unknown>>;
  pools?: Record<string, Record<string, unknown>>;
  filters?: Record<string, Record<string, unknown>>;
  services?: Service[];
  segments?: Segment[];
}

export function calicoCluster(cluster: TestCluster): CniReading {
  const named = (kind: string, specs: Record<string, Record<string, unknown>> = {}): KubernetesObject[] =>
    Object.entries(specs).map(
      ([name, spec]) => ({ apiVersion: "projectcalico.org/v3", kind, metadata: { name }, spec }) as KubernetesObject,
    );
  const blocks = Object.fromEntries(
    cluster.nodes.flatMap(({ name, blocks: own = [] }) =>
      own.map((cidr) => [
        `${name}-${cidr.replaceAll(/[./:]/g, "-")}`,
        { cidr, node: name, state: "confirmed", deleted: false, type: "host" },
      ]),
    ),
  );
  const places = Object.fromEntries(
    cluster.nodes.map(({ name, gateway, rack }): [string, NodePlace] => [
      name,
      { ...(gateway === undefined ? {} : { gateways: [gateway] }), ...(rack === undefined ? {} : { rack }) },
    ]),
  );
  return readCalico(
    {
      nodes: cluster.nodes.map(({ name, address, labels = {}, annotations = {} }): Node => ({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name, labels, annotations: { "projectcalico.org/IPv4Address": address, ...annotations } },
      })),
      ...(cluster.services === undefined ? {} : { services: cluster.services }),
      resources: [
        ...named("BGPConfiguration", cluster.configuration === undefined ? {} : { default: cluster.configuration }),
        ...named("BGPPeer", cluster.peers),
        ...named("IPPool", cluster.pools),
        ...named("BGPFilter", cluster.filters),
        ...named("BlockAffinity", blocks),
      ],
    },
    {
      version: cluster.version ?? "3.32",
      ...(cluster.name === undefined ? {} : { cluster: cluster.name }),
      ...(cluster.prefix === undefined ? {} : { prefix: cluster.prefix }),
      ...(cluster.segments === undefined ? {} : { segments: cluster.segments }),
      nodes: places,
    },
  );
}
