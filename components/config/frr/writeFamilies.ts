/** The address families of FRR's `router bgp`: what is originated, how many paths, and each neighbor's settings there. */
import { familyOf } from "../../model/address";
import { dialectOf } from "../../bgp/dialects";
import type { Family, FamilySettings, NeighborSettings, Origination, Speaker } from "../../bgp/network";
import { cannot, word, type Draft } from "../draft";
import { isInternal, neighborId, prefix } from "./writeNeighbors";
import { lengthOf, maxLength } from "../lists";

export function writeFrrFamily(d: Draft, speaker: Speaker, family: Family, path: string): void {
  const lines = d.lines;
  d.lines = [];
  (speaker.originate ?? []).forEach((origin, index) => originate(d, family, origin, `${path}.originate[${index}]`));
  const { distance, maximumPaths: ofBoth, maximumPathsIpv6 } = speaker.bgp;
  const maximumPaths = family === "ipv6" ? (maximumPathsIpv6 ?? ofBoth) : ofBoth;
  if (distance !== undefined) d.lines.push(`  distance bgp ${distance.ebgp} ${distance.ibgp} ${distance.local}`);
  if (speaker.bgp.fibPolicy !== undefined && isUsed(speaker, family)) {
    d.lines.push(`  table-map ${word(d, `${path}.bgp.fibPolicy`, speaker.bgp.fibPolicy)}`);
  }
  const own = d.lines;
  d.lines = [];
  for (const [name, settings] of Object.entries(speaker.groups ?? {})) {
    const at = `${path}.groups[${name}]`;
    neighbor(d, speaker, family, word(d, at, name), settings, undefined, at);
  }
  speaker.neighbors.forEach((settings, index) => {
    const at = `${path}.neighbors[${index}]`;
    const group = settings.group === undefined ? undefined : speaker.groups?.[settings.group];
    neighbor(d, speaker, family, neighborId(d, at, settings), settings, group, at);
  });
  const neighbors = d.lines;
  d.lines = lines;
  if (own.length + neighbors.length === 0 && (family === "ipv6" ? maximumPathsIpv6 : maximumPaths) === undefined)
    return;
  d.lines.push(" !", ` address-family ${family} unicast`, ...own, ...neighbors);
  if (maximumPaths?.ebgp !== undefined) d.lines.push(`  maximum-paths ${maximumPaths.ebgp}`);
  if (maximumPaths?.ibgp !== undefined) {
    const equal = maximumPaths.ibgpEqualClusterLength === true ? " equal-cluster-length" : "";
    d.lines.push(`  maximum-paths ibgp ${maximumPaths.ibgp}${equal}`);
  } else if (maximumPaths?.ibgpEqualClusterLength === true) {
    cannot(d, `${path}.bgp.maximumPaths`, "ibgpEqualClusterLength alone", "a number of iBGP paths with it");
  }
  d.lines.push(" exit-address-family");
}

/** FRR switches it on by itself, for all neighbors. */
function needsDeterministicMed(d: Draft, speaker: Speaker, at: string): void {
  if (speaker.bgp.deterministicMed ?? dialectOf(speaker.dialect).deterministicMed) return;
  cannot(d, `${at}.addPath.send`, "best-per-as", "deterministicMed with it: FRR switches that on by itself");
}

/** Does anything in the family concern BGP here? A block for nothing would only be a difference to reload. */
function isUsed(speaker: Speaker, family: Family): boolean {
  if (family === "ipv4") return true;
  return [...speaker.neighbors, ...Object.values(speaker.groups ?? {})].some(
    (settings) => settings.families?.ipv6?.active === true,
  );
}

function originate(d: Draft, family: Family, origin: Origination, at: string): void {
  const policy = origin.policy === undefined ? "" : ` route-map ${word(d, `${at}.policy`, origin.policy)}`;
  switch (origin.kind) {
    case "network":
      if (familyOf(origin.prefix) === family) d.lines.push(`  network ${prefix(d, at, origin.prefix)}${policy}`);
      return;
    case "redistribute": {
      const metric = origin.metric === undefined ? "" : ` metric ${origin.metric}`;
      if ((origin.family ?? family) === family) d.lines.push(`  redistribute ${origin.from}${metric}${policy}`);
      return;
    }
    case "aggregate": {
      if (familyOf(origin.prefix) !== family) return;
      if (lengthOf(origin.prefix) === maxLength(family)) {
        cannot(d, at, origin.prefix, "a prefix that can hold longer ones: FRR refuses host prefixes");
      }
      const set = origin.asSet === true ? " as-set" : "";
      const only = origin.summaryOnly === true ? " summary-only" : "";
      const made = origin.origin === undefined ? "" : ` origin ${origin.origin}`;
      d.lines.push(`  aggregate-address ${prefix(d, at, origin.prefix)}${set}${only}${policy}${made}`);
    }
  }
}

