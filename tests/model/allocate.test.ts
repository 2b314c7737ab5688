import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Address } from "../../components/model/address";
import { allocateAddresses, allocateAsns, allocateLoopbacks, allocatePrefixes } from "../../components/model/allocate";
import type { Asn } from "../../components/model/asn";
import { orThrow } from "../../components/model/errors";
import { containsPrefix, overlaps, parsePrefix, type Prefix } from "../../components/model/prefix";

const p = (text: string) => orThrow(parsePrefix(text));
const a = (text: string) => text as Address;
const record = <T>(map: Map<string, T>) => Object.fromEntries(map);
const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/), { minLength: 1, maxLength: 40 });

describe("addresses of a rack", () => {
  const rack = p("10.10.10.0/24");

  test("nodes stand in the order they are listed, from where one says", () => {
    const given = orThrow(allocateAddresses(["control-plane", "worker", "worker2"], rack, { from: a("10.10.10.10") }));
    expect(record(given)).toEqual({ "control-plane": "10.10.10.10", worker: "10.10.10.11", worker2: "10.10.10.12" });
  });

  test("neither the network's address nor the broadcast address nor a skipped one is given", () => {
    const given = orThrow(allocateAddresses(["a", "b", "c", "d", "e"], p("10.0.0.0/29"), { skip: [a("10.0.0.1")] }));
    expect([...given.values()]).toEqual(["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"]);
    expect(orThrow(allocateAddresses(["a", "b"], p("10.0.0.0/31"))).get("a")).toBe("10.0.0.0");
    expect(orThrow(allocateAddresses(["a"], p("2001:db8::/64"))).get("a")).toBe("2001:db8::1");
  });

  test("every address of a loopback range is one", () => {
    expect([...orThrow(allocateLoopbacks(["r0", "t0", "t1"], p("10.0.0.0/30"))).values()]).toEqual([
      "10.0.0.0",
      "10.0.0.1",
      "10.0.0.2",
    ]);
  });

  test("too small a range says how many it lacks", () => {
    const given = allocateAddresses(["a", "b", "c", "d"], p("10.0.0.0/30"), { path: "nodes" });
    expect(given).toEqual({
      ok: false,
      faults: [
        { path: "nodes", found: "10.0.0.0/30", expected: "room for 4, 2 more than it has", fix: "take a larger one" },
      ],
    });
  });

  test("all mistakes come at once", () => {
    const given = allocateAddresses(["a", "a", "b", "c", "d"], rack, {
      skip: [a("10.10.10.1")],
      pinned: { b: a("10.10.11.1"), c: a("10.10.10.1"), d: a("10.10.10.255") },
    });
    expect(given.ok ? [] : given.faults.map((fault) => [fault.path, fault.expected])).toEqual([
      ["a", "each name once"],
      ["b", "an address of 10.10.10.0/24"],
      ["c", "one that is not set aside"],
      ["d", "a host's address of 10.10.10.0/24"],
    ]);
  });

  test("a pin on what an earlier name has is refused: it would renumber that one", () => {
    const given = allocateAddresses(["a", "b"], rack, { pinned: { b: a("10.10.10.1") } });
    expect(given.ok ? "" : given.faults[0]?.expected).toBe("one that is free; a has it");
  });

  test("what is held stays, wherever a name is put in", () => {
    const held = record(orThrow(allocateAddresses(["a", "b", "c"], rack)));
    const given = orThrow(allocateAddresses(["new", "a", "c"], rack, { held }));
    expect(record(given)).toEqual({ new: "10.10.10.2", a: "10.10.10.1", c: "10.10.10.3" });
  });
});

describe("for any names", () => {
  test("appending one never renumbers those before it", () => {
    fc.assert(
      fc.property(names, fc.nat({ max: 40 }), (all, count) => {
        const some = all.slice(0, count);
        const pool = p("10.0.0.0/16");
        for (const give of [
          (list: string[]) => record(orThrow(allocateAddresses(list, pool))) as Record<string, unknown>,
          (list: string[]) => record(orThrow(allocateLoopbacks(list, pool))),
          (list: string[]) => record(orThrow(allocatePrefixes(list, pool, 24))),
          (list: string[]) => record(orThrow(allocateAsns(list))),
        ]) {
          expect(give(all)).toMatchObject(give(some));
        }
      }),
    );
  });

  test("held ones never move, whatever is inserted or removed", () => {
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.boolean()), (all, coin) => {
        const before = all.filter(() => coin.next().value);
        const pool = p("10.0.0.0/24");
        const held = record(orThrow(allocateAddresses(before, pool)));
        const after = all.filter((name) => coin.next().value || !(name in held));
        const given = orThrow(allocateAddresses(after, pool, { held }));
        for (const name of after) if (name in held) expect(given.get(name)).toBe(held[name]);
        expect(new Set(given.values()).size).toBe(after.length);
      }),
    );
  });

  test("pieces of a pool are within it and apart, beside held ones of other lengths too", () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 20, max: 28 }), (all, length) => {
        const pool = p("10.244.0.0/16");
        const held: Record<string, Prefix> = { [all[0] ?? ""]: p("10.244.1.0/24") };
        const given = allocatePrefixes(all, pool, length, { held, skip: [p("10.244.128.0/18")] });
        fc.pre(given.ok);
        const pieces = [...orThrow(given).values()];
        pieces.forEach((piece, i) => {
          expect(containsPrefix(pool, piece)).toBe(true);
          for (const other of pieces.slice(i + 1)) expect(overlaps(piece, other)).toBe(false);
        });
      }),
    );
  });
});

describe("ASNs", () => {
  test("racks take private ones in order, reserved and skipped ones passed over", () => {
    expect(record(orThrow(allocateAsns(["a", "b"], { first: 64501, skip: [64502] })))).toEqual({ a: 64501, b: 64503 });
    expect(record(orThrow(allocateAsns(["a", "b"], { first: 65534, last: 65536 })))).toEqual({ a: 65534, b: 65536 });
  });

  test("a private range of two bytes holds 1,023 racks and not one more", () => {
    const racks = Array.from({ length: 1023 }, (_, i) => `rack${i}`);
    expect(orThrow(allocateAsns(racks)).get("rack1022")).toBe(65534);
    expect(allocateAsns([...racks, "one-more"]).ok).toBe(false);
  });

  test("a reserved pin and a range upside down are refused", () => {
    expect(allocateAsns(["a"], { pinned: { a: 65535 as Asn } }).ok).toBe(false);
    expect(allocateAsns(["a"], { first: 2, last: 1 }).ok).toBe(false);
  });
});

test("5,000 nodes get their pod blocks without a wait", () => {
  const nodes = Array.from({ length: 5000 }, (_, i) => `node${i}`);
  const held = record(orThrow(allocatePrefixes(nodes.slice(0, 4000), p("10.0.0.0/8"), 26)));
  const start = performance.now();
  expect(orThrow(allocatePrefixes(nodes, p("10.0.0.0/8"), 26, { held })).size).toBe(5000);
  expect(performance.now() - start).toBeLessThan(3000);
});
