/**
 * A router that exists, over SSH, by the real engine: FRR 8.4 with a configuration of its own, and a neighbor behind it.
 * The program has its BGP and nothing else. It does not prove a vendor's switch with FRR in it.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NEIGHBOR, atNeighbor, startNeighbor } from "./neighbor";
import { type Project, project } from "./program";
import { type Router, router } from "./router";

let tor: Router;
let program: Project;

/** What somebody has configured by hand, before there was a program. */
const BY_HAND = [
  "ip route 203.0.113.0/24 blackhole",
  "ip prefix-list OSPF seq 5 permit 10.0.0.0/8",
  "route-map CONNECTED permit 10",
  "match ip address prefix-list OSPF",
  "exit",
  "interface lo",
  "description by hand",
  "ip address 10.0.0.1/32",
  "exit",
  "router bgp 65001",
  "bgp router-id 10.0.0.1",
  "neighbor 10.10.10.77 remote-as 65077",
  "neighbor 10.10.10.77 password correct-horse-battery",
  "exit",
];

const vty = (...lines: string[]) => tor.inside("vtysh", ...["configure", ...lines].flatMap((line) => ["-c", line]));
const runs = () => tor.inside("vtysh", "-c", "show running-config");
/** Sorted: a reload may put a list back behind another one. */
const sorted = (text: string) => text.split("\n").sort().join("\n");

interface Options {
  /** More fields of the router. */
  router?: object;
  /** More fields of the session. */
  session?: object;
  timeout?: number;
}

/** The program: the router, its neighbor as somebody else's speaker, and the whole. */
const source = ({ router: changes = {}, session = {}, timeout = 30 }: Options = {}) => {
  const { key, ...reach } = tor.reach;
  return `
const pulumi = require("@pulumi/pulumi");
const { ExistingRouter, LiveNetwork } = require("bgpfabric");
const tor = new ExistingRouter("tor1", {
  os: "frr", version: "8.4", profile: "datacenter", asn: 65001, neighbors: "listed", maximumPaths: 4,
  segments: [{ prefix: "10.10.10.0/24", address: "10.10.10.1", interface: "lan0" }],
  reach: { ...${JSON.stringify(reach)}, key: pulumi.secret(${JSON.stringify(key)}), confirmWithin: 90 },
  ...${JSON.stringify(changes)},
});
const accept = { terms: [{ seq: 10, action: "accept" }] };
const beside = {
  resources: [],
  network: { speakers: [
    { name: "tor1", policies: { all: accept }, neighbors: [{
      address: "${NEIGHBOR.address}", remoteAs: ${NEIGHBOR.asn}, timers: { connectRetry: 1 },
      families: { ipv4: { importPolicy: "all", exportPolicy: "all" } }, ...${JSON.stringify(session)} }] },
    { name: "node9", dialect: { system: "frr", version: "8.4", profile: "traditional" }, asn: ${NEIGHBOR.asn},
      routerId: "${NEIGHBOR.address}", bgp: { ebgpRequiresPolicy: false, compareRouterId: true },
      interfaces: [{ name: "eth0", segment: "tor1", addresses: ["${NEIGHBOR.address}/24"] }],
      routes: [{ prefix: "${NEIGHBOR.prefix}", blackhole: true }],
      neighbors: [{ address: "10.10.10.1", remoteAs: 65001, timers: { keepalive: 1, hold: 3 } }],
      originate: [{ kind: "network", prefix: "${NEIGHBOR.prefix}" }] },
  ] },
};
const live = new LiveNetwork("live", { parts: [tor, beside], timeout: ${timeout} });
exports.sessions = live.sessions;
exports.routes = live.routes;
`;
};

const ours = { overwrite: true };
let before: string;

beforeAll(async () => {
  tor = await router();
  startNeighbor(tor);
  vty(...BY_HAND);
  before = runs();
  program = await project();
});
afterAll(async () => {
  program.remove();
  await tor.stop();
});

describe("the first preview", () => {
  it("refuses to remove a neighbor that the program does not know, and names it", async () => {
    program.program(source());
    const { code, text } = await program.pulumi("preview");
    expect(code).not.toBe(0);
    expect(text).toMatch(/it has neighbors that the program has not, 10\.10\.10\.77: .*overwrite: true/);
    expect(runs()).toBe(before);
  });

  it("refuses a forecast for another profile of defaults, another version and another AS", async () => {
    program.program(source({ router: { overwrite: true, profile: "traditional", version: "10.3", asn: 65002 } }));
    const { code, text } = await program.pulumi("preview");
    expect(code).not.toBe(0);
    expect(text).toMatch(/the router has "frr defaults datacenter", and the forecast is one of traditional/);
    expect(text).toMatch(/the router runs FRR 8\.4, and the forecast is one of 10\.3/);
    expect(text).toMatch(/the router is AS 65001, and the program has AS 65002/);
  });

  it("shows what the push would change, line by line, without the password that goes", async () => {
    program.program(source({ router: ours }));
    const text = await program.succeeds("preview");
    expect(text).toContain(`+ router bgp 65001 / neighbor ${NEIGHBOR.address} remote-as ${NEIGHBOR.asn}`);
    expect(text).toMatch(/- router bgp 65001 \/ .*neighbor 10\.10\.10\.77/);
    expect(text).not.toContain("correct-horse-battery");
    expect(runs()).toBe(before);
  });
});

