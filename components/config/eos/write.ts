/**
 * A speaker as a configuration of Arista EOS 4.2x and 4.3x. Not verified against a running switch: it follows the
 * documentation and what real switches printed. Route-maps are FRR's in other words.
 */
import { familyOf } from "../../model/address";
import { communityValue } from "../../model/community";
import type { Result } from "../../model/errors";
import type { Family, Network, Origination, Speaker, StaticRoute } from "../../bgp/network";
import { refuse, type Wordless } from "../refuse";
import { cannot, draft, findSpeaker, finished, rest, word, type Draft, type Secrets } from "../draft";
import { tablesOf, withSharedGroups, type Table } from "../ios/tables";
import { writeEosFamily, writeEosGroups, writeEosNeighbors } from "./writeNeighbors";
import { address, prefix } from "../frr/writeNeighbors";
import { routeMaps } from "../ios/writePolicies";
import { entriesOf, lengthOf, maxLength, numbered } from "../lists";

export interface EosOptions {
  secrets?: Secrets;
  /** "bgp": neither host name nor the routing model, static routes or interfaces. Default "all". */
  part?: "all" | "bgp";
  /** Are the interfaces written? "elsewhere": something else configures ports and addresses. Default "here". */
  addresses?: "here" | "elsewhere";
}

const WORDLESS: Wordless = {
  bgp: [
    "maximumPathsIpv6",
    "listenAddresses",
    "minimumHoldTime",
    "rejectAsSets",
    "countConfederation",
    "gracefulShutdown",
  ],
  session: ["solo", "senderLoopCheck"],
  family: ["maximumPrefixOut", "routeServerClient"],
  set: ["prependFirst", "exclude"],
  term: ["call"],
  match: ["communityCountMax", "asPathCountMax", "peer", "sourcePeer", "origin", "peerType"],
};

export function writeEos(network: Network, name: string, options: EosOptions = {}): Result<string> {
  const d = draft(options.secrets);
  const device = findSpeaker(d, network, name, ["eos"], "with its VRFs");
  if (device === undefined) return finished(d);
  const tables = tablesOf(network, device);
  const speaker = withSharedGroups(d, tables);
  const path = `speakers[${name}]`;
  const whole = options.part !== "bgp";
  // As a switch heads what it prints: the version that the text is for.
  if (!whole) d.lines.push(`! EOS-${word(d, `${path}.dialect.version`, speaker.dialect.version)}`);
  if (whole) d.lines.push(`hostname ${word(d, path, name)}`, "!", "service routing protocols model multi-agent", "!");
  const vrfs = tables.flatMap(({ vrf, path: at }) => (vrf === undefined ? [] : [word(d, at, vrf)]));
  if (whole) for (const vrf of vrfs) d.lines.push(`vrf instance ${vrf}`, "!");
  if (whole && (options.addresses ?? "here") === "here") for (const table of tables) interfaces(d, table);
  if (whole) d.lines.push("ip routing", "ip routing ipv6 interfaces", "ipv6 unicast-routing");
  if (whole) for (const vrf of vrfs) d.lines.push(`ip routing vrf ${vrf}`, `ipv6 unicast-routing vrf ${vrf}`);
  if (whole) d.lines.push("!");
  for (const table of tables) refuse(d, table.speaker, table.path, "EOS", WORDLESS);
  policies(d, speaker, path);
  for (const { speaker: own, path: at, vrf } of whole ? tables : []) {
    (own.routes ?? []).forEach((route, index) => staticRoute(d, route, `${at}.routes[${index}]`, vrf));
  }
  d.lines.push("!");
  bgp(d, speaker, path);
  for (const table of tables.slice(1)) bgpInVrf(d, table, speaker);
  d.lines.push("!", "end");
  return finished(d);
}

