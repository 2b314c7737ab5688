/**
 * The routes that kube-router programs of what GoBGP has learned (2.11): the best path of each prefix, by its next hop
 * when that is on one of the node's own networks. Pure; for other next hops kube-router has tunnels, which do not run here.
 */
import { containsAddress, makePrefix, parseInterfaceAddress, parsePrefix } from "../../../model/prefix";
import { parseAddress } from "../../../model/address";

/** "gobgp -j global rib" of one family, as far as it counts here (GoBGP 3.10). */
export type Rib = Readonly<Record<string, readonly RibPath[]>>;

interface RibPath {
  best?: boolean;
  "neighbor-ip"?: string;
  attrs?: readonly { type: number; nexthop?: string }[];
}

/** NEXT_HOP, and of IPv6 routes MP_REACH_NLRI. */
const NEXT_HOPS: readonly number[] = [3, 14];

/** "PREFIX via ADDRESS", and the prefixes that only a tunnel would reach. `own` are the node's addresses with lengths. */
export function learnedRoutes(rib: Rib, own: readonly string[]): { routes: string[]; far: string[] } {
  const networks = own.flatMap((text) => {
    const address = parseInterfaceAddress(text);
    return address.ok ? [makePrefix(address.value.address, address.value.length)] : [];
  });
  const routes: string[] = [];
  const far: string[] = [];
  for (const [prefix, paths] of Object.entries(rib)) {
    const hop = paths.find(({ best }) => best === true)?.attrs?.find(({ type }) => NEXT_HOPS.includes(type))?.nexthop;
    const next = parseAddress(hop ?? "");
    if (!parsePrefix(prefix).ok || !next.ok || hop === "0.0.0.0" || hop === "::") continue;
    if (networks.some((network) => containsAddress(network, next.value))) routes.push(`${prefix} via ${next.value}`);
    else far.push(prefix);
  }
  return { routes: routes.sort(), far: far.sort() };
}
