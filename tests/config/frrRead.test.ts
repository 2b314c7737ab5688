import { describe, expect, test } from "vitest";
import { readFrr, writeFrr } from "../../components/config/frr";
import { readLinks } from "../../components/config/lab/links";
import { secretNames } from "../../components/config/ios/reading";
import { orThrow } from "../../components/model/errors";

/** As the training module prints it: no indentation, comments behind commands, an undefined route-map. */
const TRAINING = `router bgp 64501
bgp router-id 10.0.20.1
bgp bestpath as-path multipath-relax
# Peer with all K8s nodes in this rack
neighbor K8S_NODES peer-group
neighbor K8S_NODES remote-as 64512
neighbor 10.0.20.10 peer-group K8S_NODES # worker-01
neighbor 10.0.20.11 peer-group K8S_NODES
address-family ipv4 unicast
neighbor K8S_NODES soft-reconfiguration inbound
neighbor K8S_NODES route-map ACCEPT-K8S in
neighbor K8S_NODES route-map ADVERTISE-DEFAULT out
exit-address-family
neighbor 10.0.20.254 remote-as 64500
! Route maps
route-map ACCEPT-K8S permit 10
match ip address prefix-list K8S-PODS
ip prefix-list K8S-PODS seq 5 deny 0.0.0.0/0
ip prefix-list K8S-PODS seq 10 permit 10.244.0.0/16 le 26
`;

/** tor0 of the Cilium lab: commands that vtysh was given, family settings without a family around them. */
const CILIUM = `frr defaults datacenter
router bgp 65010
  bgp router-id 10.0.0.1
  no bgp ebgp-requires-policy
  neighbor ROUTERS peer-group
  neighbor ROUTERS remote-as external
  neighbor ROUTERS default-originate
  neighbor SERVERS peer-group
  neighbor SERVERS remote-as internal
  neighbor net0 interface peer-group ROUTERS
  neighbor 10.0.1.2 peer-group SERVERS
  address-family ipv4 unicast
    redistribute connected
  exit-address-family
!
`;

describe("what people have", () => {
  const reading = readFrr(TRAINING, { name: "tor-a", file: "frr.conf" });

  test("a file without indentation is understood, with the lines of each neighbor and policy", () => {
    expect(reading.faults).toEqual([]);
    expect(reading.speaker.neighbors).toEqual([
      { address: "10.0.20.10", group: "K8S_NODES", source: { file: "frr.conf", line: 7 } },
      { address: "10.0.20.11", group: "K8S_NODES", source: { file: "frr.conf", line: 8 } },
      { address: "10.0.20.254", remoteAs: 64500, source: { file: "frr.conf", line: 14 } },
    ]);
    expect(reading.speaker.groups).toEqual({
      K8S_NODES: {
        remoteAs: 64512,
        families: {
          ipv4: { softReconfiguration: true, importPolicy: "ACCEPT-K8S", exportPolicy: "ADVERTISE-DEFAULT" },
        },
      },
    });
    expect(reading.speaker.policies?.["ACCEPT-K8S"]?.terms).toEqual([
      { seq: 10, action: "accept", match: { prefixList: "K8S-PODS" }, source: { file: "frr.conf", line: 16 } },
    ]);
  });

  test("a comment behind a command, which FRR refuses, is noted for the neighbor it touches", () => {
    expect(reading.unmodelled).toEqual([
      {
        what: "neighbor 10.0.20.10 peer-group K8S_NODES # worker-01: FRR refuses a comment behind a command",
        neighbor: "10.0.20.10",
        source: { file: "frr.conf", line: 7 },
      },
    ]);
  });

  test("the tie-break is said as FRR has it without the line: the older path wins", () => {
    expect(reading.speaker.bgp).toEqual({ multipathRelax: true, compareRouterId: false });
  });

  test("the Cilium lab's router: profile, unnumbered neighbor, settings outside of a family", () => {
    const { speaker, faults, unmodelled } = readFrr(CILIUM, { name: "tor0" });
    expect([faults, unmodelled]).toEqual([[], []]);
    expect(speaker.dialect).toEqual({ system: "frr", version: "8.4", profile: "datacenter" });
    expect(speaker.groups?.["ROUTERS"]).toEqual({
      remoteAs: "external",
      families: { ipv4: { defaultOriginate: true } },
    });
    expect(speaker.neighbors.map(({ address, interface: port, group }) => address ?? `${port} ${group}`)).toEqual([
      "net0 ROUTERS",
      "10.0.1.2",
    ]);
    expect(speaker.originate).toEqual([{ kind: "redistribute", from: "connected", family: "ipv4" }]);
    expect(speaker.interfaces).toEqual([{ name: "net0", addresses: [] }]);
  });
});

