/** Proves which subnets are called taken, given the machine's routes and Docker's networks; not how those are asked. */
import { describe, expect, it } from "vitest";
import { collisions, darwinRoutes, routesIn, type Machine } from "../../engine/preflight";

const owner = { project: "bgpfabric", stack: "selective" };
const rack = { path: "rack1.segments[0]", subnet: "10.10.10.0/24" };
const machine = (of: Partial<Machine>): Machine => ({ routes: [], networks: [], ...of });

describe("a lab's subnet", () => {
  it("is fine on a machine whose routes lie elsewhere", () => {
    const routes = [{ prefix: "192.168.1.0/24", device: "eth0" }];
    expect(collisions([rack], machine({ routes }), owner)).toEqual([]);
  });

  it("is refused when a VPN's route holds it", () => {
    const routes = [{ prefix: "10.0.0.0/8", device: "tun0" }];
    expect(collisions([rack], machine({ routes }), owner)).toEqual([
      "rack1.segments[0]: 10.10.10.0/24 overlaps the route 10.0.0.0/8 of this machine (tun0); give this segment another prefix",
    ]);
  });

  it("is refused when it holds a route of the machine", () => {
    const routes = [{ prefix: "10.10.10.7/32", device: "tun0" }];
    expect(collisions([rack], machine({ routes }), owner)).toHaveLength(1);
  });

  it("does not collide with a default route", () => {
    const routes = [
      { prefix: "0.0.0.0/0", device: "eth0" },
      { prefix: "::/0", device: "eth0" },
    ];
    expect(collisions([rack], machine({ routes }), owner)).toEqual([]);
  });

  it("is refused when another stack has a network there, and that stack is named", () => {
    const networks = [
      { name: "rack1", subnet: "10.10.0.0/16", device: "br-1", project: "bgpfabric", stack: "service-lb" },
    ];
    expect(collisions([rack], machine({ networks }), owner)).toEqual([
      "rack1.segments[0]: 10.10.10.0/24 is taken by Docker network rack1 of stack bgpfabric/service-lb (10.10.0.0/16); destroy that, or give this segment another prefix",
    ]);
  });

  it("is fine when the network there is the stack's own, its route on the host included", () => {
    const networks = [{ name: "rack1", subnet: rack.subnet, device: "br-1", ...owner }];
    const routes = [{ prefix: rack.subnet, device: "br-1" }];
    expect(collisions([rack], machine({ networks, routes }), owner)).toEqual([]);
  });

  it("comes back with every other one that is taken", () => {
    const routes = [{ prefix: "10.0.0.0/8", device: "tun0" }];
    const second = { path: "rack2.segments[0]", subnet: "10.10.11.0/24" };
    expect(collisions([rack, second], machine({ routes }), owner)).toHaveLength(2);
  });
});

describe("the machine's routes", () => {
  it("as iproute2 prints them: hosts are /32 and /128, default routes are left out", () => {
    const json = JSON.stringify([
      { dst: "default", gateway: "10.0.0.1", dev: "eth0" },
      { dst: "10.8.0.0/24", dev: "tun0" },
      { dst: "10.9.0.1", dev: "tun0" },
      { dst: "fd00::1", dev: "eth0" },
    ]);
    expect(routesIn(json)).toEqual([
      { prefix: "10.8.0.0/24", device: "tun0" },
      { prefix: "10.9.0.1/32", device: "tun0" },
      { prefix: "fd00::1/128", device: "eth0" },
    ]);
    expect(routesIn("")).toEqual([]);
  });

  it("as macOS shortens them", () => {
    const table = [
      "Destination        Gateway            Flags        Netif Expire",
      "default            192.168.1.1        UGSc           en0",
      "10.8/16            10.8.0.5           UGSc         utun3",
      "192.168.1          link#4             UCS            en0",
      "172.16.0.1         link#4             UHS            en0",
    ].join("\n");
    expect(darwinRoutes(table)).toEqual([
      { prefix: "10.8.0.0/16", device: "utun3" },
      { prefix: "192.168.1.0/24", device: "en0" },
      { prefix: "172.16.0.1/32", device: "en0" },
    ]);
  });
});
