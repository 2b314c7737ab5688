/**
 * Calico's import, export and kernel rules as ordered policies: what confd renders into BIRD's filters, v3.31 to v3.33,
 * one term a statement and in the same order. Built once for each kind of session of a node.
 */
import type { Policy, PrefixMatch, StaticRoute, Term } from "../../bgp/network";
import { parsePrefix, type Prefix } from "../../model/prefix";
import type { Report } from "../reading";
import { addCommunityTo, filterTerms, within } from "./filters";
import type { CalicoNode } from "./nodes";
import type { ServiceRanges } from "./services";
import {
  DEFAULT_PRIORITY,
  MAXIMUM_PREFERENCE,
  type BgpFilter,
  type CalicoObjects,
  type IpPool,
  type Version,
} from "./types";

export interface PolicyInputs {
  version: Version;
  calico: CalicoObjects;
  ranges: ServiceRanges;
}

/** One kind of session: policies depend on nothing else. */
export interface SessionKind {
  v6: boolean;
  internal: boolean;
  filters: readonly string[];
}

export function normalPriority(calico: CalicoObjects, v6: boolean): number {
  const { ipv4NormalRoutePriority, ipv6NormalRoutePriority } = calico.defaults;
  return (v6 ? ipv6NormalRoutePriority : ipv4NormalRoutePriority) ?? DEFAULT_PRIORITY;
}

/** What is imported: the filters' rules, then everything. Undefined where no filter has a say. */
export function importPolicy(kind: SessionKind, { calico }: PolicyInputs): Policy | undefined {
  const terms = userTerms(kind, calico, "import");
  return terms.length === 0 ? undefined : { terms, otherwise: "accept" };
}

function userTerms(kind: SessionKind, calico: CalicoObjects, direction: "import" | "export"): Term[] {
  return kind.filters.flatMap((name) => {
    const filter: BgpFilter | undefined = calico.filters.get(name);
    return filter === undefined ? [] : filterTerms(filter, { direction, v6: kind.v6, internal: kind.internal });
  });
}

/**
 * What is exported. `advertised` are the node's service ranges and addresses; `routes` its other routes, whose metrics
 * become local preferences.
 */
export function exportPolicy(
  kind: SessionKind,
  node: CalicoNode,
  advertised: readonly Prefix[],
  routes: readonly StaticRoute[],
  inputs: PolicyInputs,
): Policy {
  const { version, calico, ranges } = inputs;
  const ofFamily = (prefix: string) => prefix.includes(":") === kind.v6;
  const pools = poolsOf(calico, kind.v6);
  const priority = normalPriority(calico, kind.v6);
  const terms: Term[] = [];
  if (version !== "3.31")
    terms.push(
      ...preferenceTerms(
        priority,
        routes.filter(({ prefix }) => ofFamily(prefix)),
      ),
    );
  terms.push(...userTerms(kind, calico, "export"));
  for (const { pool, prefix } of pools) {
    if (pool.spec.disableBGPExport !== true) continue;
    terms.push({
      match: { prefixes: [within(prefix)] },
      action: "reject",
      source: { field: `${poolName(pool)} spec.disableBGPExport` },
    });
  }
  if (kind.internal) {
    const tunnels = ["*.cali", "*.calico", ...(version === "3.33" && !programs(calico, version).ipip ? ["tunl0"] : [])];
    for (const name of tunnels) terms.push({ match: { interface: name }, action: "reject" });
  }
  terms.push({ match: { interface: "bpf*.cali" }, action: "reject" });
  terms.push(...communityTerms(node, calico, ofFamily));
  for (const block of node.blocks.filter(ofFamily)) {
    terms.push({
      match: { prefixes: [{ prefix: block }] },
      action: "accept",
      source: { field: `Node/${node.name} block ${block}` },
    });
    if (version !== "3.31") {
      // Routes of a higher priority than normal: a workload that has just moved here.
      terms.push({ match: { prefixes: [within(block)], source: ["kernel"], metricBelow: priority }, action: "accept" });
    }
    terms.push({
      match: { prefixes: [within(block)] },
      action: "reject",
      source: { field: `Node/${node.name} block ${block}` },
    });
  }
  accept(terms, advertised.filter(ofFamily), "advertised services");
  if (node.clusterId !== "") {
    const reflected = version === "3.33" ? [...ranges.loadBalancerIps, ...ranges.externalIps] : ranges.loadBalancerIps;
    accept(terms, reflected.filter(ofFamily), "BGPConfiguration/default spec.serviceLoadBalancerIPs");
  }
  for (const { pool, prefix } of pools) {
    if (pool.spec.disableBGPExport === true) continue;
    terms.push({
      match: { prefixes: [within(prefix)] },
      action: "accept",
      source: { field: `${poolName(pool)} spec.cidr` },
    });
  }
  return { terms, otherwise: "reject" };
}

function accept(terms: Term[], prefixes: readonly Prefix[], field: string): void {
  const matches: PrefixMatch[] = prefixes.map(within);
  if (matches.length > 0) terms.push({ match: { prefixes: matches }, action: "accept", source: { field } });
}

/**
 * Since 3.32 a route's metric travels as local preference: 2147483647 less the metric, and the normal priority where
 * a route has no metric. Routes learned by BGP keep theirs.
 */
