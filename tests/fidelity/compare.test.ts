/** What the comparison lets pass, and what it does not. */
import { expect, test } from "vitest";
import { blackhole, forecast, to, type Sketch } from "../bgp/networks/build";
import { fan } from "../bgp/networks/fan";
import { compare } from "./compare";
import type { LivePath } from "./live";

const P = "203.0.113.0/24";

const network = fan(P, "8.4", "OUT");

/** What is missed at the far end when its daemon shows this of the two paths that it has. */
function missed(shown: (first: LivePath, second: LivePath) => LivePath[], of = network): string[] {
  const solution = forecast(of);
  const [first, second] = (solution.table("far").rib.get(P) ?? []).map((path): LivePath => ({
    ...path,
    from: path.from?.address ?? "",
    asPath: path.asPath.join(" "),
    communities: [],
    largeCommunities: [],
  }));
  if (first === undefined || second === undefined) throw new Error("the far end has two paths");
  const rib = { [P]: shown(first, second) };
  const { misses } = compare(solution, { far: { sessions: { "10.0.0.1": true }, rib, kernel: {} } });
  return misses.filter(({ what }) => what === "path").flatMap((miss) => [...miss.forecast, ...miss.live]);
}

const copy = (path: LivePath): LivePath => ({ ...path, best: false, multipath: false });

test("a path that may stand twice may: one of them, or each", () => {
  expect(missed((first, second) => [first, second])).toEqual([]);
  expect(missed((first, second) => [first, second, copy(first)])).toEqual([]);
  expect(missed((first, second) => [copy(second), first, second, copy(first)])).toEqual([]);
});

test("a copy stands for no other path, and a path that nobody foretold is no copy", () => {
  expect(missed((first) => [first, copy(first)])).toHaveLength(1);
  expect(missed((first, second) => [first, second, { ...copy(first), asPath: "65099" }])).toHaveLength(1);
});

/** The nodes stand where the far end knows no way to. */
const hub = network["hub"] as Sketch;
const beyond: Record<string, Sketch> = {
  ...network,
  hub: {
    ...hub,
    at: ["l 10.0.0.1/24", "m 10.1.0.1/24"],
    neighbors: [to("10.1.0.11", 65011), to("10.1.0.12", 65012), ...(hub.neighbors ?? []).slice(2)],
  },
  n1: { asn: 65011, at: ["m 10.1.0.11/24"], neighbors: [to("10.1.0.1", 65001)], ...blackhole(P) },
  n2: { asn: 65012, at: ["m 10.1.0.12/24"], neighbors: [to("10.1.0.1", 65001)], ...blackhole(P) },
};

test("the flag that FRR 10 leaves on what was best and can no longer be reached says nothing", () => {
  expect(missed((first, second) => [first, { ...second, multipath: true }], beyond)).toEqual([]);
  expect(missed((first, second) => [first, { ...second, valid: true }], beyond)).not.toEqual([]);
});
