/** Which segments a router's interfaces are on: as a links file says, or else by the networks of their addresses. */
import { familyOf } from "../../model/address";
import { maximumLength, parseInterfaceAddress, prefixLength, type Prefix } from "../../model/prefix";
import type { Interface, Segment } from "../../bgp/network";
import type { Links } from "../lab/links";
import { deviceName, type Build } from "./reading";

/**
 * Two routers that were read apart meet on a segment because both name it the same way: after its link, or after its
 * network. An interface without either hears nobody. A links file names the device; which VRF an end belongs to is said
 * by the device's interfaces.
 */
export function attach(
  b: Build,
  links: Links | undefined,
  builds: readonly Build[],
  overlapping: ReadonlySet<string>,
): Segment[] {
  const router = deviceName(b.device);
  const isOwn = (name: string): boolean =>
    b.interfaces.has(name) || (b.vrf === undefined && !builds.some(({ interfaces }) => interfaces.has(name)));
  for (const [end, addresses] of links?.addresses ?? []) {
    const [device, name = ""] = end.split(":");
    if (device !== router || !isOwn(name)) continue;
    const own = b.interfaces.get(name) ?? { name, addresses: [] };
    own.addresses = [...new Set([...own.addresses, ...addresses])];
    b.interfaces.set(name, own);
  }
  for (const link of links?.links ?? []) {
    for (const end of link.ends) {
      const [device, name = ""] = end.split(":");
      if (device === router && isOwn(name) && !b.interfaces.has(name)) b.interfaces.set(name, { name, addresses: [] });
    }
  }
  const segments = new Map<string, Set<string>>();
  for (const own of b.interfaces.values()) {
    const prefixes = own.addresses.flatMap((text) => networkOf(text) ?? []);
    const link = links?.links.find((one) => one.ends.includes(`${router}:${own.name}`));
    const name = link?.name ?? segmentName(own, b.vrf, overlapping);
    if (name === undefined || isLoopback(own, b.vrf)) continue;
    own.segment = name;
    const all = segments.get(name) ?? new Set();
    for (const prefix of prefixes) all.add(prefix);
    segments.set(name, all);
  }
  return [...segments].map(([name, prefixes]) => ({ name, prefixes: [...prefixes] }));
}

/** Linux names a VRF's own loopback after the VRF. */
const isLoopback = ({ name }: Interface, vrf: string | undefined): boolean => /^lo|^dummy/i.test(name) || name === vrf;

function segmentName(own: Interface, vrf: string | undefined, overlapping: ReadonlySet<string>): string | undefined {
  const network = networksOf(own).sort(byFamily)[0];
  return network !== undefined && vrf !== undefined && overlapping.has(network) ? `${network} vrf ${vrf}` : network;
}

/** Networks that several tables of a device have: they are not one segment. */
export function sharedNetworks(builds: readonly Build[]): Set<string> {
  const seen = new Map<string, string | undefined>();
  const shared = new Set<string>();
  for (const { vrf, interfaces } of builds) {
    for (const network of [...interfaces.values()].flatMap(networksOf)) {
      if (seen.has(network) && seen.get(network) !== vrf) shared.add(network);
      seen.set(network, vrf);
    }
  }
  return shared;
}

function networksOf({ addresses }: Interface): Prefix[] {
  const prefixes = addresses.flatMap((text) => networkOf(text) ?? []);
  return prefixes.filter((one) => prefixLength(one) < maximumLength(familyOf(one)));
}

function networkOf(text: string): Prefix | undefined {
  const parsed = parseInterfaceAddress(text);
  return parsed.ok ? parsed.value.prefix : undefined;
}

const byFamily = (a: string, b: string): number => Number(a.includes(":")) - Number(b.includes(":"));
