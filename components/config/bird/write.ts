/**
 * A speaker as a configuration of BIRD 1.6.8, in the shape that Calico's node agent gives it: one daemon a family, all
 * routes in one table, sessions with recursive next hops, ECMP merged on the way to the kernel. What is originated is
 * what export filters let out of that table.
 */
import { familyOf } from "../../model/address";
import type { Result } from "../../model/errors";
import { type Prefix, prefixLength } from "../../model/prefix";
import type { Family, Neighbor, Network, Speaker, StaticRoute } from "../../bgp/network";
import {
  asPathListCall,
  prefixListCall,
  quoted,
  sourceIs,
  symbol,
  writeBirdFunctions,
  type BirdContext,
} from "./filters";
import { IOS_ALONE, refuse, type Wordless } from "../refuse";
import { cannot, draft, findSpeaker, finished, secret, type Secrets } from "../draft";
import { address, prefix } from "../frr/writeNeighbors";
import { effective, familySettings } from "../settings";

const WORDLESS: Wordless = { ...IOS_ALONE, route: ["tag"] };

export interface BirdOptions {
  secrets?: Secrets;
  /** BIRD 1.6 runs one daemon a family: bird and bird6. Default ipv4. */
  family?: Family;
  /** Calico 3.32 on: BGP routes get 2147483647 less their local preference as kernel metric. */
  kernelMetric?: boolean;
  /** Blocks of the node's own. Of the kernel's routes, those to single pods in them are not announced. */
  blocks?: readonly string[];
}

export function writeBird(network: Network, name: string, options: BirdOptions = {}): Result<string> {
  const d = draft(options.secrets);
  const speaker = findSpeaker(d, network, name, ["bird"]);
  if (speaker === undefined) return finished(d);
  const path = `speakers[${name}]`;
  const c: BirdContext = { d, speaker, family: options.family ?? "ipv4", symbols: new Map(), path };
  unsaid(c);
  refuse(d, speaker, path, "the writer for BIRD", WORDLESS);
  d.lines.push(`router id ${address(d, `${path}.routerId`, speaker.routerId)};`);
  listen(c);
  d.lines.push("");
  writeBirdFunctions(c);
  originated(c, options.blocks ?? []);
  table(c, options);
  template(c);
  for (const [index, own] of speaker.neighbors.entries()) {
    const at = `${path}.neighbors[${index}]`;
    if (own.address === undefined)
      cannot(d, at, own.interface ?? "", "an address: BIRD 1.6 has no unnumbered sessions");
    else if (familyOf(own.address) === c.family) session(c, network, effective(speaker, own), own.address, at);
  }
  return finished(d);
}

/** Settings of the speaker that BIRD 1.6 has no words for. */
/** BIRD 1.6 listens once: on all addresses, or on one. */
function listen({ d, speaker, family, path }: BirdContext): void {
  const { port, listenAddresses } = speaker.bgp;
  const at = `${path}.bgp.listenAddresses`;
  const addresses = listenAddresses?.filter((each) => familyOf(each) === family);
  if (addresses !== undefined && addresses.length !== 1) {
    cannot(d, at, listenAddresses, `one ${family} address: BIRD 1.6 listens on one, or on all`);
  }
  const words = [
    ...(addresses?.[0] === undefined ? [] : [`address ${address(d, at, addresses[0])}`]),
    ...(port === undefined ? [] : [`port ${port}`]),
  ];
  if (words.length > 0) d.lines.push(`listen bgp ${words.join(" ")};`);
}

