/** What stands in EOS's `router bgp`: lines that FRR has in the same or other words are read as FRR's. */
import type { Family, FamilySettings } from "../../bgp/network";
import { readFamilyLine, readInstance } from "../ios/readBgp";
import { interfaceName, interfaceNames } from "./names";
import { fromWord, lineOf, printed, type Line } from "../ios/lines";
import { family as familyOfSettings, harmless, note, put, takeAsn, takeNumber, type Build } from "../ios/reading";

export interface Eos {
  b: Build;
  /** What EOS says of a session and a Network of its families. */
  shared: Map<string, FamilySettings>;
  missing?: Missing[];
}

/** "missing-policy direction in action deny": of all eBGP neighbors, or of one neighbor or group. */
export interface Missing {
  id?: string;
  family?: Family;
  direction: "in" | "out";
  deny: boolean;
}

/** Beginnings of lines in `router bgp` that change no session and no route of this model, and what they are about. */
const BGP_HARMLESS: readonly (readonly [RegExp, string])[] = [
  [/^bgp (log-neighbor-changes|trace|monitoring|asn notation)\b|^monitoring\b/, "logging and monitoring"],
  [/^bgp (convergence|transport|control-plane-filter|auto-local-addr)\b|^update (wait|rate)/, "timing and transport"],
  [/^bgp (redistribute-internal|host-routes|labeled-unicast|bestpath skip)\b/, "redistribution into other protocols"],
  [/^bgp additional-paths (receive|install)\b/, "several paths a prefix: what is sent is a neighbor's line"],
  [/^graceful-restart(-helper| restart-time| stalepath-time)\b/, "timing of graceful restart"],
  [/^(route-distinguisher|rd) /, "names a VRF's routes in a VPN"],
  [/^rpki\b/, "RPKI: what matches its state says so itself"],
];

export function readBgpLine(e: Eos, line: Line, family: Family | undefined): boolean {
  const { b } = e;
  const { words, no } = line;
  const phrase = words.join(" ");
  const [first, second] = words;
  if (first === "neighbor") return readNeighborLine(e, line, family);
  if (first === "bgp" && second === "listen" && words[2] === "range") return readRange(b, line);
  const paths = /^maximum-paths ([0-9]+)( ecmp [0-9]+)?$/.exec(phrase)?.[1];
  if (paths !== undefined) {
    const most = no ? undefined : takeNumber(b, line, paths, 1, 65535);
    // Said once for both families, or in one of them.
    if (most !== undefined) {
      for (const each of family === undefined ? (["ipv4", "ipv6"] as const) : [family]) {
        b.paths[each] = { ebgp: most, ibgp: most };
      }
    }
    return true;
  }
  const missing = /^bgp missing-policy (?:include \S+ )*direction (in|out) action (deny|permit)$/.exec(phrase);
  if (missing !== null) {
    const deny = !no && missing[2] === "deny";
    (e.missing ??= []).push({ direction: missing[1] === "in" ? "in" : "out", deny, ...(family ? { family } : {}) });
    return true;
  }
  if (first === "distance" && second === "bgp" && words.length === 3) {
    const ebgp = takeNumber(b, line, words[2], 1, 255);
    if (ebgp !== undefined) put(b.bgp, "distance", { ebgp, ibgp: 200, local: 200 }, no);
    return true;
  }
  switch (phrase) {
    case "bgp bestpath tie-break router-id":
      b.bgp.compareRouterId = !no;
      return true;
    case "graceful-restart":
      b.bgp.gracefulRestart = !no;
      return true;
  }
  if (first === "router-id") return readInstance(b, lineOf(`bgp ${line.text}`, line.number) ?? line);
  if (first === "dynamic" && second === "peer" && words[2] === "max") {
    put(b.bgp, "listenLimit", takeNumber(b, line, words[3], 1, 65535), no);
    return true;
  }
  if (first === "route-target") {
    note(b, line, `${printed(line)}: routes of other tables`);
    return true;
  }
  const why = BGP_HARMLESS.find(([pattern]) => pattern.test(phrase))?.[1];
  if (why !== undefined) return harmless(b, line, why);
  return family === undefined ? readInstance(b, line) : readFamilyLine(b, line, family);
}

function readRange(b: Build, line: Line): boolean {
  const [, , , range, keyword, group, as, number] = line.words;
  if (keyword !== "peer-group" || group === undefined || (as !== undefined && as !== "remote-as")) return false;
  // Here the ASN stands with the range, in a Network with the group.
  const settings = b.groups.get(group) ?? {};
  b.groups.set(group, settings);
  const remote = as === undefined ? undefined : takeAsn(b, line, number ?? "");
  if (remote !== undefined && settings.remoteAs !== undefined && settings.remoteAs !== remote) return false;
  if (remote !== undefined) settings.remoteAs = remote;
  return readInstance(
    b,
    lineOf(`${line.no ? "no " : ""}bgp listen range ${range ?? ""} peer-group ${group}`, line.number) ?? line,
  );
}

/** Lines of a neighbor without effect on sessions and routes here. */
const NEIGHBOR_HARMLESS =
  /^(out-delay|fall-over|link-bandwidth|rib-in|soft-reconfiguration|route-to-peer|metric-out 0|maximum-accepted-routes 0|graceful-restart-helper$)/;

