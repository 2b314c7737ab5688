/** Which part of an answer a person asked for: by speaker, prefix, VRF and state. A name that matches nothing is a fault. */
import { deviceOf, vrfOf } from "../components/bgp/device";
import type { Network } from "../components/bgp/network";
import { ok, type Fault, type Result } from "../components/model/errors";
import { suggestion } from "../components/model/nearest";
import { containsPrefix, parsePrefix, type Prefix } from "../components/model/prefix";

export interface Filters {
  speaker?: string[];
  prefix?: string[];
  vrf?: string;
  state?: "up" | "down" | "doubtful";
  /** Nothing folded. */
  all?: boolean;
}

export interface Chosen {
  /** Is anything left out? */
  narrowed: boolean;
  speaker: (name: string) => boolean;
  prefix: (prefix: string) => boolean;
  state: Filters["state"];
}

export function choose(networks: readonly Network[], filters: Filters): Result<Chosen> {
  const names = [...new Set(networks.flatMap((network) => network.speakers.map((speaker) => speaker.name)))];
  const faults: Fault[] = [];
  for (const name of filters.speaker ?? []) {
    if (names.includes(name) || names.some((one) => deviceOf(one) === name)) continue;
    faults.push({
      path: "--speaker",
      found: name,
      expected: "a router or node of this network",
      fix: suggestion(name, names),
    });
  }
  const prefixes: Prefix[] = [];
  for (const text of filters.prefix ?? []) {
    const parsed = parsePrefix(text, "--prefix");
    if (parsed.ok) prefixes.push(parsed.value);
    else faults.push(...parsed.faults);
  }
  const { vrf } = filters;
  if (vrf !== undefined && !names.some((name) => vrfOf(name) === vrf)) {
    const known = [...new Set(names.map(vrfOf))].filter((one) => one !== "default");
    faults.push({ path: "--vrf", found: vrf, expected: "a VRF of this network", fix: suggestion(vrf, known) });
  }
  if (faults.length > 0) return { ok: false, faults };
  const wanted = new Set(filters.speaker ?? []);
  return ok({
    narrowed: wanted.size > 0 || prefixes.length > 0 || vrf !== undefined || filters.state !== undefined,
    speaker: (name) =>
      (wanted.size === 0 || wanted.has(name) || wanted.has(deviceOf(name))) &&
      (vrf === undefined || vrfOf(name) === vrf),
    prefix: (prefix) => prefixes.length === 0 || prefixes.some((each) => containsPrefix(each, prefix as Prefix)),
    state: filters.state,
  });
}
