/**
 * The kube-router stack alive: real FRR, real gobgpd 3.10, real API server. It proves sessions, routes and the kernel's
 * routes; kube-router's own program does not run here, gobgpd's configuration is our reading of its rules.
 */
import { describe, expect, it } from "vitest";
import { labOf, until } from "./stackLab";

const { inside, vty, api } = labOf("kube-router");
const TOR = "rack-a-tor";
const NODES = { "kr-control-plane": "10.0.20.10", "kr-worker1": "10.0.20.11", "kr-worker2": "10.0.20.12" };
const BLOCKS: Record<string, string> = {
  "10.244.0.0/26": "10.0.20.10",
  "10.244.0.64/26": "10.0.20.11",
  "10.244.0.128/26": "10.0.20.12",
  "10.244.0.192/26": "10.0.20.13",
};
const ADDRESSES = Object.values(BLOCKS).sort();

interface Peer {
  conf: { neighbor_address: string };
  state?: { session_state?: number };
}

describe("each node", () => {
  it.each(Object.entries(NODES))("%s is established with every other node and with the ToR", async (name, own) => {
    const peers = JSON.parse(await inside(name, "gobgp", "-j", "neighbor")) as Peer[];
    const up = peers.filter(({ state }) => state?.session_state === 6).map(({ conf }) => conf.neighbor_address);
    expect(up.sort()).toEqual(["10.0.20.1", ...ADDRESSES.filter((address) => address !== own)].sort());
  });

  it("has the pods of the others in its kernel by their owner, marked as zebra's", async () => {
    const routes = JSON.parse(await inside("kr-worker1", "ip", "-j", "route", "show", "proto", "17")) as {
      dst: string;
      gateway: string;
    }[];
    const others = Object.entries(BLOCKS).filter(([, owner]) => owner !== NODES["kr-worker1"]);
    expect(routes.map(({ dst, gateway }) => [dst, gateway]).sort()).toEqual(others.sort());
  });
});

describe("the ToR", () => {
  const table = async (): Promise<Record<string, string[]>> => {
    const { routes = {} } = await vty<{ routes?: Record<string, { nexthops: { ip: string }[] }[]> }>(
      TOR,
      "show bgp ipv4 unicast json",
    );
    return Object.fromEntries(
      Object.entries(routes).map(([prefix, paths]) => [
        prefix,
        paths.flatMap(({ nexthops }) => nexthops.map(({ ip }) => ip)).sort(),
      ]),
    );
  };

  it("knows each pod block from its owner alone: internal routes go to no external peer", async () => {
    expect(await table()).toEqual(Object.fromEntries(Object.entries(BLOCKS).map(([block, owner]) => [block, [owner]])));
  });

  it("refuses a cluster address that a Service's annotation announces: its filter knows the pods alone", async () => {
    const cluster = api();
    const path = "/api/v1/namespaces/default/services/kubernetes";
    const annotate = (value: string | null) =>
      cluster.patch(path, { metadata: { annotations: { "kube-router.io/service.advertise.clusterip": value } } });
    await annotate("true");
    try {
      await until("worker1 originates it", 10, async () =>
        (await inside("kr-worker1", "gobgp", "global", "rib")).includes("10.96.0.1/32"),
      );
      await until("the ToR has received and refused it", 10, async () =>
        (await inside(TOR, "vtysh", "-c", "show bgp neighbors 10.0.20.11 json")).includes('"acceptedPrefixCounter":1'),
      );
      expect(Object.keys(await table())).toEqual(Object.keys(BLOCKS));
    } finally {
      await annotate(null);
    }
    await until(
      "it is withdrawn",
      10,
      async () => !(await inside("kr-worker1", "gobgp", "global", "rib")).includes("10.96.0.1/32"),
    );
  });
});
