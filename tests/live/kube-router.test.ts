/**
 * The kube-router stack alive: real FRR, real gobgpd 3.10, real API server. It proves sessions, routes and the kernel's
 * routes; kube-router's own program does not run here, gobgpd's configuration is our reading of its rules.
 */
import { beforeAll, describe, expect, it } from "vitest";
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

interface Counters {
  acceptedPrefixCounter: number;
}

/** Addresses of the reflectors; none where the nodes mesh. */
let reflectors: string[] = [];
/** Whether the service with an address is there. */
let service = false;

beforeAll(async () => {
  const nodes = await api().get<{
    items: { metadata: { annotations?: Record<string, string> }; status: { addresses: { address: string }[] } }[];
  }>("/api/v1/nodes");
  reflectors = nodes.items
    .filter(({ metadata }) => metadata.annotations?.["kube-router.io/rr.server"] !== undefined)
    .flatMap(({ status }) => status.addresses[0]?.address ?? []);
  const services = await api().get<{ items: { spec: { type: string } }[] }>("/api/v1/services");
  service = services.items.some(({ spec }) => spec.type === "LoadBalancer");
});

/** Whose routes the ToR has for a block: a reflector gives on what it knows, without any policy. */
const announcing = (owner: string) => [...new Set([owner, ...reflectors])].sort();

describe("each node", () => {
  it.each(Object.entries(NODES))(
    "%s is established with the nodes it should be, and with the ToR",
    async (name, own) => {
      const peers = JSON.parse(await inside(name, "gobgp", "-j", "neighbor")) as Peer[];
      const up = peers.filter(({ state }) => state?.session_state === 6).map(({ conf }) => conf.neighbor_address);
      const meshed = reflectors.length === 0 || reflectors.includes(own) ? ADDRESSES : reflectors;
      expect(up.sort()).toEqual(["10.0.20.1", ...meshed.filter((address) => address !== own)].sort());
    },
  );

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

  it("knows each pod block from its owner, and from the reflectors: no other passes internal routes on", async () => {
    const blocks = Object.entries(BLOCKS).map(([block, owner]) => [block, announcing(owner)]);
    const services = service ? [["10.0.50.1/32", ADDRESSES]] : [];
    expect(await table()).toEqual(Object.fromEntries([...blocks, ...services]));
  });

  it("gets HTTP 200 from the service where that is there, and else has no way to its address", async () => {
    const ask = "curl -s -m 5 -o /dev/null -w '%{http_code}' http://10.0.50.1/ || true";
    expect(await inside(TOR, "sh", "-c", ask)).toBe(service ? "200" : "000");
  });

  it("refuses a cluster address that a Service's annotation announces: its filter does not know it", async () => {
    const cluster = api();
    const before = await table();
    const path = "/api/v1/namespaces/default/services/kubernetes";
    const annotate = (value: string | null) =>
      cluster.patch(path, { metadata: { annotations: { "kube-router.io/service.advertise.clusterip": value } } });
    const received = async () => {
      const seen = await vty<Record<string, { addressFamilyInfo: { ipv4Unicast: Counters } }>>(
        TOR,
        "show bgp neighbors 10.0.20.11 json",
      );
      return seen["10.0.20.11"]?.addressFamilyInfo.ipv4Unicast.acceptedPrefixCounter;
    };
    const accepted = await received();
    await annotate("true");
    try {
      await until("worker1 originates it", 10, async () =>
        (await inside("kr-worker1", "gobgp", "global", "rib")).includes("10.96.0.1/32"),
      );
      expect(await table()).toEqual(before);
      expect(await received()).toBe(accepted);
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
