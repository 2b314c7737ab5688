/**
 * Every router of every stack as a switch with EOS: its configuration is pushed over eAPI, read back from what the switch
 * runs, and must be the same router. The switch is the tests' own; it refuses what its table of EOS's language does not have.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  NETWORK_VERSION,
  type Neighbor,
  type NeighborSettings,
  type Network,
  type Speaker,
} from "../../components/bgp/network";
import { readEos, writeEos } from "../../components/config/eos";
import { readFrr } from "../../components/config/frr";
import { liveSystem } from "../../components/live/systems";
import { compareAddresses } from "../../components/model/address";
import { orThrow } from "../../components/model/errors";
import { comparable } from "../config/compare";
import { type Switch, eosSwitch } from "./switch";

const GOLDEN = join(__dirname, "../golden");
const files = readdirSync(GOLDEN).flatMap((stack) =>
  readdirSync(join(GOLDEN, stack)).flatMap((file) => (file.endsWith(".frr.conf") ? [`${stack}/${file}`] : [])),
);
const defaults = { numberedLists: false, bgp: { multipathRelax: true } };

/**
 * The router of a golden file, running EOS; its interfaces are the switch's own and not written. EOS has one number of paths
 * for both kinds of session, wants an ASN of each neighbor where FRR takes any other than its own, and prints neighbors by
 * their addresses.
 */
function asEos(file: string): Speaker {
  const { faults, speaker } = readFrr(readFileSync(join(GOLDEN, file), "utf8"), { name: "tor1" });
  expect(faults).toEqual([]);
  const paths = speaker.bgp.maximumPaths?.ebgp;
  const groups = Object.entries(speaker.groups ?? {}).map(
    ([name, { remoteAs, ...group }]): [string, NeighborSettings] => [
      name,
      remoteAs === "external" || remoteAs === undefined
        ? group
        : { ...group, remoteAs: remoteAs === "internal" ? speaker.asn : remoteAs },
    ],
  );
  return {
    ...speaker,
    dialect: { system: "eos", version: "4.32" },
    bgp: { ...speaker.bgp, ...(paths === undefined ? {} : { maximumPaths: { ebgp: paths, ibgp: paths } }) },
    groups: Object.fromEntries(groups),
    neighbors: [...speaker.neighbors].sort(byAddress).map((neighbor, index) => {
      const known = neighbor.remoteAs ?? Object.fromEntries(groups)[neighbor.group ?? ""]?.remoteAs;
      return known === undefined || known === "external" ? { ...neighbor, remoteAs: 64601 + index } : neighbor;
    }),
    interfaces: [],
    routes: [],
  };
}

function byAddress(a: Neighbor, b: Neighbor): number {
  return compareAddresses(a.address ?? "", b.address ?? "");
}

let tor: Switch;
beforeAll(async () => {
  tor = await eosSwitch();
});
afterAll(() => tor.stop());

it("there are stacks with routers", () => {
  expect(files.length).toBeGreaterThan(3);
});

describe.each(files)("%s", (file) => {
  it("is taken by the switch as a whole, and read back is the same router", async () => {
    const speaker = asEos(file);
    const network: Network = { version: NETWORK_VERSION, speakers: [speaker], segments: [] };
    const text = orThrow(writeEos(network, speaker.name, { part: "bgp", secrets: () => "a-password" }));
    const part = liveSystem("eos")?.part;
    await part?.push(tor.reach, text);
    await liveSystem("eos")?.configuration?.confirm(tor.reach);
    expect((await part?.compare(tor.reach, text, text))?.changes).toEqual([]);
    const back = readEos(tor.running(), { name: "tor1" });
    expect({ faults: back.faults, unmodelled: back.unmodelled }, tor.running()).toEqual({ faults: [], unmodelled: [] });
    expect(comparable(back.speaker, defaults), text).toEqual(comparable(speaker, defaults));
    // The next router finds the switch without BGP, as this one did.
    await part?.restore(tor.reach, text, "");
    expect(tor.running()).toBe("");
  });
});
