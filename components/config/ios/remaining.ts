/**
 * Which of the lines that no rule covers touch an answer, once a whole configuration is read: one of IPv6 where no
 * neighbor carries IPv6, or of an interior routing protocol that nothing of BGP depends on, touches none.
 */
import { familyOf, parseAddress, type Address } from "../../model/address";
import { containsAddress, parseInterfaceAddress, type Prefix } from "../../model/prefix";
import type { Family, NeighborSettings, Speaker, Unmodelled } from "../../bgp/network";
import type { Build } from "./reading";

export function remaining(b: Build, speaker: Speaker): Unmodelled[] {
  return b.unmodelled.flatMap((one) => {
    const condition = b.conditions.get(one);
    const prefixes = condition !== undefined && "touches" in condition ? unannounced(speaker) : undefined;
    const why =
      condition === undefined
        ? undefined
        : "family" in condition
          ? carries(speaker, condition.family)
            ? undefined
            : `no neighbor carries ${condition.family === "ipv4" ? "IPv4" : "IPv6"}`
          : "igp" in condition
            ? dependsOnIgp(speaker)
              ? undefined
              : `${condition.igp}: every neighbor, next hop and announced prefix is connected or static`
            : prefixes?.length === 0
              ? "no route of the router's own can stand before one of BGP"
              : undefined;
    if (why !== undefined && one.source?.line !== undefined) b.device.lines.eased(one.source.line, why);
    return why !== undefined ? [] : [prefixes === undefined ? one : { ...one, prefixes }];
  });
}

/** Own routes that a neighbor's may stand behind in the routing table: those that the router does not announce itself. */
function unannounced({ interfaces, routes = [], originate = [] }: Speaker): string[] {
  const all = (from: string): boolean =>
    originate.some((one) => one.kind === "redistribute" && one.from === from && one.policy === undefined);
  const named = new Set(originate.flatMap((one) => (one.kind === "network" ? [one.prefix] : [])));
  const connected = interfaces.flatMap(({ addresses }) =>
    addresses.flatMap((text) => {
      const parsed = parseInterfaceAddress(text);
      return parsed.ok ? [parsed.value.prefix] : [];
    }),
  );
  const own = [...(all("connected") ? [] : connected), ...(all("static") ? [] : routes.map(({ prefix }) => prefix))];
  return [...new Set(own)].filter((prefix) => !named.has(prefix)).sort();
}

export function carries(speaker: Speaker, family: Family): boolean {
  const byDefault = family === "ipv4" && (speaker.bgp.defaultIpv4Unicast ?? true);
  const groups = Object.values(speaker.groups ?? {});
  return (
    groups.some((group) => group.families?.[family]?.active ?? byDefault) ||
    speaker.neighbors.some((one) => {
      const group = one.group === undefined ? undefined : speaker.groups?.[one.group];
      return one.families?.[family]?.active ?? group?.families?.[family]?.active ?? byDefault;
    })
  );
}

/** Routes of OSPF or IS-IS matter where a session, a next hop or `network` may resolve via one, or where they win over BGP. */
function dependsOnIgp(speaker: Speaker): boolean {
  // EOS installs BGP's routes at 200 and announces only what is installed; FRR's eBGP is at 20.
  if (speaker.dialect.system !== "frr" || (speaker.bgp.distance?.ebgp ?? 20) >= 100) return true;
  const networks = speaker.interfaces.flatMap(({ addresses }) =>
    addresses.flatMap((text) => {
      const parsed = parseInterfaceAddress(text);
      return parsed.ok ? [parsed.value.prefix] : [];
    }),
  );
  const connected = (address: string): boolean => {
    const parsed = parseAddress(address);
    return parsed.ok && networks.some((each) => isWithin(each, parsed.value));
  };
  const external = ({ remoteAs }: NeighborSettings): boolean =>
    remoteAs === "external" || (typeof remoteAs === "number" && remoteAs !== speaker.asn);
  const groups = speaker.groups ?? {};
  const near = speaker.neighbors.every((one) => {
    const group = one.group === undefined ? undefined : groups[one.group];
    const as = one.remoteAs ?? group?.remoteAs;
    return external(as === undefined ? {} : { remoteAs: as }) && (one.address === undefined || connected(one.address));
  });
  const local = new Set([...networks, ...(speaker.routes ?? []).map(({ prefix }) => prefix)]);
  const held = (speaker.originate ?? []).every(
    (one) => one.kind !== "network" || speaker.bgp.importCheck === false || local.has(one.prefix as Prefix),
  );
  const nearRoutes = (speaker.routes ?? []).every(({ via }) => (via ?? []).every(connected));
  const nearRanges = (speaker.listen ?? []).every(
    ({ prefix, group }) => external(groups[group] ?? {}) && connected(prefix.split("/")[0] ?? ""),
  );
  return !(near && held && nearRoutes && nearRanges);
}

const isWithin = (network: Prefix, address: Address): boolean =>
  familyOf(network) === familyOf(address) && containsAddress(network, address);
