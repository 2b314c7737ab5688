/** What a program wants, as Calico's objects: equal to the labs' manifests, and checked before anything is made. */
import { describe, expect, test } from "vitest";
import { CNIS } from "../../../components/cni";
import type { Written } from "../../../components/cni/cni";
import type { ClusterIntent } from "../../../components/cni/intent";
import { markNodes } from "../../../components/cni/marks";
import { orThrow } from "../../../components/model/errors";
import { node, sessionsOf, speaker } from "../cluster";

const cni = CNIS.calico;

const lab000: ClusterIntent = {
  asn: 65010,
  mesh: false,
  peerings: [
    { name: "bgppeer-arista", to: { address: "10.10.10.1" }, asn: 65001, nodes: { label: "bgp-peer", value: "true" } },
  ],
  pools: [
    {
      name: "default-ipv4-ippool",
      for: "pods",
      ranges: ["192.168.0.0/16"],
      encapsulation: "VXLANCrossSubnet",
      natOutgoing: true,
      hidden: true,
    },
    { name: "loadbalancer-ip-pool", for: "services", ranges: ["172.16.0.240/28"], advertise: {} },
  ],
};

const own = ({ own }: Written, kind: string) =>
  own.filter((one) => one.kind === kind) as { metadata: { name: string }; spec: Record<string, unknown> }[];
const faults = (intent: ClusterIntent, version?: string) => {
  const made = cni.write(intent, version === undefined ? {} : { version });
  return made.ok ? [] : made.faults;
};
const paths = (intent: ClusterIntent, version?: string) => faults(intent, version).map(({ path }) => path);

test("lab 000 gives the lab's BGPPeer, pool and configuration", () => {
  const made = orThrow(cni.write(lab000));
  expect(made.shared.map(({ spec }) => spec)).toEqual([
    {
      logSeverityScreen: "Info",
      asNumber: 65010,
      nodeToNodeMeshEnabled: false,
      serviceLoadBalancerIPs: [{ cidr: "172.16.0.240/28" }],
    },
  ]);
  expect(own(made, "BGPPeer")).toEqual([
    {
      apiVersion: "projectcalico.org/v3",
      kind: "BGPPeer",
      metadata: { name: "bgppeer-arista" },
      spec: { peerIP: "10.10.10.1", asNumber: 65001, nodeSelector: 'bgp-peer == "true"' },
    },
  ]);
  expect(own(made, "IPPool")[1]?.spec).toMatchObject({
    cidr: "172.16.0.240/28",
    blockSize: 28,
    natOutgoing: true,
    disabled: false,
    assignmentMode: "Automatic",
    allowedUses: ["LoadBalancer"],
  });
});

test("the objects made are read back without a finding", () => {
  const made = orThrow(cni.write(lab000));
  const reading = cni.read({
    nodes: [node("worker", "10.10.10.11/24", { labels: { "bgp-peer": "true" } })],
    resources: [...made.own, ...made.shared],
  });
  expect(reading.findings).toEqual([]);
  expect(sessionsOf(reading)).toEqual(["10.10.10.1 - worker"]);
});

test("reflectors are two BGPPeers, a label and an annotation on each of them", () => {
  const made = orThrow(
    cni.write({ asn: 64512, mesh: false, reflectors: { nodes: ["cp-01", "cp-02"], clusterId: "1.0.0.1" } }),
  );
  expect(
    own(made, "BGPPeer").map(({ metadata, spec }) => [metadata.name, spec["nodeSelector"], spec["peerSelector"]]),
  ).toEqual([
    ["peer-with-route-reflectors", "route-reflector != 'true'", "route-reflector == 'true'"],
    ["rr-mesh", "route-reflector == 'true'", "route-reflector == 'true'"],
  ]);
  expect(made.nodes[0]).toEqual({
    name: "cp-01",
    labels: { "route-reflector": "true" },
    annotations: { "projectcalico.org/RouteReflectorClusterID": "1.0.0.1" },
  });
});

test("nodes by name, on one segment, with a session of another ASN: what BIRD is told", () => {
  const made = orThrow(
    cni.write({
      asn: 64512,
      mesh: false,
      peerings: [
        {
          name: "border",
          nodes: { names: ["a"] },
          to: { address: "10.0.0.1", port: 1179 },
          asn: 64600,
          localAsn: 64700,
        },
        {
          name: "rack",
          nodes: { label: "rack", value: "r1", segment: "s1" },
          to: { address: "10.0.0.2" },
          asn: 64601,
          accept: [],
          ownRoutesOnly: true,
          password: { secret: "tor", key: "md5" },
          gracefulRestart: { restartTime: 90 },
          timers: { keepalive: 20 },
          ttlSecurity: 1,
        },
      ],
    }),
  );
  const nodes = [
    node("a", "10.0.0.11/24", { labels: { "kubernetes.io/hostname": "a" } }),
    node("b", "10.0.0.12/24", { labels: { rack: "r1", segment: "s1" } }),
    node("c", "10.0.0.13/24", { labels: { rack: "r1", segment: "s2" } }),
  ];
  const reading = cni.read({ nodes, resources: [...made.own, ...made.shared] });
  expect(sessionsOf(reading)).toEqual(["10.0.0.1 - a", "10.0.0.2 - b"]);
  expect(speaker(reading, "a").neighbors[0]).toMatchObject({ port: 1179, remoteAs: 64600, localAs: { asn: 64700 } });
  const rack = speaker(reading, "b").neighbors[0];
  expect(rack).toMatchObject({
    password: "tor/md5",
    gracefulRestart: { restartTime: 90 },
    timers: { keepalive: 20 },
    ttlSecurity: 1,
  });
  const taken = speaker(reading, "b").policies?.[rack?.families?.ipv4?.importPolicy ?? ""];
  expect(taken?.terms[0]?.action).toBe("reject");
});