function unsaid(c: BirdContext): void {
  const { bgp, listen } = c.speaker;
  const no = (field: string, found: unknown, expected: string): void =>
    cannot(c.d, `${c.path}.${field}`, found, expected);
  if ((listen ?? []).length > 0) no("listen", "a listen range", "neighbors one by one: BIRD 1.6 has no ranges");
  if (bgp.listens === false) no("bgp.listens", false, "a speaker that listens: BIRD 1.6 always does");
  if (bgp.ebgpRequiresPolicy === true) no("bgp.ebgpRequiresPolicy", true, "policies where they are wanted");
  if (bgp.multipathRelax === false) no("bgp.multipathRelax", false, "true: BIRD merges paths whatever their ASNs");
  if (bgp.clientToClientReflection === false) no("bgp.clientToClientReflection", false, "true");
  if (bgp.enforceFirstAs === true) no("bgp.enforceFirstAs", true, "false: BIRD 1.6 does not look at it");
  if (bgp.distance !== undefined) no("bgp.distance", bgp.distance, "no distances: BIRD has preferences");
  const { ebgp, ibgp, ibgpEqualClusterLength } = bgp.maximumPaths ?? {};
  if (ebgp !== undefined && ibgp !== undefined && ebgp !== ibgp) {
    no("bgp.maximumPaths", `${ebgp} and ${ibgp}`, "one number for both kinds of session");
  }
  if (ibgpEqualClusterLength === true) no("bgp.maximumPaths.ibgpEqualClusterLength", true, "false");
}

/** A filter asks first whether a route of this speaker's own is meant to leave at all. */
function originated(c: BirdContext, blocks: readonly string[]): void {
  c.d.lines.push("function originated()", "{", "  if source = RTS_BGP then return true;", ...pods(c, blocks));
  for (const [index, origin] of (c.speaker.originate ?? []).entries()) {
    const at = `${c.path}.originate[${index}]`;
    if (origin.policy !== undefined) cannot(c.d, `${at}.policy`, origin.policy, "an export policy of the neighbors");
    switch (origin.kind) {
      case "network":
        if (familyOf(origin.prefix) === c.family) {
          if (c.speaker.bgp.importCheck === false) hasRoute(c, origin.prefix, at);
          c.d.lines.push(`  if net = ${prefix(c.d, at, origin.prefix)} then return true;`);
        }
        break;
      case "redistribute":
        if (origin.metric !== undefined) cannot(c.d, `${at}.metric`, origin.metric, "a med set by an export policy");
        if ((origin.family ?? c.family) === c.family) {
          c.d.lines.push(`  if ${sourceIs(c, origin.from, at)} then return true;`);
        }
        break;
      case "aggregate":
        cannot(c.d, at, origin.prefix, "a static blackhole route and a policy: BIRD 1.6 makes no aggregates");
    }
  }
  c.d.lines.push("  return false;", "}", "");
}

/** Routes to single pods of the node's own blocks, which others have put into the kernel, stay on the node. */
function pods(c: BirdContext, blocks: readonly string[]): string[] {
  const longest = c.family === "ipv4" ? 32 : 128;
  const beneath = blocks.flatMap((block) => {
    const length = prefixLength(block as Prefix);
    return familyOf(block) === c.family && length < longest ? [`${block}{${length + 1},${longest}}`] : [];
  });
  return beneath.length === 0
    ? []
    : [`  if ${sourceIs(c, "kernel", "blocks")} && net ~ [ ${beneath.join(", ")} ] then return false;`];
}

function hasRoute(c: BirdContext, wanted: string, at: string): void {
  const routes = (c.speaker.routes ?? []).some((route) => route.prefix === wanted);
  if (!routes) cannot(c.d, at, wanted, "a prefix with a route of its own: BIRD announces only what is in its table");
}