test("timers as FRR 8.4.4 runs them: a keepalive of at most a third of the hold time, and no hold time below 3", () => {
  const { speaker, faults } = readFrr(
    [
      "router bgp 65001",
      " bgp router-id 10.0.0.1",
      ...["10.0.0.2 remote-as 65002", "10.0.0.2 timers 10 3", "10.0.0.3 remote-as 65002", "10.0.0.3 timers 10 20"],
      ...["10.0.0.4 remote-as 65002", "10.0.0.4 timers 10 2"],
    ]
      .map((line) => (line.startsWith("10.") ? ` neighbor ${line}` : line))
      .join("\n"),
  );
  // As `show bgp neighbors json` gave them for these lines.
  expect(speaker.neighbors.map(({ timers }) => timers)).toEqual([
    { keepalive: 1, hold: 3 },
    { keepalive: 6, hold: 20 },
    undefined,
  ]);
  expect(faults.map(({ line, found }) => [line, found])).toEqual([[8, "2"]]);
});

test("FRR 10 starts with default routes for next hops, and a reload in the datacenter profile would end that: it is said", () => {
  const text = (version: string, profile: "datacenter" | "traditional"): string =>
    orThrow(
      writeFrr(
        {
          version: 1,
          speakers: [
            {
              name: "a",
              dialect: { system: "frr", version, profile },
              asn: 65001,
              routerId: "10.0.0.1",
              interfaces: [],
              bgp: {},
              neighbors: [],
            },
          ],
          segments: [],
        },
        "a",
      ),
    );
  expect(text("10.3", "datacenter")).toContain("\nip nht resolve-via-default\n");
  expect(text("10.3", "traditional")).not.toContain("nht");
  expect(text("8.4", "datacenter")).not.toContain("nht");
});

describe("unknown lines", () => {
  const text = (line: string, where: "bgp" | "family" | "clause" | "top"): string =>
    [
      "route-map M permit 10",
      where === "clause" ? ` ${line}` : "!",
      "exit",
      "router bgp 65001",
      " bgp router-id 10.0.0.1",
      " neighbor 10.0.0.2 remote-as 65002",
      where === "bgp" ? ` ${line}` : " !",
      " address-family ipv4 unicast",
      where === "family" ? `  ${line}` : "  !",
      " exit-address-family",
      "exit",
      where === "top" ? line : "!",
    ].join("\n");

  test.each([
    ["neighbor 10.0.0.2 dont-capability-negotiate", "bgp", { neighbor: "10.0.0.2" }, 7],
    ["neighbor 10.0.0.2 unsuppress-map U", "family", { neighbor: "10.0.0.2" }, 9],
    ["set as-path exclude all", "clause", { policy: "M" }, 2],
    ["match rpki valid", "clause", { policy: "M" }, 2],
    ["bgp max-med administrative", "bgp", {}, 7],
    ["redistribute ospf", "family", {}, 9],
    ["router ospf", "top", {}, 12],
    ["ip import-table 10", "top", {}, 12],
  ] as const)("%s touches %s: %o", (line, where, scope, number) => {
    const { unmodelled, faults } = readFrr(text(line, where), { file: "f" });
    expect(faults).toEqual([]);
    expect(unmodelled).toEqual([{ what: line, ...scope, source: { file: "f", line: number } }]);
  });

  test.each([
    "log syslog informational",
    "service integrated-vtysh-config",
    "line vty",
    "no ipv6 forwarding",
    "vrf RED\n ip route 10.0.0.0/8 blackhole\nexit-vrf",
    "router bgp 65001 vrf RED\n bgp router-id 10.0.0.9\n neighbor 10.9.9.9 remote-as 1\nexit",
  ])("%j changes nothing in the default table", (line) => {
    const { unmodelled, faults, speaker } = readFrr(text(line, "top"));
    expect([unmodelled, faults]).toEqual([[], []]);
    expect(speaker.neighbors).toHaveLength(1);
    expect(speaker.routes).toBeUndefined();
  });

  test("of a line that FRR refuses nothing is shown behind the word that is wrong: it may be a secret", () => {
    for (const word of ["password-typo", "pas", "p"]) {
      const { faults, lines } = readFrr(text(`neighbor 10.0.0.2 ${word} hunter2`, "bgp"));
      const said = word === "pas" ? [] : [`neighbor 10.0.0.2 ${word}`];
      expect(faults.map(({ found, line }) => [found, line])).toEqual(said.map((found) => [found, 7]));
      expect(JSON.stringify([faults, lines])).not.toContain("hunter2");
    }
  });
});

