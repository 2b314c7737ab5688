/** What a change does to sessions and routes, and the chain of causes that it is told with. */
import { describe, expect, test } from "vitest";
import type { Neighbor, Network, System } from "../../components/bgp/network";
import { printChain } from "../../components/forecast/causes";
import { changesOf } from "../../components/forecast/changes";
import { printChange } from "../../components/forecast/changeWords";
import { difference } from "../../components/forecast/difference";
import { forecast, reforecast } from "../../components/forecast/forecast";
import { routeLines, sessionLines } from "../../components/forecast/lines";
import { printDifference } from "../../components/forecast/printDifference";
import { effectOnSession } from "../../components/forecast/resets";
import { FRR, router } from "../networks/routers";
import { selective } from "../networks/selective";

/** r1 - r2 - r3 in a row; r3 originates. */
function chain(change: Partial<Neighbor> = {}, origin: Partial<{ prefixes: string[]; accept: boolean }> = {}): Network {
  const { prefixes = ["198.51.100.0/24"], accept = true } = origin;
  const r1 = router("r1", 64601, "10.255.0.1", [{ name: "eth0", segment: "a", addresses: ["10.0.0.0/31"] }], {
    neighbors: [{ address: "10.0.0.1", remoteAs: 64602, ...change }],
  });
  const r2 = router(
    "r2",
    64602,
    "10.255.0.2",
    [
      { name: "eth0", segment: "a", addresses: ["10.0.0.1/31"] },
      { name: "eth1", segment: "b", addresses: ["10.0.1.0/31"] },
    ],
    {
      neighbors: [
        {
          address: "10.0.0.0",
          remoteAs: 64601,
          ...(change.password === undefined ? {} : { password: change.password }),
        },
        { address: "10.0.1.1", remoteAs: 64603, families: { ipv4: { importPolicy: "FROM-R3" } } },
      ],
      policies: { "FROM-R3": { terms: accept ? [{ seq: 10, action: "accept" }] : [], otherwise: "reject" } },
    },
  );
  const r3 = router("r3", 64603, "10.255.0.3", [{ name: "eth0", segment: "b", addresses: ["10.0.1.1/31"] }], {
    neighbors: [{ address: "10.0.1.0", remoteAs: 64602 }],
    routes: prefixes.map((prefix) => ({ prefix, blackhole: true })),
    originate: prefixes.map((prefix) => ({ kind: "network", prefix })),
  });
  return {
    version: 1,
    speakers: [r1, r2, r3],
    segments: [
      { name: "a", prefixes: ["10.0.0.0/31"] },
      { name: "b", prefixes: ["10.0.1.0/31"] },
    ],
  };
}

const between = (one: Network, other: Network) => difference(forecast(one), forecast(other));

describe("sessions", () => {
  test.each<[string, Partial<Neighbor>, string[]]>([
    ["a description", { description: "uplink" }, []],
    ["timers", { timers: { keepalive: 3, hold: 9 } }, []],
    ["a weight", { families: { ipv4: { weight: 10 } } }, []],
    ["a password on both ends", { password: "fabric" }, ["reset"]],
    ["an update source", { localAddress: "10.0.0.0" }, ["reset"]],
    ["a shutdown", { shutdown: true }, ["lost"]],
    ["a wrong ASN", { remoteAs: 64699 }, ["lost"]],
  ])("%s on FRR", (_, change, expected) => {
    expect(between(chain(), chain(change)).sessions.map(({ what }) => what)).toEqual(expected);
  });

  test("the other way round what was lost is gained, for the same reason", () => {
    const back = between(chain({ remoteAs: 64699 }), chain());
    expect(back.sessions.map(({ what }) => what)).toEqual(["gained"]);
    expect(back.sessions[0]?.causes[0]).toMatchObject({
      change: { speaker: "r1", field: "remoteAs", before: 64699, after: 64602 },
    });
  });

  test("a lost session says the solver's reason beside the field that was changed", () => {
    const [lost] = between(chain(), chain({ remoteAs: 64699 })).sessions;
    expect(lost?.causes.map(({ kind }) => kind)).toEqual(["change", "reason"]);
    expect(lost?.after?.down?.reason).toBe("wrong-asn");
  });

  test("what resets differs by system", () => {
    const effect = (field: string) =>
      Object.fromEntries(
        (["frr", "bird", "gobgp", "eos", "metallb"] as System[]).map((system) => [
          system,
          effectOnSession(system, field),
        ]),
      );
    expect(effect("timers.hold")).toEqual({
      frr: "later",
      bird: "reset",
      gobgp: "reset",
      eos: "later",
      metallb: "reset",
    });
    expect(effect("families.ipv4.exportPolicy")).toEqual({
      frr: "soft",
      bird: "soft",
      gobgp: "soft",
      eos: "soft",
      metallb: "reset",
    });
    expect(effect("families.ipv4.nextHopSelf")).toMatchObject({ frr: "soft", bird: "reset" });
    for (const field of ["remoteAs", "password", "localAddress"]) {
      expect(new Set(Object.values(effect(field)))).toEqual(new Set(["reset"]));
    }
  });

  test("a new router id resets every session of its speaker", () => {
    const after = chain();
    const r2 = after.speakers[1];
    if (r2 !== undefined) r2.routerId = "10.255.0.99";
    expect(between(chain(), after).sessions.map(({ what }) => what)).toEqual(["reset", "reset"]);
  });
});

