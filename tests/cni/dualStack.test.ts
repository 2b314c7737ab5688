import { describe, expect, test } from "vitest";
import { standing, type CniOptions, type NodeAddresses } from "../../components/cni/place";
import { parseAddress } from "../../components/model/address";
import { orThrow } from "../../components/model/errors";
import type { Node } from "../../components/cni/objects";
import { solve } from "../../components/bgp/solve";
import { validateNetwork } from "../../components/bgp/validate";
import { combine } from "../../components/bgp/combine";
import { readFrr } from "../../components/config/frr";
import { joinFamilies } from "../../components/config/lab/families";

const address = (text: string) => orThrow(parseAddress(text));
const node: Node = { apiVersion: "v1", kind: "Node", metadata: { name: "worker" } };
const V4: NodeAddresses = { ipv4: { address: address("10.10.10.11"), length: 24 } };
const V6: NodeAddresses = { ipv6: { address: address("2001:db8:10::11"), length: 64 } };
const both = { ...V4, ...V6 };
const bare: NodeAddresses = {
  ipv4: { address: address("10.10.10.11") },
  ipv6: { address: address("2001:db8:10::11") },
};

describe("a node with an address of either family stands on one segment", () => {
  const stand = (addresses: NodeAddresses, options: CniOptions = {}) => {
    const { interfaces, segments, adrift } = standing(node, addresses, options);
    return { on: interfaces[0]?.segment, addresses: interfaces[0]?.addresses, segments, adrift };
  };

  test("nobody named it: it is called after the IPv4 network, and has both", () => {
    expect(stand(both)).toEqual({
      on: "10.10.10.0/24",
      addresses: ["10.10.10.11/24", "2001:db8:10::11/64"],
      segments: [
        { name: "10.10.10.0/24", prefixes: ["10.10.10.0/24"] },
        { name: "10.10.10.0/24", prefixes: ["2001:db8:10::/64"] },
      ],
      adrift: [],
    });
  });

  test("the rack's segment is known by its IPv4 prefix alone: it takes the IPv6 one from the node", () => {
    expect(stand(both, { segments: [{ name: "rack1", prefixes: ["10.10.10.0/24"] }] })).toMatchObject({
      on: "rack1",
      segments: [{ name: "rack1", prefixes: ["2001:db8:10::/64"] }],
    });
  });

  test("the rack's segment is known by its IPv6 prefix alone", () => {
    expect(stand(both, { segments: [{ name: "rack1", prefixes: ["2001:db8:10::/64"] }] })).toMatchObject({
      on: "rack1",
      segments: [{ name: "rack1", prefixes: ["10.10.10.0/24"] }],
    });
  });

  test("the segment has both: lengths come from it, nothing is added", () => {
    const segments = [{ name: "rack1", prefixes: ["10.10.10.0/24", "2001:db8:10::/64"] }];
    expect(stand(bare, { segments })).toEqual({
      on: "rack1",
      addresses: ["10.10.10.11/24", "2001:db8:10::11/64"],
      segments: [],
      adrift: [],
    });
  });

  test("IPv6 alone", () => {
    expect(stand(V6)).toMatchObject({ on: "2001:db8:10::/64", segments: [{ prefixes: ["2001:db8:10::/64"] }] });
  });

  test("an IPv6 address whose length is not given is no reason to refuse the network", () => {
    const segments = [{ name: "rack1", prefixes: ["10.10.10.0/24"] }];
    const { interfaces, adrift } = standing(node, bare, { segments });
    expect(adrift).toEqual(["2001:db8:10::11"]);
    const speaker = {
      name: "worker",
      dialect: { system: "bird", version: "1.6" },
      asn: 65010,
      routerId: "10.10.10.11",
      bgp: {},
      neighbors: [],
    };
    expect(validateNetwork({ version: 1, segments, speakers: [{ ...speaker, interfaces }] })).toMatchObject({
      ok: true,
    });
  });
});

describe("routers that tell one link by different families", () => {
  const router = (name: string, number: number, lines: string): string =>
    `hostname ${name}\ninterface eth0\n${lines}router bgp ${65000 + number}\n bgp router-id 10.0.0.${number}\n no bgp ebgp-requires-policy\n`;
  const texts = [
    `${router("a", 1, " ip address 10.1.0.1/24\n ipv6 address 2001:db8::1/64\n")} neighbor 2001:db8::2 remote-as 65002\n`,
    `${router("b", 2, " ipv6 address 2001:db8::2/64\n")} neighbor 2001:db8::1 remote-as 65001\n`,
    `${router("c", 3, " ip address 10.1.0.3/24\n")} neighbor 10.1.0.1 remote-as 65001\n`,
  ];

  test("are on one segment, and their sessions come up", () => {
    const parts = texts.map((text) => {
      const { speakers, segments, faults } = readFrr(text);
      expect(faults).toEqual([]);
      return { speakers, segments };
    });
    const network = orThrow(validateNetwork(joinFamilies(combine(...parts))));
    expect(network.segments).toEqual([{ name: "10.1.0.0/24", prefixes: ["10.1.0.0/24", "2001:db8::/64"] }]);
    const states = solve(network).sessions.map(({ key, up }) => [key, up]);
    expect(states).toContainEqual(["a 2001:db8::1 - b 2001:db8::2", true]);
  });
});
