/** Several sites: what crosses between them and what does not, which site answers an anycast service, and what is refused. */
import { describe, expect, it } from "vitest";
import { calico } from "../../components/cni/choices";
import { explain, stepNames } from "../../components/forecast/explain";
import { type Forecast, forecast } from "../../components/forecast/forecast";
import { rules } from "../../components/forecast/rules";
import type { Network } from "../../components/bgp/network";
import { UserError, orThrow } from "../../components/model/errors";
import { planAdvertised } from "../../components/plan/advertised";
import { planCluster } from "../../components/plan/cluster";
import { combine } from "../../components/plan/combine";
import { type MultiSiteSpec, type SiteSpec, planMultiSite } from "../../components/plan/multiSite";
import { place } from "../../components/plan/place";
import { planPool } from "../../components/plan/pool";
import { planSelective } from "../../components/plan/selective";

const ANYCAST = "10.97.0.0/28";

const site = (name: string, index: number): SiteSpec => ({
  name,
  asn: 64500 + index * 10,
  leaves: [
    {
      name: `${name}-rack`,
      segments: [`10.${index}.20.0/26`],
      router: { os: "frr", address: `10.${index}.20.1`, maximumPaths: 4 },
    },
  ],
  summaries: [`10.244.${(index - 1) * 128}.0/17`.replace("10.244.256", "10.245.0"), `10.${index}.0.0/16`],
});
const EAST = { ...site("east", 1), asn: 64510 };
const WEST = { ...site("west", 2), asn: 64520 };
const NORTH = { ...site("north", 3), asn: 64530 };

/** A Calico cluster in each site, whose nodes announce pods and the anycast pool to their ToR. */
function sites(changes: Partial<MultiSiteSpec> = {}, announcing = ["east", "west"]): Network {
  const args: MultiSiteSpec = { sites: [EAST, WEST], anycast: [ANYCAST], ...changes };
  const fabric = planMultiSite("dci", args);
  const clusters = fabric.sites.flatMap(({ name, asn, racks }, index) => {
    const cluster = planCluster(name, {
      cni: calico({ asn: asn + 5, encapsulation: "None" }),
      pods: args.sites[index]?.summaries[0] ?? "",
      services: `10.9${index}.0.0/17`,
      nodes: racks.flatMap((rack) => place(rack, ["cp", "worker"], { from: `10.${index + 1}.20.10` })),
    });
    const tor = planSelective(`${name}-tor`, { cluster, racks, speakers: "all", ownRoutesOnly: true });
    const pool = planPool(`${name}-pool`, { cluster, cidr: ANYCAST, advertise: announcing.includes(name) });
    return [cluster, tor, pool];
  });
  return combine([fabric, ...clusters]);
}

const both = forecast(sites());
const table = (lab: Forecast, speaker: string) => [...lab.routes(speaker).keys()].sort();
const without = (network: Network, ...down: string[]): Forecast =>
  forecast({
    ...network,
    speakers: network.speakers.map((one) => (down.includes(one.name) ? { ...one, down: true } : one)),
  });

describe("two sites", () => {
  it("have a link and a session between the spines of the same number, and no other between them", () => {
    const between = both.solution.sessions
      .filter(({ up, ends }) => up && new Set(ends.map(({ speaker }) => speaker.split("-")[0])).size === 2)
      .map(({ ends }) => ends.map(({ speaker }) => speaker).sort());
    expect(between.sort()).toEqual([
      ["east-spine-1", "west-spine-1"],
      ["east-spine-2", "west-spine-2"],
    ]);
  });

  it("tell each other their summaries and the anycast services: no block, no rack, no link", () => {
    const fromEast = [...both.solution.table("west-spine-1").rib].filter(([, paths]) =>
      paths.some(({ from }) => from?.speaker === "east-spine-1"),
    );
    expect(fromEast.map(([prefix]) => prefix).sort()).toEqual([
      "10.1.0.0/16",
      "10.244.0.0/17",
      "10.97.0.0/28",
      "198.18.0.0/20",
    ]);
    expect(table(both, "west-rack-tor").filter((prefix) => prefix.startsWith("10.244.0."))).toEqual(["10.244.0.0/17"]);
  });

  it("tag what stays with 64510:100 and what may leave with 64510:200", () => {
    const communities = (speaker: string, prefix: string) =>
      both.solution
        .table(speaker)
        .rib.get(prefix)
        ?.find(({ best }) => best)?.communities;
    expect(communities("east-spine-1", "10.244.0.0/26")).toContain("64510:100");
    expect(communities("west-spine-1", "10.244.0.0/17")).toContain("64510:200");
    expect(communities("west-spine-1", "10.244.0.0/17")).not.toContain("64510:100");
  });

  it("carry a packet from a pod of one to a pod of the other over both spines", () => {
    const way = orThrow(explain(both, "east-cp", "10.244.128.70"));
    expect([way.outcome, stepNames(way)]).toEqual([
      "delivered",
      [
        "east-cp",
        "east-rack-tor",
        "east-spine-1 | east-spine-2",
        "west-spine-1 | west-spine-2",
        "west-rack-tor",
        "west-worker",
      ],
    ]);
  });

  it("give no rule about sites anything to say", () => {
    const network = sites();
    expect(rules(network, both).filter(({ rule }) => rule.startsWith("dci/"))).toEqual([]);
  });
});

