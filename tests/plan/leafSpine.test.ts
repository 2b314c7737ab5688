/** Racks under spines: who speaks to whom, which routes every router has, and the way between pods of two racks. */
import { describe, expect, it } from "vitest";
import { calico, cilium } from "../../components/cni/choices";
import { explain, stepNames } from "../../components/forecast/explain";
import { forecast } from "../../components/forecast/forecast";
import { UserError, orThrow } from "../../components/model/errors";
import { planCluster } from "../../components/plan/cluster";
import { combine } from "../../components/plan/combine";
import { type LeafSpineSpec, planLeafSpine } from "../../components/plan/leafSpine";
import { place } from "../../components/plan/place";
import { planSelective } from "../../components/plan/selective";

/** Lab 003's racks: two segments each, under one border router. */
const RACKS: LeafSpineSpec = {
  spines: [
    { name: "router0", os: "frr", asn: 65000, loopback: "10.0.0.0", originateDefault: true, blackhole: ["10.0.0.0/8"] },
  ],
  leaves: [0, 1].map((index) => ({
    name: `rack${index}`,
    segments: [1, 2].map((segment) => `10.0.${index * 2 + segment}.0/24`),
    router: {
      os: "frr" as const,
      name: `tor${index}`,
      asn: 65010 + index,
      address: `10.0.${index * 2 + 1}.1`,
      loopback: `10.0.0.${index + 1}`,
      neighbors: "listed" as const,
    },
  })),
};

const plain = (spines: number, leaves: number): LeafSpineSpec => ({
  spines: Array.from({ length: spines }, (_, index) => ({ name: `spine${index + 1}`, os: "frr", asn: 64500 })),
  leaves: Array.from({ length: leaves }, (_, index) => ({
    name: `rack${index + 1}`,
    segments: [`10.0.${index + 1}.0/24`],
    router: { os: "frr", address: `10.0.${index + 1}.1` },
  })),
});

function lab003() {
  const fabric = planLeafSpine("backbone", RACKS);
  const nodes = fabric.racks.flatMap((rack) =>
    rack.segments.flatMap(({ name }, index) =>
      place(rack, [`${rack.name}-${index + 1}`], {
        segment: name,
        from: name === undefined ? "" : `${subnet(rack, name)}.2`,
      }),
    ),
  );
  const cluster = planCluster("demo", { cni: cilium({ asn: 65010 }), pods: "10.1.0.0/16", nodes });
  const peers = planSelective("racks", {
    cluster,
    racks: fabric.racks,
    speakers: "all",
    session: { asn: "rack", to: "loopback" },
  });
  return forecast(combine([fabric, cluster, peers]));
}

function subnet(rack: { segments: readonly { name: string; prefix: string }[] }, name: string): string {
  return (rack.segments.find((one) => one.name === name)?.prefix ?? "").split(".").slice(0, 3).join(".");
}

describe("lab 003 out of components", () => {
  const lab = lab003();
  const up = lab.solution.sessions.filter((session) => session.up);
  const of = (name: string) => up.filter(({ ends }) => ends.some(({ speaker }) => speaker === name));

  it("has 2 sessions at the border router and 3 at each ToR: one up, two iBGP with nodes that dial its loopback", () => {
    expect(["router0", "tor0", "tor1"].map((name) => of(name).length)).toEqual([2, 3, 3]);
    expect(of("tor1").map(({ kind }) => kind)).toEqual(expect.arrayContaining(["ebgp", "ibgp", "ibgp"]));
  });

  it("gives each ToR the default route, and the border router every pod block by the ToR of its rack", () => {
    for (const tor of ["tor0", "tor1"]) {
      expect(lab.routes(tor).get("0.0.0.0/0")).toMatchObject({ from: ["router0"], asPath: [65000] });
    }
    const blocks = [...lab.routes("router0")].filter(([prefix]) => prefix.startsWith("10.1."));
    expect(blocks.map(([prefix, { from }]) => [prefix, from])).toEqual([
      ["10.1.0.0/26", ["tor0"]],
      ["10.1.0.64/26", ["tor0"]],
      ["10.1.0.128/26", ["tor1"]],
      ["10.1.0.192/26", ["tor1"]],
    ]);
  });

  it("carries a packet from a pod of one rack to a pod of the other, and drops what nobody announces", () => {
    const way = orThrow(explain(lab, "demo-rack0-1", "10.1.0.130"));
    expect([way.outcome, stepNames(way)]).toEqual([
      "delivered",
      ["demo-rack0-1", "tor0", "router0", "tor1", "demo-rack1-1"],
    ]);
    const lost = orThrow(explain(lab, "tor0", "10.99.0.1"));
    expect(lost.endings).toMatchObject([{ speaker: "router0", outcome: "dropped" }]);
  });
});

