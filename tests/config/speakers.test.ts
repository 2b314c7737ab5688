import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import type { Network, Speaker } from "../../components/bgp/network";
import { birdProtocols, writeBird } from "../../components/config/bird";
import { readEos, writeEos } from "../../components/config/eos";
import { frrDaemonArguments, writeFrr } from "../../components/config/frr";
import { gobgpCommands, writeGobgp } from "../../components/config/gobgp";
import { orThrow } from "../../components/model/errors";

const node = (system: "bird" | "gobgp" | "frr" | "eos", more: Partial<Speaker> = {}): Speaker => ({
  name: "worker",
  dialect: { system, version: { bird: "1.6", gobgp: "3", frr: "8.4", eos: "4.32" }[system] },
  asn: 64512,
  routerId: "10.10.10.11",
  interfaces: [{ name: "eth0", segment: "rack", addresses: ["10.10.10.11/24"] }],
  bgp: {},
  neighbors: [],
  ...more,
});
const network = (speaker: Speaker): Network => ({ version: 1, segments: [], speakers: [speaker] });
const faults = (written: ReturnType<typeof writeBird>): string[] =>
  written.ok ? [] : written.faults.map((fault) => fault.path.replace("speakers[worker].", ""));

describe("BIRD as Calico runs it", () => {
  const calico = node("bird", {
    routes: [{ prefix: "10.244.1.0/26", blackhole: true }],
    originate: [{ kind: "redistribute", from: "static" }],
    bgp: { clusterId: "244.0.0.1" },
    neighbors: [
      {
        address: "10.10.10.12",
        remoteAs: 64512,
        role: "mesh",
        passive: true,
        families: { ipv4: { reflectorClient: true } },
      },
      {
        address: "10.10.10.1",
        remoteAs: 65001,
        role: "global",
        password: "tor",
        families: { ipv4: { nextHopUnchanged: true } },
      },
    ],
  });
  const text = orThrow(writeBird(network(calico), "worker", { secrets: { tor: "s3cret" } }));
  const session = (name: string): string[] =>
    (text.split(`protocol bgp ${name} from bgp_template {\n`)[1] ?? "")
      .split("\n}")[0]
      ?.split("\n")
      .map((l) => l.trim()) ?? [];

  test("sessions are named as Calico names them", () => {
    expect([...birdProtocols(calico)]).toEqual([
      ["10.10.10.12", "Mesh_10_10_10_12"],
      ["10.10.10.1", "Global_10_10_10_1"],
    ]);
  });

  test("a client of the reflector, the passive side, ADD-PATH both ways", () => {
    expect(session("Mesh_10_10_10_12").slice(0, 6)).toEqual([
      "neighbor 10.10.10.12 as 64512;",
      "passive on;",
      "multihop;",
      "rr client;",
      "rr cluster id 244.0.0.1;",
      "add paths on;",
    ]);
  });

  test("next hop kept towards the switch, and its password", () => {
    expect(session("Global_10_10_10_1")).toEqual(expect.arrayContaining(["next hop keep;", 'password "s3cret";']));
  });

  test("a password without a value, an unnumbered neighbor and a listen range are faults, all at once", () => {
    const wrong = node("bird", {
      neighbors: [
        { interface: "eth0", remoteAs: 1 },
        { address: "10.10.10.1", remoteAs: 1, password: "absent" },
      ],
      groups: { G: { remoteAs: 1 } },
      listen: [{ prefix: "10.10.10.0/24", group: "G" }],
    });
    expect(faults(writeBird(network(wrong), "worker"))).toEqual(["listen", "neighbors[0]", "neighbors[1].password"]);
  });
});

describe("GoBGP", () => {
  test("a dial-only speaker has no port, and a policy names the neighbors that it is for", () => {
    const cilium = node("gobgp", {
      bgp: { listens: false },
      neighbors: [
        { address: "10.10.10.1", remoteAs: 65001, families: { ipv4: { importPolicy: "none" } } },
        { address: "10.10.10.2", remoteAs: 65001 },
      ],
      policies: { none: { terms: [], otherwise: "reject" } },
      originate: [{ kind: "network", prefix: "10.244.1.0/24" }],
    });
    const config = parse(orThrow(writeGobgp(network(cilium), "worker"))) as Record<string, Record<string, unknown>>;
    expect(config["global"]?.["config"]).toEqual({ as: 64512, "router-id": "10.10.10.11", port: -1 });
    expect(config["defined-sets"]?.["neighbor-sets"]).toEqual([
      { "neighbor-set-name": "none-import", "neighbor-info-list": ["10.10.10.1/32"] },
    ]);
    expect(gobgpCommands(cilium)).toEqual([["global", "rib", "add", "10.244.1.0/24", "origin", "igp", "-a", "ipv4"]]);
  });
});

