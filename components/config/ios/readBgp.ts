/** What stands in FRR's `router bgp` besides neighbors: options of the instance, originations, paths and distances. */
import type { BgpOptions, Family, Origination } from "../../bgp/network";
import { printed, type Line } from "./lines";
import { readNeighbor, takeTimers } from "./readNeighbor";
import { harmless, note, put, source, take, takeAddress, takeAsn, takeNumber, takePrefix, type Build } from "./reading";
import { addressFromBigint } from "../../model/address";
import { parsePrefix } from "../../model/prefix";

/** Lines that say yes or no to one option. */
const FLAGS: Readonly<Record<string, keyof BgpOptions>> = {
  "bgp ebgp-requires-policy": "ebgpRequiresPolicy",
  "bgp default ipv4-unicast": "defaultIpv4Unicast",
  "bgp network import-check": "importCheck",
  "bgp bestpath compare-routerid": "compareRouterId",
  "bgp bestpath as-path multipath-relax": "multipathRelax",
  "bgp bestpath as-path multipath-relax no-as-set": "multipathRelax",
  "bgp bestpath as-path ignore": "asPathIgnore",
  "bgp bestpath med missing-as-worst": "medMissingAsWorst",
  "bgp always-compare-med": "alwaysCompareMed",
  "bgp deterministic-med": "deterministicMed",
  "bgp route-reflector allow-outbound-policy": "reflectorAllowsOutboundPolicy",
  "bgp client-to-client reflection": "clientToClientReflection",
  "bgp enforce-first-as": "enforceFirstAs",
  "bgp suppress-duplicates": "suppressDuplicates",
  "bgp graceful-restart": "gracefulRestart",
  "bgp bestpath as-path confed": "countConfederation",
  "bgp reject-as-sets": "rejectAsSets",
  "bgp graceful-shutdown": "gracefulShutdown",
  "bgp advertise-inactive": "advertiseInactive",
};

/** Beginnings of lines that change no session and no route of this model, and what they are about. */
const HARMLESS: readonly (readonly [string, string])[] = [
  ["bgp log-neighbor-changes", "logging"],
  ["bgp default show-hostname", "what is shown"],
  ["bgp default show-nexthop-hostname", "what is shown"],
  ["bgp default software-version-capability", "a capability without effect here"],
  ["bgp default dynamic-capability", "a capability without effect here"],
  ["bgp default link-local-capability", "a capability without effect here"],
  ["bgp default subgroup-pkt-queue-max", "timing"],
  ["bgp route-map delay-timer", "timing"],
  ["bgp update-delay", "timing"],
  ["bgp coalesce-time", "timing"],
  ["bgp session-dscp", "transport"],
  ["bgp tcp-keepalive", "transport"],
  ["bgp fast-external-failover", "timing"],
  ["bgp fast-convergence", "timing"],
  ["bgp hard-administrative-reset", "how a reset is announced"],
  ["bgp snmp", "monitoring"],
  ["bgp input-queue-limit", "timing"],
  ["bgp output-queue-limit", "timing"],
  ["bgp conditional-advertisement timer", "timing"],
  ["bgp default-originate timer", "timing"],
  ["bgp ipv6-auto-ra", "router advertisements"],
  ["bgp graceful-restart stalepath-time", "timing"],
  ["bgp graceful-restart select-defer-time", "timing"],
  ["bgp graceful-restart rib-stale-time", "timing"],
  ["bgp graceful-restart preserve-fw-state", "forwarding during a restart"],
  ["bgp graceful-restart notification", "how a reset is announced"],
  ["bgp graceful-restart disable-eor", "timing"],
  ["bgp long-lived-graceful-restart", "stale routes after a restart"],
  ["bgp labeled-unicast", "MPLS"],
  ["bgp bestpath bandwidth", "weights of paths, not which are taken"],
  ["use-underlays-nexthop-weight", "weights of paths, not which are taken"],
  ["bmp", "monitoring"],
  ["update-delay", "timing"],
  ["coalesce-time", "timing"],
  ["read-quanta", "timing"],
  ["write-quanta", "timing"],
  ["synchronization", "an old word without effect"],
  ["auto-summary", "an old word without effect"],
  ["advertise-all-vni", "EVPN"],
  ["segment-routing", "segment routing"],
];

