/** Which segments a router's interfaces are on: as a links file says, or else by the networks of their addresses. */
import { familyOf } from "../../model/address";
import { maximumLength, parseInterfaceAddress, prefixLength, type Prefix } from "../../model/prefix";
import type { Interface, Segment } from "../../bgp/network";
import type { Links } from "./links";

/**
 * Two routers that were read apart meet on a segment because both name it the same way: after its link, or after its
 * network. An interface without either hears nobody.
 */
export function attach(speaker: string, interfaces: Map<string, Interface>, links: Links | undefined): Segment[] {
  const segments = new Map<string, Set<string>>();
  for (const [end, addresses] of links?.addresses ?? []) {
    const [router, name = ""] = end.split(":");
    if (router !== speaker) continue;
    const own = interfaces.get(name) ?? { name, addresses: [] };
    own.addresses = [...new Set([...own.addresses, ...addresses])];
    interfaces.set(name, own);
  }
  for (const link of links?.links ?? []) {
    for (const end of link.ends) {
      const [router, name = ""] = end.split(":");
      if (router === speaker && !interfaces.has(name)) interfaces.set(name, { name, addresses: [] });
    }
  }
  for (const own of interfaces.values()) {
    const prefixes = own.addresses.flatMap((text) => networkOf(text) ?? []);
    const networks = prefixes.filter((one) => prefixLength(one) < maximumLength(familyOf(one)));
    const link = links?.links.find((one) => one.ends.includes(`${speaker}:${own.name}`));
    const name = link?.name ?? networks.sort(byFamily)[0];
    if (name === undefined || /^lo|^dummy|^loopback/i.test(own.name)) continue;
    own.segment = name;
    const all = segments.get(name) ?? new Set();
    for (const prefix of prefixes) all.add(prefix);
    segments.set(name, all);
  }
  return [...segments].map(([name, prefixes]) => ({ name, prefixes: [...prefixes] }));
}

function networkOf(text: string): Prefix | undefined {
  const parsed = parseInterfaceAddress(text);
  return parsed.ok ? parsed.value.prefix : undefined;
}

const byFamily = (a: string, b: string): number => Number(a.includes(":")) - Number(b.includes(":"));