describe("what is wrong in a file", () => {
  test("each mistake has its line, and all of them come at once", () => {
    const { faults } = readFrr(
      [
        "router bgp 65001",
        " bgp router-id 10.0.0.1",
        " neighbor 10.0.0.300 remote-as 65002",
        " neighbor 10.0.0.2 remote-as 0",
        " neighbor 10.0.0.9 timers 3 9",
        " bgp listen range 10.0.0.0/24 peer-group LATER",
        " neighbor LATER peer-group",
        "ip prefix-list P seq 5 permit 10.0.0.0/8 ge 24 le 20",
        "ip route 10.0.0.0/33 10.0.0.1",
      ].join("\n"),
    );
    expect(faults.map(({ line, found }) => [line, found])).toEqual([
      [3, "10.0.0.300"],
      [4, "0"],
      [5, "10.0.0.9"],
      [6, "LATER"],
      [8, "ip prefix-list P seq 5 permit 10.0.0.0/8 ge 24 le 20"],
      [9, "10.0.0.0/33"],
      [4, ""],
    ]);
  });

  test("a command of the top within an instance ends it, as in FRR: that is one mistake, not one for each line after it", () => {
    const { faults, lines } = readFrr(
      [
        "router bgp 65001",
        " bgp router-id 10.0.0.1",
        " bgp update-delay 30",
        " timers bgp 3 9",
        " neighbor 10.0.0.2 remote-as 65002",
        " neighbor 10.0.0.2 password hunter2",
        "no such command",
      ].join("\n"),
    );
    expect(faults.map(({ line, found }) => [line, found])).toEqual([
      [4, "timers bgp"],
      [7, "no such"],
    ]);
    expect(faults[0]?.expected).toContain('"bgp update-delay 30" of line 3');
    expect(JSON.stringify([faults, lines])).not.toContain("hunter2");
  });

  test("blocks of other daemons, with blocks in them, say nothing about BGP and end where they end", () => {
    const ldp =
      "mpls ldp\n router-id 10.9.9.9\n address-family ipv4\n  interface eth1\n  exit\n  discovery transport-address 10.9.9.9\n exit-address-family\nexit\n";
    const sr =
      "segment-routing\n traffic-eng\n  segment-list S\n   index 1 mpls label 16\n  exit\n  policy color 1 endpoint 10.0.0.9\n  exit\n exit\nexit\n";
    const bgp = "interface eth1\n ip address 10.0.0.1/30\nrouter bgp 65001\n neighbor 10.0.0.2 remote-as 65002\n";
    const { faults, unmodelled, speaker } = readFrr(`${ldp}${sr}${bgp}`, { name: "x" });
    expect([faults, unmodelled]).toEqual([[], []]);
    // ldpd's router id is not zebra's.
    expect(speaker).toMatchObject({ routerId: "10.0.0.1", neighbors: [{ address: "10.0.0.2" }] });
  });

  test("a file that is no router's", () => {
    const { faults } = readFrr("hello\nworld", { name: "x", file: "a" });
    expect(faults.map(({ line, found }) => [line, found])).toEqual([
      [1, "hello"],
      [2, "world"],
      [undefined, ""],
    ]);
    // That it has no router id either is no news.
    expect(faults[2]?.expected).toBe("a line `router bgp ASN`");
  });
});