describe("FRR", () => {
  test("lists and maps stand before what uses them, ranges after their group", () => {
    const tor = node("frr", {
      groups: { K8S: { remoteAs: 64513, families: { ipv4: { importPolicy: "IN" } } } },
      listen: [{ prefix: "10.10.10.0/24", group: "K8S" }],
      policies: { IN: { terms: [{ match: { prefixList: "PODS" }, action: "accept" }] } },
      prefixLists: { PODS: [{ action: "permit", prefix: "10.244.0.0/16", le: 26 }] },
    });
    const lines = orThrow(writeFrr(network(tor), "worker")).split("\n");
    const at = (line: string): number => lines.findIndex((one) => one.trim() === line);
    const order = [
      "ip prefix-list PODS seq 5 permit 10.244.0.0/16 le 26",
      "route-map IN permit 10",
      "router bgp 64512",
      "bgp bestpath compare-routerid",
      "neighbor K8S remote-as 64513",
      "bgp listen range 10.10.10.0/24 peer-group K8S",
      "neighbor K8S route-map IN in",
    ].map(at);
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test("a speaker that only dials is a matter of the daemon's arguments", () => {
    expect(frrDaemonArguments(node("frr", { bgp: { listens: false } }))).toEqual(["-p", "0"]);
    expect(frrDaemonArguments(node("frr", { bgp: { port: 1790, installs: false } }))).toEqual([
      "-p",
      "1790",
      "--no_kernel",
    ]);
  });

  test("what FRR refuses is refused before", () => {
    const wrong = node("frr", {
      neighbors: [
        {
          address: "10.10.10.1",
          remoteAs: 64512,
          ttlSecurity: 1,
          localAs: { asn: 1 },
          families: { ipv4: { asOverride: true } },
        },
        {
          address: "10.10.10.2",
          remoteAs: 65001,
          multihop: 2,
          ttlSecurity: 1,
          families: { ipv4: { reflectorClient: true } },
        },
        { address: "10.10.10.3", remoteAs: "any" },
      ],
    });
    expect(faults(writeFrr(network(wrong), "worker"))).toEqual([
      "neighbors[0].localAs",
      "neighbors[0].ttlSecurity",
      "neighbors[1]",
      "neighbors[2].remoteAs",
      "neighbors[0].families.ipv4.asOverride",
      "neighbors[1].families.ipv4.reflectorClient",
    ]);
  });
});

describe("EOS", () => {
  const RUNNING = `! device: leaf1 (cEOSLab, EOS-4.32.0F)
!
hostname leaf1
!
interface Vlan10
   ip address 10.10.10.1/24
!
interface Ethernet1
   switchport access vlan 10
!
ip routing
!
ip prefix-list K8S
   seq 10 permit 10.244.0.0/16 ge 24 le 26
!
route-map FROM-K8S permit 10
   match ip address prefix-list K8S
   set community 65001:100 additive
!
router bgp 65001
   router-id 10.10.10.1
   maximum-paths 4 ecmp 4
   bgp listen range 10.10.10.0/24 peer-group K8S remote-as 65010
   neighbor K8S peer group
   neighbor K8S send-community standard large
   neighbor K8S maximum-routes 200
   neighbor K8S bgp-something-new
   redistribute connected
   !
   address-family ipv4
      neighbor K8S route-map FROM-K8S in
   !
   vrf MGMT
      router-id 192.0.2.9
      neighbor 192.0.2.1 remote-as 1
!
end
`;
  const { speaker, faults: wrong, unmodelled, segments } = readEos(RUNNING, { file: "leaf1" });

  test("a switch's running configuration: range, limits, communities, paths, the SVI's network", () => {
    expect(wrong).toEqual([]);
    expect(speaker.name).toBe("leaf1");
    expect(speaker.dialect).toEqual({ system: "eos", version: "4.32" });
    expect(speaker.interfaces).toEqual([{ name: "Vlan10", addresses: ["10.10.10.1/24"], segment: "10.10.10.0/24" }]);
    expect(segments).toEqual([{ name: "10.10.10.0/24", prefixes: ["10.10.10.0/24"] }]);
    expect(speaker.listen?.map(({ prefix, group }) => [prefix, group])).toEqual([["10.10.10.0/24", "K8S"]]);
    expect(speaker.groups?.["K8S"]).toEqual({
      remoteAs: 65010,
      families: {
        ipv4: {
          importPolicy: "FROM-K8S",
          sendCommunity: { standard: true, large: true },
          maximumPrefix: { limit: 200 },
        },
      },
    });
    expect(speaker.bgp.maximumPaths).toEqual({ ebgp: 4, ibgp: 4 });
    expect(speaker.neighbors).toEqual([]);
  });

  test("a line that is not known touches its neighbor alone", () => {
    expect(unmodelled).toEqual([
      { what: "neighbor K8S bgp-something-new", neighbor: "K8S", source: { file: "leaf1", line: 27 } },
    ]);
  });

  test("communities and limits are written with the session, as EOS has them", () => {
    const modelled: Speaker = { ...speaker };
    delete modelled.unmodelled;
    const text = orThrow(writeEos(network(modelled), "leaf1"));
    expect(text).toContain("   neighbor K8S send-community standard large\n   neighbor K8S maximum-routes 200\n");
    expect(text).toContain("   bgp listen range 10.10.10.0/24 peer-group K8S remote-as 65010\n");
  });
});
