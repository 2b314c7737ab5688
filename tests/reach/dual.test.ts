/**
 * A router that exists, with both families on its segment, by the real engine: FRR 8.4 over SSH, and a neighbor with a
 * session of each family behind it. What a push does otherwise is existing.test.ts's.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { NEIGHBOR, startNeighbor } from "./neighbor";
import { type Project, project } from "./program";
import { type Router, router } from "./router";

const SIX = { own: "fd00:10::1", address: "fd00:10::9", prefix: "fd00:172:16::/124" };

const START = `set -e
ip addr add ${SIX.own}/64 dev lan0 nodad
within="nsenter -t $(cat /run/peer.pid) -n"
$within ip addr add ${SIX.address}/64 dev eth0 nodad
$within vtysh -N peer -c configure -c 'ipv6 route ${SIX.prefix} blackhole' -c 'router bgp ${NEIGHBOR.asn}' \\
  -c 'neighbor ${SIX.own} remote-as 65001' -c 'neighbor ${SIX.own} timers connect 1' \\
  -c 'address-family ipv6 unicast' -c 'neighbor ${SIX.own} activate' -c 'network ${SIX.prefix}'`;

let tor: Router;
let program: Project;

const source = () => {
  const { key, ...reach } = tor.reach;
  const families = (one: "ipv4" | "ipv6") =>
    JSON.stringify({ ipv4: { active: false }, [one]: { active: true, importPolicy: "all", exportPolicy: "all" } });
  return `
const pulumi = require("@pulumi/pulumi");
const { ExistingRouter, LiveNetwork } = require("bgpfabric");
const tor = new ExistingRouter("tor1", {
  os: "frr", version: "8.4", profile: "datacenter", asn: 65001, neighbors: "listed", maximumPaths: 4,
  segments: [{
    prefix: ["10.10.10.0/24", "fd00:10::/64"], address: ["10.10.10.1", "${SIX.own}"], interface: "lan0",
  }],
  reach: { ...${JSON.stringify(reach)}, key: pulumi.secret(${JSON.stringify(key)}), confirmWithin: 90 },
});
const accept = { terms: [{ seq: 10, action: "accept" }] };
const peer = { remoteAs: ${NEIGHBOR.asn}, timers: { connectRetry: 1 } };
const back = { remoteAs: 65001, timers: { keepalive: 1, hold: 3 } };
const beside = {
  resources: [],
  network: { speakers: [
    { name: "tor1", policies: { all: accept }, neighbors: [
      { ...peer, address: "${NEIGHBOR.address}", families: ${families("ipv4")} },
      { ...peer, address: "${SIX.address}", families: ${families("ipv6")} } ] },
    { name: "node9", dialect: { system: "frr", version: "8.4", profile: "traditional" }, asn: ${NEIGHBOR.asn},
      routerId: "${NEIGHBOR.address}", bgp: { ebgpRequiresPolicy: false, compareRouterId: true },
      interfaces: [
        { name: "eth0", segment: "tor1", addresses: ["${NEIGHBOR.address}/24", "${SIX.address}/64"] } ],
      routes: [{ prefix: "${NEIGHBOR.prefix}", blackhole: true }, { prefix: "${SIX.prefix}", blackhole: true }],
      neighbors: [
        { ...back, address: "10.10.10.1" },
        { ...back, address: "${SIX.own}", families: { ipv6: { active: true } } } ],
      originate: [
        { kind: "network", prefix: "${NEIGHBOR.prefix}" }, { kind: "network", prefix: "${SIX.prefix}" } ] },
  ] },
};
const live = new LiveNetwork("live", { parts: [tor, beside], timeout: 60 });
exports.sessions = live.sessions;
exports.routes = live.routes;
`;
};

beforeAll(async () => {
  tor = await router();
  startNeighbor(tor);
  tor.inside("sh", "-c", START);
  program = await project();
  program.program(source());
});
afterAll(async () => {
  program.remove();
  await tor.stop();
});

it("gets a session of each family, and each family's route over it, as the gate's forecast has them", async () => {
  await program.succeeds("up", "--yes", "--skip-preview");
  const { sessions, routes } = JSON.parse(await program.succeeds("stack", "output", "--json", "--stack", "test")) as {
    sessions: string[];
    routes: string[];
  };
  expect(sessions).toEqual([
    `node9 ${NEIGHBOR.address} - tor1 10.10.10.1: up ebgp AS 65009 - 65001 ipv4`,
    `node9 ${SIX.address} - tor1 ${SIX.own}: up ebgp AS 65009 - 65001 ipv6`,
  ]);
  expect(routes).toEqual([
    `tor1 ${NEIGHBOR.prefix}: ebgp via ${NEIGHBOR.address}, path 65009`,
    `tor1 ${SIX.prefix}: ebgp via ${SIX.address}, path 65009`,
  ]);
  const six = JSON.parse(tor.inside("vtysh", "-c", "show bgp ipv6 unicast json")) as { routes: object };
  expect(Object.keys(six.routes)).toEqual([SIX.prefix]);
}, 240_000);

it("previews no change, sees an IPv6 neighbor that somebody takes away, and brings it back", async () => {
  await program.succeeds("preview", "--refresh", "--expect-no-changes");
  const lines = ["configure", "router bgp 65001", `no neighbor ${SIX.address}`].flatMap((line) => ["-c", line]);
  tor.inside("vtysh", ...lines);
  expect(await program.succeeds("preview", "--refresh", "--diff")).toContain(SIX.address);
  await program.succeeds("up", "--refresh", "--yes", "--skip-preview");
  expect(tor.inside("vtysh", "-c", "show running-config")).toContain(`neighbor ${SIX.address} remote-as`);
  await program.succeeds("destroy", "--yes", "--skip-preview");
  expect(tor.inside("vtysh", "-c", "show running-config")).not.toContain("router bgp");
}, 240_000);
