/** What a program wants of Cilium, MetalLB and kube-router: read back to the sessions that were meant. */
import { describe, expect, test } from "vitest";
import { CNIS, type CniName } from "../../components/cni";
import type { WriteOptions } from "../../components/cni/cni";
import type { ClusterIntent } from "../../components/cni/intent";
import { markNodes } from "../../components/cni/marks";
import type { Node } from "../../components/cni/objects";
import { orThrow } from "../../components/model/errors";
import { neighbor, node, sessionsOf, speaker } from "./cluster";

function readBack(cni: CniName, intent: ClusterIntent, nodes: Node[], options: WriteOptions = {}) {
  const made = orThrow(CNIS[cni].write(intent, { ...options, nodes }));
  const reading = CNIS[cni].read(
    { nodes: markNodes(nodes, [...made.nodes, ...made.sharedNodes]), resources: [...made.own, ...made.shared] },
    made.settings,
  );
  return { made, reading };
}

const paths = (cni: CniName, intent: ClusterIntent, options: WriteOptions = {}) => {
  const made = CNIS[cni].write(intent, options);
  return made.ok ? [] : made.faults.map(({ path }) => path).sort();
};

describe("Cilium", () => {
  const racks: ClusterIntent = {
    asn: 65000,
    peerings: ["0", "1"].map((rack) => ({
      name: `tor${rack}`,
      nodes: { label: "rack", value: `rack${rack}` },
      to: { address: `10.0.0.${Number(rack) + 1}` },
      asn: "internal" as const,
      localAsn: 65010 + Number(rack),
    })),
    advertise: [{ name: "pods", addresses: "pods" }],
  };
  const nodes = [
    node("worker", "10.0.2.2/24", { labels: { rack: "rack0" }, podCIDR: "10.1.1.0/24" }),
    node("worker2", "10.0.3.2/24", { labels: { rack: "rack1" }, podCIDR: "10.1.2.0/24" }),
  ];

  test("lab 003 in v2: each rack its ASN, its switch and its pods", () => {
    const { made, reading } = readBack("cilium", racks, nodes);
    expect(made.shared.map(({ metadata }) => metadata.name)).toEqual(["rack-rack0", "rack-rack1"]);
    expect(reading.findings).toEqual([]);
    expect(sessionsOf(reading)).toEqual(["10.0.0.1 - worker", "10.0.0.2 - worker2"]);
    expect(speaker(reading, "worker2").asn).toBe(65011);
    expect(speaker(reading, "worker").originate).toEqual([{ kind: "network", prefix: "10.1.1.0/24" }]);
  });

  test("an advertisement for one peering reaches no other", () => {
    const advertise = [{ name: "pods", addresses: "pods" as const, peers: ["tor1"], communities: ["65010:1"] }];
    const { reading } = readBack("cilium", { ...racks, advertise }, nodes);
    expect(speaker(reading, "worker").originate).toEqual([]);
    expect(speaker(reading, "worker2").originate).toEqual([{ kind: "network", prefix: "10.1.2.0/24" }]);
  });

  test("router id, port and source address of one node are its override", () => {
    const { reading } = readBack(
      "cilium",
      { ...racks, nodes: { worker: { routerId: "9.9.9.9", listenPort: 179, sources: { tor0: "10.0.2.2" } } } },
      nodes,
    );
    expect(speaker(reading, "worker")).toMatchObject({ routerId: "9.9.9.9", bgp: { port: 179 } });
    expect(neighbor(reading, "worker", "10.0.0.1").localAddress).toBe("10.0.2.2");
  });

  test("no reflectors, no mesh, no BFD, no pool kept back beside one that takes every service", () => {
    expect(
      paths("cilium", {
        ...racks,
        mesh: true,
        reflectors: { nodes: ["worker"], clusterId: "1.1.1.1" },
        peerings: [{ name: "tor", to: { address: "10.0.0.1" }, asn: 65001, bfd: {}, ttlSecurity: 1 }],
        pools: [
          { name: "shown", for: "services", ranges: ["172.16.0.0/24"], advertise: {} },
          { name: "kept", for: "services", ranges: ["172.16.1.0/24"] },
        ],
      }),
    ).toEqual(["mesh", "peerings[0].bfd", "peerings[0].ttlSecurity", "pools[1].advertise", "reflectors"]);
  });

  test("two sets of nodes that meet: a node takes one cluster configuration", () => {
    const border = { name: "border", to: { address: "10.0.9.1" }, asn: 64999 };
    expect(paths("cilium", { ...racks, peerings: [...(racks.peerings ?? []), border] })).toEqual(["peerings[2].nodes"]);
  });

  test("a field of 1.19 written for 1.18", () => {
    const peerings = [{ name: "tor", to: { address: "10.0.0.1" }, asn: 65001, source: { interface: "lo" } }];
    expect(paths("cilium", { asn: 65000, peerings }, { version: "1.18" })).toHaveLength(1);
    expect(paths("cilium", { asn: 65000, peerings }, { version: "1.19" })).toEqual([]);
  });
});

