/** What a program wants of Cilium and MetalLB, as their objects: read back to the sessions that were meant. */
import { describe, expect, test } from "vitest";
import { readCilium } from "../../components/cni/cilium";
import { ciliumObjects, type CiliumIntent } from "../../components/cni/cilium/intent";
import { readMetallb } from "../../components/cni/metallb";
import { metallbObjects, type MetallbIntent } from "../../components/cni/metallb/intent";
import { orThrow } from "../../components/model/errors";
import { neighbor, node, sessionsOf, speaker } from "./cluster";

const racks: CiliumIntent = {
  groups: [
    {
      name: "rack0",
      nodes: { matchLabels: { rack: "rack0" } },
      asn: 65010,
      peers: [{ name: "tor0", address: "10.0.0.1", asn: 65010 }],
      advertise: { pods: true },
    },
    {
      name: "rack1",
      nodes: { matchLabels: { rack: "rack1" } },
      asn: 65011,
      peers: [{ name: "tor1", address: "10.0.0.2", asn: 65011 }],
      advertise: { pods: true },
    },
  ],
};

describe("Cilium", () => {
  test("lab 003 in v2: each rack its ASN, its switch and its pods", () => {
    const made = orThrow(ciliumObjects(racks));
    const nodes = [
      node("worker", "10.0.2.2/24", { labels: { rack: "rack0" }, podCIDR: "10.1.1.0/24" }),
      node("worker2", "10.0.3.2/24", { labels: { rack: "rack1" }, podCIDR: "10.1.2.0/24" }),
    ];
    const reading = readCilium({ nodes, resources: Object.values(made).flat() as never });
    expect(reading.findings).toEqual([]);
    expect(sessionsOf(reading)).toEqual(["10.0.0.1 - worker", "10.0.0.2 - worker2"]);
    expect(speaker(reading, "worker2").asn).toBe(65011);
    expect(speaker(reading, "worker").originate).toEqual([{ kind: "network", prefix: "10.1.1.0/24" }]);
  });

  test("faults name the argument", () => {
    const [group] = racks.groups;
    if (group === undefined) throw new Error("no group");
    const wrong = ciliumObjects({
      groups: [{ ...group, peers: [{ name: "tor0", address: "10.0.0.1/32", timers: { hold: 9, keepalive: 30 } }] }],
      pools: [
        { name: "a", blocks: ["172.16.0.0/24"] },
        { name: "b", blocks: ["172.16.0.9-172.16.0.20"] },
      ],
    });
    expect(wrong.ok ? [] : wrong.faults.map(({ path }) => path).sort()).toEqual([
      "groups[0] (spec.bgpInstances[0].peers[0].peerAddress)",
      "groups[0].peers[0] (spec.timers)",
      "pools[1] (spec.blocks)",
    ]);
  });
});

describe("MetalLB", () => {
  const rack: MetallbIntent = {
    asn: 64500,
    peers: [{ name: "tor", address: "10.0.0.1", asn: 64501, hold: 30, keepalive: 10 }],
    pools: [{ name: "services", addresses: ["172.16.0.0/24"] }],
  };

  test("a peer, a pool and the advertisement that joins them", () => {
    const made = orThrow(metallbObjects(rack));
    expect(made.advertisements.map(({ metadata, spec }) => [metadata.name, spec])).toEqual([["all", {}]]);
    const resources = [...made.peers, ...made.pools, ...made.advertisements];
    const reading = readMetallb({ nodes: [node("n1", "10.0.0.11/24")], resources });
    expect(reading.findings).toEqual([]);
    expect(neighbor(reading, "n1", "10.0.0.1")).toMatchObject({ remoteAs: 64501, timers: { hold: 30, keepalive: 10 } });
  });

  test("BFD on the native speaker, a pool that overlaps, a peer that does not exist: before anything is made", () => {
    const paths = (intent: MetallbIntent, mode?: "native") => {
      const made = metallbObjects(intent, mode === undefined ? {} : { mode });
      return made.ok ? [] : made.faults.map(({ path }) => path);
    };
    const fast = {
      ...rack,
      peers: [{ name: "tor", address: "10.0.0.1", asn: 64501, bfd: "fast" }],
      bfd: [{ name: "fast" }],
    };
    expect(paths(fast, "native")).toEqual(["peers[0] (spec.bfdProfile)"]);
    expect(paths(fast)).toEqual([]);
    const twice = { ...rack, pools: [...rack.pools, { name: "part", addresses: ["172.16.0.128/25"] }] };
    expect(paths(twice)).toEqual(["pools[0] (spec.addresses)"]);
    expect(paths({ ...rack, advertisements: [{ name: "some", peers: ["nobody"] }] })).toEqual([
      "advertisements[0] (spec.peers[0])",
    ]);
  });
});
