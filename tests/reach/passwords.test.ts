/**
 * A password that changes on a router that listens, FRR 8.4 over SSH: the neighbors come back, whichever end has the new one
 * first. It proves what a push does to the keys of FRR's listening socket; what a CNI does with its Secret is its stack's.
 */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RouterConfiguration } from "../../components/live/routerConfiguration";
import { liveSystem } from "../../components/live/systems";
import { NEIGHBOR, atNeighbor, startNeighbor } from "./neighbor";
import { type Router, router } from "./router";

let tor: Router;

/** Each command line of vtysh on the router is kept, frr-reload's among them. */
const KEPT = "/run/vtysh.lines";
const KEEPING = `mv /usr/bin/vtysh /usr/bin/vtysh.frr
printf '#!/bin/sh\\necho "$*" >> ${KEPT}\\nexec /usr/bin/vtysh.frr "$@"\\n' > /usr/bin/vtysh; chmod 755 /usr/bin/vtysh`;

beforeAll(async () => {
  tor = await router();
  startNeighbor(tor);
  tor.inside("sh", "-ec", KEEPING);
});
afterAll(async () => {
  await tor.stop();
});

const text = (password: string | undefined) => `frr defaults datacenter
hostname tor1
no ip forwarding
no ipv6 forwarding
service integrated-vtysh-config
!
router bgp 65001
 bgp router-id 10.10.10.1
 neighbor k01 peer-group
 neighbor k01 remote-as ${NEIGHBOR.asn}
${password === undefined ? "" : ` neighbor k01 password ${password}\n`} bgp listen range 10.10.10.0/26 peer-group k01
exit
`;

async function push(password: string | undefined): Promise<void> {
  await RouterConfiguration.create({ reach: tor.reach, system: "frr", text: text(password) });
  await liveSystem("frr")?.configuration?.confirm(tor.reach);
}

function atFarEnd(password: string | undefined): void {
  atNeighbor(tor, `${password === undefined ? "no " : ""}neighbor 10.10.10.1 password ${password ?? ""}`.trimEnd());
}

const state = () => {
  const said = tor.inside("vtysh", "-c", "show bgp summary json");
  const { ipv4Unicast } = JSON.parse(said) as { ipv4Unicast?: { peers?: Record<string, { state: string }> } };
  return ipv4Unicast?.peers?.[NEIGHBOR.address]?.state ?? "none";
};

async function until(wanted: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (state() !== wanted) {
    if (Date.now() > end) throw new Error(`the session is ${state()} after 60 s, not ${wanted}`);
    await delay(200);
  }
}

/** The addresses that the kernel has keys of, for FRR's listening socket. */
const keys = () =>
  [...tor.inside("ss", "-lntiH").matchAll(/([0-9.]+\/\d+)=/g)].map(([, prefix]) => prefix ?? "").sort();

it("the neighbor first: it is gone when the router gets the new one, and comes back", async () => {
  atFarEnd("first-of-all");
  await push("first-of-all");
  await until("Established");
  // FRR adds the neighbor's own address to the range's key, and forgets neither when the neighbor goes.
  expect(keys()).toEqual(["10.10.10.0/26", "10.10.10.9/32"]);
  atFarEnd("second-of-all");
  await until("none");
  expect(keys()).toEqual(["10.10.10.0/26", "10.10.10.9/32"]);
  await push("second-of-all");
  await until("Established");
});

it("the router first, and its session is reset", async () => {
  await push("third-of-all");
  atFarEnd("third-of-all");
  await until("Established");
});

it("none any more: the neighbor comes back without", async () => {
  atFarEnd(undefined);
  await until("none");
  await push(undefined);
  await until("Established");
  expect(keys()).toEqual([]);
});

it("a neighbor that is configured by its address in the range keeps its session and its key", async () => {
  const named = text("fourth-of-all").replace(
    " bgp listen",
    ` neighbor ${NEIGHBOR.address} peer-group k01\n neighbor ${NEIGHBOR.address} timers 1 3\n bgp listen`,
  );
  await RouterConfiguration.create({ reach: tor.reach, system: "frr", text: named });
  await liveSystem("frr")?.configuration?.confirm(tor.reach);
  atFarEnd("fourth-of-all");
  await until("Established");
  expect(keys()).toEqual(["10.10.10.0/26", "10.10.10.9/32"]);
  expect(tor.inside("vtysh", "-c", "show running-config")).toContain(` neighbor ${NEIGHBOR.address} peer-group k01`);
});

it("no password of before or after has stood on a command line, though each of these pushes changed one", () => {
  const lines = tor.inside("sh", "-c", `grep -v 'neighbor 10.10.10.1 ' ${KEPT}`);
  expect(lines).toContain("-c show running-config");
  expect(lines).not.toMatch(/(first|second|third|fourth)-of-all/);
});
