/**
 * Routes that Felix, not BIRD, puts into a node's kernel for VXLAN pools: to the blocks of nodes on the same network by
 * their address (CrossSubnet). BIRD learns them as kernel routes. What goes through a tunnel is not modelled.
 */
import type { StaticRoute, Unmodelled } from "../../bgp/network";
import { type Address, type AddressFamily, familyOf } from "../../model/address";
import { containsAddress, containsPrefix, makePrefix, parsePrefix, type Prefix } from "../../model/prefix";
import type { CalicoNode } from "./nodes";
import { programs, usesIpip, usesVxlan } from "./policies";
import type { CalicoObjects, IpPool, Version } from "./types";

export interface FelixRoutes {
  routes: StaticRoute[];
  unmodelled: Unmodelled[];
}

export function felixRoutes(
  node: CalicoNode,
  nodes: readonly CalicoNode[],
  calico: CalicoObjects,
  version: Version,
): FelixRoutes {
  const own = programs(calico, version);
  const pools = calico.pools.flatMap((pool) => {
    const prefix = parsePrefix(pool.spec.cidr);
    const byFelix = usesVxlan(pool) || (usesIpip(pool) ? !own.ipip : !own.plain);
    return prefix.ok && (byFelix || usesIpip(pool)) ? [{ pool, prefix: prefix.value, byFelix }] : [];
  });
  const result: FelixRoutes = { routes: [], unmodelled: [] };
  if (pools.length === 0) return result;
  const tunnelled = new Map<IpPool, number>();
  for (const other of nodes) {
    if (other === node) continue;
    for (const block of other.blocks) {
      const address = other[familyOf(block)];
      const found = pools.find(({ prefix }) => containsPrefix(prefix, block));
      if (found === undefined || address === undefined) continue;
      if (!isTunnelled(found.pool, node, address)) {
        if (found.byFelix) result.routes.push(route(block, address));
      } else tunnelled.set(found.pool, (tunnelled.get(found.pool) ?? 0) + 1);
    }
  }
  for (const [pool, count] of tunnelled) {
    const six = pool.spec.cidr.includes(":");
    const device = usesVxlan(pool) ? (six ? "vxlan-v6.calico" : "vxlan.calico") : "tunl0";
    result.unmodelled.push({
      what: `the tunnel ${device} to ${count} blocks of the pool ${pool.metadata.name}`,
      source: { field: `IPPool/${pool.metadata.name} spec.${usesVxlan(pool) ? "vxlanMode" : "ipipMode"}` },
    });
  }
  return result;
}

function isTunnelled(pool: IpPool, node: CalicoNode, address: Address): boolean {
  const mode = usesVxlan(pool) ? pool.spec.vxlanMode : usesIpip(pool) ? pool.spec.ipipMode : "Never";
  if (mode === "Always") return true;
  if (mode !== "CrossSubnet") return false;
  const network = networkOf(node, familyOf(address));
  return network === undefined || !containsAddress(network, address);
}

function networkOf({ addresses }: CalicoNode, family: AddressFamily): Prefix | undefined {
  const own = addresses[family];
  return own?.length === undefined ? undefined : makePrefix(own.address, own.length);
}

function route(prefix: Prefix, via: string): StaticRoute {
  return { prefix, via: [via], source: "kernel" };
}