describe("routes", () => {
  test("a filter two hops away is found as the cause, with the hop between", () => {
    const { routes } = between(chain(), chain({}, { accept: false }));
    const atR1 = routes.find(({ speaker }) => speaker === "r1");
    expect(atR1?.what).toBe("lost");
    expect(
      atR1?.causes.map((link) => (link.kind === "change" ? `${link.change.speaker} ${link.change.name}` : link.kind)),
    ).toEqual(["r2 FROM-R3", "route"]);
    expect(printChain(atR1?.causes ?? [])).toMatch(/^r2: policy FROM-R3 loses term 10 -> r2 lost 198\.51\.100\.0\/24$/);
  });

  test("a prefix that is no longer originated is lost everywhere, and its origination is the cause", () => {
    const { routes } = between(chain(), chain({}, { prefixes: [] }));
    expect(routes.map(({ speaker, what }) => [speaker, what])).toEqual([
      ["r1", "lost"],
      ["r2", "lost"],
      ["r3", "lost"],
    ]);
    for (const { causes } of routes) expect(causes[0]).toMatchObject({ kind: "change", change: { speaker: "r3" } });
  });

  test("many routes that change alike for one cause are one line, with examples", () => {
    const prefixes = Array.from({ length: 8 }, (_, i) => `198.51.${100 + i}.0/24`);
    const text = printDifference(between(chain(), chain({}, { prefixes })));
    expect(text).toContain("routes: 21 gained");
    expect(text).toContain("+ 21 gained at r1, r2, r3: 198.51.101.0/24, 198.51.102.0/24, 198.51.103.0/24 and 4 more\n");
  });

  test("nothing changed is said so", () => {
    expect(printDifference(between(chain(), chain()))).toBe("no session and no route changes\n");
  });

  test("a doubt about the new answer stands beside it", () => {
    const tied = selective({ labelled: ["worker", "worker2", "worker3"] });
    const tor = tied.speakers.find(({ name }) => name === "tor1");
    // Without multipath age decides where packets go.
    if (tor !== undefined) Object.assign(tor.bgp, { compareRouterId: false, maximumPaths: { ebgp: 1 } });
    const { routes } = between(selective(), tied);
    expect(routes[0]?.doubts).toMatchObject([
      { kind: "ambiguous", at: "tor1", what: "best" },
      { kind: "ambiguous", at: "tor1", what: "multipath" },
    ]);
    expect(printDifference(between(selective(), tied))).toContain("ambiguous at tor1");
  });
});

describe("what was changed by hand", () => {
  test("a term put into a policy is named by its number and its line, never as an object", () => {
    const one = chain();
    const other = structuredClone(one);
    const policy = other.speakers[1]?.policies?.["FROM-R3"];
    policy?.terms.unshift({
      seq: 5,
      match: { prefixes: [{ prefix: "0.0.0.0/0" }] },
      action: "reject",
      source: { file: "r2.conf", line: 31 },
    });
    expect(changesOf(one, other).map(printChange)).toEqual(["r2: policy FROM-R3 gets term 5 (r2.conf:31)"]);
  });

  test("where a thing is written makes no change", () => {
    const moved = chain({ source: { file: "other.conf", line: 1 } });
    expect(changesOf(chain(), moved)).toEqual([]);
  });

  test("a speaker that is new, a link that breaks", () => {
    const broken = chain();
    broken.segments = [
      { name: "a", prefixes: ["10.0.0.0/31"], down: true },
      { name: "b", prefixes: ["10.0.1.0/31"] },
    ];
    const { changes, sessions } = between(chain(), broken);
    expect(changes.map(printChange)).toEqual(["segment a down is now true, was absent"]);
    expect(sessions.map(({ what, causes }) => [what, causes[0]?.sentence])).toEqual([
      ["lost", "segment a down is now true, was absent"],
    ]);
  });
});

describe("lines", () => {
  test("the order of speakers and neighbors in the input does not show", () => {
    const shuffled = chain();
    shuffled.speakers.reverse();
    for (const speaker of shuffled.speakers) speaker.neighbors.reverse();
    expect(sessionLines(forecast(shuffled))).toEqual(sessionLines(forecast(chain())));
    expect(routeLines(forecast(shuffled))).toEqual(routeLines(forecast(chain())));
  });

  test("a change computed from the earlier answer gives the lines of one from scratch", () => {
    const changed = chain({ remoteAs: 64699 });
    const continued = reforecast(forecast(chain()), changed);
    expect(sessionLines(continued)).toEqual(sessionLines(forecast(changed)));
    expect(routeLines(continued)).toEqual(routeLines(forecast(changed)));
  });

  test("a session that is down names its reason, one kept empty by RFC 8212 its missing policy", () => {
    const strict = chain({ remoteAs: 64699 });
    const r3 = strict.speakers[2];
    if (r3 !== undefined) r3.bgp.ebgpRequiresPolicy = true;
    expect(r3?.dialect).toEqual(FRR);
    expect(sessionLines(forecast(strict))).toEqual([
      "r1 10.0.0.0 - r2 10.0.0.1: down (wrong-asn at r1) ebgp AS 64601 - 64602",
      "r2 10.0.1.0 - r3 10.0.1.1: up ebgp AS 64602 - 64603 ipv4; no export policy at r3; no import policy at r3",
    ]);
  });
});
