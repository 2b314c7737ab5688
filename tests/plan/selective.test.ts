/** Which nodes speak to which router, and what both ends of a session are told: facts of the Network that comes of it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calico, cilium, kubeRouter } from "../../components/cni/choices";
import type { CniChoice } from "../../components/cni/choice";
import { forecast } from "../../components/forecast/forecast";
import { routeLines, sessionLines } from "../../components/forecast/lines";
import { UserError, orThrow } from "../../components/model/errors";
import { planCluster } from "../../components/plan/cluster";
import { whole } from "../../components/plan/combine";
import { place } from "../../components/plan/place";
import { planPool } from "../../components/plan/pool";
import { type RackRouterSpec, planRack } from "../../components/plan/rack";
import { type SelectiveSpec, planSelective } from "../../components/plan/selective";
import type { ClusterFacts, RackFacts } from "../../components/plan/facts";

interface Lab {
  cni?: CniChoice;
  racks?: number;
  /** In each rack. */
  nodes?: number;
  router?: Partial<RackRouterSpec>;
}

function lab({ cni = calico({ asn: 65010 }), racks = 1, nodes = 3, router = {} }: Lab = {}) {
  const all = Array.from({ length: racks }, (_, index) =>
    planRack(`rack${index + 1}`, {
      segments: [`10.10.${index + 1}.0/24`],
      router: { os: "frr", asn: 65001 + index, address: `10.10.${index + 1}.1`, maximumPaths: 4, ...router },
    }),
  );
  const cluster = planCluster("k01", {
    cni,
    pods: "192.168.0.0/16",
    nodes: all.flatMap((rack, index) =>
      place(
        rack,
        Array.from({ length: nodes }, (_, node) => `r${index + 1}n${node + 1}`),
        { from: `10.10.${index + 1}.10` },
      ),
    ),
  });
  return { racks: all, cluster };
}

type Wanted = Omit<SelectiveSpec<ClusterFacts, RackFacts, unknown>, "cluster" | "racks">;

function network(wanted: Wanted, options: Lab = {}, advertise = true) {
  const { racks, cluster } = lab(options);
  const fabric = planSelective("edge", { cluster, racks, ...wanted });
  const pool = planPool("services", { cluster, cidr: "172.16.0.240/28", advertise });
  const { network: made, written } = orThrow(whole([...racks, cluster, fabric, pool]));
  const expected = forecast(made);
  const tor = made.speakers.find(({ name }) => name === "rack1-tor");
  const up = expected.solution.sessions.filter((session) => session.up);
  return { fabric, made, written, expected, tor, up, lines: sessionLines(expected) };
}

function refusal(wanted: Wanted, options: Lab = {}): string[] {
  try {
    network(wanted, options);
  } catch (error) {
    if (error instanceof UserError) return error.message.split("\n");
    throw error;
  }
  throw new Error("the plan took it");
}

const peers = (fabric: ReturnType<typeof planSelective>) =>
  fabric.objects.filter(({ kind }) => kind === "BGPPeer").map(({ metadata, spec }) => [metadata.name, spec]);

describe("every node of one rack", () => {
  const all = network({ speakers: "all" });

  it("has a session: three, and the pool comes by all of them", () => {
    expect(all.up).toHaveLength(3);
    expect(routeLines(all.expected, { speakers: ["rack1-tor"] })).toEqual([
      "rack1-tor 172.16.0.240/28: ebgp via 10.10.1.10 10.10.1.11 10.10.1.12, path 65010",
    ]);
  });

  it("needs no label and no node selector", () => {
    expect(peers(all.fabric)).toEqual([["bgppeer-arista", { peerIP: "10.10.1.1", asNumber: 65001 }]]);
    expect(all.fabric.label).toBeUndefined();
  });

  it("comes by one next hop alone with maximumPaths 1, and by none before the pool is announced", () => {
    const one = network({ speakers: "all" }, { router: { maximumPaths: 1 } });
    expect(routeLines(one.expected, { speakers: ["rack1-tor"] })).toEqual([
      "rack1-tor 172.16.0.240/28: ebgp via 10.10.1.10, path 65010",
    ]);
    const quiet = network({ speakers: "all" }, {}, false);
    expect([quiet.up.length, routeLines(quiet.expected, { speakers: ["rack1-tor"] })]).toEqual([3, []]);
  });
});

describe("every node of two racks", () => {
  it("speaks to the router of its own rack, chosen by where it stands", () => {
    const { fabric, up } = network({ speakers: "all" }, { racks: 2 });
    expect(up).toHaveLength(6);
    expect(peers(fabric).map(([name, spec]) => [name, (spec as { nodeSelector?: string }).nodeSelector])).toEqual([
      ["bgppeer-arista-rack1", 'segment == "rack1"'],
      ["bgppeer-arista-rack2", 'segment == "rack2"'],
    ]);
  });
});

describe("two speakers in each rack", () => {
  it("are the first two of each, whatever nodes are appended", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 8 }), (racks, nodes) => {
        const speakers = (count: number) =>
          network({ speakers: { perRack: 2 } }, { racks, nodes: count }).fabric.speakers.map(({ name }) => name);
        expect(speakers(nodes)).toHaveLength(racks * 2);
        expect(speakers(nodes + 1)).toEqual(speakers(nodes));
      }),
      { numRuns: 20 },
    );
  });

  it("carry the label, and no other node does", () => {
    const { fabric, up } = network({ speakers: { perRack: 2 } }, { racks: 2 });
    expect(fabric.label).toBe("bgp-peer");
    expect(fabric.speakers.map(({ name }) => name)).toEqual(["r1n1", "r1n2", "r2n1", "r2n2"]);
    expect(up).toHaveLength(4);
  });
});

