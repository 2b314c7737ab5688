/** Labs 000 and 002 out of Kubernetes objects: a rack, its ToR that listens, and the nodes that a label lets speak. */
import { combine } from "../../components/bgp/combine";
import type { Network } from "../../components/bgp/network";
import { calicoCluster } from "./calico";
import { EOS, FRR, router } from "./routers";

export const POOL = "172.16.0.240/28";
export const LABS_NODES = ["control-plane", "worker", "worker2", "worker3", "worker4"];

export interface Selective {
  /** How many of the five nodes there are. */
  nodes?: number;
  /** Who carries bgp-peer=true. */
  labelled?: string[];
  /** Without a node selector every node peers: lab 002. */
  everyNode?: boolean;
  /** Does the BGPConfiguration name the pool? */
  advertised?: boolean;
  maximumPaths?: number;
  eos?: boolean;
  filtered?: boolean;
  down?: string[];
}

export function selective(options: Selective = {}): Network {
  const {
    nodes = 5,
    labelled = ["worker", "worker2"],
    everyNode = false,
    advertised = true,
    maximumPaths = 4,
  } = options;
  const rack = { name: "rack1", prefixes: ["10.10.10.0/24"] };
  const reading = calicoCluster({
    name: "k01",
    segments: [rack],
    nodes: LABS_NODES.slice(0, nodes).map((name, index) => ({
      name,
      address: `10.10.10.${10 + index}/24`,
      labels: {
        ...(labelled.includes(name) ? { "bgp-peer": "true" } : {}),
        ...(index === 0 ? { "node-role.kubernetes.io/control-plane": "" } : {}),
      },
      blocks: [`192.168.${index}.0/26`],
    })),
    configuration: {
      asNumber: 65010,
      nodeToNodeMeshEnabled: false,
      ...(advertised ? { serviceLoadBalancerIPs: [{ cidr: POOL }] } : {}),
    },
    peers: {
      "bgppeer-arista": {
        peerIP: "10.10.10.1",
        asNumber: 65001,
        ...(everyNode ? {} : { nodeSelector: 'bgp-peer == "true"' }),
      },
    },
    pools: {
      "default-ipv4-ippool": {
        cidr: "192.168.0.0/16",
        vxlanMode: "CrossSubnet",
        disableBGPExport: true,
        natOutgoing: true,
      },
      "loadbalancer-ip-pool": {
        cidr: POOL,
        blockSize: 28,
        natOutgoing: true,
        disabled: false,
        assignmentMode: "Automatic",
        allowedUses: ["LoadBalancer"],
        nodeSelector: "all()",
      },
    },
  });
  const tor = router(
    "tor1",
    65001,
    "10.10.10.1",
    [{ name: "vlan10", segment: "rack1", addresses: ["10.10.10.1/24"] }],
    {
      dialect: options.eos === true ? EOS : FRR,
      bgp: { maximumPaths: { ebgp: maximumPaths } },
      groups: {
        RACK: {
          remoteAs: 65010,
          ...(options.filtered === true ? { families: { ipv4: { importPrefixList: "SERVICES" } } } : {}),
        },
      },
      listen: [{ prefix: "10.10.10.0/24", group: "RACK" }],
      prefixLists: { SERVICES: [{ seq: 10, action: "permit", prefix: POOL, le: 32 }] },
      limits: { peers: 64 },
    },
  );
  const network = combine({ speakers: [tor], segments: [rack] }, reading);
  for (const speaker of network.speakers) if (options.down?.includes(speaker.name)) speaker.down = true;
  return network;
}
