/**
 * The large cluster of lab 004: racks with a leaf each, spines above them, Calico nodes that peer with their leaf and
 * with reflectors among themselves (or all with all), and each mistake of its table as an option.
 */
import { combine } from "../../components/bgp/combine";
import type { Network, Segment, Speaker } from "../../components/bgp/network";
import { calicoCluster, type TestNode } from "./calico";
import { router } from "./routers";

export interface Large {
  nodes?: number;
  racks?: number;
  spines?: number;
  /** Node-to-node mesh instead of reflectors. */
  mesh?: boolean;
  reflectors?: number;
  /** All reflectors in the first rack. */
  reflectorsInOneRack?: boolean;
  /** Reflectors on nodes without the control-plane role. */
  reflectorsOnWorkers?: boolean;
  clusterAsn?: number;
  leafAsn?: number;
  /** Every rack has the first one's ASN. */
  oneLeafAsn?: boolean;
  serviceCidr?: boolean;
  /** No filter on the leaf's side. */
  unfiltered?: boolean;
  /** A node with a pool of everything and a default route of its own to announce. */
  defaultFromNode?: boolean;
  /** What the leaf's prefix list misses: its deny of the default route and the bounds of what is permitted. */
  listWithoutDefault?: boolean;
  /** Nodes pass learned routes on to the leaves. */
  reExport?: boolean;
  /** Nodes take the default route that their leaf announces, beside the kernel's own. */
  importDefault?: boolean;
  undefinedAdvertiseDefault?: boolean;
  maximumPaths?: number;
  down?: { speakers?: string[]; segments?: string[] };
}

export const CLUSTER = { name: "k8s", pods: ["10.244.0.0/16"], services: ["10.96.0.0/12"] };

export function nodeName(index: number): string {
  return index < 3 ? `cp-0${index + 1}` : `worker-${String(index - 2).padStart(2, "0")}`;
}

export function rackOf(index: number, racks: number): number {
  return index % racks;
}

function rackBase(rack: number): { net: string; host: (last: number) => string } {
  const net = `10.0.${20 + Math.floor(rack / 4)}`;
  const base = (rack % 4) * 64;
  return { net: `${net}.${base}/26`, host: (last) => `${net}.${base + last}` };
}

export function blockOf(index: number): string {
  return index < 250 ? `10.244.${index + 1}.0/26` : `10.244.${Math.floor(index / 4)}.${(index % 4) * 64}/26`;
}