describe("a session", () => {
  it("has its password on both ends, by one name, and the value in neither", () => {
    const { fabric, tor, up } = network({ speakers: "all", session: { password: "correct-horse" } });
    expect(fabric.secret).toEqual({ name: "edge-session", namespace: "calico-system" });
    expect(peers(fabric)[0]?.[1]).toMatchObject({
      password: { secretKeyRef: { name: "edge-session", key: "password" } },
    });
    expect(tor?.groups?.["k01"]?.password).toBe("edge-session");
    expect(up).toHaveLength(3);
    expect(JSON.stringify(fabric)).not.toContain("correct-horse");
  });

  it("has keepalive, TTL security, graceful restart and a limit of prefixes where they belong", () => {
    const { fabric, tor, up } = network({
      speakers: "all",
      session: { timers: { keepalive: 20 }, ttlSecurity: 1, gracefulRestart: { restartTime: 60 }, maximumPrefixes: 50 },
    });
    expect(peers(fabric)[0]?.[1]).toMatchObject({ keepaliveTime: "20s", ttlSecurity: 1, maxRestartTime: "60s" });
    expect(tor?.groups?.["k01"]).toMatchObject({
      timers: { keepalive: 20 },
      ttlSecurity: 1,
      families: { ipv4: { maximumPrefix: { limit: 50 } } },
    });
    expect(up).toHaveLength(3);
  });

  it("with an ASN of its own for the nodes of the rack is up with that ASN", () => {
    const { lines } = network({ speakers: "all", session: { asn: 65099 } });
    expect(lines[0]).toContain("AS 65099 - 65001");
  });
});

describe("the router lets in", () => {
  const list = (cni: CniChoice) => network({ speakers: "all" }, { cni }).tor?.prefixLists?.["k01-announced"];

  it("the pool and longer prefixes of it, the default route first of all denied", () => {
    expect(list(calico({ asn: 65010 }))).toEqual([
      { seq: 4, action: "deny", prefix: "0.0.0.0/0" },
      { seq: 10, action: "permit", prefix: "172.16.0.240/28", le: 32 },
    ]);
  });

  it("pod blocks where nodes announce them, and no single pod's address", () => {
    for (const cni of [
      calico({ asn: 65010, encapsulation: "None" }),
      cilium({ asn: 65010 }),
      kubeRouter({ asn: 65010 }),
    ]) {
      expect(list(cni)).toContainEqual({ seq: 20, action: "permit", prefix: "192.168.0.0/16", le: 26 });
    }
  });
});

describe("refused, with the argument, what was wrong, and what would be right", () => {
  it.each<[string, Wanted, Lab, RegExp]>([
    [
      "more speakers than the router bears sessions",
      { speakers: "all" },
      { router: { peerLimit: 2 } },
      /: speakers: found "3 nodes", expected at most 2 at rack1-tor: it bears no more sessions; .*perRack/,
    ],
    [
      "more speakers in a rack than it has nodes",
      { speakers: { perRack: 4 } },
      {},
      /: speakers\.perRack: found "4", expected at most 3: rack1 has no more nodes of k01/,
    ],
    [
      "no speaker in a rack",
      { speakers: { perRack: 0 } },
      {},
      /: speakers\.perRack: found "0", expected a whole number/,
    ],
    [
      "no speaker at all",
      { speakers: { nodes: [] } },
      {},
      /: speakers\.nodes: found nothing, expected at least one node/,
    ],
    ["one node twice", { speakers: { nodes: ["r1n1", "k01-r1n1"] } }, {}, /: speakers\.nodes\[1\]: .*each node once/],
    [
      "the loopback of a router that has none",
      { speakers: "all", session: { to: "loopback" } },
      {},
      /: session\.to: found "loopback", expected "segment": rack1-tor has no loopback; .*loopback: "10\.0\.0\.1"/,
    ],
    [
      "BFD where the router runs no daemon for it",
      { speakers: "all", session: { bfd: true } },
      {},
      /: session\.bfd: .*rack1-tor runs no BFD daemon; .*bfd: true/,
    ],
    [
      "BFD with Calico, which has none",
      { speakers: "all", session: { bfd: true } },
      { router: { bfd: true } },
      /: session\.bfd: .*open-source Calico has no BFD/,
    ],
    [
      "a hold time with Calico, which has no field for it",
      { speakers: "all", session: { timers: { hold: 90 } } },
      {},
      /: session\.timers\.hold: found "90".*240 seconds/,
    ],
    [
      "an ASN of its own with kube-router, whose nodes have one",
      { speakers: "all", session: { asn: 65099 } },
      { cni: kubeRouter({ asn: 65010 }) },
      /: session\.asn: found "65099", expected nothing: a node has one ASN/,
    ],
    [
      "a password with kube-router, which reads no secret",
      { speakers: "all", session: { password: "correct-horse" } },
      { cni: kubeRouter({ asn: 65010 }) },
      /: session\.password: .*not from a secret/,
    ],
    [
      "no prefix at all",
      { speakers: "all", session: { maximumPrefixes: 0 } },
      {},
      /: session\.maximumPrefixes: found "0", expected a whole number, 1 or more/,
    ],
    [
      "an ASN that does not exist",
      { speakers: "all", session: { asn: 0 } },
      {},
      /: session\.asn: found "0", expected an ASN from 1/,
    ],
  ])("%s", (_what, wanted, options, said) => {
    const lines = refusal(wanted, options);
    expect(lines[0]).toMatch(said);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it("a version of FRR that the image does not have", () => {
    expect(refusal({ speakers: "all" }, { router: { version: "10.3" } })[0]).toMatch(
      /: router\.version: found "10\.3", expected 8\.4: the image has no other version of frr/,
    );
  });
});
