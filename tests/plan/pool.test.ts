/** A pool of addresses for services: what the ToR gets of it, by each CNI, and what a CNI cannot do. */
import { describe, expect, it } from "vitest";
import { calico, cilium, metallb } from "../../components/cni/choices";
import { forecast } from "../../components/forecast/forecast";
import { routeLines } from "../../components/forecast/lines";
import { UserError, orThrow } from "../../components/model/errors";
import { type ClusterSpec, planCluster } from "../../components/plan/cluster";
import { whole } from "../../components/plan/combine";
import { planEcho } from "../../components/plan/echo";
import { place } from "../../components/plan/place";
import { type PoolSpec, planPool } from "../../components/plan/pool";
import { planRack } from "../../components/plan/rack";
import { planSelective } from "../../components/plan/selective";

const CHOICES: Record<string, Pick<ClusterSpec, "cni" | "balancer">> = {
  Calico: { cni: calico({ asn: 65010 }) },
  Cilium: { cni: cilium({ asn: 65010 }) },
  MetalLB: { cni: calico({ asn: 65010 }), balancer: metallb({ asn: 65010, version: "0.15" }) },
};
type Title = keyof typeof CHOICES;
type Wanted = Omit<PoolSpec, "cluster">;

function lab(title: Title) {
  const rack = planRack("rack1", {
    segments: ["10.10.10.0/24"],
    router: { os: "frr", asn: 65001, address: "10.10.10.1", maximumPaths: 4, name: "tor" },
  });
  const cluster = planCluster("k01", {
    ...(CHOICES[title] ?? { cni: calico({ asn: 65010 }) }),
    pods: "192.168.0.0/16",
    nodes: place(rack, ["control-plane", "worker"], { from: "10.10.10.10" }),
  });
  const fabric = planSelective("edge", { cluster, racks: [rack], speakers: "all", peerName: "tor" });
  return { rack, cluster, fabric };
}

/** The ToR's routes inside the pool, with a service at .241. */
function atTheTor(title: Title, wanted: Wanted): string[] {
  const { rack, cluster, fabric } = lab(title);
  const pool = planPool("services", { cluster, ...wanted });
  const web = planEcho("web", { cluster, port: 80, address: "172.16.0.241" });
  const { network } = orThrow(whole([rack, cluster, fabric, pool, web]));
  return routeLines(forecast(network), { speakers: ["tor"], prefixes: (prefix) => prefix.startsWith("172.16.") });
}

function refused(title: Title, wanted: Wanted): string[] {
  const { cluster } = lab(title);
  try {
    planPool("services", { cluster, ...wanted });
  } catch (error) {
    if (error instanceof UserError)
      return error.message.split("\n").map((line) => line.replace(/^.*"services"\): /, ""));
    throw error;
  }
  throw new Error("the plan took it");
}

const POOL = { cidr: "172.16.0.240/28" };
const VIA = "ebgp via 10.10.10.10 10.10.10.11, path 65010";

describe("the same arguments for each CNI", () => {
  it.each(["Calico", "MetalLB"])("%s: aggregate announces the prefix as a whole", (title) => {
    expect(atTheTor(title, { ...POOL, aggregate: true })).toEqual([`tor 172.16.0.240/28: ${VIA}`]);
  });

  it("MetalLB: an address in use is announced by itself, as without the argument", () => {
    expect(atTheTor("MetalLB", { ...POOL, aggregate: false })).toEqual([`tor 172.16.0.241/32: ${VIA}`]);
    expect(atTheTor("MetalLB", POOL)).toEqual([`tor 172.16.0.241/32: ${VIA}`]);
  });

  it.each(["Calico", "MetalLB"])("%s: communities stand on the routes", (title) => {
    const lines = atTheTor(title, { ...POOL, aggregate: true, communities: ["65010:100"] });
    expect(lines).toEqual([`tor 172.16.0.240/28: ${VIA}, communities 65010:100`]);
  });

  it("MetalLB: some nodes alone announce it", () => {
    expect(atTheTor("MetalLB", { ...POOL, nodes: ["worker"] })).toEqual([
      "tor 172.16.0.241/32: ebgp via 10.10.10.11, path 65010",
    ]);
  });

  it("MetalLB: a peering that is not named gets nothing", () => {
    expect(atTheTor("MetalLB", { ...POOL, peers: ["tor"] })).toEqual([`tor 172.16.0.241/32: ${VIA}`]);
    expect(refusedWhole("MetalLB", { ...POOL, peers: ["another"] })).toContain("another");
  });

  it("ranges from first to last: the router lets in exactly what they cover", () => {
    expect(atTheTor("MetalLB", { ranges: ["172.16.0.241-172.16.0.242"] })).toEqual([`tor 172.16.0.241/32: ${VIA}`]);
    expect(() => atTheTor("MetalLB", { ranges: ["172.16.0.242-172.16.0.250"] })).toThrow(
      'address: found "172.16.0.241", expected an address of a pool of the cluster: 172.16.0.242-172.16.0.250',
    );
  });

  it("several prefixes are an IPPool each for Calico, and one object for Cilium", () => {
    const wanted = { ranges: ["172.16.0.240/29", "172.16.0.248/29"] };
    const kinds = (title: Title) =>
      planPool("services", { cluster: lab(title).cluster, ...wanted }).objects.map(({ kind }) => kind);
    expect(kinds("Calico")).toEqual(["IPPool", "IPPool"]);
    expect(kinds("Cilium")).toEqual(["CiliumLoadBalancerIPPool", "CiliumBGPAdvertisement"]);
  });

  it("Cilium's objects hold lengths, communities and local preference", () => {
    const objects = planPool("services", {
      cluster: lab("Cilium").cluster,
      ...POOL,
      aggregate: true,
      communities: ["65010:100", "65010:1:2"],
      localPreference: 200,
    }).objects;
    expect(objects.at(-1)?.spec).toMatchObject({
      advertisements: [
        {
          service: { addresses: ["LoadBalancerIP"], aggregationLengthIPv4: 28 },
          attributes: { communities: { standard: ["65010:100"], large: ["65010:1:2"] }, localPreference: 200 },
        },
      ],
    });
  });
});

/** The refusal of the whole: names that no part has. */
function refusedWhole(title: Title, wanted: Wanted): string {
  const { rack, cluster, fabric } = lab(title);
  const result = whole([rack, cluster, fabric, planPool("services", { cluster, ...wanted })]);
  return result.ok ? "" : JSON.stringify(result.faults);
}

describe("what a CNI cannot do is refused by the argument's name", () => {
  it.each([
    ["Calico", { ...POOL, nodes: ["worker"] }, /^nodes: found .*, expected nothing/],
    ["Calico", { ...POOL, peers: ["tor"] }, /^peers: found .*, expected nothing/],
    ["Calico", { ...POOL, localPreference: 200 }, /^localPreference: found "200", expected nothing/],
    ["Calico", { ranges: ["172.16.0.241-172.16.0.250"] }, /^ranges\[0\]: found .*expected a prefix: Calico's pools/],
    ["Cilium", { ...POOL, nodes: ["worker"] }, /^nodes: found/],
    ["Cilium", { ...POOL, communities: ["no"] }, /^communities\[0\]: found "no"/],
    ["MetalLB", { ...POOL, communities: ["1:70000"] }, /^communities\[0\]: found "1:70000"/],
  ] as const)("%s: %o", (title, wanted, said) => {
    expect(refused(title, wanted)[0]).toMatch(said);
  });
});