/** "neighbor interface Et1-3 peer-group SPINES remote-as 65000": each port is a neighbor. */
function readPorts(b: Build, line: Line): boolean {
  const [, , ports, keyword, group, as, number] = line.words;
  if (keyword !== "peer-group" || group === undefined || ports === undefined) return false;
  const remote = as === "remote-as" ? takeAsn(b, line, number ?? "") : undefined;
  for (const port of interfaceNames(ports)) {
    const rewritten = lineOf(`${line.no ? "no " : ""}neighbor ${port} interface peer-group ${group}`, line.number);
    if (rewritten === undefined || !readInstance(b, rewritten)) return false;
    const settings = b.neighbors.get(port);
    if (settings !== undefined && remote !== undefined) settings.remoteAs = remote;
  }
  return as === undefined || as === "remote-as";
}

/** EOS's neighbor lines in FRR's words. */
function readNeighborLine(e: Eos, line: Line, family: Family | undefined): boolean {
  const { b } = e;
  const { no } = line;
  if (line.words[1] === "interface") return readPorts(b, line);
  const id = line.words[1] ?? "";
  const tail = fromWord(line, 2);
  const say = (text: string, within = family): boolean => {
    const rewritten = lineOf(`${no ? "no " : ""}neighbor ${id} ${text}`, line.number);
    if (rewritten === undefined) return false;
    return within === undefined ? readInstance(b, rewritten) : readFamilyLine(b, rewritten, within);
  };
  const shared = (): FamilySettings => {
    const known = e.shared.get(id) ?? {};
    e.shared.set(id, known);
    return known;
  };
  const group = /^peer[ -]group(?: (\S+))?$/.exec(tail);
  if (group !== null) return say(group[1] === undefined ? "peer-group" : `peer-group ${group[1]}`, undefined);
  const communities = /^send-community((?: (?:standard|extended|large|link-bandwidth))*)$/.exec(tail);
  if (communities !== null) {
    const kinds = (communities[1] ?? "").trim();
    const sends = {
      standard: kinds === "" || kinds.includes("standard"),
      large: kinds === "" || kinds.includes("large"),
    };
    put(
      shared(),
      "sendCommunity",
      { ...(sends.standard ? { standard: true } : {}), ...(sends.large ? { large: true } : {}) },
      no,
    );
    return true;
  }
  const routes = /^maximum-routes ([0-9]+)( warning-only)?(?: warning-limit .*)?$/.exec(tail);
  if (routes !== null) {
    const limit = takeNumber(b, line, routes[1]);
    put(
      shared(),
      "maximumPrefix",
      limit === undefined ? undefined : { limit, ...(routes[2] === undefined ? {} : { warningOnly: true }) },
      no || limit === 0,
    );
    return true;
  }
  const missing = /^missing-policy (?:include \S+ )*direction (in|out) action (deny|permit)$/.exec(tail);
  if (missing !== null) {
    (e.missing ??= []).push({ id, direction: missing[1] === "in" ? "in" : "out", deny: !no && missing[2] === "deny" });
    return true;
  }
  if (/^next-hop address-family ipv6( originate)?$/.test(tail)) {
    const settings = b.neighbors.get(id) ?? b.groups.get(id);
    if (settings !== undefined) put(settings, "extendedNextHop", true, no);
    return settings !== undefined;
  }
  const source = /^update-source (\S+)$/.exec(tail)?.[1];
  if (source !== undefined) return say(`update-source ${interfaceName(source)}`, undefined);
  const password = /^password (?:0 )?(\S+)$/.exec(tail);
  if (password !== null) return say(`password ${password[1] ?? ""}`, undefined);
  const obscured = /^password (?:7|8a) (\S+)$/.exec(tail);
  // Obscured values can be told apart, but not compared with another router's.
  if (obscured !== null) return say(`password ${obscured[1] ?? ""}`, undefined);
  const bfd = /^bfd interval ([0-9]+) min-rx ([0-9]+) multiplier ([0-9]+)$/.exec(tail);
  if (bfd !== null) {
    const settings = b.neighbors.get(id) ?? b.groups.get(id);
    if (settings !== undefined)
      settings.bfd = { minimumInterval: Math.max(Number(bfd[1]), Number(bfd[2])), multiplier: Number(bfd[3]) };
    return settings !== undefined;
  }
  if (tail === "additional-paths receive") {
    const settings = b.neighbors.get(id) ?? b.groups.get(id);
    if (settings === undefined) return false;
    const own = familyOfSettings(settings, family ?? "ipv4");
    own.addPath = { ...own.addPath, receive: !no };
    return true;
  }
  const translated = WORDS.find(([pattern]) => pattern.test(tail));
  if (translated !== undefined) return say(tail.replace(translated[0], translated[1]));
  if (NEIGHBOR_HARMLESS.test(tail)) return harmless(b, line, "timing and bookkeeping of a session");
  return say(tail);
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^ttl maximum-hops ([0-9]+)$/, "ttl-security hops $1"],
  [/^transport remote-port ([0-9]+)$/, "port $1"],
  [/^idle-restart-timer ([0-9]+)$/, "timers connect $1"],
  [/^next-hop-unchanged$/, "attribute-unchanged next-hop"],
  [/^as-path remote-as replace out$/, "as-override"],
  // Without "always" it depends on a default route of its own: that is not modelled.
  [/^default-originate(?: (route-map \S+))? always$/, "default-originate $1"],
  [/^default-originate(?: route-map \S+)?$/, "default-originate when-present"],
  [/^additional-paths send any$/, "addpath-tx-all-paths"],
  [/^local-as ([0-9.]+) no-prepend replace-as fallback$/, "local-as $1 dual-as"],
];
