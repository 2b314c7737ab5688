/**
 * FRR without `bgp bestpath compare-routerid` lets the older of two equal paths win. Where multipath installs both, only the
 * name of the best one depends on age: zebra gets both next hops either way (bgp_zebra_announce walks the multipath list,
 * 8.4 and 10.3).
 */
import { expect, test } from "vitest";
import type { Speaker } from "../../components/bgp/network";
import { forecast as forecastOf, type Forecast } from "../../components/forecast/forecast";
import { routeLines } from "../../components/forecast/lines";
import { rules } from "../../components/forecast/rules";
import { blackhole, network, to, type Sketch } from "../bgp/networks/build";

const P = "198.51.100.0/24";

interface Setting {
  /** The ASN of each spine. */
  spines: [number, number];
  leaf?: Speaker["bgp"];
  /** A router below the leaf. */
  below?: boolean;
}

/** far announces the prefix to two spines, which announce it to leaf. */
function clos({
  spines: [one, other],
  leaf = { multipathRelax: true, maximumPaths: { ebgp: 2 } },
  below,
}: Setting): Forecast {
  const spine = (asn: number, at: number): Sketch => ({
    asn,
    at: [`up${at} 10.0.${at}.1/31`, `down${at} 10.1.${at}.1/31`],
    neighbors: [to(`10.0.${at}.0`, 65100), to(`10.1.${at}.0`, 65101)],
  });
  return forecastOf(
    network({
      far: {
        asn: 65100,
        at: ["up1 10.0.1.0/31", "up2 10.0.2.0/31"],
        neighbors: [to("10.0.1.1", one), to("10.0.2.1", other)],
        ...blackhole(P),
      },
      s1: spine(one, 1),
      s2: spine(other, 2),
      leaf: {
        asn: 65101,
        at: ["down1 10.1.1.0/31", "down2 10.1.2.0/31", ...(below === true ? ["last 10.2.0.0/31"] : [])],
        neighbors: [to("10.1.1.1", one), to("10.1.2.1", other), ...(below === true ? [to("10.2.0.1", 65102)] : [])],
        bgp: leaf,
      },
      ...(below === true
        ? { below: { asn: 65102, at: ["last 10.2.0.1/31"], neighbors: [to("10.2.0.0", 65101)] } }
        : {}),
    }),
  );
}

const warned = (made: Forecast): string[] => [
  ...new Set(
    rules(made.network, made)
      .filter(({ rule }) => rule === "forecast/ambiguous")
      .map(({ place }) => place),
  ),
];
const marked = (made: Forecast): string[] =>
  routeLines(made)
    .filter((line) => line.includes("ambiguous"))
    .map((line) => line.split(":")[0] ?? "");

test("both paths are installed and nothing is passed on: age decides a name only, no warning and no doubt", () => {
  const made = clos({ spines: [65000, 65000] });
  expect(made.routes("leaf").get(P)?.nextHops).toEqual(["10.1.1.1", "10.1.2.1"]);
  expect(made.solution.ambiguities.map(({ speaker }) => speaker)).toEqual(["leaf"]);
  expect(warned(made)).toEqual([]);
  expect(marked(made)).toEqual([]);
});

test("without multipath age decides where packets go: a warning", () => {
  const made = clos({ spines: [65000, 65000], leaf: { maximumPaths: { ebgp: 1 } } });
  expect(warned(made)).toEqual([`leaf ${P}`]);
  expect(marked(made)).toEqual([`leaf ${P}`]);
});

test("the best path is passed on with its AS path, to a router that then hears another: a warning", () => {
  expect(warned(clos({ spines: [65001, 65002], below: true }))).toContain(`leaf ${P}`);
});

test("the same AS path whichever wins: what the router below hears is the same, no warning", () => {
  const made = clos({ spines: [65000, 65000], below: true });
  expect(warned(made)).toEqual([]);
  expect(marked(made)).toEqual([]);
});