describe("two spines over three racks", () => {
  it("have a session a link, and a leaf has the other racks over both spines", () => {
    const lab = forecast(combine([planLeafSpine("dc", plain(2, 3))]));
    expect(lab.solution.sessions.filter(({ up, kind }) => up && kind === "ebgp")).toHaveLength(6);
    expect(lab.routes("rack1-tor").get("10.0.3.0/24")?.from).toEqual(["spine1", "spine2"]);
  });

  it("keep every link and every ASN when a rack is appended", () => {
    const [three, four] = [planLeafSpine("dc", plain(2, 3)), planLeafSpine("dc", plain(2, 4))];
    expect(four.links.slice(0, 6)).toEqual(three.links);
    expect(four.racks.map(({ router }) => router.asn)).toEqual([64601, 64602, 64603, 64604]);
  });

  it("take a Calico cluster whose nodes speak eBGP to their leaf: a pod's packet crosses the spines", () => {
    const fabric = planLeafSpine("dc", plain(2, 2));
    const cluster = planCluster("k8s", {
      cni: calico({ asn: 64512, encapsulation: "None" }),
      pods: "10.244.0.0/16",
      nodes: fabric.racks.flatMap((rack, index) => place(rack, [`node${index}`], { from: `10.0.${index + 1}.10` })),
    });
    const peers = planSelective("racks", { cluster, racks: fabric.racks, speakers: "all", ownRoutesOnly: true });
    const way = orThrow(explain(forecast(combine([fabric, cluster, peers])), "k8s-node0", "10.244.0.70"));
    expect([way.outcome, stepNames(way)]).toEqual([
      "delivered",
      ["k8s-node0", "rack1-tor", "spine1 | spine2", "rack2-tor", "k8s-node1"],
    ]);
  });
});

describe("a leaf that serves two racks", () => {
  const two: LeafSpineSpec = {
    ...plain(2, 2),
    leaves: plain(2, 2).leaves.map((leaf, index) =>
      index === 0 ? { ...leaf, racks: [{ name: "rack1b", segments: ["10.0.9.0/24"] }] } : leaf,
    ),
  };
  const fabric = planLeafSpine("dc", two);

  it("is one router with one ASN, the racks' addresses and one link to each spine", () => {
    expect(fabric.racks.map(({ name, router }) => [name, router.name])).toEqual([
      ["rack1", "rack1-tor"],
      ["rack1b", "rack1-tor"],
      ["rack2", "rack2-tor"],
    ]);
    expect(fabric.links).toHaveLength(4);
    expect(fabric.network.speakers?.map(({ name }) => name)).toEqual(["spine1", "spine2", "rack1-tor", "rack2-tor"]);
    expect(fabric.racks[1]?.segments[0]).toMatchObject({ name: "rack1b", defaultRoute: "10.0.9.1" });
  });

  it("takes sessions of nodes of both, who stand in racks of their own and reach the other leaf's pods", () => {
    const cluster = planCluster("k8s", {
      cni: calico({ asn: 64512, encapsulation: "None" }),
      pods: "10.244.0.0/16",
      nodes: fabric.racks.flatMap((rack) => place(rack, [`on-${rack.name}`])),
    });
    const peers = planSelective("racks", { cluster, racks: fabric.racks, speakers: "all", ownRoutesOnly: true });
    const lab = forecast(combine([fabric, cluster, peers]));
    const atLeaf = lab.solution.sessions.filter(
      ({ up, ends }) => up && ends.some(({ speaker }) => speaker === "rack1-tor"),
    );
    expect(atLeaf).toHaveLength(2 + 2);
    expect(cluster.nodes.map(({ rack }) => rack)).toEqual(["rack1", "rack1b", "rack2"]);
    const way = orThrow(explain(lab, "k8s-on-rack1b", "10.244.0.130"));
    expect([way.outcome, stepNames(way)]).toEqual([
      "delivered",
      ["k8s-on-rack1b", "rack1-tor", "spine1 | spine2", "rack2-tor", "k8s-on-rack2"],
    ]);
  });

  it("changes nothing of the first rack by the second: name and address of its segment stay", () => {
    expect(fabric.racks[0]?.segments).toEqual(planLeafSpine("dc", plain(2, 2)).racks[0]?.segments);
  });
});

