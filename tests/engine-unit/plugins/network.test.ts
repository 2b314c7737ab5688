/**
 * What a network's addresses are in the state: as the program gave them, with the zeros of what it left out, and `{}` for
 * the auxiliary addresses of networks that Docker chose. The states are those that the official plugin left
 * (recorded/arguments.jsonl).
 */
import { describe, expect, test } from "vitest";
import { checkInputs } from "../../../engine/plugins/docker/inputs";
import { observed, planned } from "../../../engine/plugins/docker/plan";
import { refreshedInputs } from "../../../engine/plugins/docker/read";
import { network } from "../../../engine/plugins/docker/schemas";
import type { Values } from "../../../engine/plugins/values";

const inputsOf = (news: Values): Values =>
  checkInputs(network, {
    type: network.type,
    urn: "urn:pulumi:s::p::docker:index/network:Network::name",
    name: "name",
    news,
    olds: undefined,
    seed: new Uint8Array(32).fill(7),
    autonaming: undefined,
    signal: new AbortController().signal,
    seconds: 0,
    log: () => undefined,
    status: () => undefined,
  }).inputs;

/** As Docker's answer is read (network.ts). */
const told = (config: Values): Values => ({ subnet: "", ipRange: "", gateway: "", auxAddress: {}, ...config });
const stateOf = (inputs: Values, ...configs: Values[]): Values =>
  observed(network.fields, planned(network, inputs), { ipamConfigs: configs.map(told) });

describe("ipamConfigs after a creation", () => {
  test("given without auxiliary addresses they are null there, and the other parts empty", () => {
    const inputs = inputsOf({ name: "table-ipv6", ipamConfigs: [{ subnet: "fd00:77::/64" }] });
    expect(stateOf(inputs, { subnet: "fd00:77::/64" })["ipamConfigs"]).toEqual([
      { auxAddress: null, gateway: "", ipRange: "", subnet: "fd00:77::/64" },
    ]);
  });

  test("chosen by Docker they are an empty map", () => {
    const state = stateOf(inputsOf({ name: "table-driver" }), { subnet: "172.24.0.0/16", gateway: "172.24.0.1" });
    expect(state["ipamConfigs"]).toEqual([
      { auxAddress: {}, gateway: "172.24.0.1", ipRange: "", subnet: "172.24.0.0/16" },
    ]);
  });
});

test("a refresh that reads nested parts with an empty map instead of null changes no input", () => {
  const inputs = inputsOf({ name: "n", ipamConfigs: [{ subnet: "10.123.1.0/24", gateway: "10.123.1.1" }] });
  const before = stateOf(inputs, { subnet: "10.123.1.0/24", gateway: "10.123.1.1" });
  const after = observed(network.fields, before, {
    ipamConfigs: [told({ subnet: "10.123.1.0/24", gateway: "10.123.1.1" })],
  });
  expect(after["ipamConfigs"]).toEqual(before["ipamConfigs"]);
  expect(refreshedInputs(inputs, before, after)["ipamConfigs"]).toEqual(inputs["ipamConfigs"]);
});
