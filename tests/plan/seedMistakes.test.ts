/**
 * The training module's table of common mistakes (lab 004), each as a program of components: what is refused before anything
 * is made, and what the preview says of the rest. The right program is the first of them, and nothing is said about it.
 */
import { describe, expect, it } from "vitest";
import { calico, metallb } from "../../components/cni/choices";
import { UserError } from "../../components/model/errors";
import { planAdvertised } from "../../components/plan/advertised";
import { type ClusterSpec, planCluster } from "../../components/plan/cluster";
import { whole } from "../../components/plan/combine";
import type { Planned } from "../../components/plan/facts";
import { planLeafSpine } from "../../components/plan/leafSpine";
import { planLive } from "../../components/plan/live";
import { place } from "../../components/plan/place";
import { type ReflectorSelection, planReflectorTier } from "../../components/plan/reflectorTier";
import { type SelectiveSpec, planSelective } from "../../components/plan/selective";

interface Program {
  asn?: number;
  leafAsn?: number;
  reflectors?: ReflectorSelection["nodes"];
  racks?: number;
  services?: boolean;
  ownRoutesOnly?: boolean;
  session?: SelectiveSpec["session"];
  cluster?: Partial<ClusterSpec>;
}

const CONTROL = ["cp-01", "cp-02", "cp-03"];

function program({ asn = 64512, services = true, ownRoutesOnly = true, ...mistake }: Program = {}): Planned[] {
  const fabric = planLeafSpine("dc", {
    spines: [1, 2].map((number) => ({ name: `spine-${number}`, os: "frr", asn: 64900 })),
    leaves: ["rack-a", "rack-b"].map((name, index) => ({
      name,
      segments: [`10.0.20.${index * 64}/26`],
      router: {
        os: "frr",
        asn: (mistake.leafAsn ?? 64901) + index,
        address: `10.0.20.${index * 64 + 1}`,
        maximumPaths: 16,
        bfd: mistake.session?.bfd !== undefined,
      },
    })),
  });
  const cluster = planCluster("k8s", {
    cni: calico({ asn, encapsulation: "None" }),
    pods: "10.244.0.0/16",
    services: "10.96.0.0/12",
    nodes: fabric.racks.flatMap((rack, index) => [
      ...place(
        rack,
        CONTROL.filter((_, at) => at % 2 === index),
        { from: `10.0.20.${index * 64 + 2}`, controlPlane: true },
      ),
      ...place(rack, [`worker-0${index + 1}`], { from: `10.0.20.${index * 64 + 10}` }),
    ]),
    ...mistake.cluster,
  });
  const { session } = mistake;
  return [
    fabric,
    cluster,
    planSelective("tors", {
      cluster,
      racks: fabric.racks,
      speakers: "all",
      ownRoutesOnly,
      ...(session === undefined ? {} : { session }),
    }),
    planReflectorTier("reflectors", {
      cluster,
      reflectors: { nodes: mistake.reflectors ?? "control-plane" },
      clusterId: "1.0.0.1",
      ...(mistake.racks === undefined ? {} : { racks: mistake.racks }),
    }),
    ...(services ? [planAdvertised("services", { cluster, clusterIPs: true })] : []),
  ];
}

const said = (mistake?: Program): string[] => planLive(program(mistake)).advice.map(({ rule }) => rule);

