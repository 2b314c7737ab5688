/** A program with a switch that exists, EOS over eAPI, through the real engine; the switch is the tests' own. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Switch, eosSwitch } from "../eapi/switch";
import { type Project, project } from "./program";

let tor: Switch;
let program: Project;
let before: string;

const source = (more: object = {}) => {
  const { password, ...reach } = tor.reach;
  return `
const pulumi = require("@pulumi/pulumi");
const { ExistingRouter, LiveNetwork } = require("bgpfabric");
const tor = new ExistingRouter("tor1", {
  os: "eos", version: "4.32", asn: 65001, neighbors: "listed", maximumPaths: 4,
  segments: [{ prefix: "10.10.10.0/24", address: "10.10.10.1", interface: "Ethernet1" }],
  reach: { ...${JSON.stringify(reach)}, password: pulumi.secret(${JSON.stringify(password)}) },
  ...${JSON.stringify(more)},
});
const accept = { terms: [{ seq: 10, action: "accept" }] };
const families = { ipv4: { importPolicy: "all", exportPolicy: "all" } };
const beside = { resources: [], network: { speakers: [
  { name: "tor1", policies: { all: accept }, neighbors: [{ address: "10.10.10.9", remoteAs: 65009, families }] },
  { name: "node9", dialect: { system: "frr", version: "8.4", profile: "datacenter" }, asn: 65009, routerId: "10.10.10.9",
    interfaces: [{ name: "eth0", segment: "tor1", addresses: ["10.10.10.9/24"] }], bgp: { compareRouterId: true },
    routes: [{ prefix: "172.16.0.240/28", blackhole: true }], neighbors: [{ address: "10.10.10.1", remoteAs: 65001 }],
    originate: [{ kind: "network", prefix: "172.16.0.240/28" }] },
] } };
const live = new LiveNetwork("live", { parts: [tor, beside], timeout: 20 });
exports.sessions = live.sessions;
`;
};

beforeAll(async () => {
  tor = await eosSwitch();
  tor.byHand("hostname tor1", "interface Ethernet1", "no switchport", "ip address 10.10.10.1/24");
  tor.world.established = (address, asn) => address === "10.10.10.9" && asn === 65009;
  tor.world.routes = [{ prefix: "172.16.0.240/28", from: "10.10.10.9", asPath: "65009" }];
  before = tor.running();
  program = await project();
});
afterAll(async () => {
  program.remove();
  await tor.stop();
});

it("is previewed with the switch's own difference, pushed and confirmed", async () => {
  program.program(source());
  const shown = await program.succeeds("preview");
  expect(shown).toContain("+   neighbor 10.10.10.9 remote-as 65009");
  expect(tor.running()).toBe(before);

  await program.succeeds("up", "--yes", "--skip-preview");
  expect(tor.startup()).toContain("   neighbor 10.10.10.9 remote-as 65009\n");
  expect(tor.sessions()).toEqual([]);
  expect(program.state()).not.toContain(tor.reach.password);
});

it("is unchanged then; a hand edit shows in a preview, and is taken back", async () => {
  await program.succeeds("preview", "--refresh", "--expect-no-changes");
  tor.byHand("router bgp 65001", "neighbor 10.10.10.9 shutdown");
  expect(await program.succeeds("preview", "--diff")).toContain("- router bgp 65001 / neighbor 10.10.10.9 shutdown");
  await program.succeeds("up", "--yes", "--skip-preview");
  expect(tor.running()).not.toContain("shutdown");
});

it("is given back by destroy", async () => {
  await program.succeeds("destroy", "--yes", "--skip-preview");
  expect(tor.running()).toBe(before);
});

it("is taken back where the network does not become what was forecast", async () => {
  tor.world.established = () => false;
  program.program(source().replace("timeout: 20", "timeout: 2"));
  const { code, text } = await program.pulumi("up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(text).toMatch(/tor1 runs its configuration of before this change/);
  expect(tor.running()).toBe(before);
  await program.succeeds("destroy", "--yes", "--skip-preview");
});
