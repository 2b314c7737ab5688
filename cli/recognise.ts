/** What a file of a network is, by its content: a router's configuration, manifests, links, a Network. */
import { parse } from "yaml";
import { CNIS } from "../components/cni";
import type { Cni } from "../components/cni/cni";
import { parseYaml } from "../components/cni/parseYaml";

export type Recognised =
  | { kind: "router"; system: "frr" | "eos"; name?: string; version?: string }
  | { kind: "manifests"; cnis: { name: string; version?: string }[]; nodes: number }
  | { kind: "network" }
  | { kind: "links" };

/** A Network is one document with speakers; anything else is taken for manifests, whose reading says what is wrong. */
export function networkIn(text: string): unknown {
  if (!/["']?speakers["']?\s*:/.test(text)) return undefined;
  try {
    const value: unknown = text.trimStart().startsWith("{")
      ? JSON.parse(text)
      : parse(text, { maxAliasCount: 100, logLevel: "error" });
    return typeof value === "object" && value !== null && "speakers" in value ? value : undefined;
  } catch {
    return undefined;
  }
}

export function recognise(text: string): Recognised | undefined {
  if (networkIn(text) !== undefined) return { kind: "network" };
  // A configuration is no YAML map; a map's keys say at once that it is not one.
  if (/^\s*router bgp\s/m.test(text) && !/^(apiVersion|links|speakers):/m.test(text)) return routerIn(text);
  return mapIn(text);
}

/** Words that EOS writes and FRR does not know. */
const EOS =
  /^! (device|Command): |^! boot system|^transceiver |^spanning-tree |^interface (Ethernet|Management|Port-Channel)\d|^ +router-id |^service routing protocols|^ip routing$|^management api/m;

function routerIn(text: string): Recognised {
  const frr = /^frr (version|defaults)\s/m.test(text);
  const system = !frr && EOS.test(text) ? "eos" : "frr";
  const name = /^hostname (\S+)/m.exec(text)?.[1];
  const version = system === "frr" ? /^frr version (\d+(?:\.\d+)*)/m.exec(text)?.[1] : /EOS-(\d+\.\d+)/.exec(text)?.[1];
  return {
    kind: "router",
    system,
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  };
}

function mapIn(text: string): Recognised | undefined {
  if (/(^|[{,])\s*(- )?"?apiVersion"?\s*:/m.test(text)) return isTemplate(text) ? undefined : manifestsIn(text);
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, logLevel: "error" });
    if (typeof value !== "object" || value === null) return undefined;
    return "links" in value || ("addresses" in value && !("kind" in value)) ? { kind: "links" } : undefined;
  } catch {
    return undefined;
  }
}

/** Helm's templates are no YAML before Helm has filled them in. */
export function isTemplate(text: string): boolean {
  return TEMPLATE.test(text) && parseYaml(text, "").faults.length > 0;
}

/** A place that Helm fills in. */
export const TEMPLATE = /\{\{-?\s*(\.|\$|\/\*|(include|template|if|with|range|end|define|toYaml|default|else)\b)/;

/** By its API groups; a CNI without kinds of its own has annotations alone. */
function markOf(cni: Cni): RegExp {
  const group = `([a-z0-9.-]+\\.)?${cni.domain.replaceAll(".", "\\.")}/`;
  return new RegExp(cni.kinds().length === 0 ? group : `(^|[{,])\\s*(- )?\\{?"?apiVersion"?\\s*:\\s*"?${group}`, "m");
}

const MARKS = Object.entries<Cni>(CNIS).map(([name, cni]) => ({ name, cni, mark: markOf(cni) }));

function manifestsIn(text: string): Recognised {
  const cnis = MARKS.filter(({ mark }) => mark.test(text)).map(({ name, cni }) => {
    const version = cni.versionIn?.(text);
    return { name, ...(version === undefined ? {} : { version }) };
  });
  const nodes = [...text.matchAll(/(?:^|[{,])\s*(?:- )?"?kind"?\s*:\s*"?Node"?\s*(?:[,}]|$)/gm)].length;
  return { kind: "manifests", cnis, nodes };
}
