/**
 * Sessions between routers over the links of a fabric: one of each family over a numbered link, one for both families over
 * an unnumbered one. Which links there are is leafSpine.ts's.
 */
import type { FamilySettings, Neighbor, NeighborSettings, Policy, Speaker } from "../bgp/network";
import { type AddressFamily, familyOf } from "../model/address";
import { both } from "./families";
import type { RouterPort } from "./router";

/** What crosses the fabric's own sessions is filtered where it comes in from nodes. */
const POLICY = "fabric";
const ACCEPT_ALL: Policy = { terms: [{ seq: 10, action: "accept" }] };
/** A session over each link for each family that it has, with one group for all of a family; or one for both. */
export function overLinks(
  group: string,
  settings: FamilySettings,
  ends: readonly { own: RouterPort; far: RouterPort; description: string }[],
  carried: readonly AddressFamily[],
): Pick<Speaker, "groups" | "neighbors" | "policies"> {
  const own = { ...settings, importPolicy: POLICY, exportPolicy: POLICY };
  const policies = { [POLICY]: ACCEPT_ALL };
  if (ends.some(({ own: port }) => port.unnumbered === true)) {
    const ipv4 = carried.includes("ipv4") ? own : { active: false };
    const ipv6 = carried.includes("ipv6") ? { ipv6: { active: true, ...own } } : {};
    return {
      groups: { [group]: { remoteAs: "external", families: { ipv4, ...ipv6 } } },
      neighbors: ends.map(({ own: { segment }, description }) => ({ interface: segment, description, group })),
      policies,
    };
  }
  const named = (family: AddressFamily) => (family === "ipv4" ? group : `${group}-ipv6`);
  const neighbors = ends.flatMap(({ far, description }) =>
    both(far.address, far.address6).map((address) => ({ address, description, group: named(familyOf(address)) })),
  );
  const families = [...new Set(neighbors.map(({ address }) => familyOf(address)))].sort();
  const groups = families.map((family): [string, NeighborSettings] => [
    named(family),
    {
      remoteAs: "external",
      families: family === "ipv4" ? { ipv4: own } : { ipv4: { active: false }, ipv6: { active: true, ...own } },
    },
  ]);
  return { groups: Object.fromEntries(groups), neighbors, policies };
}

/** A neighbor over an unnumbered link is named by the interface, whose name the kernel may have cut. */
export function byInterface(neighbors: readonly Neighbor[], interfaces: Speaker["interfaces"]): Neighbor[] {
  return neighbors.map((neighbor) => {
    const own = interfaces.find(({ segment }) => segment !== undefined && segment === neighbor.interface);
    return own === undefined ? neighbor : { ...neighbor, interface: own.name };
  });
}