/** A line of the instance itself; false when it is none. */
/** Announced once it is installed: at rest that is every route but those behind one of the router's own. */
export function suppressFibPending(b: Build, line: Line): void {
  if (line.no) harmless(b, line, "the default");
  else note(b, line, printed(line), {}, { touches: "routes beside own ones" });
}

export function readInstance(b: Build, line: Line): boolean {
  const { words, no } = line;
  if (words[0] === "neighbor") return readNeighbor(b, line, undefined);
  const flag = FLAGS[words.join(" ")];
  if (flag !== undefined && Object.hasOwn(FLAGS, words.join(" "))) {
    Object.assign(b.bgp, { [flag]: !no });
    return true;
  }
  const phrase = `${words.join(" ")} `;
  const why = HARMLESS.find(([known]) => phrase.startsWith(`${known} `))?.[1];
  if (why !== undefined) return harmless(b, line, why);
  if (words[0] === "timers" && words[1] === "bgp") {
    b.timers = no ? undefined : takeTimers(b, line, words[2], words[3]);
    return true;
  }
  if (words[0] !== "bgp") return readFamilyLine(b, line, "ipv4");
  switch (words[1]) {
    case "router-id":
      b.routerId = no ? undefined : takeAddress(b, line, words[2] ?? "");
      return true;
    case "cluster-id": {
      // Also taken as a number.
      const text = /^[0-9]{1,10}$/.test(words[2] ?? "")
        ? addressOf(words[2] ?? "")
        : takeAddress(b, line, words[2] ?? "");
      put(b.bgp, "clusterId", text, no);
      return true;
    }
    case "default":
      if (words[2] === "local-preference") {
        put(b.bgp, "defaultLocalPreference", no ? undefined : takeNumber(b, line, words[3]), no);
        return true;
      }
      if (words[2] === "ipv6-unicast") {
        b.defaultIpv6 = !no;
        return true;
      }
      return false;
    case "graceful-restart":
      if (words[2] !== "restart-time") return false;
      b.restartTime = no ? undefined : takeNumber(b, line, words[3], 0, 4095);
      return true;
    case "suppress-fib-pending":
      suppressFibPending(b, line);
      return true;
    case "minimum-holdtime":
      put(b.bgp, "minimumHoldTime", no ? undefined : takeNumber(b, line, words[2], 1, 65535), no);
      return true;
    case "confederation":
      return readConfederation(b, line);
    case "listen":
      return readListen(b, line);
    case "disable-ebgp-connected-route-check":
      b.disableConnectedCheck = !no;
      return true;
    default:
      return false;
  }
}

/** The members may come in several lines, and before the identifier. */
function readConfederation(b: Build, line: Line): boolean {
  const [, , what, ...rest] = line.words;
  const asns = rest.map((text) => takeAsn(b, line, text)).filter((asn) => asn !== undefined);
  const known = (b.confederation ??= { members: [] });
  if (what === "identifier") put(known, "identifier", asns[0], line.no);
  else if (what === "peers") {
    known.members = known.members.filter((asn) => !asns.includes(asn));
    if (!line.no) known.members.push(...asns);
  } else return false;
  return true;
}

function addressOf(number: string): string | undefined {
  const value = Number(number);
  return value > 4294967295 ? undefined : addressFromBigint(BigInt(value), "ipv4");
}

function readListen(b: Build, line: Line): boolean {
  const [, , what, value, keyword, group] = line.words;
  if (what === "limit") {
    put(b.bgp, "listenLimit", line.no ? undefined : takeNumber(b, line, value, 1, 65535), line.no);
    return true;
  }
  if (what !== "range" || keyword !== "peer-group" || group === undefined) return false;
  const prefix = takePrefix(b, line, value ?? "");
  if (prefix === undefined) return true;
  b.listen = b.listen.filter((range) => range.prefix !== prefix);
  if (!line.no) {
    // FRR 8.4 drops such a line without a word where the group comes later.
    if (b.groups.has(group)) b.listen.push({ prefix, group, source: source(b, line) });
    else
      b.faults.push({
        path: "bgp listen range",
        found: group,
        expected: "a peer-group defined before this line",
        line: line.number,
        ...(b.file === undefined ? {} : { file: b.file }),
      });
  }
  return true;
}

