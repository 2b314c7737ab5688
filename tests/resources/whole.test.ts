/** Parts without an engine: their plain values make one Network, whose forecast and rules need nothing that runs. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  Cluster,
  LoadBalancerPool,
  Rack,
  SelectiveBgpFabric,
  calico,
  combineLab,
  forecast,
  place,
} from "../../components";
import { routeLines, sessionLines } from "../../components/forecast/lines";
import { rules } from "../../components/forecast/rules";
import { orThrow } from "../../components/model/errors";
import { mock, settled } from "./recorder";

function lab(name: string, neighbors: "listen" | "listed", advertise = true) {
  const rack = new Rack(`${name}-rack`, {
    segments: ["10.10.10.0/24"],
    router: { os: "frr", asn: 65001, address: "10.10.10.1", neighbors, maximumPaths: 4, name: "tor" },
  });
  const cluster = new Cluster(name, {
    runtime: "bare",
    cni: calico({ asn: 65010 }),
    pods: "192.168.0.0/16",
    nodes: place(rack, ["control-plane", "worker", "worker2"], { from: "10.10.10.10" }),
  });
  const fabric = new SelectiveBgpFabric(`${name}-edge`, {
    cluster,
    racks: [rack],
    speakers: { nodes: ["worker", "worker2"] },
  });
  const pool = new LoadBalancerPool(`${name}-pool`, { cluster, cidr: "172.16.0.240/28", advertise });
  return orThrow(combineLab([rack.network, cluster.network, fabric.network, pool.network]));
}

describe("parts put together", () => {
  beforeAll(() => mock());
  afterEach(settled);

  it("make two sessions and one prefix over two next hops, and the rules have nothing to say", () => {
    const { network, findings } = lab("a", "listen");
    const expected = forecast(network);
    expect(sessionLines(expected).map((line) => line.split(":")[0])).toEqual([
      "a-worker 10.10.10.11 - tor 10.10.10.1",
      "a-worker2 10.10.10.12 - tor 10.10.10.1",
    ]);
    expect(routeLines(expected, { speakers: ["tor"] })).toEqual([
      "tor 172.16.0.240/28: ebgp via 10.10.10.11 10.10.10.12, path 65010",
    ]);
    expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
    expect(rules(network, expected).filter(({ severity }) => severity !== "info")).toEqual([]);
  });

  it("come to the same with a router whose neighbors are listed one by one", () => {
    const [listen, listed] = [lab("b", "listen"), lab("c", "listed")];
    const lines = ({ network }: typeof listen) => routeLines(forecast(network), { speakers: ["tor"] });
    expect(lines(listed)).toEqual(lines(listen));
    expect(listed.network.speakers.find(({ name }) => name === "tor")?.neighbors.map(({ address }) => address)).toEqual(
      ["10.10.10.11", "10.10.10.12"],
    );
  });

  it("over two racks: each node speaks to the router of its own rack alone", () => {
    const racks = [1, 2].map(
      (index) =>
        new Rack(`e-rack${index}`, {
          segments: [`10.10.${index}0.0/24`],
          router: { os: "frr", asn: 65000 + index, address: `10.10.${index}0.1` },
        }),
    );
    const cluster = new Cluster("e", {
      runtime: "bare",
      cni: calico({ asn: 65010 }),
      pods: "192.168.0.0/16",
      nodes: racks.flatMap((rack, index) => place(rack, [`node${index}`])),
    });
    const fabric = new SelectiveBgpFabric("e-edge", { cluster, racks, speakers: { nodes: ["node0", "node1"] } });
    const { network } = orThrow(combineLab([...racks, cluster, fabric].map((part) => part.network)));
    expect(sessionLines(forecast(network)).map((line) => line.split(" ebgp")[0])).toEqual([
      "e-node0 10.10.10.2 - e-rack1-tor 10.10.10.1: up",
      "e-node1 10.10.20.2 - e-rack2-tor 10.10.20.1: up",
    ]);
  });

  it("say what is forgotten: a pool that nobody announces", () => {
    expect(lab("d", "listen", false).findings.map(({ object }) => object)).toContain("IPPool/loadbalancer-ip-pool");
  });
});
