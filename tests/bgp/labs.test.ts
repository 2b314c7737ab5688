/** Labs 001, 003 and 004 as the seeds' tables state them. */
import { describe, expect, test } from "vitest";
import type { Neighbor, Network, Speaker } from "../../components/bgp/network";
import { solve } from "../../components/bgp/solve";
import { best, forecast, network, nextHops, rib, speaker, to, type Sketch } from "./networks/build";

const bird: Pick<Speaker, "dialect"> = { dialect: { system: "bird", version: "1.6" } };
const gobgp: Pick<Speaker, "dialect"> = { dialect: { system: "gobgp", version: "3" } };

interface Step {
  mesh: boolean;
  reflectors: boolean;
  between: boolean;
  pools: boolean;
}

/** Lab 001: two clusters of four on one network, each with its third and fourth node as reflectors. */
function lab001({ mesh, reflectors, between, pools }: Step): Network {
  const cluster = (letter: "a" | "b"): [string, Sketch][] => {
    const net = letter === "a" ? 200 : 210;
    const far = letter === "a" ? 210 : 200;
    const first = letter === "a" ? 10 : 20;
    const asn = letter === "a" ? 64512 : 64513;
    const farAsn = letter === "a" ? 64513 : 64512;
    const address = (node: number): string => `192.168.49.${first + node}`;
    const names = [`cluster-${letter}`, ...[2, 3, 4].map((node) => `cluster-${letter}-m0${node}`)];
    const known = [net, net + 1, ...(pools ? [far, far + 1] : [])].map((each) => ({
      prefix: `10.${each}.0.0/16`,
      le: 32,
    }));
    return names.map((name, node): [string, Sketch] => {
      const isReflector = node >= 2;
      const own = address(node);
      const neighbors: Neighbor[] = [];
      const families = (client: boolean): Neighbor => ({
        localAddress: own,
        families: { ipv4: { exportPolicy: "calico", ...(client ? { reflectorClient: true } : {}) } },
      });
      for (const other of [0, 1, 2, 3]) {
        if (other === node) continue;
        const peers = reflectors ? isReflector || other >= 2 : mesh;
        if (peers) neighbors.push(to(address(other), asn, families(reflectors && isReflector && other < 2)));
      }
      if (between && isReflector) {
        const theirs = letter === "a" ? 20 : 10;
        for (const other of [2, 3]) neighbors.push(to(`192.168.49.${theirs + other}`, farAsn, families(false)));
      }
      return [
        name,
        {
          ...bird,
          asn,
          at: [`net ${own}/24`],
          bgp: reflectors && isReflector ? { clusterId: `244.0.0.${letter === "a" ? 1 : 2}` } : {},
          neighbors,
          originate: [
            { kind: "network", prefix: `10.${net}.${node}.0/26` },
            { kind: "network", prefix: `10.${net + 1}.0.0/16` },
          ],
          policies: { calico: { terms: [{ match: { prefixes: known }, action: "accept" }], otherwise: "reject" } },
        },
      ];
    });
  };
  return network(Object.fromEntries([...cluster("a"), ...cluster("b")]));
}

const upOf = (net: Network, name: string): number =>
  solve(net).sessions.filter((each) => each.up && each.ends.some((end) => end.speaker === name)).length;

