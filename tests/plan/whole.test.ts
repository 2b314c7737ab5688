/** Plans without an engine and without mocks: plain values that make one Network, whose forecast and rules follow. */
import { describe, expect, it } from "vitest";
import { calico } from "../../components/cni/choices";
import { forecast } from "../../components/forecast/forecast";
import { routeLines, sessionLines } from "../../components/forecast/lines";
import { rules } from "../../components/forecast/rules";
import { orThrow } from "../../components/model/errors";
import { planCluster } from "../../components/plan/cluster";
import { combine, whole } from "../../components/plan/combine";
import { place } from "../../components/plan/place";
import { planPool } from "../../components/plan/pool";
import { planRack } from "../../components/plan/rack";
import { planRouter } from "../../components/plan/router";
import { planSegment } from "../../components/plan/segment";
import { planSelective } from "../../components/plan/selective";

function lab(neighbors: "listen" | "listed", advertise = true) {
  const rack = planRack("rack1", {
    segments: ["10.10.10.0/24"],
    router: { os: "frr", asn: 65001, address: "10.10.10.1", neighbors, maximumPaths: 4, name: "tor" },
  });
  const cluster = planCluster("k01", {
    cni: calico({ asn: 65010 }),
    pods: "192.168.0.0/16",
    nodes: place(rack, ["control-plane", "worker", "worker2"], { from: "10.10.10.10" }),
  });
  const fabric = planSelective("edge", { cluster, racks: [rack], speakers: { nodes: ["worker", "worker2"] } });
  const pool = planPool("services", { cluster, cidr: "172.16.0.240/28", advertise });
  return orThrow(whole([rack, cluster, fabric, pool]));
}

describe("parts put together", () => {
  it("make two sessions and one prefix over two next hops, and the rules have nothing to say", () => {
    const { network, findings } = lab("listen");
    const expected = forecast(network);
    expect(sessionLines(expected).map((line) => line.split(":")[0])).toEqual([
      "k01-worker 10.10.10.11 - tor 10.10.10.1",
      "k01-worker2 10.10.10.12 - tor 10.10.10.1",
    ]);
    expect(routeLines(expected, { speakers: ["tor"] })).toEqual([
      "tor 172.16.0.240/28: ebgp via 10.10.10.11 10.10.10.12, path 65010",
    ]);
    expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
    expect(rules(network, expected).filter(({ severity }) => severity !== "info")).toEqual([]);
  });

  it("come to the same with a router whose neighbors are listed one by one", () => {
    const [listen, listed] = [lab("listen"), lab("listed")];
    const lines = ({ network }: typeof listen) => routeLines(forecast(network), { speakers: ["tor"] });
    expect(lines(listed)).toEqual(lines(listen));
    expect(listed.network.speakers.find(({ name }) => name === "tor")?.neighbors.map(({ address }) => address)).toEqual(
      ["10.10.10.11", "10.10.10.12"],
    );
  });

  it("over two racks: each node speaks to the router of its own rack alone", () => {
    const racks = [1, 2].map((index) =>
      planRack(`rack${index}`, {
        segments: [`10.10.${index}0.0/24`],
        router: { os: "frr", asn: 65000 + index, address: `10.10.${index}0.1` },
      }),
    );
    const cluster = planCluster("k01", {
      cni: calico({ asn: 65010 }),
      pods: "192.168.0.0/16",
      nodes: racks.flatMap((rack, index) => place(rack, [`node${index}`])),
    });
    const fabric = planSelective("edge", { cluster, racks, speakers: { nodes: ["node0", "node1"] } });
    expect(sessionsOf(combine([...racks, cluster, fabric]))).toEqual([
      "k01-node0 10.10.10.2 - rack1-tor 10.10.10.1: up",
      "k01-node1 10.10.20.2 - rack2-tor 10.10.20.1: up",
    ]);
  });

  it("over two racks that share a router: one speaker, a session with each node on the segment of its rack", () => {
    const [lan1, lan2] = [
      planSegment("lan1", { prefix: "10.10.10.0/24" }),
      planSegment("lan2", { prefix: "10.10.20.0/24" }),
    ];
    const router = planRouter("spine", {
      os: "frr",
      asn: 65001,
      segments: [{ segment: lan1 }, { segment: lan2, address: "10.10.20.2" }],
    });
    const racks = [planRack("rack1", { segments: [lan1], router }), planRack("rack2", { segments: [lan2], router })];
    const cluster = planCluster("k01", {
      cni: calico({ asn: 65010 }),
      pods: "192.168.0.0/16",
      nodes: racks.flatMap((rack, index) => place(rack, [`node${index}`])),
    });
    const fabric = planSelective("edge", { cluster, racks, speakers: { nodes: ["node0", "node1"] } });
    const network = combine([lan1, lan2, router, ...racks, cluster, fabric]);
    expect(network.speakers.map(({ name }) => name)).toEqual(["spine", "k01-node0", "k01-node1"]);
    expect(sessionsOf(network)).toEqual([
      "k01-node0 10.10.10.2 - spine 10.10.10.1: up",
      "k01-node1 10.10.20.1 - spine 10.10.20.2: up",
    ]);
  });

  it("on one segment without any router: nodes alone", () => {
    const lan = planSegment("lan", { prefix: "172.28.0.0/16" });
    const cluster = planCluster("k01", {
      cni: calico({ asn: 64512, encapsulation: "None" }),
      pods: "10.200.0.0/16",
      nodes: place(lan, ["a", "b"]),
    });
    const network = combine([lan, cluster]);
    expect(network.speakers.map(({ name, place }) => [name, place?.rack])).toEqual([
      ["k01-a", undefined],
      ["k01-b", undefined],
    ]);
    expect(sessionsOf(network)).toEqual(["k01-a 172.28.0.1 - k01-b 172.28.0.2: up"]);
  });

  it("say what is forgotten: a pool that nobody announces", () => {
    expect(lab("listen", false).findings.map(({ object }) => object)).toContain("IPPool/loadbalancer-ip-pool");
  });
});

describe("a router's interfaces", () => {
  it("have names of their own where the names of their segments agree in the kernel's 15 characters", () => {
    const { speaker } = planRouter("tor", {
      os: "frr",
      asn: 65001,
      segments: ["10.0.1.0/24", "10.0.2.0/24"].map((prefix, index) => ({
        segment: planSegment(`datacenter-east-rack-${index}`, { prefix }),
      })),
    });
    expect(speaker.interfaces.map(({ name }) => name)).toEqual(["datacenter--1", "datacenter--2"]);
  });
});

function sessionsOf(network: Parameters<typeof forecast>[0]): string[] {
  return sessionLines(forecast(network)).map((line) => line.split(/ [ei]bgp/)[0] ?? "");
}
