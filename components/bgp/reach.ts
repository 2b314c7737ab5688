/**
 * Where a speaker sends a packet for an address: its own routes, and what BGP put beside them. Used for sessions over
 * several hops and for next hops; says nothing about policies of the data plane.
 */
import { portAt, type Compiled, type CompiledSpeaker, type OwnRoute, type Port } from "./compile";
import type { Prefix } from "../model/prefix";
import { prefixLength } from "../model/prefix";

/** What BGP has installed at a speaker around an address, the longest prefix first. */
export interface Installed {
  prefix: string;
  distance: number;
  /** Next hops as BGP knows them: addresses, or "interface%NAME". */
  nextHops: string[];
  /** What next hops that stand on it cost: FRR gives zebra the MED of the best path (bgp_zebra_announce). */
  metric: number;
  blackhole?: boolean;
}

export type InstalledRoutes = (speaker: number, address: string) => Installed | undefined;

export const nothingInstalled: InstalledRoutes = () => undefined;

export function connectedPort(speaker: CompiledSpeaker, address: string): Port | undefined {
  for (const [, list] of speaker.routes.around(address)) {
    const connected = list.find((each) => each.source === "connected");
    if (connected !== undefined) return speaker.ports.find((port) => port.name === connected.interface);
  }
  return undefined;
}

/** The connected network around an address, and none other: one answer an address and speaker. */
export function connectedNetwork(speaker: CompiledSpeaker, address: string): string | undefined {
  // The far end of an unnumbered session stands on the link itself.
  if (address.startsWith("interface%")) return undefined;
  let answer = speaker.networks.get(address);
  if (answer === undefined) {
    const found = speaker.routes.around(address).find(([, list]) => list[0]?.source === "connected");
    answer = found?.[0] ?? "";
    speaker.networks.set(address, answer);
  }
  return answer === "" ? undefined : answer;
}

/** The own route that would carry the address, were there no BGP. */
export function ownRoute(speaker: CompiledSpeaker, address: string): OwnRoute | undefined {
  return speaker.routes.longest(address)?.[1][0];
}

export interface Trace {
  /** How many speakers forward the packet between the two. */
  hops: number;
  /** The port it leaves the first speaker by. */
  out?: Port;
}

/**
 * Follows the routes from a speaker to the one that owns the address; undefined where a packet would be lost. Notes
 * every speaker that it looked at on the way.
 */
export function trace(
  compiled: Compiled,
  installed: InstalledRoutes,
  from: number,
  to: number,
  address: string,
  looked: Set<number>,
): Trace | undefined {
  let at = from;
  let out: Port | undefined;
  for (let hops = 0; hops < 33; hops++) {
    const speaker = compiled.speakers[at];
    looked.add(at);
    if (speaker === undefined || !speaker.up) return undefined;
    if (speaker.own.has(address) && (at === to || sharesNode(speaker, compiled.speakers[to]))) {
      return { hops: Math.max(hops - 1, 0), ...(out === undefined ? {} : { out }) };
    }
    const step = forward(compiled, installed, speaker, address, looked, 0);
    if (step === undefined) return undefined;
    out ??= step.port;
    at = step.next;
  }
  return undefined;
}

/** Several speakers of one node have its addresses: packets for one of them arrive with any. */
function sharesNode({ speaker: a }: CompiledSpeaker, other: CompiledSpeaker | undefined): boolean {
  const node = a.role === "node" ? a.place?.labels?.[HOSTNAME_LABEL] : undefined;
  return node !== undefined && other?.speaker.role === "node" && other.speaker.place?.labels?.[HOSTNAME_LABEL] === node;
}

const HOSTNAME_LABEL = "kubernetes.io/hostname";

function forward(
  compiled: Compiled,
  installed: InstalledRoutes,
  speaker: CompiledSpeaker,
  address: string,
  looked: Set<number>,
  depth: number,
): { next: number; port: Port } | undefined {
  if (depth > 8) return undefined;
  const own = speaker.routes.longest(address);
  const bgp = installed(speaker.index, address);
  const ownLength = own === undefined ? -1 : prefixLength(own[0]);
  const first = own?.[1][0];
  if (
    bgp !== undefined &&
    (first === undefined ||
      prefixLength(bgp.prefix as Prefix) > ownLength ||
      (prefixLength(bgp.prefix as Prefix) === ownLength && bgp.distance < first.distance))
  ) {
    if (bgp.blackhole === true) return undefined;
    for (const hop of bgp.nextHops) {
      const step = hop.startsWith("interface%")
        ? across(compiled, speaker, hop.slice("interface%".length), looked)
        : forward(compiled, installed, speaker, hop, looked, depth + 1);
      if (step !== undefined) return step;
    }
    return undefined;
  }
  if (first === undefined || first.blackhole === true) return undefined;
  if (first.source === "connected") {
    const port = speaker.ports.find((each) => each.name === first.interface);
    if (port?.segment === undefined) return undefined;
    const owner = compiled.owners.get(address)?.find((each) => {
      const there = portAt(compiled, each);
      if (there.segment !== port.segment || each.speaker === speaker.index) return false;
      looked.add(each.speaker);
      return there.up;
    });
    return owner === undefined ? undefined : { next: owner.speaker, port };
  }
  for (const hop of first.via) {
    const step = forward(compiled, installed, speaker, hop, looked, depth + 1);
    if (step !== undefined) return step;
  }
  return first.interface === undefined ? undefined : across(compiled, speaker, first.interface, looked);
}

/** The one other speaker behind a point-to-point port. */
function across(
  compiled: Compiled,
  speaker: CompiledSpeaker,
  name: string,
  looked: Set<number>,
): { next: number; port: Port } | undefined {
  const port = speaker.ports.find((each) => each.name === name && each.up);
  if (port?.segment === undefined) return undefined;
  const others = (compiled.attached.get(port.segment) ?? []).filter((each) => {
    if (each.speaker === speaker.index) return false;
    looked.add(each.speaker);
    return portAt(compiled, each).up;
  });
  const [only] = others;
  return others.length === 1 && only !== undefined ? { next: only.speaker, port } : undefined;
}
