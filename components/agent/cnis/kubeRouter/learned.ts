/**
 * The routes that kube-router programs of what GoBGP has learned (2.11): the best path of each prefix, by its next hop
 * when that is on one of the node's own networks. Pure; for other next hops kube-router has tunnels, which do not run here.
 */
import { containsAddress, makePrefix, parseInterfaceAddress, parsePrefix } from "../../../model/prefix";
import { parseAddress } from "../../../model/address";

/** "gobgp -j global rib", as far as it counts here (GoBGP 3.10). */
export type Rib = Readonly<Record<string, readonly RibPath[]>>;

interface RibPath {
  best?: boolean;
  "neighbor-ip"?: string;
  attrs?: readonly { type: number; nexthop?: string }[];
}

const NEXT_HOP = 3;

/** "PREFIX via ADDRESS", and the prefixes that only a tunnel would reach. */
export function learnedRoutes(rib: Rib, own: string): { routes: string[]; far: string[] } {
  const address = parseInterfaceAddress(own);
  const routes: string[] = [];
  const far: string[] = [];
  for (const [prefix, paths] of Object.entries(rib)) {
    const hop = paths.find(({ best }) => best === true)?.attrs?.find(({ type }) => type === NEXT_HOP)?.nexthop;
    const next = parseAddress(hop ?? "");
    if (!parsePrefix(prefix).ok || !next.ok || hop === "0.0.0.0" || hop === "::") continue;
    const near = address.ok && containsAddress(makePrefix(address.value.address, address.value.length), next.value);
    if (near) routes.push(`${prefix} via ${next.value}`);
    else far.push(prefix);
  }
  return { routes: routes.sort(), far: far.sort() };
}
