/** A router's password is a value in its file, a CNI's the name of a Secret: who can say that they differ? */
import { expect, test } from "vitest";
import { forecast } from "../../components/forecast/forecast";
import type { Network, Neighbor, Speaker } from "../../components/bgp/network";
import { joinPasswords } from "../../cli/passwords";

const router = (index: number, password: string): Speaker => ({
  name: `tor${index}`,
  dialect: { system: "frr", version: "10.3", profile: "datacenter" },
  role: "router",
  asn: 65000 + index,
  routerId: `10.0.${index}.1`,
  interfaces: [{ name: "eth0", segment: `rack${index}`, addresses: [`10.0.${index}.1/24`] }],
  bgp: {},
  groups: { NODES: { remoteAs: 64600, password } },
  listen: [{ prefix: `10.0.${index}.0/24`, group: "NODES" }],
  neighbors: [],
});

const node = (index: number, password: string): Speaker => ({
  name: `node${index}`,
  dialect: { system: "gobgp", version: "3.37" },
  role: "node",
  asn: 64600,
  routerId: `10.0.${index}.10`,
  interfaces: [{ name: "eth0", segment: `rack${index}`, addresses: [`10.0.${index}.10/24`] }],
  bgp: { listens: false },
  neighbors: [{ address: `10.0.${index}.1`, remoteAs: 65000 + index, password } satisfies Neighbor],
});

function sessions(...speakers: Speaker[]) {
  const segments = [1, 2].map((index) => ({ name: `rack${index}`, prefixes: [`10.0.${index}.0/24`] }));
  const network: Network = joinPasswords({ version: 1, speakers, segments });
  const { solution } = forecast(network);
  return {
    up: solution.sessions.map(({ up }) => up),
    doubts: solution.notModelled
      .filter(({ what }) => what.includes("Secret"))
      .map(({ speaker, what }) => [speaker, what]),
  };
}

test("a Secret whose value nobody gave is taken for the router's password, and the session is in doubt for it", () => {
  expect(sessions(router(1, "password-1"), node(1, "bgp-auth"))).toEqual({
    up: [true],
    doubts: [["node1", "whether the Secret bgp-auth holds the password of tor1: its value is not given"]],
  });
});

test("one Secret for two routers of different passwords is wrong at one of them: both are named as they stand", () => {
  const { up, doubts } = sessions(router(1, "password-1"), router(2, "password-2"), node(1, "auth"), node(2, "auth"));
  expect(up).toEqual([false, false]);
  expect(doubts).toEqual([]);
});

test("names that somebody gave are compared as they are", () => {
  expect(sessions(router(1, "fabric-key"), node(1, "bgp-auth")).up).toEqual([false]);
  expect(sessions(router(1, "bgp-auth"), node(1, "bgp-auth"))).toEqual({ up: [true], doubts: [] });
});
