/**
 * The kube-router stack with an IPv6 address beside each IPv4 one: real FRR, real gobgpd 3.10, real API server. It proves
 * sessions, routes, pods' ways and a service of both families; kube-router's own program does not run here.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { labOf } from "./stackLab";

const { inside, vty, api } = labOf("kube-router-dual");
const TOR = "rack-a-tor";
const NODES = ["kr-control-plane", "kr-worker1", "kr-worker2", "kr-worker3"];
const FAMILIES = [
  { family: "ipv4", flag: "-4", own: ["10.0.20.10", "10.0.20.11", "10.0.20.12", "10.0.20.13"] },
  { family: "ipv6", flag: "-6", own: ["fd00:20::10", "fd00:20::11", "fd00:20::12", "fd00:20::13"] },
] as const;
const BLOCKS = {
  ipv4: ["10.244.0.0/26", "10.244.0.64/26", "10.244.0.128/26", "10.244.0.192/26"],
  ipv6: ["fd00:10:244::/122", "fd00:10:244::40/122", "fd00:10:244::80/122", "fd00:10:244::c0/122"],
};
const SERVICE = { ipv4: "10.0.50.1/32", ipv6: "fd00:50::1/128" };

interface Peer {
  conf: { neighbor_address: string };
  state?: { session_state?: number };
}

/** With `service: true` the program has one. */
let served = false;

beforeAll(async () => {
  const { items } = await api().get<{ items: { metadata: { name: string } }[] }>("/api/v1/namespaces/default/services");
  served = items.some(({ metadata }) => metadata.name === "lb-web-service");
});

describe("each node", () => {
  it.each(NODES.map((name, index) => [name, index] as const))(
    "%s has one session with every other node, over IPv4, and one of each family with the ToR",
    async (name, index) => {
      const peers = JSON.parse(await inside(name, "gobgp", "-j", "neighbor")) as Peer[];
      const up = peers.filter(({ state }) => state?.session_state === 6).map(({ conf }) => conf.neighbor_address);
      const others = FAMILIES[0].own.filter((_, other) => other !== index);
      expect(up.sort()).toEqual(["10.0.20.1", "fd00:20::1", ...others].sort());
    },
  );

  it.each(FAMILIES)(
    "has the others' pods of $family in its kernel, by their owner of that family",
    async ({ family, flag, own }) => {
      const routes = JSON.parse(await inside("kr-worker1", "ip", flag, "-j", "route", "show", "proto", "17")) as {
        dst: string;
        gateway: string;
      }[];
      const others = BLOCKS[family].map((block, index) => [block, own[index]]).filter((_, index) => index !== 1);
      expect(routes.map(({ dst, gateway }) => [dst, gateway]).sort()).toEqual(others.sort());
    },
  );
});

describe("the ToR", () => {
  it.each(FAMILIES)("has a session over $family with each node", async ({ family, own }) => {
    const summary = await vty<Record<string, { peers?: Record<string, { state: string }> }>>(
      TOR,
      "show bgp summary json",
    );
    // FRR 8.4 lists a dynamic neighbor of IPv6 in the summary of IPv4 too, where nothing is activated for it.
    const peers = Object.entries(summary[`${family}Unicast`]?.peers ?? {}).filter(
      ([address]) => address.includes(":") === (family === "ipv6"),
    );
    expect(peers.map(([address, { state }]) => [address, state]).sort()).toEqual(
      own.map((address) => [address, "Established"]),
    );
  });

  it.each(FAMILIES)(
    "knows each pod block of $family from its owner alone, and the service from all",
    async ({ family, own }) => {
      const { routes } = await vty<{ routes: Record<string, { nexthops: { ip: string; scope?: string }[] }[]> }>(
        TOR,
        `show bgp ${family} unicast json`,
      );
      const seen = Object.entries(routes).map(([prefix, paths]) => [
        prefix,
        paths.flatMap(({ nexthops }) => nexthops.filter(({ ip }) => !ip.startsWith("fe80")).map(({ ip }) => ip)).sort(),
      ]);
      expect(Object.fromEntries(seen)).toEqual({
        ...Object.fromEntries(BLOCKS[family].map((block, index) => [block, [own[index]]])),
        ...(served ? { [SERVICE[family]]: [...own] } : {}),
      });
    },
  );

  it("is answered by the service at an address of each family, where there is one", async () => {
    for (const host of served ? ["10.0.50.1", "[fd00:50::1]"] : []) {
      expect(await inside(TOR, "curl", "-s", "-m", "5", "-w", "%{http_code}", `http://${host}/`)).toMatch(/200$/);
    }
  });
});
