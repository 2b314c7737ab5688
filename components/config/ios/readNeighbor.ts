/** The `neighbor` lines of FRR's `router bgp`, of a session as a whole and of one address family. */
import type { Family, FamilySettings, NeighborSettings } from "../../bgp/network";
import { fromWord, type Line } from "./lines";
import {
  family,
  fault,
  harmless,
  isNumber,
  put,
  source,
  takeAddress,
  takeAsn,
  takeNumber,
  unknown,
  type Build,
  type NeighborReading,
} from "./reading";

export interface Target {
  id: string;
  settings: NeighborSettings & { group?: string; description?: string };
}

/** Lines that change no session and no route of this model, and what they are about. */
const HARMLESS: Readonly<Record<string, string>> = {
  "advertisement-interval": "timing",
  "override-capability": "a capability without effect here",
  "strict-capability-match": "a capability without effect here",
  "extended-optional-parameters": "a capability without effect here",
  "tcp-mss": "transport",
  "disable-link-bw-encoding-ieee": "an extended community",
  "extended-link-bandwidth": "an extended community",
  "send-nexthop-characteristics": "a capability without effect here",
  aigp: "an attribute that counts with `bgp bestpath aigp` alone",
};

/** "neighbor X ...": the neighbor or group that X is, made when this line makes it. */
export function readNeighbor(b: Build, line: Line, current: Family | undefined): boolean {
  const [, raw, what] = line.words;
  if (raw === undefined || what === undefined) {
    if (line.no && raw !== undefined) {
      b.neighbors.delete(raw);
      b.groups.delete(raw);
      return true;
    }
    fault(b, line, line.text, "a neighbor and what holds for it");
    return true;
  }
  const id = /^[0-9.]+$|:/.test(raw) ? takeAddress(b, line, raw) : raw;
  if (id === undefined) return true;
  const target = targetOf(b, line, id, what);
  if (target === undefined) return true;
  if (current === undefined && readSession(b, line, target, what)) return true;
  // Without an address family around it, such a line is about IPv4 (the style before there were families).
  if (readFamily(b, line, target, family(target.settings, current ?? "ipv4"), what)) {
    trim(target.settings);
    return true;
  }
  trim(target.settings);
  if (current !== undefined) return false;
  unknown(b, line, { neighbor: id });
  return true;
}

function trim(settings: NeighborSettings): void {
  for (const name of ["ipv4", "ipv6"] as const) {
    const own = settings.families?.[name];
    if (own !== undefined && Object.keys(own).length === 0) delete settings.families?.[name];
  }
  if (settings.families !== undefined && Object.keys(settings.families).length === 0) delete settings.families;
}

function targetOf(b: Build, line: Line, id: string, what: string): Target | undefined {
  const known = b.neighbors.get(id) ?? b.groups.get(id);
  if (known !== undefined) return { id, settings: known };
  const isAddress = /^[0-9.]+$|:/.test(id);
  if (what === "peer-group" && line.words.length === 3 && !isAddress) {
    const settings = {};
    b.groups.set(id, settings);
    return { id, settings };
  }
  const makes = isAddress ? what === "remote-as" || what === "peer-group" : what === "interface";
  if (!makes || line.no) {
    fault(
      b,
      line,
      id,
      isAddress
        ? "a neighbor with remote-as or peer-group before this line"
        : "a peer-group or neighbor of that name before this line",
    );
    return undefined;
  }
  const settings: NeighborReading = { ...(isAddress ? { address: id } : { interface: id }), source: source(b, line) };
  b.neighbors.set(id, settings);
  return { id, settings };
}

