/** The selective stack with `family: dual`: what its graph has more than the one of IPv4 alone. */
import { beforeAll, describe, expect, it } from "vitest";
import { selective } from "./program";
import { type Registered, record } from "./recorder";

let one: Registered[];
let dual: Registered[];
const inputs = (all: Registered[], name: string) => {
  const found = all.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`nothing is named ${name}`);
  return found.inputs;
};
const settings = (name: string) => {
  const uploads = inputs(dual, name)["uploads"] as { file: string; content: string }[];
  return JSON.parse(uploads.find(({ file }) => file.endsWith("node.json"))?.content ?? "{}") as Record<string, unknown>;
};

describe("the selective stack of both families registers", () => {
  beforeAll(async () => {
    one = await record(() => selective());
    dual = await record(() => selective({ family: "dual" }));
  }, 120_000);

  it("one peering and one pool of pods and of services more, and nothing else", () => {
    const names = new Set(one.map(({ name }) => name));
    expect(
      dual
        .map(({ name }) => name)
        .filter((name) => !names.has(name))
        .sort(),
    ).toEqual(["edge-bgppeer-arista-ipv6", "k01-pods-default-ipv6-ippool", "services-pool-loadbalancer-ip-pool-2"]);
    expect(dual.length).toBe(one.length + 3);
  });

  it("a segment with both prefixes, and containers with an address of each", () => {
    expect(inputs(dual, "rack1-segment")).toMatchObject({
      ipv6: true,
      ipamConfigs: [
        { subnet: "10.10.10.0/24", gateway: "10.10.10.254" },
        { subnet: "fd00:10::/64", gateway: "fd00:10::ffff:ffff:ffff:fffe" },
      ],
    });
    expect(inputs(dual, "rack1-router")).toMatchObject({
      networksAdvanced: [{ ipv4Address: "10.10.10.1", ipv6Address: "fd00:10::1" }],
      // Docker's address must outlast the interface's way down and up, by which it gets its name.
      sysctls: { "net.ipv6.conf.all.forwarding": "1", "net.ipv6.conf.all.keep_addr_on_down": "1" },
    });
    expect(inputs(dual, "rack1-preflight")).toMatchObject({ prefixes: ["10.10.10.0/24", "fd00:10::/64"] });
  });

  it("a segment with IPv6 alone names the IPv4 prefix that Docker would choose, so that a refresh finds what was asked for", async () => {
    const six = await record(() => selective({ family: "ipv6" }));
    const { ipamConfigs } = inputs(six, "rack1-segment") as { ipamConfigs: { subnet: string; gateway: string }[] };
    expect(ipamConfigs.map(({ subnet }) => subnet)).toEqual([
      "fd00:10::/64",
      expect.stringMatching(/^198\.19\.\d+\.0\/23$/),
    ]);
    expect(inputs(six, "rack1-preflight")).toMatchObject({ prefixes: ipamConfigs.map(({ subnet }) => subnet) });
  }, 60_000);

  it("nodes that are told of both", () => {
    expect(settings("k01-control-plane")).toMatchObject({
      address: "10.10.10.10/24",
      address6: "fd00:10::10/64",
      podBlock: "192.168.0.0/26",
      podBlock6: "fd00:192:168::/122",
      podNetwork: "192.168.0.0/16,fd00:192:168::/48",
      controlPlane: { serviceNetwork: "10.96.0.0/16,fd00:10:96::/112" },
    });
  });

  it("services that must have an address of each family, both of which the gate asks", () => {
    for (const name of ["nginx-service", "nginx-loadbalancer"]) {
      expect(inputs(dual, name)).toMatchObject({ spec: { ipFamilyPolicy: "RequireDualStack" } });
    }
  });

  it("four sessions and a route of each family as the gate's forecast", () => {
    expect(inputs(dual, "live-gate")).toMatchObject({
      sessions: [
        "k01-worker 10.10.10.11 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
        "k01-worker fd00:10::11 - rack1-tor fd00:10::1: up ebgp AS 65010 - 65001 ipv6",
        "k01-worker2 10.10.10.12 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
        "k01-worker2 fd00:10::12 - rack1-tor fd00:10::1: up ebgp AS 65010 - 65001 ipv6",
      ],
      routes: [
        "rack1-tor 172.16.0.240/28: ebgp via 10.10.10.11 10.10.10.12, path 65010",
        "rack1-tor fd00:172:16::/124: ebgp via fd00:10::11 fd00:10::12, path 65010",
      ],
    });
  });
});
