/**
 * Lab 001 alive: eight nodes of two clusters on one segment, real BIRD, real API servers, real kube-proxy. It proves the
 * facts of the lab's last step; Calico's own agents do not run here, BIRD's configuration is our reading of their rules.
 */
import { describe, expect, it } from "vitest";
import { readProtocols } from "../../components/live/systems/bird";
import { labOf, until } from "./stackLab";

const A = ["cluster-a", "cluster-a-m02", "cluster-a-m03", "cluster-a-m04"];
const B = A.map((name) => name.replace("cluster-a", "cluster-b"));
const isReflector = (name: string) => /m0[34]$/.test(name);

const { inside, inPod, api, onKind } = labOf("two-clusters");

/** Runs a program in the cluster's shell pod. */
const inShell = (letter: "a" | "b", ...command: string[]) => inPod(`tmp-shell-${letter}`, command, `cluster-${letter}`);

const get = (letter: "a" | "b", url: string) => inShell(letter, "curl", "-s", "-m", "5", url);

async function sessionsOf(node: string) {
  const text = await inside(node, "birdc", "-s", "/run/bird/bird.ctl", "show", "protocols", "all");
  return readProtocols(node, text).filter(({ up }) => up);
}

async function nextHops(node: string, prefix: string): Promise<string[]> {
  const text = await inside(node, "ip", "-j", "route", "show", prefix);
  const [route] = JSON.parse(text) as { gateway?: string; nexthops?: { gateway: string }[] }[];
  return (route?.nexthops ?? (route === undefined ? [] : [route])).flatMap(({ gateway }) => gateway ?? []).sort();
}

interface EchoPod {
  spec: { nodeName: string };
  metadata: { name: string };
  status: { podIP: string };
}

const podsOf = async (letter: "a" | "b") =>
  (
    await api(`cluster-${letter}`).get<{ items: EchoPod[] }>(
      `/api/v1/namespaces/default/pods?labelSelector=app%3Dechoserver-${letter}`,
    )
  ).items;

describe("sessions", () => {
  it("plain nodes keep two, reflectors have one with each node of their cluster and two of the other", async () => {
    for (const node of [...A, ...B]) {
      const sessions = await sessionsOf(node);
      const own = node.startsWith("cluster-a") ? 64512 : 64513;
      const [inner, between] = [true, false].map((same) =>
        sessions.filter(({ peerAsn }) => (peerAsn === own) === same),
      );
      expect([node, inner?.length, between?.length]).toEqual([
        node,
        isReflector(node) ? 3 : 2,
        isReflector(node) ? 2 : 0,
      ]);
    }
  });

  it("between the clusters are exactly four, each reflector with both of the other cluster", async () => {
    const seen = await Promise.all(A.filter(isReflector).map(sessionsOf));
    const far = seen.flat().filter(({ peerAsn }) => peerAsn === 64513);
    expect(far.map(({ speaker, peer }) => `${speaker} ${peer}`).sort()).toEqual([
      "cluster-a-m03 172.28.2.3",
      "cluster-a-m03 172.28.2.4",
      "cluster-a-m04 172.28.2.3",
      "cluster-a-m04 172.28.2.4",
    ]);
  });
});

describe("routes", () => {
  it("every node has the other's blocks and services over both of its reflectors", async () => {
    for (const [nodes, hops, prefixes] of [
      [A, ["172.28.2.3", "172.28.2.4"], ["10.210.0.0/26", "10.210.0.64/26", "10.211.0.0/16"]],
      [B, ["172.28.1.3", "172.28.1.4"], ["10.200.0.0/26", "10.200.0.64/26", "10.201.0.0/16"]],
    ] as const) {
      for (const node of nodes) {
        for (const prefix of prefixes)
          expect([node, prefix, await nextHops(node, prefix)]).toEqual([node, prefix, hops]);
      }
    }
  });

  it("no route of a single pod leaves its node", async () => {
    const text = await inside("cluster-a-m04", "ip", "route");
    // A pod of the node's own has its route by the node's end of its link.
    const far = text.split("\n").filter((line) => /^10\.2\d\d\.\d+\.\d+ /.test(line) && !/ dev (cali|veth)/.test(line));
    expect(far).toEqual([]);
  });
});

describe("the echo server, 8385 to 8080", () => {
  it.each([
    ["a", "b"],
    ["b", "a"],
  ] as const)("answers a pod of %s at each pod of %s, and sees that pod's own address: no NAT", async (from, to) => {
    const address = /inet ([\d.]+)\//.exec(await inShell(from, "ip", "-4", "address", "show", "dev", "eth0"))?.[1];
    const pods = await podsOf(to);
    expect(pods).toHaveLength(2);
    for (const { metadata, spec, status } of pods) {
      // A pod of an image does not know its node.
      const who = onKind ? metadata.name : `${metadata.name} on ${spec.nodeName}`;
      expect(await get(from, `http://${status.podIP}:8080/`)).toBe(`${who} answers ${address}\n`);
    }
  });

  it.each([
    ["a", "b"],
    ["b", "a"],
  ] as const)(
    "answers a pod of %s at the service of %s; kube-proxy there puts its node's address in",
    async (from, to) => {
      const { spec } = await api(`cluster-${to}`).get<{ spec: { clusterIP: string } }>(
        `/api/v1/namespaces/default/services/echoserver-${to}-service`,
      );
      const said = await get(from, `http://${spec.clusterIP}:8385/`);
      const where = onKind ? "" : ` on cluster-${to}\\S*`;
      expect(said).toMatch(new RegExp(`^echoserver-${to}-deployment-\\S+${where} answers `));
      const client = /answers (\S+)/.exec(said)?.[1] ?? "";
      expect(client).toMatch(to === "b" ? /^172\.28\.2\.|^10\.210\./ : /^172\.28\.1\.|^10\.200\./);
    },
  );
});

describe("pods", () => {
  it("have their address and node in the API", async () => {
    for (const { spec, status } of await podsOf("a")) {
      expect(A).toContain(spec.nodeName);
      expect(status.podIP).toMatch(/^10\.200\./);
    }
  });
});

describe("CalicoNodeStatus", () => {
  it("is filled by the node that it names: a reflector's sessions by their kinds", async () => {
    const cluster = api("cluster-a");
    const path = "/apis/projectcalico.org/v3/caliconodestatuses";
    await cluster.create(path, {
      apiVersion: "projectcalico.org/v3",
      kind: "CalicoNodeStatus",
      metadata: { name: "m03" },
      spec: { node: "cluster-a-m03", classes: ["Agent", "BGP", "Routes"], updatePeriodSeconds: 1 },
    });
    interface Filled {
      status?: {
        agent?: { birdV4?: { state?: string } };
        bgp?: { numberEstablishedV4: number; numberNotEstablishedV4: number };
        routes?: { routesV4?: { destination: string; type: string }[] };
      };
    }
    try {
      await until(
        "the node has filled it",
        15,
        async () => (await cluster.get<Filled>(`${path}/m03`)).status !== undefined,
      );
      const { status } = await cluster.get<Filled>(`${path}/m03`);
      expect(status?.agent?.birdV4?.state).toBe("Ready");
      expect(status?.bgp).toMatchObject({ numberEstablishedV4: 5, numberNotEstablishedV4: 0 });
      expect(
        status?.routes?.routesV4?.filter(({ type }) => type === "FIB").map(({ destination }) => destination),
      ).toEqual(expect.arrayContaining(["10.210.0.0/26", "10.211.0.0/16"]));
    } finally {
      await cluster.delete(`${path}/m03`);
    }
  });
});
