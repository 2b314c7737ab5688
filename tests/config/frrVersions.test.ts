/** What an older FRR has no command for, or takes and does not show: found in bgp_vty.c and bgp_routemap.c of each release. */
import { describe, expect, test } from "vitest";
import type { Match, Neighbor, Network, Speaker } from "../../components/bgp/network";
import { readFrr, writeFrr } from "../../components/config/frr";

const router = (version: string, more: Partial<Speaker>): Network => ({
  version: 1,
  speakers: [
    {
      name: "tor1",
      dialect: { system: "frr", version, profile: "traditional" },
      asn: 65001,
      routerId: "10.0.0.1",
      interfaces: [{ name: "eth0", segment: "lan", addresses: ["10.0.0.1/24"] }],
      bgp: {},
      neighbors: [],
      ...more,
    },
  ],
  segments: [{ name: "lan", prefixes: [] }],
});
const refused = (version: string, more: Partial<Speaker>): string[] => {
  const written = writeFrr(router(version, more), "tor1");
  return written.ok ? [] : written.faults.map(({ path, expected }) => `${path}: ${expected}`);
};
const filters = (match: Match): Partial<Speaker> => ({
  policies: { IN: { terms: [{ seq: 10, action: "accept", match }] } },
});
const peer = (more: Neighbor, group?: Neighbor): Partial<Speaker> => ({
  ...(group === undefined ? {} : { groups: { G: { remoteAs: 65002, ...group } } }),
  neighbors: [{ address: "10.0.0.2", ...(group === undefined ? { remoteAs: 65002 } : { group: "G" }), ...more }],
});

describe("a command is written from its first release on, and refused in words before", () => {
  test.each<[string, string, string, Partial<Speaker>]>([
    ["8.4.4", "8.5", "neighbor X graceful-shutdown", peer({ gracefulShutdown: true })],
    ["9.0", "9.1", "match community X any", filters({ communityList: "C", communityMatch: "any" })],
    ["10.2", "10.3", "match community-limit", filters({ communityCountMax: 3 })],
    ["10.2", "10.3", "match src-peer", filters({ sourcePeer: "10.0.0.2" })],
    ["10.5", "10.6", "match as-path-count", filters({ asPathCountMax: 3 })],
  ])("%s has no word, %s has: %s", (older, since, command, more) => {
    expect(refused(older, more).join()).toContain(`FRR ${since} or newer: ${older} has no \`${command}\``);
    expect(refused(since, more)).toEqual([]);
  });
});

/** vtysh of 8.4.4 and 10.3 took each of these lines; `show running-config` had those alone that are written here. */
describe("solo is written only where the running configuration shows it", () => {
  test.each<[string, string, Partial<Speaker>, number]>([
    ["a neighbor of its own", "8.4", peer({ solo: true }), 0],
    ["a member whose group does not say so", "10.3", peer({ solo: true }, {}), 1],
    ["a peer-group of 10.2", "10.2", peer({}, { solo: true }), 0],
    ["a peer-group of 10.1", "10.1", peer({}, { solo: true }), 1],
  ])("%s, %s", (_, version, more, faults) => expect(refused(version, more)).toHaveLength(faults));

  test("a member of such a group has no line of its own", () => {
    const written = writeFrr(router("10.3", peer({ solo: true }, { solo: true })), "tor1");
    expect(written.ok && written.value.match(/ solo$/gm)).toHaveLength(1);
  });
});

test("`bgp graceful-shutdown` outside of an instance is about every one of them", () => {
  const text = ["", " vrf RED"]
    .map((vrf) => `router bgp 65001${vrf}\n bgp router-id 10.0.0.1\n neighbor 10.0.0.2 remote-as 65002\n`)
    .join("");
  const { speakers, faults, unmodelled } = readFrr(`hostname tor1\nbgp graceful-shutdown\n${text}`);
  expect([faults, unmodelled]).toEqual([[], []]);
  expect(speakers.map(({ bgp }) => bgp.gracefulShutdown)).toEqual([true, true]);
});