function interfaces(d: Draft, { speaker, path, vrf }: Table): void {
  for (const [index, own] of speaker.interfaces.entries()) {
    const at = `${path}.interfaces[${index}]`;
    d.lines.push(`interface ${word(d, `${at}.name`, own.name)}`);
    // Only ports switch; SVIs and loopbacks route as they are.
    if (/^(Ethernet|Port-Channel)/i.test(own.name)) d.lines.push("   no switchport");
    // Before the addresses: a port that changes its table loses those that it has.
    if (vrf !== undefined) d.lines.push(`   vrf ${vrf}`);
    const v4 = own.addresses.filter((text) => familyOf(text) === "ipv4");
    v4.forEach((text, number) => {
      d.lines.push(`   ip address ${prefix(d, at, text)}${number === 0 ? "" : " secondary"}`);
    });
    const unnumbered = speaker.neighbors.some((neighbor) => neighbor.interface === own.name);
    const v6 = own.addresses.filter((text) => familyOf(text) === "ipv6");
    if (unnumbered || v6.length > 0) d.lines.push("   ipv6 enable");
    for (const text of v6) d.lines.push(`   ipv6 address ${prefix(d, at, text)}`);
    if (own.down === true) d.lines.push("   shutdown");
    d.lines.push("!");
  }
}

function policies(d: Draft, speaker: Speaker, path: string): void {
  const { lists, maps } = routeMaps(d, speaker, path);
  for (const [name, entries] of Object.entries(lists.prefixLists)) {
    const at = `${path}.prefixLists[${name}]`;
    if (entries.length === 0) cannot(d, at, "no entries", "at least one entry");
    for (const family of ["ipv4", "ipv6"] as const) {
      const own = entriesOf(numbered(entries), family);
      if (own.length === 0) continue;
      d.lines.push(`${family === "ipv4" ? "ip" : "ipv6"} prefix-list ${word(d, at, name)}`);
      for (const { seq, action, prefix: base, ge, le } of own) {
        const most = le ?? (ge === lengthOf(base) ? maxLength(family) : undefined);
        const low = ge !== undefined && ge > lengthOf(base) ? ` ge ${ge}` : "";
        const high = most === undefined || most === lengthOf(base) ? "" : ` le ${most}`;
        d.lines.push(`   seq ${seq ?? 0} ${action} ${base}${low}${high}`);
      }
      d.lines.push("!");
    }
  }
  for (const [name, entries] of Object.entries(lists.communityLists)) {
    const at = `${path}.communityLists[${name}]`;
    for (const { action, kind, communities, regex } of entries) {
      const command = `ip ${kind === "large" ? "large-community-list" : "community-list"}`;
      const what =
        regex === undefined ? (communities ?? []).map((text) => community(d, at, text)).join(" ") : rest(d, at, regex);
      if (what === "") cannot(d, at, "an entry without communities", "communities or a regular expression");
      d.lines.push(`${command} ${regex === undefined ? "" : "regexp "}${word(d, at, name)} ${action} ${what}`);
    }
  }
  for (const [name, entries] of Object.entries(lists.asPathLists)) {
    const at = `${path}.asPathLists[${name}]`;
    for (const { action, regex } of entries) {
      if (/\s/.test(regex)) cannot(d, at, regex, "an expression without blanks");
      d.lines.push(`ip as-path access-list ${word(d, at, name)} ${action} ${rest(d, at, regex)} any`);
    }
  }
  d.lines.push("!", ...maps.flatMap(eosClauseLine));
}

/** A line of FRR's route-map in EOS's words. */
function eosClauseLine(line: string): string[] {
  if (line === "exit") return [];
  const text = line
    .replace(/^ on-match goto ([0-9]+)$/, " continue $1")
    .replace(/^ on-match next$/, " continue")
    .replace(/^ set comm-list (\S+) delete$/, " set community community-list $1 delete")
    .replace(/^ set large-comm-list (\S+) delete$/, " set large-community large-community-list $1 delete")
    .replace(/^ set ipv6 next-hop global /, " set ipv6 next-hop ")
    .replace(
      /^ set (large-)?community (.+)$/,
      (_all, large: string | undefined, names: string) =>
        ` set ${large ?? ""}community ${names.split(" ").map(eosName).join(" ")}`,
    );
  return [text.startsWith(" ") ? `  ${text}` : text];
}

