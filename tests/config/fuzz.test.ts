import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEos, writeEos } from "../../components/config/eos";
import { readFrr, writeFrr } from "../../components/config/frr";
import { readLinks } from "../../components/config/lab/links";
import type { Reading } from "../../components/config/ios/reading";
import { validateNetwork } from "../../components/bgp/validate";
import { arbitraryRouter } from "../networks/arbitrary/router";
import { passwords } from "../networks/arbitrary/values";

const readers = { frr: readFrr, eos: readEos };
const writers = { frr: writeFrr, eos: writeEos };

/** Whatever was read, each fault and each unknown line of a text with lines has its number, and secrets stay out. */
function holds(reading: Reading, text: string): void {
  const lines = text.split(/\r\n|\n|\r/).length;
  for (const fault of reading.faults) {
    expect(fault.line ?? 1, JSON.stringify(fault)).toBeGreaterThan(0);
    expect(fault.line ?? 1).toBeLessThanOrEqual(lines);
    expect(fault.expected).not.toBe("");
  }
  for (const one of reading.unmodelled) {
    expect(one.what).not.toBe("");
    expect(one.source?.line ?? 1).toBeLessThanOrEqual(lines);
  }
  const said = JSON.stringify([reading.faults, reading.unmodelled]);
  for (const value of Object.values(passwords)) expect(said).not.toContain(value);
}

/** As `holds`; and what is read without a fault is a speaker that the solver may be given. */
function read(reading: Reading, text: string): void {
  holds(reading, text);
  if (reading.faults.length > 0) return;
  const checked = validateNetwork({ version: 1, speakers: reading.speakers, segments: reading.segments });
  expect(checked.ok ? [] : checked.faults, text).toEqual([]);
}

const words = fc.constantFrom(
  ..."vrf RED RED instance neigh ipv4 uni neighbor router bgp 65001 10.0.0.1 10.0.0.0/8 route-map prefix-list permit deny in out seq no interface address-family ipv4 unicast exit remote-as external peer-group peer group activate match set community 1:2 ip route listen range Ethernet1 constructor __proto__ 4294967296 -1 timers 999999999999 ::/0 fe80::1%eth0 as-path access-list description ! # password toString hasOwnProperty".split(
    " ",
  ),
);
const plausible = fc
  .array(fc.tuple(fc.constantFrom("", " ", "   ", "\t"), fc.array(words, { maxLength: 7 })), { maxLength: 30 })
  .map((lines) => lines.map(([indent, line]) => indent + line.join(" ")).join("\n"));

describe.each(["frr", "eos"] as const)("%s", (system) => {
  test("bytes that are no configuration end as faults, never as an exception", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 500 }), fc.string({ maxLength: 500 })), (text) => {
        holds(readers[system](text, { name: "router1" }), text);
      }),
      { numRuns: 500 },
    );
  });

  test("lines of the right words in the wrong places are read without an exception", () => {
    fc.assert(
      fc.property(plausible, (text) =>
        read(readers[system](`router bgp 65001\n bgp router-id 10.0.0.1\n${text}`, { name: "router1" }), text + "\n\n"),
      ),
      { numRuns: 500 },
    );
  });

  test("a valid configuration with lines lost, doubled, cut and moved is read without an exception, and can be judged", () => {
    const damage = fc.array(fc.tuple(fc.constantFrom("lose", "double", "cut", "move", "flip"), fc.nat(), fc.nat()), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(arbitraryRouter(system), damage, (network, changes) => {
        const written = writers[system](network, "router1", { secrets: passwords });
        if (!written.ok) throw new Error(JSON.stringify(written.faults));
        const lines = written.value.split("\n");
        for (const [how, a, b] of changes) {
          const i = a % lines.length;
          const line = lines[i] ?? "";
          if (how === "lose") lines.splice(i, 1);
          else if (how === "double") lines.splice(b % lines.length, 0, line);
          else if (how === "cut") lines[i] = line.slice(0, b % (line.length + 1));
          else if (how === "move") lines.splice(b % lines.length, 0, ...lines.splice(i, 1));
          else lines[i] = line.replace(/[a-z]/, "X");
          if (lines.length === 0) lines.push("");
        }
        const text = lines.join("\n");
        const reading = readers[system](text);
        read(reading, text);
      }),
      { numRuns: 150 },
    );
  });

  test("a megabyte of one line, and a hundred thousand lines, are read in seconds", () => {
    // Processor time: how busy the machine is otherwise says nothing of the reader.
    const begun = process.cpuUsage();
    readers[system](`neighbor ${"a ".repeat(500_000)}`);
    readers[system](" neighbor 10.0.0.1 remote-as 65001\n".repeat(100_000));
    readers[system](`ip prefix-list ${"(".repeat(500_000)} permit any`);
    const { user, system: kernel } = process.cpuUsage(begun);
    expect((user + kernel) / 1000).toBeLessThan(5_000);
  });
});

test("arbitrary links files end as links or as faults", () => {
  const yaml = fc.oneof(fc.string({ maxLength: 300 }), fc.json({ maxDepth: 4 }), plausible);
  fc.assert(
    fc.property(yaml, (text) => {
      const read = readLinks(text, "links.yaml");
      if (!read.ok) expect(read.faults.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});