function readSession(b: Build, line: Line, { id, settings }: Target, what: string): boolean {
  const [, , , value, second] = line.words;
  const { no } = line;
  switch (what) {
    case "remote-as":
      return readRemoteAs(b, line, settings, value);
    case "interface": {
      const rest = line.words.slice(3).filter((word) => word !== "v6only");
      if (rest[0] === "remote-as") return readRemoteAs(b, line, settings, rest[1]);
      if (rest[0] === "peer-group") return readMember(b, line, settings, rest[1]);
      return rest.length === 0;
    }
    case "peer-group":
      return value === undefined ? b.groups.has(id) : readMember(b, line, settings, value);
    case "description":
      put(settings, "description", fromWord(line, 3), no);
      return true;
    case "local-as": {
      const asn = takeAsn(b, line, value ?? "");
      const noPrepend = line.words.includes("no-prepend");
      const replaceAs = line.words.includes("replace-as");
      if (line.words.includes("dual-as")) return false;
      const localAs =
        asn === undefined
          ? undefined
          : { asn, ...(noPrepend ? { noPrepend } : {}), ...(replaceAs ? { replaceAs } : {}) };
      put(settings, "localAs", localAs, no);
      return true;
    }
    case "password":
      put(settings, "password", value === undefined ? undefined : b.secrets(fromWord(line, 3)), no);
      return true;
    case "shutdown":
      if (value === "rtt") return false;
      put(settings, "shutdown", true, no);
      return true;
    case "passive":
      put(settings, "passive", true, no);
      return true;
    case "solo":
      put(settings, "solo", true, no);
      return true;
    case "sender-as-path-loop-detection":
      put(settings, "senderLoopCheck", true, no);
      return true;
    case "graceful-shutdown":
      put(settings, "gracefulShutdown", true, no);
      return true;
    case "enforce-multihop":
    case "disable-connected-check":
      put(settings, "disableConnectedCheck", true, no);
      return true;
    case "update-source": {
      const address = value !== undefined && /^[0-9.]+$|:/.test(value) ? takeAddress(b, line, value) : value;
      put(settings, "localAddress", address, no);
      return true;
    }
    case "port":
      put(settings, "port", takeNumber(b, line, value, 0, 65535), no);
      return true;
    case "ebgp-multihop":
      put(settings, "multihop", value === undefined ? 255 : takeNumber(b, line, value, 1, 255), no);
      return true;
    case "ttl-security":
      if (value !== "hops") return false;
      put(settings, "ttlSecurity", takeNumber(b, line, second, 1, 254), no);
      return true;
    case "timers":
      return readTimers(b, line, settings, value, second);
    case "bfd":
      return readBfd(line, settings);
    case "graceful-restart":
    case "graceful-restart-helper":
    case "graceful-restart-disable": {
      const mode = ({ "graceful-restart": "restarter", "graceful-restart-helper": "helper" } as const)[
        what as "graceful-restart"
      ];
      put(settings, "gracefulRestart", { mode: mode ?? "off" }, no);
      return true;
    }
    case "enforce-first-as":
      // Until 9.0 a line of each neighbor; told apart at the end.
      (b.firstAs ??= new Map()).set(id, !no);
      return true;
    case "capability":
      if (value === "extended-nexthop") {
        // On a session by interface it is there anyway, unless taken away.
        const byDefault = "interface" in settings;
        put(settings, "extendedNextHop", !no, no !== byDefault);
        return true;
      }
      if (value === "orf" || value === undefined) return false;
      return harmless(b, line, "a capability without effect here");
    default:
      if (!Object.hasOwn(HARMLESS, what)) return false;
      return harmless(b, line, HARMLESS[what] ?? "");
  }
}

function readRemoteAs(b: Build, line: Line, settings: NeighborSettings, value: string | undefined): boolean {
  if (value === "external" || value === "internal") put(settings, "remoteAs", value, line.no);
  else if (value === "auto") put(settings, "remoteAs", "any", line.no);
  else put(settings, "remoteAs", takeAsn(b, line, value ?? ""), line.no);
  return true;
}

function readMember(b: Build, line: Line, settings: { group?: string }, group: string | undefined): boolean {
  if (group === undefined || !b.groups.has(group)) fault(b, line, group ?? "", "a peer-group defined before this line");
  else put(settings, "group", group, line.no);
  return true;
}

function readTimers(b: Build, line: Line, settings: NeighborSettings, first?: string, second?: string): boolean {
  const timers = { ...settings.timers };
  if (first === "delayopen") return harmless(b, line, "timing");
  if (first === "connect") put(timers, "connectRetry", takeNumber(b, line, second, 1, 65535), line.no);
  else {
    const both = line.no ? undefined : takeTimers(b, line, first, second);
    if (both === undefined && !line.no) return true;
    put(timers, "keepalive", both?.keepalive, line.no);
    put(timers, "hold", both?.hold, line.no);
  }
  put(settings, "timers", timers, Object.keys(timers).length === 0);
  return true;
}

export function takeTimers(
  b: Build,
  line: Line,
  first?: string,
  second?: string,
): { keepalive: number; hold: number } | undefined {
  const keepalive = takeNumber(b, line, first, 0, 65535);
  const hold = takeNumber(b, line, second, 0, 65535);
  if (keepalive === undefined || hold === undefined) return undefined;
  if (hold === 1 || hold === 2) {
    fault(b, line, String(hold), "a hold time of 0, or of at least 3 seconds (RFC 4271)");
    return undefined;
  }
  // FRR sends keepalives three times within the hold time, whatever the line says (`timers 10 20` runs as 6 and 20).
  return { keepalive: Math.min(keepalive, Math.floor(hold / 3)), hold };
}

function readBfd(line: Line, settings: NeighborSettings): boolean {
  const [, , , first, second, third] = line.words;
  if (first === undefined) put(settings, "bfd", settings.bfd ?? true, line.no);
  else if (first === "profile" && second !== undefined) {
    // The profile's numbers are put in when all of them are known.
    if (!line.no) Object.assign(settings, { bfd: { profile: second } });
  } else if (isNumber(first) && isNumber(second) && isNumber(third)) {
    settings.bfd = { multiplier: Number(first), minimumInterval: Number(second) };
  } else return first === "check-control-plane-failure";
  return true;
}

