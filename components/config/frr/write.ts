/**
 * A speaker as a complete frr.conf for FRR 8.4 to 10. Lists and route-maps come before what uses them: frr-reload
 * applies a file from top to bottom, and a neighbor whose route-map is not there yet loses every route. What a kernel
 * holds without FRR (kernel routes, the daemon's port) is not in this text; see frrDaemonArguments.
 */
import { familyOf } from "../../model/address";
import type { Result } from "../../model/errors";
import { dialectOf } from "../../bgp/dialects";
import type { Network, Speaker, StaticRoute } from "../../bgp/network";
import { address, prefix, writeBfdProfiles, writeFrrNeighbors } from "./writeNeighbors";
import { refuse } from "../refuse";
import { cannot, draft, findSpeaker, finished, word, type Draft, type Secrets } from "../draft";
import { refuseNewer } from "./newer";
import { tablesOf, withSharedPolicies, type Table } from "../ios/tables";
import { writeFrrFamily } from "./writeFamilies";
import { writeFrrPolicies } from "../ios/writePolicies";

export interface FrrOptions {
  secrets?: Secrets;
  /** "bgp": neither host name nor forwarding, static routes or interfaces. Default "all". */
  part?: "all" | "bgp";
  /** Are the interfaces' addresses FRR's to set? "elsewhere": Docker or the host does. Default "here". */
  addresses?: "here" | "elsewhere";
  /** Does the machine forward? FRR prints what the kernel does, and a reload compares with that. Default: both. */
  forwarding?: { ipv4: boolean; ipv6: boolean };
}

export function writeFrr(network: Network, name: string, options: FrrOptions = {}): Result<string> {
  const d = draft(options.secrets);
  const device = findSpeaker(d, network, name, ["frr"], "with its VRFs");
  if (device === undefined) return finished(d);
  const tables = tablesOf(network, device);
  const speaker = withSharedPolicies(d, tables);
  const path = `speakers[${name}]`;
  const whole = options.part !== "bgp";
  d.lines.push(
    `frr version ${word(d, `${path}.dialect.version`, speaker.dialect.version)}`,
    `frr defaults ${speaker.dialect.profile ?? "traditional"}`,
  );
  if (whole) {
    d.lines.push(
      `hostname ${word(d, path, name)}`,
      "service integrated-vtysh-config",
      ...(options.forwarding?.ipv4 === false ? ["no ip forwarding"] : []),
      ...(options.forwarding?.ipv6 === false ? ["no ipv6 forwarding"] : []),
    );
  }
  d.lines.push("!");
  if (whole) viaDefault(d, device);
  for (const table of tables) {
    refuse(d, table.speaker, table.path, "FRR", { bgp: ["listenAddresses"], match: ["peerType", "learnedBy"] });
    refuseNewer(d, table.speaker, table.path);
  }
  writeFrrPolicies(d, speaker, path);
  if (whole) for (const table of tables) routing(d, table);
  if (whole && (options.addresses ?? "here") === "here") for (const table of tables) interfaces(d, table);
  writeBfdProfiles(
    d,
    tables.map((table) => table.speaker),
  );
  for (const table of tables) bgp(d, table);
  return finished(d);
}

/** Where zebra does not start with what its running configuration leaves out, a reload must not change it unasked. */
function viaDefault(d: Draft, speaker: Speaker): void {
  const { resolveViaDefault: starts, omitsResolveViaDefault: leftOut } = dialectOf(speaker.dialect);
  const wanted = speaker.bgp.resolveViaDefault ?? starts;
  if (wanted === leftOut && starts === leftOut) return;
  const no = wanted ? "" : "no ";
  d.lines.push(`${no}ip nht resolve-via-default`, `${no}ipv6 nht resolve-via-default`, "!");
}

/** Static routes; those of a VRF stand in its block, with what zebra is told of its next hops. */
function routing(d: Draft, { speaker, path, vrf }: Table): void {
  const lines = d.lines;
  d.lines = [];
  if (vrf !== undefined) viaDefault(d, speaker);
  (speaker.routes ?? []).forEach((route, index) => staticRoute(d, route, `${path}.routes[${index}]`));
  const own = d.lines.filter((line) => vrf === undefined || line !== "!");
  d.lines = lines;
  if (vrf === undefined) d.lines.push(...own, "!");
  else d.lines.push(`vrf ${word(d, path, vrf)}`, ...own.map((line) => ` ${line}`), "exit-vrf", "!");
}

/** What bgpd must be told on its command line, since frr.conf has no words for it. */
export function frrDaemonArguments(speaker: Speaker): string[] {
  const port = speaker.bgp.listens === false ? 0 : speaker.bgp.port;
  return [
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(speaker.bgp.installs === false ? ["--no_kernel"] : []),
  ];
}

function staticRoute(d: Draft, route: StaticRoute, at: string): void {
  if (route.source === "kernel") return;
  if (route.metric !== undefined) cannot(d, `${at}.metric`, route.metric, "no metric: FRR's static routes have none");
  const tag = route.tag === undefined ? "" : ` tag ${route.tag}`;
  const command = `${familyOf(route.prefix) === "ipv4" ? "ip" : "ipv6"} route ${prefix(d, at, route.prefix)}`;
  const distance = `${tag}${route.distance === undefined || route.distance === 1 ? "" : ` ${route.distance}`}`;
  const device = route.interface === undefined ? undefined : word(d, at, route.interface);
  if (route.blackhole === true) {
    if (route.via !== undefined || device !== undefined) cannot(d, at, "blackhole with a next hop", "one of them");
    d.lines.push(`${command} blackhole${distance}`);
  } else if (route.via !== undefined && route.via.length > 0) {
    for (const hop of route.via) {
      d.lines.push(`${command} ${address(d, at, hop)}${device === undefined ? "" : ` ${device}`}${distance}`);
    }
  } else if (device !== undefined) d.lines.push(`${command} ${device}${distance}`);
  else cannot(d, at, "no next hop", "next hops, an interface or blackhole");
}