describe("up", () => {
  it("changes the router's BGP, and waits until the network is as forecast", async () => {
    await program.succeeds("up", "--yes", "--skip-preview");
    expect(runs()).toContain(`neighbor ${NEIGHBOR.address} remote-as ${NEIGHBOR.asn}`);
    expect(runs()).not.toContain("10.10.10.77");
    const output = JSON.parse(await program.succeeds("stack", "output", "--json", "--stack", "test")) as {
      routes: string[];
    };
    expect(output.routes).toEqual([`tor1 ${NEIGHBOR.prefix}: ebgp via ${NEIGHBOR.address}, path ${NEIGHBOR.asn}`]);
  });

  it("leaves everything else as it was: interface, static route, lists of others", () => {
    for (const line of [" description by hand", " ip address 10.0.0.1/32", "ip route 203.0.113.0/24 blackhole"]) {
      expect(runs().split("\n")).toContain(line);
    }
    expect(runs()).toContain("ip prefix-list OSPF seq 5 permit 10.0.0.0/8");
    expect(runs()).toContain("route-map CONNECTED permit 10");
  });

  it("is confirmed: the router's own file holds the whole, and no timer runs", () => {
    const file = tor.inside("cat", "/etc/frr/frr.conf");
    expect(file).toContain(`neighbor ${NEIGHBOR.address} remote-as ${NEIGHBOR.asn}`);
    expect(file).toContain("ip address 10.0.0.1/32");
    expect(tor.inside("ls", "/run/bgpfabric")).not.toContain("pending");
  });

  it("leaves what ran before the first push in a file on the router", () => {
    expect(tor.inside("cat", "/etc/frr/frr.conf.before-bgpfabric")).toContain("neighbor 10.10.10.77");
  });

  it("leaves neither key nor the old password readable in the state", () => {
    expect(program.state()).not.toContain("correct-horse-battery");
    expect(program.state()).not.toContain(tor.reach.key?.split("\n")[1]);
  });

  it("is done: a second preview changes nothing, and neither does a refresh", async () => {
    await program.succeeds("preview", "--expect-no-changes");
    await program.succeeds("preview", "--refresh", "--expect-no-changes");
  });
});

describe("a hand edit", () => {
  it("of BGP is drift: a preview shows it alone, and up takes it back", async () => {
    vty("router bgp 65001", "bgp listen limit 7");
    const text = await program.succeeds("preview", "--diff");
    expect(text).toContain("- router bgp 65001 / bgp listen limit 7");
    expect(await program.succeeds("refresh", "--yes", "--diff")).toContain("bgp listen limit 7");
    await program.succeeds("up", "--yes", "--skip-preview");
    expect(runs()).not.toContain("listen limit 7");
    await program.succeeds("preview", "--refresh", "--expect-no-changes");
  });

  it("of anything else is not the program's business", async () => {
    vty("ip route 198.51.100.0/24 blackhole");
    await program.succeeds("preview", "--refresh", "--expect-no-changes");
    expect(runs()).toContain("ip route 198.51.100.0/24 blackhole");
  });
});

describe("a change while the network is not what it should be", () => {
  it("is taken back at once when the gate has waited in vain, and the next up makes it good", async () => {
    const stood = sorted(runs());
    atNeighbor(tor, "neighbor 10.10.10.1 shutdown");
    program.program(source({ router: ours, session: { description: "new" }, timeout: 8 }));
    const { code, text } = await program.pulumi("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(text).toMatch(/tor1 runs its configuration of before this change/);
    expect(sorted(runs())).toBe(stood);
    atNeighbor(tor, "no neighbor 10.10.10.1 shutdown");
    program.program(source({ router: ours, session: { description: "new" } }));
    await program.succeeds("up", "--yes", "--skip-preview");
    expect(runs()).toContain("description new");
    await program.succeeds("preview", "--refresh", "--expect-no-changes");
  });
});

describe("destroy", () => {
  it("gives the router back what it had, and keeps what was changed by hand meanwhile", async () => {
    await program.succeeds("destroy", "--yes", "--skip-preview");
    expect(sorted(runs())).toBe(sorted(`${before}ip route 198.51.100.0/24 blackhole\n`));
    expect(tor.inside("cat", "/etc/frr/frr.conf")).toContain("neighbor 10.10.10.77");
    expect(tor.inside("ls", "/run/bgpfabric")).not.toContain("pending");
  });
});