function readFamily(b: Build, line: Line, { id }: Target, own: FamilySettings, what: string): boolean {
  const [, , , value, second] = line.words;
  const { no } = line;
  switch (what) {
    case "activate":
      own.active = !no;
      return true;
    case "next-hop-self":
      if (value !== undefined && value !== "force" && value !== "all") return false;
      put(own, "nextHopSelf", value === undefined ? true : "force", no);
      return true;
    case "attribute-unchanged": {
      const words = line.words.slice(3);
      if (words.length !== 1 || words[0] !== "next-hop") return false;
      put(own, "nextHopUnchanged", true, no);
      return true;
    }
    case "route-reflector-client":
      put(own, "reflectorClient", true, no);
      return true;
    case "route-server-client":
      put(own, "routeServerClient", true, no);
      return true;
    case "maximum-prefix-out":
      put(own, "maximumPrefixOut", no ? undefined : takeNumber(b, line, value, 1), no);
      return true;
    case "as-override":
      put(own, "asOverride", true, no);
      return true;
    case "soft-reconfiguration":
      put(own, "softReconfiguration", true, no);
      return true;
    case "allowas-in":
      put(
        own,
        "allowAsIn",
        value === undefined ? 3 : value === "origin" ? "origin" : takeNumber(b, line, value, 1, 10),
        no,
      );
      return true;
    case "remove-private-AS":
    case "remove-private-as": {
      const words = line.words
        .slice(3)
        .map((word) => word.toLowerCase())
        .join(" ");
      const how = (
        {
          "": true,
          all: "all",
          "all replace-as": "replace",
          "replace-as": "replace-private-only",
        } as const
      )[words as "all"];
      if (how === undefined) return false;
      put(own, "removePrivateAs", how, no);
      return true;
    }
    case "default-originate":
      if (value !== undefined && (value !== "route-map" || second === undefined)) return false;
      put(own, "defaultOriginate", second === undefined ? true : { policy: second }, no);
      return true;
    case "weight":
      put(own, "weight", takeNumber(b, line, value, 0, 65535), no);
      return true;
    case "send-community":
      return readSendCommunity(own, value, no);
    case "maximum-prefix":
      return readMaximumPrefix(b, line, own);
    case "route-map":
    case "prefix-list":
    case "filter-list":
      return readAttached(line, own, what, value, second);
    case "addpath-tx-all-paths":
    case "addpath-tx-bestpath-per-AS":
      own.addPath = { ...own.addPath };
      put(own.addPath, "send", what === "addpath-tx-all-paths" ? "all" : "best-per-as", no);
      return true;
    case "disable-addpath-rx":
      own.addPath = { ...own.addPath };
      put(own.addPath, "receive", false, no);
      return true;
    case "peer-group":
      // An old way to say it once more in the family.
      return value !== undefined && b.groups.has(value) && b.neighbors.get(id)?.group === value;
    default:
      return false;
  }
}

function readSendCommunity(own: FamilySettings, value: string | undefined, no: boolean): boolean {
  const which = value ?? "standard";
  if (!["standard", "extended", "large", "both", "all"].includes(which)) return false;
  const send = { ...own.sendCommunity };
  for (const kind of ["standard", "large"] as const) {
    const named = which === kind || which === "all" || (which === "both" && kind === "standard");
    if (!named) continue;
    if (no) send[kind] = false;
    else delete send[kind];
  }
  put(own, "sendCommunity", send, Object.keys(send).length === 0);
  return true;
}

function readMaximumPrefix(b: Build, line: Line, own: FamilySettings): boolean {
  if (line.no) {
    delete own.maximumPrefix;
    return true;
  }
  const limit = takeNumber(b, line, line.words[3], 1);
  if (limit === undefined) return true;
  const rest = line.words.slice(4);
  // The share at which it warns changes nothing; "force" counts before the policies.
  if (isNumber(rest[0])) rest.shift();
  const [first, minutes] = rest;
  if (first !== undefined && first !== "warning-only" && first !== "restart") return false;
  const restart = first === "restart" ? takeNumber(b, line, minutes, 1, 65535) : undefined;
  own.maximumPrefix = {
    limit,
    ...(first === "warning-only" ? { warningOnly: true } : {}),
    ...(restart === undefined ? {} : { restart }),
  };
  return true;
}

const FIELDS = {
  "route-map": { in: "importPolicy", out: "exportPolicy" },
  "prefix-list": { in: "importPrefixList", out: "exportPrefixList" },
  "filter-list": { in: "importAsPathList", out: "exportAsPathList" },
} as const;

function readAttached(
  line: Line,
  own: FamilySettings,
  what: keyof typeof FIELDS,
  name: string | undefined,
  direction: string | undefined,
): boolean {
  if (name === undefined || (direction !== "in" && direction !== "out") || line.words.length !== 5) return false;
  put(own, FIELDS[what][direction], name, line.no);
  return true;
}
