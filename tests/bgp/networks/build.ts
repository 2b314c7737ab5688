/** Short ways to write a Network in a test: only what the fact at hand is about. */
import type { FamilySettings, Neighbor, Network, Speaker } from "../../../components/bgp/network";
import type { Path, Solution } from "../../../components/bgp/solution";
import { solve } from "../../../components/bgp/solve";

export interface Sketch extends Partial<Omit<Speaker, "name" | "asn">> {
  asn: number;
  /** "SEGMENT ADDRESS/LENGTH", or "lo ADDRESS/LENGTH". */
  at: string[];
}

export function speaker(name: string, { at, ...rest }: Sketch): Speaker {
  const interfaces = at.map((text, index) => {
    const [segment = "", address = ""] = text.split(" ");
    return segment === "lo"
      ? { name: "lo", addresses: [address] }
      : { name: `e${index}`, segment, addresses: address === "" ? [] : [address] };
  });
  const routerId = (at[0]?.split(" ")[1] ?? "").split("/")[0] ?? "";
  return {
    name,
    dialect: { system: "frr", version: "8.4", profile: "datacenter" },
    routerId,
    interfaces,
    bgp: {},
    neighbors: [],
    ...rest,
  };
}

export function network(speakers: Record<string, Sketch>): Network {
  const list = Object.entries(speakers).map(([name, sketch]) => speaker(name, sketch));
  const names = new Set(list.flatMap((each) => each.interfaces.flatMap((port) => port.segment ?? [])));
  return { version: 1, speakers: list, segments: [...names].map((name) => ({ name, prefixes: [] })) };
}

export const to = (
  address: string,
  remoteAs: Neighbor["remoteAs"] & {},
  rest: Neighbor = {},
  ipv4: FamilySettings = {},
): Neighbor => ({
  address,
  remoteAs,
  ...rest,
  ...(Object.keys(ipv4).length === 0 ? {} : { families: { ipv4 } }),
});

export const blackhole = (prefix: string): Pick<Speaker, "routes" | "originate"> => ({
  routes: [{ prefix, blackhole: true }],
  originate: [{ kind: "network", prefix }],
});

export function rib(solution: Solution, name: string, prefix: string): Path[] {
  return solution.table(name).rib.get(prefix) ?? [];
}

export const best = (solution: Solution, name: string, prefix: string): Path | undefined =>
  rib(solution, name, prefix).find((path) => path.best);

export const nextHops = (solution: Solution, name: string, prefix: string): string[] =>
  (solution.table(name).fib.get(prefix)?.nextHops ?? [])
    .map((hop) => (hop.blackhole === true ? "blackhole" : (hop.address ?? hop.interface ?? "")))
    .sort();

export const forecast = (speakers: Record<string, Sketch>): Solution => solve(network(speakers));