export function large(options: Large = {}): Network {
  const { nodes = 9, racks = 3, spines = 2, reflectors = 3, clusterAsn = 64512, serviceCidr = true } = options;
  const firstLeaf = options.leafAsn ?? (racks <= 9 ? 64501 : 64601);
  const leafAsn = (rack: number) => (options.oneLeafAsn === true ? firstLeaf : firstLeaf + rack);
  const rackSegments = Array.from({ length: racks }, (_, rack): Segment => ({
    name: `rack-${rack + 1}`,
    prefixes: [rackBase(rack).net],
  }));
  const links: Segment[] = [];
  const isReflector = (index: number) =>
    options.reflectorsInOneRack === true ? index % racks === 0 && index / racks < reflectors : index < reflectors;

  const perRack = new Map<number, number>();
  const testNodes = Array.from({ length: nodes }, (_, index): TestNode => {
    const rack = rackOf(index, racks);
    const place = perRack.get(rack) ?? 0;
    perRack.set(rack, place + 1);
    const reflector = options.mesh !== true && isReflector(index);
    return {
      name: nodeName(index),
      address: `${rackBase(rack).host(10 + place)}/26`,
      gateway: rackBase(rack).host(1),
      rack: `rack-${rack + 1}`,
      labels: {
        rack: `rack-${rack + 1}`,
        ...(index < 3 && options.reflectorsOnWorkers !== true ? { "node-role.kubernetes.io/control-plane": "" } : {}),
        ...(options.reflectorsInOneRack === true && reflector ? { "node-role.kubernetes.io/control-plane": "" } : {}),
        ...(reflector ? { "route-reflector": "true" } : {}),
      },
      annotations: reflector ? { "projectcalico.org/RouteReflectorClusterID": "1.0.0.1" } : {},
      blocks: [blockOf(index)],
    };
  });
  const reading = calicoCluster({
    name: CLUSTER.name,
    segments: rackSegments,
    nodes: testNodes,
    configuration: {
      asNumber: clusterAsn,
      nodeToNodeMeshEnabled: options.mesh === true,
      ...(serviceCidr ? { serviceClusterIPs: [{ cidr: "10.96.0.0/12" }] } : {}),
    },
    peers: {
      ...(options.mesh === true
        ? {}
        : {
            "peer-with-route-reflectors": {
              nodeSelector: "route-reflector != 'true'",
              peerSelector: "route-reflector == 'true'",
            },
            "rr-mesh": { nodeSelector: "route-reflector == 'true'", peerSelector: "route-reflector == 'true'" },
          }),
      ...Object.fromEntries(
        Array.from({ length: racks }, (_, rack) => [
          `rack-${rack + 1}-tor`,
          {
            peerIP: rackBase(rack).host(1),
            asNumber: leafAsn(rack),
            nodeSelector: `rack == 'rack-${rack + 1}'`,
            filters: [
              ...(options.reExport === true ? [] : ["own-routes-only"]),
              ...(options.importDefault === true ? [] : ["no-default"]),
            ],
          },
        ]),
      ),
    },
    filters: {
      "no-default": { importV4: [{ action: "Reject", matchOperator: "Equal", cidr: "0.0.0.0/0" }] },
      "own-routes-only": { exportV4: [{ action: "Reject", source: "RemotePeers", peerType: "eBGP" }] },
    },
    pools: {
      pods: { cidr: "10.244.0.0/16", blockSize: 26, natOutgoing: false, nodeSelector: "all()" },
    },
  });
  if (options.defaultFromNode === true) leakDefault(reading.speakers);

  const leaves = Array.from({ length: racks }, (_, rack): Speaker => {
    const base = rackBase(rack);
    const uplinks = Array.from({ length: spines }, (_, spine) => {
      const name = `leaf-${rack + 1}--spine-${spine + 1}`;
      links.push({ name, prefixes: [`10.1.${spine}.${rack * 2}/31`] });
      return { name, own: `10.1.${spine}.${rack * 2}`, far: `10.1.${spine}.${rack * 2 + 1}` };
    });
    const members = testNodes.filter((_, index) => rackOf(index, racks) === rack);
    return router(
      `leaf-${rack + 1}`,
      leafAsn(rack),
      base.host(1),
      [
        { name: "servers", segment: `rack-${rack + 1}`, addresses: [`${base.host(1)}/26`] },
        ...uplinks.map(({ name, own }, spine) => ({
          name: `uplink${spine + 1}`,
          segment: name,
          addresses: [`${own}/31`],
        })),
      ],
      {
        place: { rack: `rack-${rack + 1}` },
        bgp: {
          ebgpRequiresPolicy: true,
          multipathRelax: true,
          ...(options.maximumPaths === undefined ? {} : { maximumPaths: { ebgp: options.maximumPaths } }),
        },
        groups: {
          K8S_NODES: {
            remoteAs: clusterAsn,
            families: {
              ipv4: {
                softReconfiguration: true,
                ...(options.unfiltered === true ? {} : { importPolicy: "ACCEPT-K8S" }),
                exportPolicy: "ADVERTISE-DEFAULT",
              },
            },
          },
        },
        ...(options.unfiltered === true ? { bgp: { ebgpRequiresPolicy: false, multipathRelax: true } } : {}),
        neighbors: [
          ...members.map(({ address, name }) => ({
            address: address.split("/")[0] ?? "",
            group: "K8S_NODES",
            description: name,
          })),
          ...uplinks.map(({ far }) => ({
            address: far,
            remoteAs: 64500,
            families: { ipv4: { importPolicy: "SPINE", exportPolicy: "SPINE" } },
          })),
        ],
        prefixLists: {
          "K8S-PODS": [
            ...(options.listWithoutDefault === true
              ? [{ seq: 5, action: "permit" as const, prefix: "0.0.0.0/0" }]
              : [{ seq: 5, action: "deny" as const, prefix: "0.0.0.0/0" }]),
            { seq: 10, action: "permit", prefix: "10.244.0.0/16", le: 26 },
            { seq: 20, action: "permit", prefix: "10.96.0.0/12", le: 32 },
          ],
          DEFAULT: [{ seq: 5, action: "permit", prefix: "0.0.0.0/0" }],
        },
        policies: {
          "ACCEPT-K8S": { terms: [{ seq: 10, match: { prefixList: "K8S-PODS" }, action: "accept" }] },
          SPINE: { terms: [{ seq: 10, action: "accept" }] },
          ...(options.undefinedAdvertiseDefault === true
            ? {}
            : {
                "ADVERTISE-DEFAULT": {
                  terms: [{ seq: 10, match: { prefixList: "DEFAULT" }, action: "accept" as const }],
                },
              }),
        },
        originate: [{ kind: "network", prefix: base.net }],
        limits: { peers: 64 },
      },
    );
  });
  const spineRouters = Array.from({ length: spines }, (_, spine): Speaker =>
    router(
      `spine-${spine + 1}`,
      64500,
      `10.0.255.${spine + 1}`,
      Array.from({ length: racks }, (_, rack) => ({
        name: `leaf${rack + 1}`,
        segment: `leaf-${rack + 1}--spine-${spine + 1}`,
        addresses: [`10.1.${spine}.${rack * 2 + 1}/31`],
      })),
      {
        bgp: { multipathRelax: true },
        neighbors: Array.from({ length: racks }, (_, rack) => ({
          address: `10.1.${spine}.${rack * 2}`,
          remoteAs: leafAsn(rack),
          families: { ipv4: { defaultOriginate: true } },
        })),
      },
    ),
  );
  const network = combine({ speakers: [...leaves, ...spineRouters], segments: [...rackSegments, ...links] }, reading);
  for (const speaker of network.speakers) if (options.down?.speakers?.includes(speaker.name)) speaker.down = true;
  for (const segment of network.segments) if (options.down?.segments?.includes(segment.name)) segment.down = true;
  return network;
}

/** The first worker announces a default route: what an Accept without conditions in an export filter does. */
function leakDefault(speakers: Speaker[]): void {
  const worker = speakers.find(({ name }) => name === nodeName(3)) ?? speakers[0];
  if (worker === undefined) return;
  for (const [name, policy] of Object.entries(worker.policies ?? {})) {
    if (name.startsWith("export-"))
      policy.terms = [{ match: { prefixes: [{ prefix: "0.0.0.0/0" }] }, action: "accept" }, ...policy.terms];
  }
}
