import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEos, writeEos } from "../../components/config/eos";
import { readFrr, writeFrr } from "../../components/config/frr";
import { dialectOf } from "../../components/bgp/dialects";
import { secretNames } from "../../components/config/ios/reading";
import type { DialectRef, Network } from "../../components/bgp/network";
import { arbitraryRouter, linksOf } from "../networks/arbitrary/router";
import { passwords } from "../networks/arbitrary/values";
import { comparable, comparableSegments, type Defaults } from "./compare";

const target = {
  frr: { write: writeFrr, read: readFrr },
  eos: { write: writeEos, read: readEos },
};

function defaultsOf(dialect: DialectRef): Defaults {
  const frr = dialectOf(dialect);
  return dialect.system === "frr"
    ? {
        numberedLists: true,
        bgp: {
          ebgpRequiresPolicy: frr.requiresPolicy,
          deterministicMed: frr.deterministicMed,
          enforceFirstAs: frr.enforceFirstAs,
          resolveViaDefault: frr.resolveViaDefault,
          listenLimit: frr.listenLimit,
          defaultLocalPreference: 100,
          importCheck: true,
          rejectAsSets: frr.rejectsAsSets,
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

describe("a default is the same to the writer, the reader and the solver", () => {
  // frr-9.1.3 and frr-10.0 of the sources: `bgp enforce-first-as` exists from 10.0 on, and is on there.
  test.each([
    { version: "9.0", instance: false, on: false },
    { version: "9.1", instance: false, on: false },
    { version: "10.0", instance: true, on: true },
    { version: "10.3", instance: true, on: true },
  ])("FRR $version: looks at the first AS by default: $on", ({ version, instance, on }) => {
    const dialect: DialectRef = { system: "frr", version };
    expect(dialectOf(dialect).enforceFirstAs).toBe(on);
    const written = (enforceFirstAs: boolean): string[] => {
      const text = writeFrr(
        {
          version: 1,
          segments: [],
          speakers: [
            {
              name: "tor1",
              dialect,
              asn: 65001,
              routerId: "10.0.0.1",
              interfaces: [],
              bgp: { enforceFirstAs },
              neighbors: [{ address: "10.0.0.2", remoteAs: 65002 }],
            },
          ],
        },
        "tor1",
      );
      if (!text.ok) throw new Error(JSON.stringify(text.faults));
      return text.value.split("\n").filter((line) => line.includes("enforce-first-as"));
    };
    expect(written(on)).toEqual([]);
    expect(written(!on)).toEqual([instance ? " no bgp enforce-first-as" : " neighbor 10.0.0.2 enforce-first-as"]);
  });
});