describe("lab 001: two clusters", () => {
  const start: Step = { mesh: true, reflectors: false, between: false, pools: false };
  const end: Step = { mesh: false, reflectors: true, between: true, pools: true };
  const A_FROM_B = "10.200.0.0/26";

  test("the mesh has 6 sessions in each cluster, 3 at each node", () => {
    expect(solve(lab001(start)).sessions.filter((each) => each.up)).toHaveLength(12);
    expect(upOf(lab001(start), "cluster-a")).toBe(3);
  });

  test("mesh off before the reflectors peer: no session and no far block anywhere", () => {
    const solution = solve(lab001({ ...start, mesh: false }));
    expect(solution.sessions).toEqual([]);
    expect([...solution.table("cluster-a").rib.keys()]).toEqual(["10.200.0.0/26", "10.201.0.0/16"]);
  });

  test("with reflectors the others keep 2 sessions, the reflectors have one to each other", () => {
    const net = lab001({ ...end, between: false });
    expect(upOf(net, "cluster-a")).toBe(2);
    expect(upOf(net, "cluster-a-m03")).toBe(3);
    expect(nextHops(solve(net), "cluster-a", "10.200.1.0/26")).toEqual(["192.168.49.11"]);
  });

  test("every reflector to both of the other cluster: exactly 4 eBGP sessions", () => {
    const ebgp = solve(lab001(end)).sessions.filter((each) => each.kind === "ebgp" && each.up);
    expect(ebgp).toHaveLength(4);
  });

  test("before the disabled pools the reflectors alone know the far cluster", () => {
    const solution = solve(lab001({ ...end, pools: false }));
    expect(rib(solution, "cluster-b-m03", A_FROM_B).length).toBeGreaterThan(0);
    expect(rib(solution, "cluster-b", A_FROM_B)).toEqual([]);
  });

  test("afterwards every node has the far blocks and services through both of its reflectors", () => {
    const solution = solve(lab001(end));
    for (const name of ["cluster-b", "cluster-b-m02"]) {
      expect(new Set(rib(solution, name, A_FROM_B).map((path) => path.from?.speaker))).toEqual(
        new Set(["cluster-b-m03", "cluster-b-m04"]),
      );
      for (const prefix of [A_FROM_B, "10.201.0.0/16"]) expect(nextHops(solution, name, prefix)).toHaveLength(2);
    }
  });
});

/** Lab 003: unnumbered between the routers, Cilium nodes that dial their ToR's loopback. */
function lab003(): Network {
  const router = (
    name: string,
    asn: number,
    loopback: string,
    uplinks: string[],
    lans: [string, string][],
    more: Partial<Speaker> = {},
  ): Speaker => ({
    ...speaker(name, { asn, at: [`lo ${loopback}/32`], routerId: loopback }),
    interfaces: [
      { name: "lo", addresses: [`${loopback}/32`] },
      ...uplinks.map((segment, index) => ({ name: `net${index}`, segment, addresses: [] })),
      ...lans.map(([segment, address]) => ({ name: segment, segment, addresses: [`${address}/24`] })),
    ],
    originate: [{ kind: "redistribute", from: "connected" }],
    ...more,
  });
  const unnumbered = (name: string, defaults = false): Neighbor => ({
    interface: name,
    remoteAs: "external",
    ...(defaults ? { families: { ipv4: { defaultOriginate: true } } } : {}),
  });
  const node = (name: string, asn: number, segment: string, address: string, tor: string, index: number): Speaker => ({
    ...speaker(name, { ...gobgp, asn, at: [`${segment} ${address}/24`], bgp: { listens: false } }),
    routes: [{ prefix: "0.0.0.0/0", via: [address.replace(/2$/, "1")], source: "kernel" }],
    neighbors: [to(tor, asn)],
    originate: [{ kind: "network", prefix: `10.1.${index}.0/24` }],
  });
  const speakers = [
    router("router0", 65000, "10.0.0.0", ["up0", "up1"], [], {
      neighbors: [unnumbered("net0", true), unnumbered("net1", true)],
      routes: [{ prefix: "10.0.0.0/8", blackhole: true, source: "kernel" }],
    }),
    router(
      "tor0",
      65010,
      "10.0.0.1",
      ["up0"],
      [
        ["lan1", "10.0.1.1"],
        ["lan2", "10.0.2.1"],
      ],
      {
        neighbors: [unnumbered("net0"), to("10.0.1.2", "internal"), to("10.0.2.2", "internal")],
      },
    ),
    router(
      "tor1",
      65011,
      "10.0.0.2",
      ["up1"],
      [
        ["lan3", "10.0.3.1"],
        ["lan4", "10.0.4.1"],
      ],
      {
        neighbors: [unnumbered("net0"), to("10.0.3.2", "internal"), to("10.0.4.2", "internal")],
        bgp: { multipathRelax: true },
      },
    ),
    node("control-plane", 65010, "lan1", "10.0.1.2", "10.0.0.1", 0),
    node("worker", 65010, "lan2", "10.0.2.2", "10.0.0.1", 1),
    node("worker2", 65011, "lan3", "10.0.3.2", "10.0.0.2", 2),
    node("worker3", 65011, "lan4", "10.0.4.2", "10.0.0.2", 3),
  ];
  const names = ["up0", "up1", "lan1", "lan2", "lan3", "lan4"];
  return { version: 1, speakers, segments: names.map((name) => ({ name, prefixes: [] })) };
}

