/** Makes a failing network smaller while it still fails: what is left is what the miss is about. */
import type { Network, Speaker } from "../../components/bgp/network";

/** Every network that is one cut smaller; the largest cuts first. */
export function* smaller(network: Network): Generator<Network> {
  for (const speaker of network.speakers) yield without(network, speaker);
  for (const [a, b] of pairs(network)) yield unpaired(network, a, b);
  for (const speaker of network.speakers) {
    for (const key of ["originate", "listen", "neighbors"] as const) {
      const list = speaker[key] ?? [];
      for (let index = 0; index < list.length; index++) {
        yield changed(network, speaker.name, (copy) => void copy[key]?.splice(index, 1));
      }
    }
    for (const key of Object.keys(speaker.bgp)) {
      yield changed(network, speaker.name, (copy) => void delete (copy.bgp as Record<string, unknown>)[key]);
    }
    for (const [index, neighbor] of speaker.neighbors.entries()) {
      for (const family of ["ipv4", "ipv6"] as const) {
        for (const key of Object.keys(neighbor.families?.[family] ?? {})) {
          if (key === "active") continue;
          yield changed(network, speaker.name, (copy) => {
            const settings = copy.neighbors[index]?.families?.[family] as Record<string, unknown> | undefined;
            if (settings !== undefined) delete settings[key];
          });
        }
      }
    }
    for (const [name, policy] of Object.entries(speaker.policies ?? {})) {
      for (let index = 0; index < policy.terms.length; index++) {
        yield changed(network, speaker.name, (copy) => void copy.policies?.[name]?.terms.splice(index, 1));
      }
    }
  }
}

const copyOf = (network: Network): Network => structuredClone(network);

function changed(network: Network, name: string, change: (speaker: Speaker) => void): Network {
  const copy = copyOf(network);
  const speaker = copy.speakers.find((each) => each.name === name);
  if (speaker !== undefined) change(speaker);
  return copy;
}

const addressesOf = (speaker: Speaker): string[] =>
  speaker.interfaces.flatMap((port) => port.addresses.map((address) => address.replace(/\/\d+$/, "")));

function without(network: Network, gone: Speaker): Network {
  const copy = copyOf(network);
  copy.speakers = copy.speakers.filter((each) => each.name !== gone.name);
  const addresses = new Set(addressesOf(gone));
  for (const speaker of copy.speakers) {
    speaker.neighbors = speaker.neighbors.filter((each) => each.address === undefined || !addresses.has(each.address));
    speaker.routes = (speaker.routes ?? []).filter((route) => !(route.via ?? []).some((hop) => addresses.has(hop)));
  }
  return copy;
}

function* pairs(network: Network): Generator<[string, string]> {
  for (const a of network.speakers) for (const b of network.speakers) if (a.name < b.name) yield [a.name, b.name];
}

function unpaired(network: Network, a: string, b: string): Network {
  const copy = copyOf(network);
  const of = (name: string): Speaker | undefined => copy.speakers.find((each) => each.name === name);
  const cut = (from: Speaker | undefined, to: Speaker | undefined): void => {
    if (from === undefined || to === undefined) return;
    const addresses = new Set(addressesOf(to));
    from.neighbors = from.neighbors.filter((each) => each.address === undefined || !addresses.has(each.address));
  };
  cut(of(a), of(b));
  cut(of(b), of(a));
  return copy;
}

/** Greedy and bounded: takes the first cut that still fails, and starts again from there. */
export async function shrink(
  network: Network,
  fails: (candidate: Network) => Promise<boolean>,
  tries: number,
): Promise<Network> {
  let current = network;
  let left = tries;
  for (;;) {
    let cut = false;
    for (const candidate of smaller(current)) {
      if (JSON.stringify(candidate) === JSON.stringify(current)) continue;
      if (left-- <= 0) return current;
      if (await fails(candidate)) {
        current = candidate;
        cut = true;
        break;
      }
    }
    if (!cut) return current;
  }
}