/** A line of an address family. */
export function readFamilyLine(b: Build, line: Line, family: Family): boolean {
  const { words, no } = line;
  const [first, second, third] = words;
  switch (first) {
    case "neighbor":
      return readNeighbor(b, line, family);
    case "network":
      return readNetwork(b, line, family);
    case "redistribute":
      return readRedistribute(b, line, family);
    case "aggregate-address":
      return readAggregate(b, line, family);
    case "maximum-paths": {
      const paths = (b.paths[family] ??= {});
      if (second === "ibgp") {
        put(paths, "ibgp", no ? undefined : takeNumber(b, line, third, 1, 65535), no);
        put(paths, "ibgpEqualClusterLength", words[3] === "equal-cluster-length" ? true : undefined, no);
        return words[3] === undefined || words[3] === "equal-cluster-length";
      }
      put(paths, "ebgp", no ? undefined : takeNumber(b, line, second, 1, 65535), no);
      return true;
    }
    case "distance": {
      if (second !== "bgp" || no) return no;
      const [ebgp, ibgp, local] = words.slice(2, 5).map((text) => takeNumber(b, line, text, 1, 255));
      if (ebgp !== undefined && ibgp !== undefined && local !== undefined) b.bgp.distance = { ebgp, ibgp, local };
      return true;
    }
    case "table-map":
      put(b.bgp, "fibPolicy", second, no);
      return true;
    default:
      return false;
  }
}

function originate(b: Build, line: Line, origin: Origination): true {
  const key = (one: Origination): string =>
    one.kind === "redistribute" ? `${one.kind} ${one.from} ${one.family ?? ""}` : `${one.kind} ${one.prefix}`;
  b.originate = b.originate.filter((one) => key(one) !== key(origin));
  if (!line.no) b.originate.push(origin);
  return true;
}

function readNetwork(b: Build, line: Line, family: Family): boolean {
  let words = line.words.slice(1);
  if (words[1] === "mask") words = [`${words[0]}/${maskLength(words[2] ?? "")}`, ...words.slice(3)];
  const prefix = takeFamilyPrefix(b, line, words[0] ?? "", family);
  if (prefix === undefined) return true;
  const policy = words[1] === "route-map" ? words[2] : undefined;
  if (words.length > 1 && (policy === undefined || words.length > 3)) return false;
  return originate(b, line, { kind: "network", prefix, ...(policy === undefined ? {} : { policy }) });
}

function readRedistribute(b: Build, line: Line, family: Family): boolean {
  const [, from, ...rest] = line.words;
  if (from !== "connected" && from !== "static" && from !== "kernel") return false;
  const origin: Origination = { kind: "redistribute", from, family };
  while (rest.length > 0) {
    const [key, value] = rest.splice(0, 2);
    if (key === "route-map" && value !== undefined) origin.policy = value;
    else if (key === "metric") put(origin, "metric", takeNumber(b, line, value), false);
    else return false;
  }
  return originate(b, line, origin);
}

function readAggregate(b: Build, line: Line, family: Family): boolean {
  let [, text = "", ...rest] = line.words;
  if (!text.includes("/") && maskLength(rest[0] ?? "") >= 0) {
    text = `${text}/${maskLength(rest[0] ?? "")}`;
    rest = rest.slice(1);
  }
  const prefix = takeFamilyPrefix(b, line, text, family);
  if (prefix === undefined) return true;
  const origin: Origination = { kind: "aggregate", prefix };
  while (rest.length > 0) {
    const key = rest.shift();
    if (key === "as-set") origin.asSet = true;
    else if (key === "summary-only") origin.summaryOnly = true;
    else if (key === "origin" && (rest[0] === "igp" || rest[0] === "egp" || rest[0] === "incomplete")) {
      origin.origin = rest[0];
      rest.shift();
    } else if (key === "route-map" && rest[0] !== undefined) origin.policy = rest.shift() ?? "";
    else return false;
  }
  return originate(b, line, origin);
}

function takeFamilyPrefix(b: Build, line: Line, text: string, family: Family): string | undefined {
  const prefix = takePrefix(b, line, text);
  if (prefix === undefined || prefix.includes(":") === (family === "ipv6")) return prefix;
  take(b, line, parsePrefix(`${prefix} in the address family ${family}`));
  return undefined;
}

/** "255.255.255.0" as 24, or NaN. */
export function maskLength(mask: string): number {
  const bits = mask
    .split(".")
    .map((octet) => Number(octet).toString(2).padStart(8, "0"))
    .join("");
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.lastIndexOf("1") + 1 : NaN;
}