function interfaces(d: Draft, { speaker, path, vrf }: Table): void {
  const within = vrf === undefined ? "" : ` vrf ${vrf}`;
  for (const [index, own] of speaker.interfaces.entries()) {
    const at = `${path}.interfaces[${index}]`;
    if (own.addresses.length === 0 && own.down !== true) continue;
    d.lines.push(`interface ${word(d, `${at}.name`, own.name)}${within}`);
    for (const text of own.addresses) {
      d.lines.push(` ${familyOf(text) === "ipv4" ? "ip" : "ipv6"} address ${prefix(d, `${at}.addresses`, text)}`);
    }
    if (own.down === true) d.lines.push(" shutdown");
    d.lines.push("exit", "!");
  }
}

function bgp(d: Draft, { speaker, path, vrf }: Table): void {
  const o = speaker.bgp;
  const defaults = dialectOf(speaker.dialect);
  const line = (text: string): number => d.lines.push(` ${text}`);
  /** Said only where it differs from the default, as FRR prints it. */
  const flag = (value: boolean | undefined, byDefault: boolean, text: string): void => {
    if (value !== undefined && value !== byDefault) line(value ? text : `no ${text}`);
  };
  d.lines.push(`router bgp ${speaker.asn}${vrf === undefined ? "" : ` vrf ${vrf}`}`);
  line(`bgp router-id ${address(d, `${path}.routerId`, speaker.routerId)}`);
  flag(o.suppressDuplicates, true, "bgp suppress-duplicates");
  flag(o.ebgpRequiresPolicy, defaults.requiresPolicy, "bgp ebgp-requires-policy");
  if (!defaults.firstAsByNeighbor) flag(o.enforceFirstAs, defaults.enforceFirstAs, "bgp enforce-first-as");
  flag(o.defaultIpv4Unicast, true, "bgp default ipv4-unicast");
  if (o.defaultLocalPreference !== undefined && o.defaultLocalPreference !== 100) {
    line(`bgp default local-preference ${o.defaultLocalPreference}`);
  }
  flag(o.alwaysCompareMed, false, "bgp always-compare-med");
  flag(o.clientToClientReflection, true, "bgp client-to-client reflection");
  if (o.clusterId !== undefined) line(`bgp cluster-id ${address(d, `${path}.bgp.clusterId`, o.clusterId)}`);
  flag(o.reflectorAllowsOutboundPolicy, false, "bgp route-reflector allow-outbound-policy");
  confederation(d, o);
  flag(o.deterministicMed, defaults.deterministicMed, "bgp deterministic-med");
  flag(o.asPathIgnore, false, "bgp bestpath as-path ignore");
  flag(o.countConfederation, false, "bgp bestpath as-path confed");
  flag(o.multipathRelax, false, "bgp bestpath as-path multipath-relax");
  // Without it the older path wins a tie, so that the routes depend on which session came up first.
  if (o.compareRouterId !== false) line("bgp bestpath compare-routerid");
  if (o.medMissingAsWorst === true) line("bgp bestpath med missing-as-worst");
  gracefulRestart(d, speaker, path);
  flag(o.rejectAsSets, defaults.rejectsAsSets, "bgp reject-as-sets");
  if (o.minimumHoldTime !== undefined) line(`bgp minimum-holdtime ${o.minimumHoldTime}`);
  flag(o.gracefulShutdown, false, "bgp graceful-shutdown");
  if (o.advertiseInactive !== undefined) {
    cannot(d, `${path}.bgp.advertiseInactive`, o.advertiseInactive, "nothing: FRR has no such setting");
  }
  flag(o.importCheck, true, "bgp network import-check");
  if (o.listenLimit !== undefined && o.listenLimit !== defaults.listenLimit) line(`bgp listen limit ${o.listenLimit}`);
  writeFrrNeighbors(d, speaker, path);
  writeFrrFamily(d, speaker, "ipv4", path);
  writeFrrFamily(d, speaker, "ipv6", path);
  d.lines.push("exit", "!");
}

function confederation(d: Draft, { confederation: its }: Speaker["bgp"]): void {
  if (its === undefined) return;
  d.lines.push(` bgp confederation identifier ${its.identifier}`);
  if (its.members !== undefined && its.members.length > 0) {
    d.lines.push(` bgp confederation peers ${its.members.join(" ")}`);
  }
}

/** FRR has one restart time for the instance. */
function gracefulRestart(d: Draft, speaker: Speaker, path: string): void {
  const times = new Set<number>();
  for (const settings of [...Object.values(speaker.groups ?? {}), ...speaker.neighbors]) {
    if (settings.gracefulRestart?.restartTime !== undefined) times.add(settings.gracefulRestart.restartTime);
  }
  if (times.size > 1) cannot(d, `${path}.neighbors`, [...times], "one restart time: FRR has it for the whole instance");
  for (const time of [...times].slice(0, 1)) d.lines.push(` bgp graceful-restart restart-time ${time}`);
  if (speaker.bgp.gracefulRestart === true) d.lines.push(" bgp graceful-restart");
}