function table(c: BirdContext, options: BirdOptions): void {
  const { d, speaker, path } = c;
  const except = (speaker.originate ?? []).flatMap((each) => (each.kind === "redistribute" ? (each.except ?? []) : []));
  const ignored = [...new Set(except)].map((name) => `-${quoted(c, `${path}.originate`, name)}`);
  const paths = speaker.bgp.maximumPaths?.ebgp ?? speaker.bgp.maximumPaths?.ibgp;
  const fib = speaker.bgp.fibPolicy;
  d.lines.push(
    "protocol device {",
    "  scan time 2;",
    "}",
    "",
    "protocol direct {",
    `  interface ${[...ignored, '"*"'].join(", ")};`,
    "}",
    "",
    "protocol kernel {",
    "  learn;",
    "  persist;",
    "  scan time 2;",
    "  graceful restart;",
    ...(paths === 1 ? [] : [`  merge paths on${paths === undefined ? "" : ` limit ${paths}`};`]),
    // All of them: of a route that is refused here BIRD 1.6.8 may announce the next hop under another prefix
    // (krt_learn_scan keeps the entry of the main table, which is freed where nothing stands in it).
    "  import all;",
    "  export filter {",
    ...(options.kernelMetric === true
      ? ["    if source = RTS_BGP then krt_metric = 2147483647 - bgp_local_pref;"]
      : []),
    ...(speaker.bgp.installs === false ? ["    if source = RTS_BGP then reject;"] : []),
    fib !== undefined && speaker.policies?.[fib] !== undefined
      ? `    ${symbol(c, "policy", fib)}(false, ${c.family === "ipv4" ? "0.0.0.0" : "::"});`
      : "    accept;",
    "  };",
    "}",
    "",
  );
  const routes = (speaker.routes ?? []).filter((r) => familyOf(r.prefix) === c.family && r.source !== "kernel");
  if (routes.length === 0) return;
  d.lines.push("protocol static {", ...routes.map((route) => staticRoute(c, route, `${path}.routes[${route.prefix}]`)));
  d.lines.push("}", "");
}

function staticRoute(c: BirdContext, route: StaticRoute, at: string): string {
  if (route.distance !== undefined && route.distance !== 1) {
    cannot(c.d, `${at}.distance`, route.distance, "1: BIRD has preferences, not distances");
  }
  const hops = (route.via ?? []).map((hop) => address(c.d, at, hop));
  const [first] = hops;
  let target = "blackhole";
  if (route.blackhole !== true) {
    if (route.interface !== undefined && first === undefined) target = `via ${quoted(c, at, route.interface)}`;
    else if (hops.length > 1) target = `multipath ${hops.map((hop) => `via ${hop}`).join(" ")}`;
    else if (first !== undefined) target = `via ${first}`;
    else cannot(c.d, at, "no next hop", "next hops, an interface or blackhole");
  }
  const metric = route.metric === undefined ? "" : ` { krt_metric = ${route.metric}; }`;
  return `  route ${prefix(c.d, at, route.prefix)} ${target}${metric};`;
}

function template(c: BirdContext): void {
  const { bgp, asn } = c.speaker;
  c.d.lines.push(
    "template bgp bgp_template {",
    `  local as ${asn};`,
    "  gateway recursive;",
    "  connect delay time 2;",
    "  connect retry time 5;",
    "  error wait time 5,30;",
    // BIRD by itself only helps others; "on" makes neighbors keep the routes while this daemon starts anew.
    ...(bgp.gracefulRestart === true ? ["  graceful restart on;"] : []),
    ...(bgp.alwaysCompareMed === true ? ["  med metric on;"] : []),
    ...(bgp.deterministicMed === true ? ["  deterministic med on;"] : []),
    ...(bgp.asPathIgnore === true ? ["  path metric off;"] : []),
    ...(bgp.compareRouterId === false ? ["  prefer older on;"] : []),
    ...(bgp.medMissingAsWorst === true ? ["  default bgp_med 4294967295;"] : []),
    ...(bgp.defaultLocalPreference === undefined ? [] : [`  default bgp_local_pref ${bgp.defaultLocalPreference};`]),
    "}",
    "",
  );
}

/** Calico's names: Mesh_, Node_, Global_ and the address. A reflector's client has one of them too, as its description. */
function protocolName(c: BirdContext, neighbor: Neighbor): string {
  const named = /^(Mesh|Node|Global)_/.exec(neighbor.description ?? "")?.[1];
  const role = (named ?? neighbor.role ?? "peer").replace(/[^A-Za-z0-9]+/g, "_");
  const port = neighbor.port === undefined ? "" : `_port_${neighbor.port}`;
  return symbol(c, role.charAt(0).toUpperCase() + role.slice(1), `${neighbor.address ?? ""}${port}`);
}