test("each address by itself is Calico's aggregation switched off; communities stand on the range", () => {
  const pool = {
    name: "services",
    for: "services" as const,
    ranges: ["172.16.0.0/24"],
    advertise: { lengths: { ipv4: 32 }, communities: ["64512:100"] },
  };
  expect(orThrow(cni.write({ pools: [pool] })).shared[0]?.spec).toMatchObject({
    serviceLoadBalancerAggregation: "Disabled",
    prefixAdvertisements: [{ cidr: "172.16.0.0/24", communities: ["64512:100"] }],
  });
  expect(paths({ pools: [{ ...pool, advertise: { lengths: { ipv4: 28 } } }] })).toEqual([
    "pools[0].advertise.lengths.ipv4",
  ]);
});

test("cluster and external addresses are ranges of the one configuration", () => {
  const { shared } = orThrow(
    cni.write({
      advertise: [
        { name: "cluster", addresses: "cluster", ranges: ["10.201.0.0/16"] },
        { name: "external", addresses: "external", ranges: ["198.51.100.0/24"] },
      ],
    }),
  );
  expect(shared[0]?.spec).toEqual({
    logSeverityScreen: "Info",
    serviceClusterIPs: [{ cidr: "10.201.0.0/16" }],
    serviceExternalIPs: [{ cidr: "198.51.100.0/24" }],
  });
});

describe("faults name the argument", () => {
  test("an ASN beyond Calico's field, with nodes as the way out", () => {
    expect(faults({ asn: 4200000001 })).toMatchObject([
      { path: "asn", fix: expect.stringContaining("nodes.") as string },
    ]);
    expect(orThrow(cni.write({ nodes: { n1: { asn: 4200000001 } } })).nodes[0]?.annotations).toEqual({
      "projectcalico.org/ASNumber": "4200000001",
    });
  });

  test("all mistakes of one call at once", () => {
    expect(
      paths({
        asn: 65535,
        peerings: [
          { name: "tor", to: { address: "10.0.0.300" }, asn: 64501 },
          { name: "tor", to: { address: "10.0.0.1" }, nodes: { label: "rack = a", value: "x" } },
          { name: "link", to: { interface: "eth1" }, asn: "external", bfd: {} },
        ],
        pools: [
          { name: "a", for: "pods", ranges: ["10.0.0.0/8"] },
          { name: "b", for: "pods", ranges: ["10.1.0.1/16"] },
          { name: "c", for: "pods", ranges: ["10.2.0.0/16"] },
        ],
        advertise: [{ name: "cluster", addresses: "cluster", ranges: ["10.96.0.1/12"], communities: ["64512"] }],
        reflectors: { nodes: [], clusterId: "1" },
      }).sort(),
    ).toEqual(
      [
        "advertise[0].communities[0]",
        "advertise[0].ranges[0]",
        "asn",
        "peerings[0].to.address",
        "peerings[1].asn",
        "peerings[1].name",
        "peerings[1].nodes",
        "peerings[2].bfd",
        "peerings[2].to",
        "pools[1].ranges[0]",
        "pools[1].ranges[0]",
        "pools[2].ranges[0]",
        "reflectors.clusterId",
        "reflectors.nodes",
      ].sort(),
    );
  });

  test("a field of a later version", () => {
    const peerings = [{ name: "p", to: { address: "10.0.0.1" }, asn: 1, timers: { keepalive: 5 } }];
    expect(paths({ peerings }, "3.31")).toEqual(["peerings[0] (keepaliveTime)"]);
    expect(paths({ peerings }, "3.32")).toEqual([]);
  });
});

test("labels and annotations go onto the nodes that exist, beside what they have", () => {
  const made = orThrow(cni.write({ nodes: { worker: { asn: 64999, labels: { "bgp-peer": "true" } } } }));
  const [marked] = markNodes([node("worker", "10.0.0.1/24", { labels: { rack: "a" } })], made.nodes);
  expect(marked?.metadata.labels).toEqual({ rack: "a", "bgp-peer": "true" });
  expect(marked?.metadata.annotations).toMatchObject({
    "projectcalico.org/IPv4Address": "10.0.0.1/24",
    "projectcalico.org/ASNumber": "64999",
  });
});
