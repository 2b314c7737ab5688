/** Lab 001: two clusters on one network, from a mesh each to reflectors and eBGP between them, a Network each step. */
import { combine } from "../../components/bgp/combine";
import type { Network } from "../../components/bgp/network";
import { calicoCluster, type TestNode } from "./calico";

export interface TwoClusters {
  /** Cluster b's ASN: 64512 at first. */
  asnB?: number;
  services?: boolean;
  labelled?: boolean;
  reflectorPeers?: boolean;
  clusterIds?: boolean;
  mesh?: boolean;
  ebgp?: boolean;
  /** Disabled pools for the other cluster's pods and services. */
  farPools?: boolean;
  /** Nodes beyond the four of each cluster. */
  more?: number;
}

/** The seed's procedure; each step keeps what the ones before it did. */
export const STEPS: Readonly<Record<string, TwoClusters>> = {
  start: { asnB: 64512, mesh: true },
  asn: { asnB: 64513, mesh: true, services: true },
  labelled: { asnB: 64513, mesh: true, services: true, labelled: true },
  peers: { asnB: 64513, mesh: true, services: true, labelled: true, reflectorPeers: true },
  clusterIds: { asnB: 64513, mesh: true, services: true, labelled: true, reflectorPeers: true, clusterIds: true },
  meshOff: { asnB: 64513, mesh: false, services: true, labelled: true, reflectorPeers: true, clusterIds: true },
  ebgp: {
    asnB: 64513,
    mesh: false,
    services: true,
    labelled: true,
    reflectorPeers: true,
    clusterIds: true,
    ebgp: true,
  },
  farPools: {
    asnB: 64513,
    mesh: false,
    services: true,
    labelled: true,
    reflectorPeers: true,
    clusterIds: true,
    ebgp: true,
    farPools: true,
  },
};

export const REFLECTORS = { a: ["cluster-a-m03", "cluster-a-m04"], b: ["cluster-b-m03", "cluster-b-m04"] };

const SEGMENT = { name: "calico_cluster_peer_demo", prefixes: ["172.28.0.0/16"] };

interface Side {
  letter: "a" | "b";
  asn: number;
  otherAsn: number;
  pods: string;
  services: string;
  otherPods: string;
  otherServices: string;
  clusterId: string;
}

export function twoClusters(options: TwoClusters = {}): Network {
  const { asnB = 64513 } = options;
  const a: Side = {
    letter: "a",
    asn: 64512,
    otherAsn: asnB,
    pods: "10.200",
    services: "10.201.0.0/16",
    otherPods: "10.210",
    otherServices: "10.211.0.0/16",
    clusterId: "244.0.0.1",
  };
  const b: Side = {
    letter: "b",
    asn: asnB,
    otherAsn: 64512,
    pods: "10.210",
    services: "10.211.0.0/16",
    otherPods: "10.200",
    otherServices: "10.201.0.0/16",
    clusterId: "244.0.0.2",
  };
  return combine({ segments: [SEGMENT] }, clusterOf(a, options), clusterOf(b, options));
}

function addressOf(letter: "a" | "b", index: number): string {
  return `172.28.${letter === "a" ? 1 : 2}.${index + 1}`;
}

function clusterOf(side: Side, options: TwoClusters) {
  const { letter } = side;
  const other = letter === "a" ? "b" : "a";
  const count = 4 + (options.more ?? 0);
  const nodes = Array.from({ length: count }, (_, index): TestNode => {
    const name = index === 0 ? `cluster-${letter}` : `cluster-${letter}-m${String(index + 1).padStart(2, "0")}`;
    const reflector = REFLECTORS[letter].includes(name);
    return {
      name,
      address: `${addressOf(letter, index)}/16`,
      labels: reflector && options.labelled === true ? { "route-reflector": "true" } : {},
      annotations:
        reflector && options.clusterIds === true ? { "projectcalico.org/RouteReflectorClusterID": side.clusterId } : {},
      blocks: [`${side.pods}.${index}.0/26`],
    };
  });
  return calicoCluster({
    name: `cluster-${letter}`,
    version: "3.31",
    segments: [SEGMENT],
    nodes,
    configuration: {
      asNumber: side.asn,
      nodeToNodeMeshEnabled: options.mesh ?? false,
      ...(options.services === true ? { serviceClusterIPs: [{ cidr: side.services }] } : {}),
    },
    peers: {
      ...(options.reflectorPeers === true
        ? { "peer-to-rrs": { nodeSelector: "all()", peerSelector: "route-reflector == 'true'" } }
        : {}),
      ...(options.ebgp === true
        ? Object.fromEntries(
            [2, 3].map((index) => [
              `cluster-${other}-rr-${index - 1}`,
              {
                nodeSelector: "route-reflector == 'true'",
                peerIP: addressOf(other, index),
                asNumber: side.otherAsn,
              },
            ]),
          )
        : {}),
    },
    pools: {
      "default-ipv4-ippool": { cidr: `${side.pods}.0.0/16`, natOutgoing: false },
      ...(options.farPools === true
        ? {
            [`pods-of-${other}`]: { cidr: `${side.otherPods}.0.0/16`, disabled: true },
            [`services-of-${other}`]: { cidr: side.otherServices, disabled: true },
          }
        : {}),
    },
  });
}
