/** Several parts' intents for one cluster as one. */
import { ok, type Fault, type Result } from "../../model/errors";
import type { CalicoIntent } from "./intentTypes";

export function mergeCalico(...parts: readonly CalicoIntent[]): Result<CalicoIntent> {
  const faults: Fault[] = [];
  const one = <K extends keyof CalicoIntent>(key: K): Pick<CalicoIntent, K> | Record<string, never> => {
    const wanted = parts.flatMap((part) => (part[key] === undefined ? [] : [part[key]]));
    const distinct = new Map(wanted.map((value) => [JSON.stringify(value), value]));
    if (distinct.size > 1) {
      faults.push({
        path: key,
        found: [...distinct.keys()].join(" and "),
        expected: "one value for the whole cluster",
        fix: `let one part alone set ${key}`,
      });
    }
    return wanted[0] === undefined ? {} : ({ [key]: wanted[0] } as Pick<CalicoIntent, K>);
  };
  const all = <T>(lists: (readonly T[] | undefined)[]): T[] => {
    const seen = new Map(lists.flatMap((values) => values ?? []).map((value) => [JSON.stringify(value), value]));
    return [...seen.values()];
  };
  const joined = <K extends keyof CalicoIntent>(key: K, values: unknown[]) =>
    values.length === 0 ? {} : { [key]: values };
  const nodes: Record<string, { asn?: number; labels?: Record<string, string> }> = {};
  for (const [name, wanted] of parts.flatMap((part) => Object.entries(part.nodes ?? {}))) {
    const known = nodes[name];
    if (known?.asn !== undefined && wanted.asn !== undefined && known.asn !== wanted.asn) {
      faults.push({ path: `nodes.${name}.asn`, found: `${known.asn} and ${wanted.asn}`, expected: "one ASN" });
    }
    nodes[name] = {
      ...known,
      ...(wanted.asn === undefined ? {} : { asn: wanted.asn }),
      labels: { ...known?.labels, ...wanted.labels },
    };
  }
  const merged: CalicoIntent = {
    ...one("asn"),
    ...one("mesh"),
    ...one("listenPort"),
    ...one("reflectors"),
    ...joined("peers", all(parts.map(({ peers }) => peers))),
    ...joined("pools", all(parts.map(({ pools }) => pools))),
    ...joined("serviceClusterIPs", all(parts.map(({ serviceClusterIPs }) => serviceClusterIPs))),
    ...joined("serviceExternalIPs", all(parts.map(({ serviceExternalIPs }) => serviceExternalIPs))),
    ...joined("serviceLoadBalancerIPs", all(parts.map(({ serviceLoadBalancerIPs }) => serviceLoadBalancerIPs))),
    ...joined("communities", all(parts.map(({ communities }) => communities))),
    ...joined("filters", all(parts.map(({ filters }) => filters))),
    ...(Object.keys(nodes).length === 0 ? {} : { nodes }),
  };
  return faults.length > 0 ? { ok: false, faults } : ok(merged);
}