describe("lists of one name for both families", () => {
  const text = `ip prefix-list P seq 5 permit 10.0.0.0/8
ipv6 prefix-list P seq 5 permit 2001:db8::/32
route-map M permit 10
 match ip address prefix-list P
exit
router bgp 65001
 bgp router-id 10.0.0.1
 neighbor 10.0.0.2 remote-as 65002
 address-family ipv4 unicast
  neighbor 10.0.0.2 route-map M in
 exit-address-family
`;

  test("a map used for IPv4 alone asks for the list as it is", () => {
    expect(readFrr(text).speaker.policies?.["M"]?.terms[0]?.match).toEqual({ prefixList: "P" });
  });

  test("a map used for both families asks for the IPv4 entries alone, as FRR does", () => {
    const both = `${text} address-family ipv6 unicast\n  neighbor 10.0.0.2 activate\n  neighbor 10.0.0.2 route-map M in\n`;
    const { speaker } = readFrr(both);
    expect(speaker.policies?.["M"]?.terms[0]?.match).toEqual({ prefixList: "P-ipv4" });
    expect(speaker.prefixLists?.["P-ipv4"]).toEqual([{ seq: 5, action: "permit", prefix: "10.0.0.0/8" }]);
  });

  test("a clause that asks for both matches nothing (FRR 8.4.4)", () => {
    const both = text.replace("prefix-list P\nexit", "prefix-list P\n match ipv6 address prefix-list P\nexit");
    expect(readFrr(both).speaker.policies?.["M"]?.terms[0]?.match).toEqual({ prefixes: [] });
  });
});

test("IPv6 has a number of paths of its own, FRR's own where it says none", () => {
  const read = (...more: string[]) => {
    const { speaker, unmodelled } = readFrr(
      [
        "router bgp 65001",
        " bgp router-id 10.0.0.1",
        " neighbor fd00::2 remote-as 65002",
        " address-family ipv4 unicast",
        "  maximum-paths 64",
        " exit-address-family",
        " address-family ipv6 unicast",
        ...more,
      ].join("\n"),
    );
    expect(unmodelled).toEqual([]);
    return [speaker.bgp.maximumPaths, speaker.bgp.maximumPathsIpv6];
  };
  expect(read("  neighbor fd00::2 activate", "  maximum-paths 8")).toEqual([{ ebgp: 64 }, { ebgp: 8 }]);
  expect(read("  neighbor fd00::2 activate")).toEqual([{ ebgp: 64 }, {}]);
  expect(read("  neighbor fd00::2 activate", "  maximum-paths 64")).toEqual([{ ebgp: 64 }, undefined]);
  // Nobody carries IPv6.
  expect(read()).toEqual([{ ebgp: 64 }, undefined]);
  const { speaker } = readFrr(
    "router bgp 65001\n bgp router-id 10.0.0.1\n neighbor fd00::2 remote-as 65002\n address-family ipv6\n  neighbor fd00::2 activate\n  maximum-paths 8\n",
  );
  const written = orThrow(writeFrr({ version: 1, speakers: [speaker], segments: [] }, speaker.name));
  expect(written).toMatch(/address-family ipv6 unicast[^!]*maximum-paths 8/);
  expect(written).not.toMatch(/address-family ipv4 unicast[^!]*maximum-paths/);
});

test("announcing what is installed alone can hold back only what stands behind a route of the router's own", () => {
  const read = (...more: string[]) =>
    readFrr(
      [
        "interface lo",
        " ip address 10.0.0.1/32",
        "interface eth0",
        " ip address 10.0.1.1/24",
        "ip route 172.16.0.0/16 10.0.1.2",
        "router bgp 65001",
        " bgp suppress-fib-pending",
        " address-family ipv4 unicast",
        "  network 10.0.0.1/32",
        ...more,
      ].join("\n"),
    ).unmodelled.map(({ what, prefixes }) => [what, prefixes]);
  expect(read()).toEqual([["bgp suppress-fib-pending", ["10.0.1.0/24", "172.16.0.0/16"]]]);
  expect(read("  redistribute connected")).toEqual([["bgp suppress-fib-pending", ["172.16.0.0/16"]]]);
  expect(read("  redistribute connected", "  redistribute static")).toEqual([]);
  expect(read("  redistribute static route-map M")).toHaveLength(1);
});