describe("an anycast service", () => {
  it("is answered by the own site as long as it announces it", () => {
    expect(both.routes("east-rack-tor").get(ANYCAST)?.from).toEqual(["east-cp", "east-worker"]);
    expect(both.routes("west-rack-tor").get(ANYCAST)?.from).toEqual(["west-cp", "west-worker"]);
  });

  it("goes to the other site when the nodes of its own are taken", () => {
    const failed = without(sites(), "east-cp", "east-worker");
    expect(failed.routes("east-rack-tor").get(ANYCAST)).toMatchObject({
      from: ["east-spine-1", "east-spine-2"],
      asPath: [64510, 64520, 64521, 64525],
    });
    const way = orThrow(explain(failed, "east-rack-tor", "10.97.0.1"));
    expect([way.outcome, stepNames(way).at(-2)]).toEqual(["delivered", "west-rack-tor"]);
  });

  it("goes to the other site when its own no longer announces it", () => {
    const moved = forecast(sites({}, ["west"]));
    expect(moved.routes("east-rack-tor").get(ANYCAST)?.asPath).toEqual([64510, 64520, 64521, 64525]);
  });

  it("of a preferred site is nearer to a third one: the other prepends three times", () => {
    const three = (prefer: Partial<MultiSiteSpec>) =>
      forecast(sites({ sites: [EAST, WEST, NORTH], ...prefer }))
        .routes("north-spine-1")
        .get(ANYCAST);
    const preferred = three({ prefer: { site: "west" } });
    expect(preferred?.from).toEqual(["west-spine-1"]);
    const paths = forecast(sites({ sites: [EAST, WEST, NORTH], prefer: { site: "west" } }))
      .solution.table("north-spine-1")
      .rib.get(ANYCAST);
    expect(paths?.find(({ from }) => from?.speaker === "east-spine-1")?.asPath).toEqual([
      64510, 64510, 64510, 64510, 64511, 64515,
    ]);
  });
});

describe("nothing leaks", () => {
  it("a third site's summaries do not pass through a second one, even when the third's own link is gone", () => {
    const network = sites({ sites: [EAST, WEST, NORTH] });
    const cut = forecast({
      ...network,
      segments: network.segments.map((one) =>
        /^east-spine-\d--north-spine-\d$/.test(one.name) ? { ...one, down: true } : one,
      ),
    });
    expect(table(cut, "north-spine-1")).not.toContain("10.244.0.0/17");
    expect(table(cut, "west-spine-1")).toContain("10.244.0.0/17");
  });

  it("what a site announces beyond its summaries is refused at the other end too", () => {
    const network = sites();
    const open = forecast({
      ...network,
      speakers: network.speakers.map((one) =>
        one.name.startsWith("east-spine")
          ? { ...one, policies: { ...one.policies, "to-west": { terms: [{ seq: 10, action: "accept" as const }] } } }
          : one,
      ),
    });
    expect(table(open, "west-rack-tor").filter((prefix) => prefix.startsWith("10.244.0.0/26"))).toEqual([]);
  });

  it("a summary goes when nothing of it is left", () => {
    const failed = without(sites(), "east-rack-tor");
    expect(table(failed, "west-spine-1")).not.toContain("10.244.0.0/17");
  });
});

describe("a cluster's service range that is a summary itself", () => {
  it("crosses as it is", () => {
    const range = "10.96.0.0/17";
    const east = { ...EAST, summaries: [...EAST.summaries, range] };
    const fabric = planMultiSite("dci", { sites: [east, WEST] });
    const [first] = fabric.sites;
    if (first === undefined) throw new Error("no site");
    const cluster = planCluster("k", {
      cni: calico({ asn: 64515 }),
      pods: "10.244.0.0/17",
      services: range,
      nodes: first.racks.flatMap((rack) => place(rack, ["a"], { from: "10.1.20.10" })),
    });
    const tor = planSelective("tor", { cluster, racks: first.racks, speakers: "all" });
    const services = planAdvertised("services", { cluster, clusterIPs: true });
    const lab = forecast(combine([fabric, cluster, tor, services]));
    expect(lab.routes("west-rack-tor").get(range)?.asPath).toEqual([64520, 64510, 64511, 64515]);
  });
});

