/** Sites of both families: each crosses by its own session, with its own summaries and services, and nothing else does. */
import { describe, expect, it } from "vitest";
import { calico } from "../../components/cni/choices";
import { type Forecast, forecast } from "../../components/forecast/forecast";
import { UserError } from "../../components/model/errors";
import { planCluster } from "../../components/plan/cluster";
import { combine } from "../../components/plan/combine";
import { type MultiSiteSpec, type SiteSpec, planMultiSite } from "../../components/plan/multiSite";
import { place } from "../../components/plan/place";
import { planPool } from "../../components/plan/pool";
import { planSelective } from "../../components/plan/selective";

const ANYCAST = ["10.97.0.0/28", "fd00:97::/124"];

const site = (name: string, index: number): SiteSpec => ({
  name,
  asn: 64500 + index * 10,
  leaves: [
    {
      name: `${name}-rack`,
      segments: [[`10.${index}.20.0/26`, `fd00:${index}:20::/64`]],
      router: { os: "frr", address: [`10.${index}.20.1`, `fd00:${index}:20::1`], maximumPaths: 4 },
    },
  ],
  summaries: [
    ...[`10.244.${(index - 1) * 128}.0/17`, `10.${index}.0.0/16`],
    ...[`fd00:244:${index}::/48`, `fd00:${index}::/32`],
  ],
});

function sites(changes: Partial<MultiSiteSpec> = {}) {
  const args = { sites: [site("east", 1), site("west", 2)], anycast: ANYCAST, ...changes };
  const fabric = planMultiSite("dci", args);
  const clusters = fabric.sites.flatMap(({ name, asn, racks }, index) => {
    const [pods = "", , pods6 = ""] = args.sites[index]?.summaries ?? [];
    const cluster = planCluster(name, {
      cni: calico({ asn: asn + 5, encapsulation: "None" }),
      pods: [pods, pods6],
      services: [`10.9${index}.0.0/17`, `fd00:9${index}::/112`],
      nodes: racks.flatMap((rack) => place(rack, ["cp", "worker"])),
    });
    const tor = planSelective(`${name}-tor`, { cluster, racks, speakers: "all", ownRoutesOnly: true });
    return [cluster, tor, planPool(`${name}-pool`, { cluster, cidr: ANYCAST })];
  });
  return combine([fabric, ...clusters]);
}

const network = sites();
const whole = forecast(network);

const heard = (lab: Forecast, by: string, from: string): string[] =>
  [...lab.solution.table(by).rib]
    .filter(([, paths]) => paths.some((path) => path.from?.speaker === from))
    .map(([prefix]) => prefix)
    .sort();

describe("two sites of both families", () => {
  it("have a session of each family over each link between spines of the same number", () => {
    const between = whole.solution.sessions.filter(
      ({ up, ends }) => up && ends.every(({ speaker }) => /-spine-/.test(speaker)),
    );
    expect(between.map(({ ends }) => ends.map(({ speaker }) => speaker).sort()).sort()).toEqual([
      ["east-spine-1", "west-spine-1"],
      ["east-spine-1", "west-spine-1"],
      ["east-spine-2", "west-spine-2"],
      ["east-spine-2", "west-spine-2"],
    ]);
    expect(whole.solution.sessions.filter(({ up }) => !up)).toEqual([]);
  });

  it("tell each other summaries, the one of the site's links, and services, of both families alone", () => {
    expect(heard(whole, "west-spine-1", "east-spine-1")).toEqual([
      "10.1.0.0/16",
      "10.244.0.0/17",
      "10.97.0.0/28",
      "198.18.0.0/20",
      "fd00:198:10::/48",
      "fd00:1::/32",
      "fd00:244:1::/48",
      "fd00:97::/124",
    ]);
  });

  it.each(ANYCAST)("%s is answered by the own site, and by the other one when its nodes are gone", (service) => {
    const path = (lab: Forecast) => lab.routes("east-rack-tor").get(service)?.asPath;
    expect(path(whole)).toEqual([64515]);
    const speakers = network.speakers.map((one) =>
      /^east-(cp|worker)$/.test(one.name) ? { ...one, down: true } : one,
    );
    expect(path(forecast({ ...network, speakers }))).toEqual([64510, 64520, 64521, 64525]);
  });
});

describe("a range of links", () => {
  const refusal = (linkRange: string[]): string => {
    try {
      planMultiSite("dci", { sites: [site("east", 1), site("west", 2)], linkRange });
      return "taken";
    } catch (error) {
      return error instanceof UserError ? error.message : String(error);
    }
  };

  it("of IPv4 alone is not enough where racks have IPv6", () => {
    expect(refusal(["198.18.0.0/16"])).toMatch(/sites\[0\]\.linkRange.* a range of IPv6 too/);
  });

  it("that is no prefix is one fault, not two", () => {
    expect(refusal(["198.18.0.0"]).split("\n")).toEqual([expect.stringContaining('linkRange[0]: found "198.18.0.0"')]);
  });

  it("of IPv6 alone numbers no spine, and one without room for sixteen parts is refused", () => {
    expect(refusal(["fd00:198:10::/44"])).toMatch(/linkRange: .*expected an IPv4 prefix: spines are numbered by it/);
    expect(refusal(["198.18.0.0/16", "fd00:198:10::/60"])).toMatch(/expected an IPv6 prefix of length 56 or shorter/);
  });
});
