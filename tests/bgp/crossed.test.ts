/** Routes of one family over a session of the other: which next hop they have, as running daemons answered. */
import { expect, test } from "vitest";
import type { DialectRef, Neighbor } from "../../components/bgp/network";
import { best, forecast, nextHops, type Sketch } from "./networks/build";

const FRR: DialectRef = { system: "frr", version: "10.3", profile: "datacenter" };
const GOBGP: DialectRef = { system: "gobgp", version: "3" };
const [V4, V6] = ["203.0.113.0/24", "2001:db8:1::/48"];

/** a announces a prefix of each family to b, over the one session that they have. */
function crossed(over: "ipv4" | "ipv6", a: DialectRef, more: Neighbor = {}): Record<string, Sketch> {
  const address = (host: number): string => (over === "ipv4" ? `10.0.0.${host}` : `fd00::${host}`);
  const neighbor = (host: number, asn: number): Neighbor => ({
    address: address(host),
    remoteAs: asn,
    families: { ipv4: { active: true }, ipv6: { active: true } },
    ...more,
  });
  const at = (host: number): Pick<Sketch, "interfaces" | "at"> => ({
    at: [],
    interfaces: [{ name: "e0", segment: "l", addresses: [`10.0.0.${host}/24`, `fd00::${host}/64`] }],
  });
  return {
    a: {
      asn: 65001,
      routerId: "10.255.0.1",
      ...at(1),
      dialect: a,
      neighbors: [neighbor(2, 65002)],
      routes: [V4, V6].map((prefix) => ({ prefix, blackhole: true })),
      originate: [V4, V6].map((prefix) => ({ kind: "network", prefix })),
    },
    b: { asn: 65002, routerId: "10.255.0.2", ...at(2), dialect: FRR, neighbors: [neighbor(1, 65001)] },
  };
}

const hops = (network: Record<string, Sketch>): (string | undefined)[] => {
  const solution = forecast(network);
  return [V4, V6].map((prefix) => best(solution, "b", prefix)?.nextHop);
};

test("GoBGP gives the session's own address, whatever the family", () => {
  expect(hops(crossed("ipv6", GOBGP))).toEqual(["fd00::1", "fd00::1"]);
  expect(hops(crossed("ipv4", GOBGP))).toEqual(["10.0.0.1", "::ffff:10.0.0.1"]);
});

test("FRR takes such an IPv6 next hop for the IPv4 address in it, and puts no route over it into the kernel", () => {
  const solution = forecast(crossed("ipv4", GOBGP));
  expect(best(solution, "b", V6)?.valid).toBe(true);
  expect(nextHops(solution, "b", V6)).toEqual([]);
});

test("FRR gives the address of the interface that is of the routes' family", () => {
  expect(hops(crossed("ipv6", FRR))).toEqual(["10.0.0.1", "fd00::1"]);
  expect(hops(crossed("ipv4", FRR))).toEqual(["10.0.0.1", "fd00::1"]);
});

test("with extended-nexthop at both ends IPv4 routes leave FRR with the session's IPv6 address", () => {
  expect(hops(crossed("ipv6", FRR, { extendedNextHop: true }))).toEqual(["fd00::1", "fd00::1"]);
});