/** EOS names fewer well-known communities than FRR: the others are numbers. */
function eosName(name: string): string {
  if (["additive", "none", "no-export", "no-advertise"].includes(name) || name.includes(":")) return name;
  if (name === "local-AS") return "local-as";
  const value = communityValue(name);
  return value === undefined ? name : `${Math.floor(value / 65536)}:${value % 65536}`;
}

function community(d: Draft, at: string, text: string): string {
  return eosName(word(d, at, text));
}

function staticRoute(d: Draft, route: StaticRoute, at: string, vrf: string | undefined): void {
  if (route.source === "kernel") cannot(d, at, route.prefix, "a static route: EOS has no kernel's own");
  const command = `${familyOf(route.prefix) === "ipv4" ? "ip" : "ipv6"} route ${vrf === undefined ? "" : `vrf ${vrf} `}${prefix(d, at, route.prefix)}`;
  const distance = route.distance === undefined || route.distance === 1 ? "" : ` ${route.distance}`;
  const tag = route.tag === undefined ? "" : ` tag ${route.tag}`;
  const metric = `${tag}${route.metric === undefined ? "" : ` metric ${route.metric}`}`;
  const device = route.interface === undefined ? "" : `${word(d, at, route.interface)} `;
  const hops = route.blackhole === true ? ["Null0"] : (route.via ?? []).map((hop) => `${device}${address(d, at, hop)}`);
  if (hops.length === 0 && device !== "") hops.push(device.trim());
  if (hops.length === 0) cannot(d, at, "no next hop", "next hops, an interface or blackhole");
  for (const hop of hops) d.lines.push(`${command} ${hop}${distance}${metric}`);
}

function bgp(d: Draft, speaker: Speaker, path: string): void {
  d.lines.push(`router bgp ${speaker.asn}`);
  instance(d, speaker, path, speaker.groups);
}

/** A VRF stands within the device's `router bgp`, its lines a step further in. */
function bgpInVrf(d: Draft, { speaker, path, vrf = "" }: Table, { asn, groups }: Speaker): void {
  if (speaker.asn !== asn) {
    cannot(d, `${path}.asn`, speaker.asn, `${asn}: EOS has one ASN for the device and its VRFs`);
  }
  if (speaker.bgp.confederation !== undefined) {
    cannot(d, `${path}.bgp.confederation`, speaker.bgp.confederation.identifier, "the device's own confederation");
  }
  const lines = d.lines;
  d.lines = [];
  instance(d, groups === undefined ? speaker : { ...speaker, groups }, path);
  lines.push("   !", `   vrf ${vrf}`, ...d.lines.map((line) => `   ${line}`));
  d.lines = lines;
}

