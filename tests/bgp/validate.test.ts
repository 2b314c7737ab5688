/** What is no Network, or none that could run: every mistake with its place, all of them at once. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Network } from "../../components/bgp/network";
import { NETWORK_SCHEMA } from "../../components/bgp/schema";
import { validateNetwork } from "../../components/bgp/validate";
import { lab000 } from "./networks/lab000";

const faults = (value: unknown): string[] => {
  const result = validateNetwork(value);
  return result.ok ? [] : result.faults.map((fault) => fault.path);
};

const broken = (change: (network: Network) => void): string[] => {
  const network = structuredClone(lab000());
  change(network);
  return faults(network);
};

describe("validateNetwork", () => {
  test("lab 000 is a Network, and JSON keeps it one", () => {
    expect(faults(lab000())).toEqual([]);
    expect(faults(JSON.parse(JSON.stringify(lab000())))).toEqual([]);
  });

  test.each<[string, unknown, string[]]>([
    ["nothing", undefined, [""]],
    ["a text", "network", [""]],
    ["an object without its fields", {}, ["version", "speakers", "segments"]],
    ["another version", { version: 2, speakers: [], segments: [] }, ["version"]],
    ["a field that does not exist", { version: 1, speakers: [], segments: [], racks: [] }, ["racks"]],
  ])("%s is none", (_, value, paths) => {
    expect(faults(value)).toEqual(paths);
  });

  test.each([0, 23456, 65535, 4294967295])("AS %d is reserved", (asn) => {
    expect(broken((network) => Object.assign(network.speakers[0] ?? {}, { asn }))).toEqual(["speakers[0].asn"]);
  });

  test("a confederation's ASNs are as little reserved as a speaker's, its members each by its place", () => {
    const confederation = { identifier: 23456, members: [65001, 65535] };
    expect(broken((network) => Object.assign(network.speakers[0]?.bgp ?? {}, { confederation }))).toEqual([
      "speakers[0].bgp.confederation.identifier",
      "speakers[0].bgp.confederation.members[1]",
    ]);
  });

  test("an ASN beyond four bytes", () => {
    expect(broken((network) => Object.assign(network.speakers[0] ?? {}, { asn: 4294967296 }))).toEqual([
      "speakers[0].asn",
    ]);
  });

  test("two speakers with one address on a segment", () => {
    const twice = (network: Network): void => void (network.speakers[2]!.interfaces[0]!.addresses = ["10.10.10.10/24"]);
    expect(broken(twice)).toEqual(["speakers[2].interfaces[0].addresses[0]"]);
  });

  test("an address outside of its segment", () => {
    const outside = (network: Network): void =>
      void (network.speakers[2]!.interfaces[0]!.addresses = ["10.10.11.11/24"]);
    expect(broken(outside)).toEqual(["speakers[2].interfaces[0].addresses[0]"]);
  });

  test("one router id twice in an AS is legal: a session between the two is refused (RFC 6286)", () => {
    const same = (network: Network): void => void (network.speakers[2]!.routerId = network.speakers[1]!.routerId);
    expect(broken(same)).toEqual([]);
  });

  test("names that lead nowhere: segment, group, interface", () => {
    const paths = broken((network) => {
      network.speakers[0]!.interfaces[0]!.segment = "rack9";
      network.speakers[0]!.listen![0]!.group = "NOBODY";
      network.speakers[1]!.neighbors = [
        { interface: "eth9", remoteAs: 65001 },
        { address: "10.10.10.1", group: "GONE" },
      ];
    });
    expect(paths).toEqual([
      "speakers[0].interfaces[0].segment",
      "speakers[0].listen[0].group",
      "speakers[1].neighbors[0].interface",
      "speakers[1].neighbors[1].group",
      "speakers[1].neighbors[1].remoteAs",
    ]);
  });

  test("prefixes with host bits, lengths that fit no prefix, timers that exclude each other", () => {
    const paths = broken((network) => {
      network.speakers[1]!.originate = [{ kind: "network", prefix: "10.1.1.1/24" }];
      network.speakers[0]!.prefixLists = { L: [{ action: "permit", prefix: "10.0.0.0/16", ge: 8, le: 40 }] };
      network.speakers[0]!.groups!["RACK"]!.timers = { keepalive: 30, hold: 9 };
    });
    expect(paths.sort()).toEqual([
      "speakers[0].groups.RACK.timers.keepalive",
      "speakers[0].prefixLists.L[0].ge",
      "speakers[0].prefixLists.L[0].le",
      "speakers[1].originate[0].prefix",
    ]);
  });

  test("the published schema is the one that is used", () => {
    const published: unknown = JSON.parse(readFileSync("docs/schema/network.schema.json", "utf8"));
    expect(published).toEqual(NETWORK_SCHEMA);
  });
});