function neighbor(
  d: Draft,
  speaker: Speaker,
  family: Family,
  id: string,
  settings: NeighborSettings,
  group: NeighborSettings | undefined,
  path: string,
): void {
  const own: FamilySettings = settings.families?.[family] ?? {};
  const at = `${path}.families.${family}`;
  const line = (text: string): number => d.lines.push(`  neighbor ${id} ${text}`);
  const internal = isInternal(speaker, settings, group);
  for (const field of ["removePrivateAs", "asOverride"] as const) {
    if (internal === true && own[field] !== undefined && own[field] !== false) {
      cannot(d, `${at}.${field}`, own[field], "an eBGP neighbor: FRR refuses it for iBGP");
    }
  }
  if (internal !== true && own.reflectorClient === true) {
    cannot(d, `${at}.reflectorClient`, true, "an iBGP neighbor, or a group that says so with its remoteAs");
  }
  const byDefault =
    group?.families?.[family]?.active ?? (family === "ipv4" && (speaker.bgp.defaultIpv4Unicast ?? true));
  if (own.active !== undefined && own.active !== byDefault) {
    if (own.active) line("activate");
    else d.lines.push(`  no neighbor ${id} activate`);
  }
  const send = own.addPath?.send === group?.families?.[family]?.addPath?.send ? undefined : own.addPath?.send;
  if (send === "all") line("addpath-tx-all-paths");
  if (send === "best-per-as") line("addpath-tx-bestpath-per-AS");
  // FRR prints this one, alone of all, for the members of its group too.
  const heard = group?.families?.[family]?.addPath;
  if ((own.addPath?.receive ?? heard?.receive) === false) line("disable-addpath-rx");
  if (own.addPath?.send === "best-per-as") needsDeterministicMed(d, speaker, at);
  if (own.allowAsIn !== undefined) line(`allowas-in ${own.allowAsIn}`);
  if (own.removePrivateAs !== undefined && own.removePrivateAs !== false) {
    const how = { all: " all", replace: " all replace-AS", "replace-private-only": " replace-AS", true: "" };
    line(`remove-private-AS${how[String(own.removePrivateAs) as keyof typeof how]}`);
  }
  if (own.asOverride === true) line("as-override");
  if (own.nextHopSelf !== undefined && own.nextHopSelf !== false) {
    line(own.nextHopSelf === "force" ? "next-hop-self force" : "next-hop-self");
  }
  if (own.reflectorClient === true) line("route-reflector-client");
  if (own.routeServerClient === true) line("route-server-client");
  if (own.softReconfiguration === true) line("soft-reconfiguration inbound");
  if (own.sendCommunity?.standard === false) d.lines.push(`  no neighbor ${id} send-community`);
  if (own.sendCommunity?.large === false) d.lines.push(`  no neighbor ${id} send-community large`);
  if (own.defaultOriginate !== undefined && own.defaultOriginate !== false) {
    const policy = own.defaultOriginate === true ? undefined : word(d, at, own.defaultOriginate.policy);
    line(`default-originate${policy === undefined ? "" : ` route-map ${policy}`}`);
  }
  if (own.weight !== undefined) line(`weight ${own.weight}`);
  // FRR drops a member's list or route-map that its group has anyway, as with paths to send.
  const inherited = group?.families?.[family];
  const list = (name: string | undefined, what: string, direction: "in" | "out", same: string | undefined): void => {
    if (name !== undefined && name !== same) line(`${what} ${word(d, at, name)} ${direction}`);
  };
  list(own.importPrefixList, "prefix-list", "in", inherited?.importPrefixList);
  list(own.exportPrefixList, "prefix-list", "out", inherited?.exportPrefixList);
  list(own.importPolicy, "route-map", "in", inherited?.importPolicy);
  list(own.exportPolicy, "route-map", "out", inherited?.exportPolicy);
  list(own.importAsPathList, "filter-list", "in", inherited?.importAsPathList);
  list(own.exportAsPathList, "filter-list", "out", inherited?.exportAsPathList);
  if (own.maximumPrefix !== undefined) {
    const { limit, warningOnly, restart } = own.maximumPrefix;
    // Measured on 8.4.4: a member stays at its group's warning-only whatever its own line says.
    if (warningOnly !== true && inherited?.maximumPrefix?.warningOnly === true) {
      cannot(d, `${at}.maximumPrefix`, limit, "warningOnly as its group has it: FRR keeps that for members");
    }
    if (warningOnly === true && restart !== undefined) cannot(d, at, "warningOnly and restart", "one of them");
    const then = warningOnly === true ? " warning-only" : restart === undefined ? "" : ` restart ${restart}`;
    line(`maximum-prefix ${limit}${then}`);
  }
  if (own.maximumPrefixOut !== undefined) line(`maximum-prefix-out ${own.maximumPrefixOut}`);
  // FRR sets it for a route server's client and prints it: a text without the line would take it away on each reload.
  if (own.nextHopUnchanged === true || own.routeServerClient === true) line("attribute-unchanged next-hop");
}
