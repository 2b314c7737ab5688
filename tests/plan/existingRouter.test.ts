/** A router that exists: what the forecast knows of it, what is written for it, and what is refused. */
import { describe, expect, it } from "vitest";
import { calico } from "../../components/cni/choices";
import { UserError } from "../../components/model/errors";
import { planCluster } from "../../components/plan/cluster";
import { type ExistingRouterSpec, planExistingRouter } from "../../components/plan/existingRouter";
import { planLive } from "../../components/plan/live";
import { place } from "../../components/plan/place";
import { planSelective } from "../../components/plan/selective";

const SPEC: ExistingRouterSpec = {
  os: "frr",
  version: "8.4",
  asn: 65001,
  maximumPaths: 4,
  segments: [{ prefix: "10.10.10.0/24", address: "10.10.10.1", interface: "Vlan10", reserved: ["10.10.10.2"] }],
};

function fabric(changes: Partial<ExistingRouterSpec> = {}, existing = ["tor1"]) {
  const tor = planExistingRouter("tor1", { ...SPEC, ...changes });
  const cluster = planCluster("k01", {
    cni: calico({ asn: 65010 }),
    pods: "192.168.0.0/16",
    nodes: place(tor.inRack, ["control-plane", "worker", "worker2"]),
  });
  const selective = planSelective("edge", { cluster, racks: [tor.inRack], speakers: { nodes: ["worker", "worker2"] } });
  return { tor, cluster, plan: planLive([tor, cluster, selective], { existing }) };
}

describe("a cluster at a router that exists", () => {
  it("has the sessions that it would have at a container", () => {
    expect(fabric().plan.sessions).toEqual([
      "k01-worker 10.10.10.4 - tor1 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
      "k01-worker2 10.10.10.5 - tor1 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
    ]);
  });

  it("has its nodes on addresses that nothing else of the segment has", () => {
    expect(fabric().cluster.nodes.map(({ address }) => address)).toEqual(["10.10.10.3", "10.10.10.4", "10.10.10.5"]);
  });

  it("is written as BGP alone: no host name, no forwarding, no interface, no static route", () => {
    const [tor] = fabric({ routes: [{ prefix: "0.0.0.0/0", via: ["10.10.10.254"] }] }).plan.routers;
    const text = tor?.text({}) ?? "";
    expect(text).toMatch(/^frr version 8\.4\nfrr defaults traditional\n!\n/);
    expect(text).toContain(" bgp listen range 10.10.10.0/24 peer-group k01");
    expect(text).not.toMatch(/hostname|forwarding|^interface|^ip route|nht|integrated/m);
  });

  it("with EOS is written as BGP alone too", () => {
    const [tor] = fabric({ os: "eos", version: "4.32", neighbors: "listed" }).plan.routers;
    const text = tor?.text({}) ?? "";
    expect(text).toContain("router bgp 65001");
    expect(text).not.toMatch(/hostname|^interface|^ip routing|^ip route|service routing/m);
  });

  it("follows the profile that the router has: the traditional one waits 180 s for a silent neighbor", () => {
    const settings = ({ plan }: ReturnType<typeof fabric>) =>
      plan.network.speakers.find(({ name }) => name === "tor1")?.dialect;
    expect(settings(fabric())).toEqual({ system: "frr", version: "8.4", profile: "traditional" });
    expect(settings(fabric({ profile: "datacenter" }))?.profile).toBe("datacenter");
  });
});

describe("a router that exists with both families on its VLAN", () => {
  const both = (changes: Partial<ExistingRouterSpec> = {}) => {
    const tor = planExistingRouter("tor1", {
      ...SPEC,
      segments: [
        {
          prefix: ["10.10.10.0/24", "fd00:10::/64"],
          address: ["10.10.10.1", "fd00:10::1"],
          interface: "Vlan10",
          reserved: ["10.10.10.2", "fd00:10::2"],
        },
      ],
      ...changes,
    });
    const cluster = planCluster("k01", {
      cni: calico({ asn: 65010 }),
      pods: ["192.168.0.0/16", "fd00:192:168::/48"],
      nodes: place(tor.inRack, ["control-plane", "worker"]),
    });
    const selective = planSelective("edge", { cluster, racks: [tor.inRack], speakers: { nodes: ["worker"] } });
    return planLive([tor, cluster, selective], { existing: ["tor1"] });
  };

  it("has a session of each family with a node, past the addresses that others have", () => {
    expect(both().sessions).toEqual([
      "k01-worker 10.10.10.4 - tor1 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
      "k01-worker fd00:10::4 - tor1 fd00:10::1: up ebgp AS 65010 - 65001 ipv6",
    ]);
  });

  it.each(["frr", "eos"] as const)("is written as BGP of both families alone (%s)", (os) => {
    const changes = os === "eos" ? { os, version: "4.32", neighbors: "listed" as const } : {};
    const text = both(changes).routers[0]?.text({}) ?? "";
    expect(text).toMatch(os === "eos" ? /neighbor fd00:10::4/ : /bgp listen range fd00:10::\/64 peer-group k01-ipv6/);
    expect(text).not.toMatch(/^interface|^ipv6 address|^ip routing|forwarding/m);
  });
});

