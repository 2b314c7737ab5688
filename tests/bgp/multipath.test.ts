/** Which paths may share the traffic: the quick answer for paths with the same attributes equals the one step by step. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { plain, type Bundle } from "../../components/bgp/attributes";
import type { Candidate } from "../../components/bgp/compare";
import { compile } from "../../components/bgp/compile";
import { UNBENT } from "../../components/bgp/dialects";
import { mayShare } from "../../components/bgp/multipath";
import type { DialectRef, Network } from "../../components/bgp/network";
import { weighings } from "../../components/bgp/weighing";

const SYSTEMS: DialectRef[] = [
  { system: "frr", version: "8.4" },
  { system: "frr", version: "10.3" },
  { system: "bird", version: "1.6" },
  { system: "gobgp", version: "3.37" },
  { system: "eos", version: "4.32" },
];

const settings = fc.record({
  alwaysCompareMed: fc.boolean(),
  asPathIgnore: fc.boolean(),
  compareRouterId: fc.boolean(),
  multipathRelax: fc.boolean(),
});

const bundle: fc.Arbitrary<Omit<Bundle, "id">> = fc
  .record({
    asPath: fc.constantFrom<number[][]>([], [65001], [65002, 65001]),
    med: fc.constantFrom(0, 10),
    localPreference: fc.constantFrom(100, 200),
    clusterList: fc.constantFrom<string[][]>([], ["244.0.0.1"]),
  })
  .map((some) => ({ ...plain("igp"), ...some }));

const candidate = fc.record({
  channel: fc.nat(3),
  kind: fc.constantFrom("ebgp" as const, "ibgp" as const, "local" as const),
  valid: fc.boolean(),
  igpMetric: fc.nat(1),
  peerAsn: fc.constantFrom(65001, 65002),
  routerId: fc.constantFrom("1.1.1.1", "2.2.2.2"),
  pathId: fc.nat(2),
});

test("for two paths with one set of attributes the answer is that for two sets which are equal", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SYSTEMS),
      settings,
      bundle,
      candidate,
      candidate,
      (dialect, bgp, attributes, one, other) => {
        const network: Network = {
          version: 1,
          segments: [],
          speakers: [{ name: "r1", asn: 65000, routerId: "9.9.9.9", dialect, interfaces: [], bgp, neighbors: [] }],
        };
        const [w] = weighings(compile(network, UNBENT).speakers).ipv4;
        if (w === undefined) throw new Error("no speaker");
        const path = (some: typeof one, of: Bundle): Candidate => ({
          ...some,
          bundle: of,
          nextHop: `10.0.${some.channel}.1`,
          address: `10.0.${some.channel}.1`,
        });
        const shared: Bundle = { ...attributes, id: 1 };
        const quick = mayShare(w, path(one, shared), path(other, shared));
        expect(quick).toBe(mayShare(w, path(one, shared), path(other, { ...shared, id: 2 })));
      },
    ),
    { numRuns: 1000 },
  );
});