/** One table's part of `router bgp`; peer groups stand in the device's own. */
function instance(d: Draft, speaker: Speaker, path: string, groups?: Speaker["groups"]): void {
  const o = speaker.bgp;
  const line = (text: string): number => d.lines.push(`   ${text}`);
  const flag = (value: boolean | undefined, byDefault: boolean, text: string): void => {
    if (value !== undefined && value !== byDefault) line(value ? text : `no ${text}`);
  };
  const unsaid: [keyof typeof o, unknown][] = [
    ["port", undefined],
    ["listens", true],
    ["importCheck", true],
    ["deterministicMed", false],
    ["defaultLocalPreference", 100],
    ["resolveViaDefault", false],
    ["suppressDuplicates", true],
    ["reflectorAllowsOutboundPolicy", false],
    ["fibPolicy", undefined],
    ["installs", true],
  ];
  for (const [field, only] of unsaid) {
    if (o[field] !== undefined && o[field] !== only)
      cannot(d, `${path}.bgp.${field}`, o[field], "a setting that is written for EOS");
  }
  line(`router-id ${address(d, `${path}.routerId`, speaker.routerId)}`);
  if (o.ebgpRequiresPolicy === true) {
    line("bgp missing-policy direction in action deny");
    line("bgp missing-policy direction out action deny");
  }
  flag(o.defaultIpv4Unicast, true, "bgp default ipv4-unicast");
  flag(o.advertiseInactive, false, "bgp advertise-inactive");
  if (o.confederation !== undefined) {
    line(`bgp confederation identifier ${o.confederation.identifier}`);
    const members = o.confederation.members ?? [];
    if (members.length > 0) line(`bgp confederation peers ${members.join(" ")}`);
  }
  if (o.distance !== undefined) line(`distance bgp ${o.distance.ebgp} ${o.distance.ibgp} ${o.distance.local}`);
  flag(o.gracefulRestart, false, "graceful-restart");
  flag(o.enforceFirstAs, true, "bgp enforce-first-as");
  const { ebgp, ibgp, ibgpEqualClusterLength } = o.maximumPaths ?? {};
  if (ebgp !== undefined && ibgp !== undefined && ebgp !== ibgp) {
    cannot(d, `${path}.bgp.maximumPaths`, `${ebgp} and ${ibgp}`, "one number for both kinds of session");
  }
  if (ibgpEqualClusterLength === true) cannot(d, `${path}.bgp.maximumPaths`, "ibgpEqualClusterLength", "no such rule");
  const paths = ebgp ?? ibgp;
  if (paths !== undefined) line(`maximum-paths ${paths} ecmp ${paths}`);
  if (o.clusterId !== undefined) line(`bgp cluster-id ${address(d, `${path}.bgp.clusterId`, o.clusterId)}`);
  flag(o.clientToClientReflection, true, "bgp client-to-client reflection");
  flag(o.alwaysCompareMed, false, "bgp always-compare-med");
  flag(o.asPathIgnore, false, "bgp bestpath as-path ignore");
  flag(o.multipathRelax, true, "bgp bestpath as-path multipath-relax");
  flag(o.medMissingAsWorst, false, "bgp bestpath med missing-as-worst");
  // Without it the older path wins a tie, so that the routes depend on which session came up first.
  if (o.compareRouterId !== false) line("bgp bestpath tie-break router-id");
  if (o.listenLimit !== undefined) line(`dynamic peer max ${o.listenLimit}`);
  if (groups !== undefined) writeEosGroups(d, speaker, path);
  writeEosNeighbors(d, speaker, path);
  for (const family of ["ipv4", "ipv6"] as const) {
    const origins = (speaker.originate ?? []).flatMap((origin, index) =>
      originate(d, origin, family, `${path}.originate[${index}]`),
    );
    writeEosFamily(d, speaker, family, origins, path, groups);
  }
}

function originate(d: Draft, origin: Origination, family: Family, at: string): string[] {
  const policy = origin.policy === undefined ? "" : ` route-map ${word(d, at, origin.policy)}`;
  switch (origin.kind) {
    case "network":
      return familyOf(origin.prefix) === family ? [`network ${prefix(d, at, origin.prefix)}${policy}`] : [];
    case "redistribute":
      if (origin.from === "kernel") cannot(d, `${at}.from`, origin.from, "connected or static");
      if (origin.metric !== undefined) cannot(d, `${at}.metric`, origin.metric, "a metric set by a policy");
      return (origin.family ?? family) === family ? [`redistribute ${origin.from}${policy}`] : [];
    case "aggregate": {
      if (familyOf(origin.prefix) !== family) return [];
      if (origin.policy !== undefined) cannot(d, `${at}.policy`, origin.policy, "an aggregate without policy");
      if (origin.origin !== undefined) cannot(d, `${at}.origin`, origin.origin, "an aggregate without origin");
      const set = origin.asSet === true ? " as-set" : "";
      return [
        `aggregate-address ${prefix(d, at, origin.prefix)}${set}${origin.summaryOnly === true ? " summary-only" : ""}`,
      ];
    }
  }
}