function preferenceTerms(priority: number, routes: readonly StaticRoute[]): Term[] {
  const metrics = routes.filter(({ source }) => source === "kernel").map(({ metric }) => metric ?? 0);
  const terms: Term[] = [
    {
      match: { source: ["static", "connected"] },
      set: { localPreference: MAXIMUM_PREFERENCE - priority },
      action: "continue",
    },
  ];
  for (const metric of [...new Set(metrics)].sort((a, b) => b - a)) {
    terms.push({
      match: { source: ["kernel"], metricBelow: metric + 1 },
      set: { localPreference: MAXIMUM_PREFERENCE - metric },
      action: "continue",
    });
  }
  return terms;
}

/** A node's own configuration takes the place of the cluster's, its names of communities included. */
function communityTerms(node: CalicoNode, calico: CalicoObjects, ofFamily: (prefix: string) => boolean): Term[] {
  const own = calico.perNode.get(node.name);
  const from = own?.spec.prefixAdvertisements === undefined ? calico.defaultConfiguration : own;
  if (from === undefined) return [];
  const { prefixAdvertisements = [], communities = [] } = from.spec;
  return prefixAdvertisements.flatMap(({ cidr, communities: named = [] }, i): Term[] => {
    const prefix = parsePrefix(cidr ?? "");
    if (!prefix.ok || !ofFamily(prefix.value)) return [];
    const values = named.flatMap((text) => {
      if (/^\d+:\d+(:\d+)?$/.test(text)) return [text];
      const defined = communities.find(({ name }) => name === text)?.value;
      return defined === undefined ? [] : [defined];
    });
    const set: NonNullable<Term["set"]> = {};
    for (const value of [...new Set(values)].sort()) addCommunityTo(set, value);
    if (values.length === 0) return [];
    const field = `BGPConfiguration/${from.metadata.name} spec.prefixAdvertisements[${i}]`;
    return [{ match: { prefixes: [within(prefix.value)] }, set, action: "continue", source: { field } }];
  });
}

function poolsOf(calico: CalicoObjects, v6: boolean): { pool: IpPool; prefix: Prefix }[] {
  return calico.pools.flatMap((pool) => {
    const prefix = parsePrefix(pool.spec.cidr);
    return prefix.ok && prefix.value.includes(":") === v6 ? [{ pool, prefix: prefix.value }] : [];
  });
}

function poolName(pool: IpPool): string {
  return `IPPool/${pool.metadata.name}`;
}

/** Whose routes BIRD itself puts into the kernel; the others are Felix'. */
export function programs(calico: CalicoObjects, version: Version): { ipip: boolean; plain: boolean } {
  const wanted = calico.defaults.programClusterRoutes ?? (version === "3.33" ? "EnabledNoEncapOnly" : "Enabled");
  return {
    ipip: wanted === "Enabled" || wanted === "EnabledIPIPOnly",
    plain: wanted === "Enabled" || wanted === "EnabledNoEncapOnly",
  };
}

export function usesVxlan({ spec }: IpPool): boolean {
  return spec.vxlanMode === "Always" || spec.vxlanMode === "CrossSubnet";
}

export function usesIpip({ spec }: IpPool): boolean {
  return spec.ipipMode === "Always" || spec.ipipMode === "CrossSubnet";
}

/** Which routes BIRD puts into the node's kernel: not the service ranges, nor what Felix programs. */
export function kernelPolicy({ version, calico, ranges }: PolicyInputs): Policy {
  const terms: Term[] = [];
  for (const prefix of ranges.advertised) {
    terms.push({
      match: { prefixes: [within(prefix)] },
      action: "reject",
      source: { field: `service range ${prefix}` },
    });
  }
  const own = programs(calico, version);
  for (const { pool, prefix } of [...poolsOf(calico, false), ...poolsOf(calico, true)]) {
    const byBird = usesVxlan(pool) ? false : usesIpip(pool) ? own.ipip : own.plain;
    terms.push({
      match: { prefixes: [within(prefix)] },
      action: byBird ? "accept" : "reject",
      source: { field: `${poolName(pool)} spec` },
    });
  }
  return { terms, otherwise: "accept" };
}

/** What the policies cannot be held to, said once. */
export function checkFilters(calico: CalicoObjects, report: Report): void {
  for (const filter of calico.filters.values()) {
    for (const field of ["importV4", "exportV4", "importV6", "exportV6"] as const) {
      (filter.spec[field] ?? []).forEach((rule, i) => {
        const path = `spec.${field}[${i}]`;
        if (rule.cidr !== undefined && rule.cidr !== "" && !parsePrefix(rule.cidr).ok) {
          report("refused", "error", filter, `${path}.cidr`, `"${rule.cidr}" is not a CIDR`, "correct the value");
        }
        const equal = rule.matchOperator === "Equal" || rule.matchOperator === "NotEqual";
        if (equal && rule.prefixLength !== undefined) {
          report(
            "filter-length-with-equal",
            "warning",
            filter,
            `${path}.prefixLength`,
            `a range of lengths has no effect with matchOperator ${rule.matchOperator ?? ""}: BIRD compares the route with a set and never finds them equal`,
            "use In or NotIn",
          );
        }
      });
    }
  }
}