describe("refused, all at once, with what is wrong and what would be right", () => {
  const refusal = (changes: object): string[] => {
    try {
      planExistingRouter("tor1", { ...SPEC, ...changes });
    } catch (error) {
      if (error instanceof UserError) return error.message.split("\n");
      throw error;
    }
    throw new Error("the call took it");
  };
  const segment = (changes: object) => ({ segments: [{ ...SPEC.segments[0], ...changes }] });

  it("an address of one family where the prefix is of both, which nobody can guess of a router that exists", () => {
    const prefix = ["10.10.10.0/24", "fd00:10::/64"];
    expect(refusal({ segments: [{ ...SPEC.segments[0], prefix }] })).toEqual([
      'new ExistingRouter("tor1"): segments[0].address: found "10.10.10.1", expected its IPv6 address too: the prefix is of both',
    ]);
  });

  it("IPv6 alone without a router id", () => {
    const segments = [{ prefix: "fd00:10::/64", address: "fd00:10::1", interface: "Vlan10" }];
    expect(refusal({ segments })[0]).toMatch(/routerId: .*expected four numbers like an IPv4 address/);
  });

  it.each<[string, object, RegExp]>([
    ["a system that is no router", { os: "bird" }, /: os: found "bird", expected "frr" or "eos"/],
    ["a version with three numbers", { version: "8.4.4" }, /: version: found "8\.4\.4", expected two numbers, "8\.4"/],
    ["a profile of EOS", { os: "eos", profile: "datacenter" }, /: profile: found "datacenter", expected nothing: EOS/],
    ["an ASN that is reserved", { asn: 23456 }, /: asn: found "23456", expected an ASN/],
    ["no segment", { segments: [] }, /: segments: found nothing, expected at least one segment; for example/],
    [
      "an address outside of its segment",
      segment({ address: "10.10.11.1" }),
      /segments\[0\]\.address: found "10\.10\.11\.1", expected an address of the segment/,
    ],
    [
      "a prefix with host bits",
      segment({ prefix: "10.10.10.1/24" }),
      /segments\[0\]\.prefix: found "10\.10\.10\.1\/24"/,
    ],
    [
      "a name that is no interface",
      segment({ interface: "eth 1" }),
      /segments\[0\]\.interface: found "eth 1", expected a name of an interface/,
    ],
    [
      "a reserved address that is none",
      segment({ reserved: ["10.10.10"] }),
      /segments\[0\]\.reserved\[0\]: found "10\.10\.10"/,
    ],
    ["no room for next hops", { maximumPaths: 0 }, /: maximumPaths: found "0"/],
    ["a loopback that is none", { loopback: "lo" }, /: loopback: found "lo"/],
  ])("%s", (_what, changes, said) => {
    expect(refusal(changes)).toEqual([expect.stringMatching(said) as string]);
    expect(refusal(changes)[0]).toMatch(/^new ExistingRouter\("tor1"\): /);
  });

  it("two segments that overlap, or have one name", () => {
    const two = (changes: object) => [SPEC.segments[0], { ...SPEC.segments[0], ...changes }];
    expect(refusal({ segments: two({ prefix: "10.10.10.128/25", address: "10.10.10.129" }) })).toEqual([
      expect.stringMatching(
        /segments\[1\]\.prefix: found "10\.10\.10\.128\/25", expected a prefix apart from segments\[0\]/,
      ) as string,
    ]);
    const apart = { prefix: "10.10.20.0/24", address: "10.10.20.1", name: "lan" };
    expect(refusal({ segments: [{ ...SPEC.segments[0], name: "lan" }, apart] })[0]).toMatch(
      /segments\[1\]\.name: found "lan", expected a name of its own: segments\[0\] has it/,
    );
  });

  it("everything that is wrong in one error", () => {
    expect(refusal({ os: "ios", asn: 0, version: "ten" })).toHaveLength(3);
  });
});
