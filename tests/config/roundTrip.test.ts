import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEos, writeEos } from "../../components/config/eos";
import { readFrr, writeFrr } from "../../components/config/frr";
import { frrDefaults } from "../../components/config/frr/defaults";
import { secretNames } from "../../components/config/ios/reading";
import type { DialectRef, Network } from "../../components/bgp/network";
import { arbitraryRouter, linksOf, passwords } from "../networks/arbitrary";
import { comparable, comparableSegments, type Defaults } from "./compare";

const target = {
  frr: { write: writeFrr, read: readFrr },
  eos: { write: writeEos, read: readEos },
};

function defaultsOf(dialect: DialectRef): Defaults {
  const frr = frrDefaults(dialect);
  return dialect.system === "frr"
    ? {
        numberedLists: true,
        bgp: {
          ebgpRequiresPolicy: frr.ebgpRequiresPolicy,
          deterministicMed: frr.deterministicMed,
          enforceFirstAs: frr.enforceFirstAs,
          resolveViaDefault: frr.resolveViaDefault.starts,
          listenLimit: frr.listenLimit,
          defaultLocalPreference: 100,
          importCheck: true,
          multipathRelax: false,
        },
      }
    : { numberedLists: false, bgp: { multipathRelax: true } };
}

function readBack(system: "frr" | "eos", network: Network) {
  const [speaker] = network.speakers;
  if (speaker === undefined) throw new Error("no speaker");
  const written = target[system].write(network, speaker.name, { secrets: passwords });
  if (!written.ok) throw new Error(JSON.stringify(written.faults));
  const reading = target[system].read(written.value, { secrets: secretNames(passwords), links: linksOf(network) });
  return { speaker, text: written.value, reading };
}

describe.each(["frr", "eos"] as const)("%s", (system) => {
  test("an arbitrary router that is written and read is the same router, nothing unknown and nothing wrong", () => {
    fc.assert(
      fc.property(arbitraryRouter(system), (network) => {
        const { speaker, text, reading } = readBack(system, network);
        expect({ faults: reading.faults, unmodelled: reading.unmodelled }, text).toEqual({
          faults: [],
          unmodelled: [],
        });
        const defaults = defaultsOf(speaker.dialect);
        expect(comparable(reading.speaker, defaults), text).toEqual(comparable(speaker, defaults));
        expect(comparableSegments(reading.segments)).toEqual(comparableSegments(network.segments));
      }),
      { numRuns: 200 },
    );
  });

  test("what was read is written as the same text", () => {
    fc.assert(
      fc.property(arbitraryRouter(system), (network) => {
        const { text, reading } = readBack(system, network);
        const again = target[system].write({ ...network, speakers: [reading.speaker] }, reading.speaker.name, {
          secrets: passwords,
        });
        const lines = (all: string): string[] => all.split("\n").sort();
        expect(again.ok ? lines(again.value) : again.faults).toEqual(lines(text));
      }),
      { numRuns: 200 },
    );
  });
});