describe("refused, all at once", () => {
  const refusal = (changes: Partial<MultiSiteSpec>): string => {
    try {
      planMultiSite("dci", { sites: [EAST, WEST], ...changes });
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
    throw new Error("the plan took it");
  };

  it.each<[string, Partial<MultiSiteSpec>, RegExp]>([
    ["one site", { sites: [EAST] }, /: sites: found "1", expected two sites or more/],
    [
      "one name for two",
      { sites: [EAST, { ...WEST, name: "east" }] },
      /sites\[1\]\.name: found "east", expected a name of its own/,
    ],
    [
      "summaries that overlap, as the seed's service ranges do",
      {
        sites: [
          { ...EAST, summaries: ["10.96.0.0/13"] },
          { ...WEST, summaries: ["10.96.128.0/17"] },
        ],
      },
      /sites\[1\]\.summaries\[0\]: found "10\.96\.128\.0\/17", expected a prefix apart from east's 10\.96\.0\.0\/13/,
    ],
    [
      "no summary",
      { sites: [EAST, { ...WEST, summaries: [] }] },
      /sites\[1\]\.summaries: found nothing, expected at least one prefix/,
    ],
    [
      "ASN blocks that overlap",
      { sites: [EAST, { ...WEST, asn: 64515 }] },
      /sites\[1\]\.asn: found "64515 to 64524", expected a block apart from that of east/,
    ],
    [
      "a public ASN",
      { sites: [EAST, { ...WEST, asn: 3320 }] },
      /sites\[1\]\.asn: .*expected a block of private ASNs \(RFC 6996\)/,
    ],
    [
      "a block that leaves the private range",
      { sites: [EAST, { ...WEST, asn: 65530 }] },
      /sites\[1\]\.asn: found "65530 to 65539"/,
    ],
    [
      "a leaf's ASN outside of its block",
      {
        sites: [
          EAST,
          { ...WEST, leaves: WEST.leaves.map((leaf) => ({ ...leaf, router: { ...leaf.router, asn: 64599 } })) },
        ],
      },
      /sites\[1\]\.leaves\[0\]\.router\.asn: found "64599", expected an ASN of the site's block, 64521 to 64529/,
    ],
    [
      "an anycast range inside a summary",
      { anycast: ["10.244.1.0/24"] },
      /anycast\[0\]: found "10\.244\.1\.0\/24", expected a prefix apart from east's/,
    ],
    [
      "a preferred site that is none",
      { prefer: { site: "south" } },
      /prefer\.site: found "south", expected a site: east, west/,
    ],
    [
      "prepending without end",
      { prefer: { site: "west", prepend: 50 } },
      /prefer\.prepend: found "50", expected a whole number from 1 to 10/,
    ],
    [
      "a range of links without room",
      { linkRange: "198.18.0.0/24" },
      /linkRange: found "198\.18\.0\.0\/24", expected an IPv4 prefix of length 20 or shorter/,
    ],
    ["half a spine", { sites: [EAST, { ...WEST, spines: 1.5 }] }, /sites\[1\]\.spines: found "1\.5"/],
    ["no rack", { sites: [EAST, { ...WEST, leaves: [] }] }, /sites\[1\]\.leaves: .*at least one rack/],
    [
      "a rack's name in two sites",
      {
        sites: [EAST, { ...WEST, leaves: [{ ...(WEST.leaves[0] as SiteSpec["leaves"][number]), name: "east-rack" }] }],
      },
      /sites\[1\]\.leaves\[0\]\.name: found "east-rack", expected a name of its own: a rack of east has it/,
    ],
  ])("%s", (_what, changes, said) => {
    expect(refusal(changes)).toMatch(said);
  });

  it("a rack that two sites put on one prefix, by the whole", () => {
    const twice = {
      ...WEST,
      leaves: WEST.leaves.map((leaf) => ({
        ...leaf,
        segments: ["10.1.20.0/26"],
        router: { ...leaf.router, address: "10.1.20.1" },
      })),
    };
    expect(() => combine([planMultiSite("dci", { sites: [EAST, twice] })])).toThrow(
      /segment west-rack: found "10\.1\.20\.0\/26"/,
    );
  });
});