describe("lab 003: Cilium racks", () => {
  test("router0 has 2 sessions, each ToR 3", () => {
    expect(["router0", "tor0", "tor1"].map((name) => upOf(lab003(), name))).toEqual([2, 3, 3]);
  });

  test("a pod block crosses the racks, and the ToRs' default points at router0", () => {
    const solution = solve(lab003());
    expect(best(solution, "tor1", "10.1.0.0/24")?.asPath).toEqual([65000, 65010]);
    expect(nextHops(solution, "tor0", "10.1.0.0/24")).toEqual(["10.0.1.2"]);
    expect(nextHops(solution, "tor1", "0.0.0.0/0")).toEqual(["net0"]);
  });

  test("what of 10.0.0.0/8 nobody announces is dropped at router0", () => {
    expect(nextHops(solve(lab003()), "router0", "10.0.0.0/8")).toEqual(["blackhole"]);
  });
});

describe("lab 004: the training module", () => {
  const meshed = (count: number): Network =>
    network(
      Object.fromEntries(
        Array.from({ length: count }, (_, node): [string, Sketch] => {
          const address = (index: number): string => `10.0.${Math.floor(index / 200)}.${(index % 200) + 10}`;
          const others = Array.from({ length: count }, (__, other) => other).filter((other) => other !== node);
          return [
            `n${node}`,
            {
              ...bird,
              asn: 64512,
              at: [`net ${address(node)}/16`],
              neighbors: others.map((other) => to(address(other), 64512)),
            },
          ];
        }),
      ),
    );

  test("a mesh of 100 nodes has 4,950 sessions", () => {
    expect(solve(meshed(100)).sessions.filter((each) => each.up)).toHaveLength(4950);
  });

  test("200 nodes with 3 reflectors and a ToR peer each: 197 x 3 + 3 + 200 = 794", () => {
    const address = (index: number): string => `10.0.0.${index + 2}`;
    const nodes = Array.from({ length: 200 }, (_, node): [string, Sketch] => {
      const isReflector = node < 3;
      const neighbors = [to("10.0.0.1", 64501, { localAddress: address(node) })];
      for (let other = 0; other < 200; other++) {
        if (other === node || !(isReflector || other < 3)) continue;
        neighbors.push(to(address(other), 64512, {}, isReflector && other >= 3 ? { reflectorClient: true } : {}));
      }
      const bgp = isReflector ? { clusterId: "1.0.0.1" } : {};
      return [`n${node}`, { ...bird, asn: 64512, at: [`net ${address(node)}/24`], bgp, neighbors }];
    });
    const tor: Sketch = {
      asn: 64501,
      at: ["net 10.0.0.1/24"],
      bgp: { listenLimit: 250 },
      groups: { NODES: { remoteAs: 64512 } },
      listen: [{ prefix: "10.0.0.0/24", group: "NODES" }],
    };
    expect(forecast(Object.fromEntries([["tor", tor], ...nodes])).sessions.filter((each) => each.up)).toHaveLength(794);
  });
});