describe("MetalLB", () => {
  const rack: ClusterIntent = {
    asn: 64500,
    peerings: [{ name: "tor", to: { address: "10.0.0.1" }, asn: 64501, timers: { hold: 30, keepalive: 10 } }],
    pools: [{ name: "services", for: "services", ranges: ["172.16.0.0/24"], advertise: {} }],
  };

  test("a peer, a pool and the advertisement that joins them", () => {
    const { made, reading } = readBack("metallb", rack, [node("n1", "10.0.0.11/24")]);
    expect(made.own.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      "BGPPeer/tor",
      "IPAddressPool/services",
      "BGPAdvertisement/services",
    ]);
    expect(reading.findings).toEqual([]);
    expect(neighbor(reading, "n1", "10.0.0.1")).toMatchObject({ remoteAs: 64501, timers: { hold: 30, keepalive: 10 } });
  });

  test("BFD on the native speaker, a pool that overlaps, a peer that does not exist: before anything is made", () => {
    const fast = {
      ...rack,
      peerings: [{ name: "tor", to: { address: "10.0.0.1" }, asn: 64501, bfd: { multiplier: 5 } }],
    };
    expect(paths("metallb", fast, { settings: { mode: "native" } })).toEqual(["peerings[0].bfd"]);
    expect(paths("metallb", fast)).toEqual([]);
    const [services] = rack.pools ?? [];
    if (services === undefined) throw new Error("no pool");
    const part = { name: "part", for: "services" as const, ranges: ["172.16.0.128/25"] };
    expect(paths("metallb", { ...rack, pools: [services, part] })).toEqual(["pools[1].ranges[0]"]);
    const named = { ...services, advertise: { peers: ["nobody"] } };
    expect(paths("metallb", { ...rack, pools: [named] })).toEqual(["pools[0].advertise.peers[0]"]);
    expect(paths("metallb", { pools: [named] }, { part: true })).toEqual([]);
  });

  test("it carries no pods, reflects nothing and announces its pools alone", () => {
    expect(
      paths("metallb", {
        asn: 64500,
        reflectors: { nodes: ["n1"], clusterId: "1.1.1.1" },
        pools: [{ name: "pods", for: "pods", ranges: ["10.1.0.0/16"] }],
        advertise: [{ name: "cluster", addresses: "cluster" }],
      }),
    ).toEqual(["advertise[0].addresses", "pools[0]", "reflectors"]);
  });
});

describe("kube-router", () => {
  const nodes = [
    node("n1", "10.0.0.11/24", { labels: { rack: "r1" }, podCIDR: "10.1.1.0/24" }),
    node("n2", "10.0.0.12/24", { labels: { rack: "r2" }, podCIDR: "10.1.2.0/24" }),
  ];
  const rack: ClusterIntent = {
    asn: 64512,
    mesh: false,
    peerings: [
      {
        name: "tor",
        nodes: { label: "rack", value: "r1" },
        to: { address: "10.0.0.1" },
        asn: 64601,
        timers: { hold: 30 },
      },
    ],
    advertise: [{ name: "pods", addresses: "pods" }],
  };

  test("the peers of a node stand in its annotation, what all have alike in flags", () => {
    const { made, reading } = readBack("kube-router", rack, nodes);
    expect(made.sharedNodes).toEqual([
      { name: "n1", labels: {}, annotations: { "kube-router.io/peers": "- remoteip: 10.0.0.1\n  remoteasn: 64601\n" } },
      { name: "n2", labels: {}, annotations: {} },
    ]);
    expect(made.settings).toEqual({ clusterAsn: 64512, ibgp: false, holdTime: 30, advertisePodCidr: true });
    expect(reading.findings).toEqual([]);
    expect(sessionsOf(reading)).toEqual(["10.0.0.1 - n1"]);
    expect(neighbor(reading, "n1", "10.0.0.1")).toMatchObject({ remoteAs: 64601, timers: { hold: 30 } });
  });

  test("reflectors: servers as named, everybody else a client, no session between clients", () => {
    const three = [...nodes, node("n3", "10.0.0.13/24")];
    const reflectors = { nodes: ["n1"], clusterId: "10.9.9.9" };
    const { made, reading } = readBack("kube-router", { asn: 64512, mesh: false, reflectors }, three);
    expect(made.nodes.map(({ name, annotations }) => [name, ...Object.keys(annotations)])).toEqual([
      ["n1", "kube-router.io/rr.server"],
    ]);
    expect(made.sharedNodes.map(({ annotations }) => Object.keys(annotations))).toEqual([
      [],
      ["kube-router.io/rr.client"],
      ["kube-router.io/rr.client"],
    ]);
    expect(sessionsOf(reading)).toEqual(["n1 - n2", "n1 - n3"]);
    expect(speaker(reading, "n1").bgp?.clusterId).toBe("10.9.9.9");
  });

  test("an ASN of a node's own takes the mesh away from the others", () => {
    const { made, reading } = readBack("kube-router", { asn: 64512, nodes: { n2: { asn: 64513 } } }, nodes);
    expect(made.settings).toMatchObject({ fullMesh: false });
    expect(speaker(reading, "n2").asn).toBe(64513);
    expect(sessionsOf(reading)).toEqual([]);
  });

  test("what it has no words for, and what is one flag for all", () => {
    expect(
      paths(
        "kube-router",
        {
          ...rack,
          peerings: [
            { name: "a", to: { address: "10.0.0.1" }, asn: 64601, password: { secret: "s" } },
            { name: "b", to: { address: "10.0.0.2" }, asn: 64601, timers: { hold: 9 } },
          ],
          pools: [{ name: "lb", for: "services", ranges: ["172.16.0.0/24"], advertise: { localPreference: 1 } }],
        },
        { nodes },
      ),
    ).toEqual(["peerings[0].password", "peerings[1].timers.hold", "pools[0].advertise.localPreference"]);
    expect(paths("kube-router", { asn: 65535 }, { nodes })).toEqual(["asn"]);
    expect(paths("kube-router", { asn: 3 }, { nodes })).toEqual(["asn (--cluster-asn)"]);
  });
});