test("a map that calls itself by way of another is noted and not followed; one that refuses calls nobody", () => {
  const { speaker, unmodelled, faults } = readFrr(
    [
      "router bgp 65001",
      " bgp router-id 10.0.0.1",
      "route-map A permit 10",
      " call B",
      "route-map A deny 20",
      " call B",
      "route-map B permit 10",
      " call A",
      "route-map C permit 10",
      " call A",
    ].join("\n"),
  );
  expect(faults).toEqual([]);
  expect(unmodelled.map(({ what, policy }) => [what, policy])).toEqual([["call B, which leads back to A", "A"]]);
  const calls = Object.entries(speaker.policies ?? {}).map(([name, { terms }]) => [
    name,
    terms.map(({ call }) => call),
  ]);
  expect(calls).toEqual([
    ["A", [undefined, undefined]],
    ["B", ["A"]],
    ["C", ["A"]],
  ]);
});

test("equal passwords of two routers have one name, and no value is in a speaker", () => {
  const secrets = secretNames();
  const router = (value: string): string =>
    `router bgp 65001\n bgp router-id 10.0.0.1\n neighbor 10.0.0.2 remote-as 1\n neighbor 10.0.0.2 password ${value}\n`;
  const names = ["hunter2", "other", "hunter2"].map((value) => {
    const { speaker } = readFrr(router(value), { secrets });
    expect(JSON.stringify(speaker)).not.toContain(value);
    return speaker.neighbors[0]?.password;
  });
  expect(names[0]).toBe(names[2]);
  expect(names[0]).not.toBe(names[1]);
});

test("two routers meet on the segment of their network, or on the link that a links file names", () => {
  const router = (address: string): string =>
    `interface eth1\n ip address ${address}\nrouter bgp 65001\n bgp router-id 1.1.1.1\n`;
  const [a, b] = ["10.1.0.0/31", "10.1.0.1/31"].map(
    (address) => readFrr(router(address)).speaker.interfaces[0]?.segment,
  );
  expect(a).toBe("10.1.0.0/31");
  expect(b).toBe(a);
  const links = orThrow(readLinks("links:\n  - ends: [r1:eth1, r2:eth7]\naddresses:\n  r2:eth7: 10.2.0.1/24\n"));
  const bare = "router bgp 65001\n bgp router-id 1.1.1.1\n";
  expect(readFrr(bare, { name: "r1", links }).speaker.interfaces).toEqual([
    { name: "eth1", addresses: [], segment: "r1:eth1" },
  ]);
  expect(readFrr(bare, { name: "r2", links }).speaker.interfaces).toEqual([
    { name: "eth7", addresses: ["10.2.0.1/24"], segment: "r1:eth1" },
  ]);
});

test("a name that would be a second command never reaches the text", () => {
  const { speaker } = readFrr("router bgp 65001\n bgp router-id 1.1.1.1\n neighbor 10.0.0.2 remote-as 1\n", {
    name: "r",
  });
  const [neighbor] = speaker.neighbors;
  if (neighbor === undefined) throw new Error("no neighbor");
  neighbor.description = "x\n no router bgp";
  neighbor.families = { ipv4: { importPolicy: "M in\nexit" } };
  const written = writeFrr({ version: 1, speakers: [speaker], segments: [] }, "r");
  expect(written.ok ? [] : written.faults.map((fault) => fault.path)).toEqual([
    "speakers[r].neighbors[0].description",
    "speakers[r].neighbors[0].families.ipv4",
  ]);
});

test("`no interface` takes an interface away, and names one: FRR refuses it without a name", () => {
  const text = "router bgp 65001\n bgp router-id 10.0.0.1\ninterface eth0\n ip address 10.0.0.1/24\n";
  const names = (more: string) => readFrr(text + more, { name: "r" }).speaker.interfaces.map(({ name }) => name);
  expect(names("")).toContain("eth0");
  expect(names("no interface eth0\n")).not.toContain("eth0");
  expect(readFrr(`${text}no interface\n`, { name: "r" }).faults).toMatchObject([{ line: 5, found: "no interface" }]);
});
