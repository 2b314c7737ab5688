/** Several parts' intents for one cluster as one: lists are joined, a single value that two parts want differently is a fault. */
import { ok, type Fault, type Result } from "../model/errors";
import type { ClusterIntent, NodeIntent } from "./intent";

const SINGLE = ["asn", "mesh", "listenPort", "reflectors"] as const;
const LISTS = ["peerings", "pools", "advertise"] as const;

export function mergeIntents(...parts: readonly ClusterIntent[]): Result<ClusterIntent> {
  const faults: Fault[] = [];
  const merged: Record<string, unknown> = {};
  for (const key of SINGLE) {
    const distinct = new Map(
      parts.flatMap((part) => (part[key] === undefined ? [] : [[JSON.stringify(part[key]), part[key]] as const])),
    );
    const [first] = distinct.values();
    if (first !== undefined) merged[key] = first;
    if (distinct.size > 1) {
      faults.push({
        path: key,
        found: [...distinct.keys()].join(" and "),
        expected: "one value for the whole cluster",
        fix:
          key === "mesh"
            ? "say mesh alike in all parts: a fabric asks for none unless it has mesh: true, reflectors that retire ask for it"
            : `let one part alone set ${key}`,
      });
    }
  }
  for (const key of LISTS) {
    // What two parts want alike stands once.
    const wanted = parts.flatMap((part): readonly object[] => part[key] ?? []);
    const all = new Map(wanted.map((value) => [JSON.stringify(value), value]));
    if (all.size > 0) merged[key] = [...all.values()];
  }
  const nodes = mergeNodes(parts, faults);
  if (Object.keys(nodes).length > 0) merged["nodes"] = nodes;
  return faults.length > 0 ? { ok: false, faults } : ok(merged as ClusterIntent);
}

function mergeNodes(parts: readonly ClusterIntent[], faults: Fault[]): Record<string, NodeIntent> {
  const nodes: Record<string, NodeIntent> = {};
  for (const [name, wanted] of parts.flatMap((part) => Object.entries(part.nodes ?? {}))) {
    const known = nodes[name] ?? {};
    for (const field of ["asn", "routerId", "listenPort"] as const) {
      if (known[field] === undefined || wanted[field] === undefined || known[field] === wanted[field]) continue;
      faults.push({
        path: `nodes.${name}.${field}`,
        found: `${known[field]} and ${wanted[field]}`,
        expected: "one value for the node",
      });
    }
    const join = (field: "labels" | "sources") => {
      for (const [key, value] of Object.entries(wanted[field] ?? {})) {
        const other = known[field]?.[key];
        if (other === undefined || other === value) continue;
        faults.push({
          path: `nodes.${name}.${field}.${key}`,
          found: `${other} and ${value}`,
          expected: "one value for the node",
        });
      }
      const joined = { ...known[field], ...wanted[field] };
      return Object.keys(joined).length === 0 ? {} : { [field]: joined };
    };
    nodes[name] = { ...known, ...wanted, ...join("labels"), ...join("sources") };
  }
  return nodes;
}