function refused(mistake: Program): string {
  try {
    planLive(program(mistake));
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("the plan took it");
}

describe("the right program", () => {
  it("has nothing of the table said about it", () => {
    const table = /^(reflector|mesh|asn|filter|route|session\/no-graceful|service|node)/;
    expect(said().filter((rule) => table.test(rule))).toEqual([]);
  });
});

describe("the preview says", () => {
  it("full mesh at scale: 101 nodes are 5050 sessions", () => {
    const fabric = planLeafSpine("dc", {
      spines: [{ name: "spine-1", os: "frr", asn: 64900 }],
      leaves: [
        { name: "rack-a", segments: ["10.0.20.0/24"], router: { os: "frr", address: "10.0.20.1", peerLimit: 128 } },
      ],
    });
    const [rack] = fabric.racks;
    if (rack === undefined) throw new Error("no rack");
    const names = Array.from({ length: 101 }, (_, index) => `n${index + 1}`);
    const cluster = planCluster("k8s", {
      cni: calico({ asn: 64512 }),
      pods: "10.244.0.0/16",
      nodes: place(rack, names),
    });
    const tors = planSelective("tors", { cluster, racks: [rack], speakers: "all", mesh: true });
    const combined = whole([fabric, cluster, tors]);
    const findings = combined.ok ? combined.value.findings : [];
    expect(findings.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([expect.stringContaining("a full mesh of 101 nodes is 5050 sessions")]),
    );
  });

  it("a wrong ASN: a public one is its holder's", () => {
    expect(said({ asn: 3320 }).some((rule) => rule.startsWith("asn/"))).toBe(true);
  });

  it("a single reflector", () => {
    expect(said({ reflectors: ["cp-01"], racks: 1 })).toContain("reflector/single");
  });

  it("reflectors on workers", () => {
    expect(said({ reflectors: ["worker-01", "worker-02"] })).toContain("reflector/on-worker");
  });

  it("nodes that announce to the ToR what they learned from reflectors", () => {
    expect(said({ ownRoutesOnly: false })).toContain("node/re-exports");
  });
});

describe("the components leave no way to", () => {
  const tor = (mistake?: Program) =>
    planLive(program(mistake)).network.speakers.find(({ name }) => name === "rack-a-tor");

  it("forget the filter on the switch: the ToR permits what the cluster announces, the default route denied first", () => {
    expect(tor()?.prefixLists?.["k8s-announced"]).toEqual([
      { seq: 4, action: "deny", prefix: "0.0.0.0/0" },
      { seq: 10, action: "permit", prefix: "10.96.0.0/12", le: 32 },
      { seq: 20, action: "permit", prefix: "10.244.0.0/16", le: 26 },
    ]);
  });

  it("take single pods: the list ends at the blocks' length", () => {
    const lists = tor()?.prefixLists?.["k8s-announced"] ?? [];
    expect(lists.find(({ prefix }) => prefix === "10.244.0.0/16")?.le).toBe(26);
  });

  it("take services that the program does not announce", () => {
    const lists = tor({ services: false })?.prefixLists?.["k8s-announced"] ?? [];
    expect(lists.map(({ prefix }) => prefix)).toEqual(["0.0.0.0/0", "10.244.0.0/16"]);
  });
});

describe("refused before anything is made", () => {
  it("MetalLB in the CNI's place", () => {
    expect(refused({ cluster: { cni: metallb({ asn: 64512 }) } })).toMatch(
      /cni: found "metallb", expected a CNI that carries pods: MetalLB announces services alone; say balancer: metallb/,
    );
  });

  it("BFD on Calico's sessions: open source has none", () => {
    expect(refused({ session: { bfd: true } })).toMatch(/session\.bfd: .*Calico/);
  });

  it("BFD on MetalLB's native speaker, with the mode that has it", () => {
    const balancer = metallb({ asn: 64513, mode: "native" });
    expect(refused({ cluster: { balancer }, session: { bfd: true } })).toMatch(/session\.bfd: .*frr/i);
  });

  it("an ASN that is reserved", () => {
    expect(refused({ asn: 65535 })).toMatch(/asn: found "65535"/);
  });

  it("a leaf with the spines' ASN", () => {
    expect(refused({ leafAsn: 64900 })).toMatch(
      /leaves\[0\]\.router\.asn: found "64900", expected an ASN other than spine-1's/,
    );
  });

  it("all reflectors in one rack, with nodes of another to take", () => {
    expect(refused({ reflectors: ["cp-01", "cp-03"] })).toMatch(
      /reflectors\.nodes: found "cp-01, cp-03", expected reflectors in at least 2 racks/,
    );
  });
});