function session(c: BirdContext, network: Network, neighbor: Neighbor, peer: string, at: string): void {
  const { d, speaker } = c;
  const own = familySettings(neighbor, c.family);
  const line = (text: string): number => d.lines.push(`  ${text};`);
  const no = (field: string, found: unknown, expected: string): void => cannot(d, `${at}.${field}`, found, expected);
  const asn = neighbor.remoteAs === "internal" ? speaker.asn : neighbor.remoteAs;
  if (typeof asn !== "number") {
    no("remoteAs", asn ?? "nothing", "an ASN: BIRD 1.6 learns none");
    return;
  }
  const localAs = neighbor.localAs?.asn ?? speaker.asn;
  const internal = asn === localAs;
  const { noPrepend, replaceAs } = neighbor.localAs ?? { noPrepend: true, replaceAs: true };
  if (noPrepend !== true || replaceAs !== true) {
    no("localAs", neighbor.localAs, "noPrepend and replaceAs: in BIRD the session's ASN is the only one it says");
  }
  const other = c.family === "ipv4" ? "ipv6" : "ipv4";
  if (own.active === false)
    no(`families.${c.family}.active`, false, `true: a session of BIRD 1.6 carries its own family`);
  if (neighbor.families?.[other]?.active === true) {
    no(`families.${other}.active`, true, "a session over an address of that family: BIRD 1.6 carries only its own");
  }
  d.lines.push(`protocol bgp ${protocolName(c, neighbor)} from bgp_template {`);
  if (neighbor.description !== undefined) line(`description ${quoted(c, `${at}.description`, neighbor.description)}`);
  if (neighbor.shutdown === true) line("disabled on");
  if (neighbor.localAs !== undefined) line(`local as ${localAs}`);
  const port = neighbor.port === undefined ? "" : ` port ${neighbor.port}`;
  line(`neighbor ${address(d, `${at}.address`, peer)}${port} as ${asn}`);
  const source = sourceAddress(c, network, neighbor, peer);
  if (neighbor.localAddress !== undefined) {
    if (source === undefined)
      no("localAddress", neighbor.localAddress, `an ${c.family} address, or an interface with one`);
    else line(`source address ${address(d, at, source)}`);
  }
  if (neighbor.passive === true) line("passive on");
  if (neighbor.password !== undefined)
    line(`password ${quoted(c, at, secret(d, `${at}.password`, neighbor.password))}`);
  // Multihop everywhere, as Calico has it: no neighbor needs to stand on a connected network, unless one hop is said.
  if (neighbor.ttlSecurity !== undefined) line("ttl security on");
  const hops = neighbor.ttlSecurity ?? neighbor.multihop;
  if (hops === 1 && neighbor.ttlSecurity === undefined) line("direct");
  else line(hops === undefined ? "multihop" : `multihop ${hops}`);
  const { timers } = neighbor;
  if (timers?.hold !== undefined) line(`hold time ${timers.hold}`);
  if (timers?.keepalive !== undefined) line(`keepalive time ${timers.keepalive}`);
  if (timers?.connectRetry !== undefined) line(`connect retry time ${timers.connectRetry}`);
  if (neighbor.bfd !== undefined && neighbor.bfd !== false) no("bfd", neighbor.bfd, "no BFD: not written for BIRD");
  const restart = neighbor.gracefulRestart;
  if (restart !== undefined) {
    line(`graceful restart ${{ restarter: "on", helper: "aware", off: "off" }[restart.mode]}`);
    if (restart.restartTime !== undefined) line(`graceful restart time ${restart.restartTime}`);
  }
  if (own.nextHopSelf !== undefined && own.nextHopSelf !== false) line("next hop self");
  if (own.nextHopUnchanged === true) line("next hop keep");
  if (own.reflectorClient === true) {
    if (!internal) no("reflectorClient", true, "an iBGP session");
    line("rr client");
    if (speaker.bgp.clusterId !== undefined) line(`rr cluster id ${address(d, at, speaker.bgp.clusterId)}`);
  }
  // Calico's agent says "add paths on" everywhere: that is what this dialect does unless told otherwise.
  const { send, receive } = own.addPath ?? {};
  if (send === "best-per-as") no("addPath.send", send, '"all": BIRD has no other');
  line(`add paths ${receive === false ? "tx" : "on"}`);
  if (own.allowAsIn === "origin") no("allowAsIn", "origin", "a number");
  else if (own.allowAsIn !== undefined) line(`allow local as ${own.allowAsIn}`);
  for (const field of ["asOverride", "removePrivateAs", "weight", "defaultOriginate"] as const) {
    if (own[field] !== undefined && own[field] !== false) no(field, own[field], "a setting that BIRD 1.6 has");
  }
  if (own.sendCommunity?.standard === false || own.sendCommunity?.large === false) {
    no("sendCommunity", own.sendCommunity, "communities removed by an export policy");
  }
  if (own.maximumPrefix !== undefined) {
    const { limit, warningOnly, restart: again } = own.maximumPrefix;
    const action = warningOnly === true ? "warn" : again === undefined ? "disable" : "restart";
    line(`import limit ${limit} action ${action}`);
  }
  filter(
    c,
    "import",
    [own.importPrefixList, own.importAsPathList],
    policyCall(c, own.importPolicy, internal, source, at),
  );
  filter(
    c,
    "export",
    [own.exportPrefixList, own.exportAsPathList],
    policyCall(c, own.exportPolicy, internal, source, at),
  );
  d.lines.push("}", "");
}

