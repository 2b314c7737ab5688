/**
 * The two sites with an IPv6 address beside each IPv4 one: real FRR in leaves and spines, both of BIRD's daemons on the
 * nodes. Summaries and the service of each family cross by a session of that family, and nothing else does.
 */
import { describe, expect, it } from "vitest";
import { labOf } from "./stackLab";

const { inside, vty } = labOf("multi-site-dual");

type Summary = Record<string, { peers?: Record<string, { state: string; remoteAs: number; pfxRcd: number }> }>;

const FAMILIES = [
  { family: "ipv4", far: { east: "10.2.0.0/16", west: "10.1.0.0/16" }, service: "10.97.0.1", anycast: "10.97.0.0/28" },
  {
    family: "ipv6",
    far: { east: "fd00:2::/32", west: "fd00:1::/32" },
    service: "fd00:97::1",
    anycast: "fd00:97::/124",
  },
] as const;
const SPINES = [
  ["east-spine-1", 64520],
  ["east-spine-2", 64520],
  ["west-spine-1", 64510],
  ["west-spine-2", 64510],
] as const;

describe.each(FAMILIES)("over $family", ({ family, far, service, anycast }) => {
  it.each(SPINES)(
    "%s has one session with the spine of its number, with four summaries and the service",
    async (spine, asn) => {
      const summary = await vty<Summary>(spine, "show bgp summary json");
      const peers = Object.entries(summary[`${family}Unicast`]?.peers ?? {})
        .filter(([address, { remoteAs }]) => remoteAs === asn && address.includes(":") === (family === "ipv6"))
        .map(([, { state, pfxRcd }]) => [state, pfxRcd]);
      expect(peers).toEqual([["Established", 5]]);
    },
  );

  it.each(["east", "west"] as const)(
    "%s's ToR has the other site's summary by both spines, and no block of it",
    async (site) => {
      const { routes } = await vty<{ routes: Record<string, { path: string }[]> }>(
        `${site}-rack-tor`,
        `show bgp ${family} unicast json`,
      );
      expect(routes[far[site]]).toHaveLength(2);
      const blocks =
        site === "east" ? /^(10\.244\.128\.\d+\/26|fd00:244:2:.*\/122)$/ : /^(10\.244\.0\.\d+\/26|fd00:244:1:.*\/122)$/;
      expect(Object.keys(routes).filter((prefix) => blocks.test(prefix))).toEqual([]);
      expect(Object.keys(routes)).toContain(anycast);
    },
  );

  it("each site's ToR is answered by its own site", async () => {
    const host = family === "ipv6" ? `[${service}]` : service;
    for (const site of ["east", "west"]) {
      const said = await inside(`${site}-rack-tor`, "curl", "-s", "-m", "5", `http://${host}/`);
      expect(said).toMatch(new RegExp(`^${site}-web`));
    }
  });
});