describe("refused, all at once", () => {
  const refusal = (args: LeafSpineSpec): string[] => {
    try {
      planLeafSpine("dc", args);
    } catch (error) {
      if (error instanceof UserError) return error.message.split("\n");
      throw error;
    }
    throw new Error("the plan took it");
  };
  const two = plain(1, 2);
  const leafWith = (asn: number) => ({
    ...two,
    leaves: two.leaves.map((leaf) => ({ ...leaf, router: { ...leaf.router, asn } })),
  });

  it.each<[string, LeafSpineSpec, RegExp]>([
    ["no spine", { ...two, spines: [] }, /: spines: .*at least one spine/],
    ["no rack", { ...two, leaves: [] }, /: leaves: .*at least one rack/],
    [
      "one ASN for two leaves",
      leafWith(64700),
      /leaves\[1\]\.router\.asn: found "64700", expected an ASN of its own: rack1 has it/,
    ],
    ["a leaf with the spine's ASN", leafWith(64500), /leaves\[0\]\.router\.asn: .*other than spine1's/],
    ["a name twice", { ...two, leaves: [...two.leaves, ...two.leaves] }, /leaves\[2\]\.name: found "rack1"/],
    [
      "ASNs that run out of the private range",
      { ...two, firstLeafAsn: 65534 },
      /leaves\[1\]\.router\.asn: found "65535, by firstLeafAsn", expected a private ASN \(RFC 6996\)/,
    ],
    [
      "a public ASN to count from",
      { ...two, firstLeafAsn: 3320 },
      /leaves\[0\]\.router\.asn: found "3320, by firstLeafAsn", expected a private ASN/,
    ],
    [
      "a version of FRR that the image does not have",
      { ...two, spines: two.spines.map((spine) => ({ ...spine, version: "10.6" })) },
      /spines\[0\]\.version: found "10\.6", expected 8\.4.*the image has no other version of frr/,
    ],
    [
      "a loopback with a length",
      { ...two, spines: two.spines.map((spine) => ({ ...spine, loopback: "10.0.0.1/32" })) },
      /spines\[0\]\.loopback: found "10\.0\.0\.1\/32"/,
    ],
    ["links without room", { ...two, linkRange: "198.18.0.0/29" }, /linkRange/],
    [
      "a blackhole that is no prefix",
      { ...two, spines: two.spines.map((spine) => ({ ...spine, blackhole: ["10.0.0.1/8"] })) },
      /spines\[0\]\.blackhole\[0\]: found "10\.0\.0\.1\/8"/,
    ],
    [
      "a leaf's address outside of its segment",
      { ...two, leaves: two.leaves.map((leaf) => ({ ...leaf, router: { ...leaf.router, address: "10.9.9.1" } })) },
      /leaves\[0\]: .*router\.address: found "10\.9\.9\.1"/,
    ],
  ])("%s", (_what, args, said) => {
    expect(refusal(args).join("\n")).toMatch(said);
  });

  it("everything that is wrong with several racks together", () => {
    const broken = { ...leafWith(0), spines: [{ name: "spine1", os: "frr" as const, asn: 0 }] };
    expect(refusal(broken).length).toBeGreaterThan(2);
  });
});