/** What no policy decides passes, and so does everything where a policy or list does not exist: as in Calico's filters. */
function filter(
  c: BirdContext,
  direction: "import" | "export",
  [prefixes, paths]: [string | undefined, string | undefined],
  policy: string,
): void {
  const lists = c.speaker;
  const lines = [
    ...(direction === "export" ? ["if !originated() then reject;"] : []),
    ...(prefixes !== undefined && lists.prefixLists?.[prefixes] !== undefined
      ? [`if !${prefixListCall(c, prefixes, "net")} then reject;`]
      : []),
    ...(paths !== undefined && lists.asPathLists?.[paths] !== undefined
      ? [`if !${asPathListCall(c, paths)} then reject;`]
      : []),
    policy,
  ];
  c.d.lines.push(`  ${direction} filter {`, ...lines.map((text) => `    ${text}`), "  };");
}

function policyCall(
  c: BirdContext,
  name: string | undefined,
  internal: boolean,
  source: string | undefined,
  at: string,
): string {
  const policy = name === undefined ? undefined : c.speaker.policies?.[name];
  if (name === undefined || policy === undefined) return "accept;";
  if (source === undefined && policy.terms.some((term) => term.set?.nextHop === "self")) {
    cannot(c.d, `${at}.localAddress`, "nothing", "the session's own address, which the policy sets as next hop");
  }
  return `${symbol(c, "policy", name)}(${String(internal)}, ${source ?? (c.family === "ipv4" ? "0.0.0.0" : "::")});`;
}

/** The session's own address: as configured, or the one on the segment that the neighbor is on. */
function sourceAddress(c: BirdContext, network: Network, neighbor: Neighbor, peer: string): string | undefined {
  const ports = c.speaker.interfaces;
  const ofFamily = (addresses: string[] = []): string | undefined =>
    addresses.find((text) => familyOf(text) === c.family)?.split("/")[0];
  if (neighbor.localAddress !== undefined) {
    const named = ports.find((port) => port.name === neighbor.localAddress);
    if (named !== undefined) return ofFamily(named.addresses);
    return /[.:]/.test(neighbor.localAddress) && familyOf(neighbor.localAddress) === c.family
      ? neighbor.localAddress
      : undefined;
  }
  const segments = new Set(
    network.speakers.flatMap((speaker) =>
      speaker.interfaces
        .filter((port) => port.addresses.some((text) => text.split("/")[0] === peer))
        .map((port) => port.segment),
    ),
  );
  return ofFamily(ports.find((port) => port.segment !== undefined && segments.has(port.segment))?.addresses);
}

/** The speaker's protocols by neighbor address, as `birdc show protocols` names them. */
export function birdProtocols(speaker: Speaker, family: Family = "ipv4"): Map<string, string> {
  const c: BirdContext = { d: draft(), speaker, family, symbols: new Map(), path: "" };
  const named = new Map<string, string>();
  for (const own of speaker.neighbors) {
    if (own.address !== undefined && familyOf(own.address) === family) {
      named.set(own.address, protocolName(c, effective(speaker, own)));
    }
  }
  return named;
}
