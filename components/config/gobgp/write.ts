/**
 * A speaker as a configuration of gobgpd 3.10 (YAML), as Cilium and kube-router drive GoBGP: a port only where it
 * listens, policies global. gobgpd originates nothing from its file; gobgpCommands gives what adds those routes.
 */
import { stringify } from "yaml";
import { familyOf } from "../../model/address";
import { parseInterfaceAddress } from "../../model/prefix";
import type { Result } from "../../model/errors";
import type { Family, Neighbor, Network, Speaker } from "../../bgp/network";
import { cannot, draft, findSpeaker, finished, rest, secret, word, type Draft, type Secrets } from "../draft";
import { IOS_ALONE, refuse } from "../refuse";
import { gobgpPolicies, type Party } from "./policies";
import { address, prefix } from "../frr/writeNeighbors";
import { effective, isActive } from "../settings";

export interface GobgpOptions {
  secrets?: Secrets;
}

type Yaml = Record<string, unknown>;

export function writeGobgp(network: Network, name: string, options: GobgpOptions = {}): Result<string> {
  const d = draft(options.secrets);
  const speaker = findSpeaker(d, network, name, ["gobgp"]);
  if (speaker === undefined) return finished(d);
  const path = `speakers[${name}]`;
  unsaid(d, speaker, path);
  refuse(d, speaker, path, "GoBGP", { ...IOS_ALONE, bgp: [...(IOS_ALONE.bgp ?? []), "listenAddresses"] });
  const parties: Party[] = [];
  const neighbors: Yaml[] = [];
  speaker.neighbors.forEach((own, index) => {
    const at = `${path}.neighbors[${index}]`;
    const settings = effective(speaker, own);
    const who =
      own.address === undefined
        ? { "neighbor-interface": word(d, at, own.interface ?? "") }
        : { "neighbor-address": address(d, at, own.address) };
    neighbors.push(session(d, speaker, settings, who, at));
    if (own.address !== undefined) {
      const host = `${own.address}/${familyOf(own.address) === "ipv4" ? 32 : 128}`;
      parties.push({ who: host, internal: isInternal(speaker, settings), settings });
    } else if (hasPolicy(settings)) cannot(d, at, "policies", "a neighbor with an address: policies name it by that");
  });
  const ranges = (speaker.listen ?? []).map((range, index): Yaml => {
    const at = `${path}.listen[${index}]`;
    const settings = speaker.groups?.[range.group];
    if (settings === undefined) cannot(d, `${at}.group`, range.group, "the name of a group of this speaker");
    else parties.push({ who: range.prefix, internal: isInternal(speaker, settings), settings });
    return { config: { prefix: prefix(d, at, range.prefix), "peer-group": word(d, at, range.group) } };
  });
  const wanted = new Set((speaker.listen ?? []).map((range) => range.group));
  const groups = Object.entries(speaker.groups ?? {})
    .filter(([group]) => wanted.has(group))
    .map(([group, settings]) =>
      session(d, speaker, settings, { "peer-group-name": word(d, path, group) }, `${path}.groups[${group}]`),
    );
  const policies = gobgpPolicies(d, speaker, parties, path);
  d.lines.push(
    stringify(
      {
        global: globalPart(d, speaker, path, policies.imports, policies.exports),
        "defined-sets": policies["defined-sets"],
        ...(policies["policy-definitions"].length > 0 ? { "policy-definitions": policies["policy-definitions"] } : {}),
        ...(groups.length > 0 ? { "peer-groups": groups } : {}),
        ...(ranges.length > 0 ? { "dynamic-neighbors": ranges } : {}),
        ...(neighbors.length > 0 ? { neighbors } : {}),
      },
      // gobgpd reads YAML 1.1, where an unquoted 1:2 may be a number in base 60.
      { version: "1.1", aliasDuplicateObjects: false },
    ).trimEnd(),
  );
  return finished(d);
}

function unsaid(d: Draft, speaker: Speaker, path: string): void {
  const { bgp } = speaker;
  for (const field of [
    "ebgpRequiresPolicy",
    "deterministicMed",
    "medMissingAsWorst",
    "enforceFirstAs",
    "distance",
    "reflectorAllowsOutboundPolicy",
  ] as const) {
    const value = bgp[field];
    if (value !== undefined && value !== false) cannot(d, `${path}.bgp.${field}`, value, "a setting that GoBGP has");
  }
  if ((bgp.defaultLocalPreference ?? 100) !== 100) {
    cannot(d, `${path}.bgp.defaultLocalPreference`, bgp.defaultLocalPreference, "100: GoBGP has no other");
  }
  for (const [index, origin] of (speaker.originate ?? []).entries()) {
    if (origin.kind === "aggregate" || origin.policy !== undefined) {
      cannot(d, `${path}.originate[${index}]`, origin.kind, "a network or redistribution without policy");
    }
  }
}

function globalPart(d: Draft, speaker: Speaker, path: string, imports: string[], exports: string[]): Yaml {
  const { bgp } = speaker;
  const paths = bgp.maximumPaths?.ebgp ?? bgp.maximumPaths?.ibgp ?? 1;
  const selection = {
    ...(bgp.alwaysCompareMed === true ? { "always-compare-med": true } : {}),
    ...(bgp.asPathIgnore === true ? { "ignore-as-path-length": true } : {}),
    ...(bgp.compareRouterId === true ? { "external-compare-router-id": true } : {}),
  };
  return {
    config: {
      as: speaker.asn,
      "router-id": address(d, `${path}.routerId`, speaker.routerId),
      // Without a port it dials only, as Cilium does.
      port: bgp.listens === false ? -1 : (bgp.port ?? 179),
    },
    ...(paths > 1 ? { "use-multiple-paths": { config: { enabled: true } } } : {}),
    ...(Object.keys(selection).length > 0 ? { "route-selection-options": { config: selection } } : {}),
    "apply-policy": {
      config: {
        ...(imports.length > 0 ? { "import-policy-list": imports } : {}),
        "default-import-policy": "accept-route",
        ...(exports.length > 0 ? { "export-policy-list": exports } : {}),
        "default-export-policy": "accept-route",
      },
    },
  };
}

const hasPolicy = (settings: Neighbor): boolean =>
  [settings.families?.ipv4, settings.families?.ipv6].some(
    (family) => family?.importPolicy !== undefined || family?.exportPolicy !== undefined,
  );

const isInternal = (speaker: Speaker, settings: Neighbor): boolean =>
  settings.remoteAs === "internal" || settings.remoteAs === (settings.localAs?.asn ?? speaker.asn);

/** A neighbor, or a group that listen ranges use: GoBGP says both in the same words. */
function session(d: Draft, speaker: Speaker, settings: Neighbor, who: Yaml, at: string): Yaml {
  const no = (field: string, found: unknown, expected: string): void => cannot(d, `${at}.${field}`, found, expected);
  const { timers, localAs, gracefulRestart } = settings;
  if (localAs?.noPrepend === true || localAs?.replaceAs === true) no("localAs", localAs, "an ASN alone");
  if (settings.bfd !== undefined && settings.bfd !== false) no("bfd", settings.bfd, "no BFD: GoBGP 3 has none");
  if (settings.disableConnectedCheck === true) no("disableConnectedCheck", true, "multihop");
  const families = (["ipv4", "ipv6"] as const).filter((family) => isActive(speaker, settings, family));
  const first = settings.families?.[families[0] ?? "ipv4"] ?? {};
  const { allowAsIn, asOverride, removePrivateAs } = first;
  if (allowAsIn === "origin") no("allowAsIn", allowAsIn, "a number");
  const config = {
    ...who,
    ...peerAs(speaker, settings, no),
    ...(localAs === undefined ? {} : { "local-as": localAs.asn }),
    ...(settings.password === undefined ? {} : { "auth-password": secret(d, `${at}.password`, settings.password) }),
    ...(settings.description === undefined ? {} : { description: rest(d, at, settings.description) }),
    ...(settings.shutdown === true ? { "admin-down": true } : {}),
    ...(removePrivateAs === undefined || removePrivateAs === false
      ? {}
      : { "remove-private-as": removePrivateAs === "replace" ? "replace" : "all" }),
  };
  const transport = {
    ...(settings.localAddress === undefined ? {} : { "local-address": source(d, speaker, settings, at) }),
    ...(settings.port === undefined ? {} : { "remote-port": settings.port }),
    ...(settings.passive === true ? { "passive-mode": true } : {}),
  };
  const times = {
    ...(timers?.hold === undefined ? {} : { "hold-time": timers.hold }),
    ...(timers?.keepalive === undefined ? {} : { "keepalive-interval": timers.keepalive }),
    ...(timers?.connectRetry === undefined ? {} : { "connect-retry": timers.connectRetry }),
  };
  const paths = {
    ...(typeof allowAsIn === "number" ? { "allow-own-as": allowAsIn } : {}),
    ...(asOverride === true ? { "replace-peer-as": true } : {}),
  };
  const client = families.some((family) => settings.families?.[family]?.reflectorClient === true);
  return {
    config,
    ...part("transport", transport),
    ...part("timers", times),
    ...part("as-path-options", paths),
    ...(settings.multihop !== undefined
      ? { "ebgp-multihop": { config: { enabled: true, "multihop-ttl": settings.multihop } } }
      : {}),
    ...(settings.ttlSecurity !== undefined
      ? { "ttl-security": { config: { enabled: true, "ttl-min": 256 - settings.ttlSecurity } } }
      : {}),
    ...(client
      ? {
          "route-reflector": {
            config: {
              "route-reflector-client": true,
              "route-reflector-cluster-id": address(d, at, speaker.bgp.clusterId ?? speaker.routerId),
            },
          },
        }
      : {}),
    ...(gracefulRestart !== undefined && gracefulRestart.mode !== "off"
      ? {
          "graceful-restart": {
            config: {
              enabled: true,
              ...(gracefulRestart.mode === "helper" ? { "helper-only": true } : {}),
              ...(gracefulRestart.restartTime === undefined ? {} : { "restart-time": gracefulRestart.restartTime }),
            },
          },
        }
      : {}),
    "afi-safis": families.map((family) => familyPart(d, settings, family, `${at}.families.${family}`)),
  };
}

const part = (name: string, config: Yaml): Yaml => (Object.keys(config).length > 0 ? { [name]: { config } } : {});

/** No ASN here means: the one that the neighbor's OPEN says, as Cilium's peerASN 0. */
function peerAs(
  speaker: Speaker,
  settings: Neighbor,
  no: (field: string, found: unknown, expected: string) => void,
): Yaml {
  const as = settings.remoteAs;
  if (as === "external" && settings.interface === undefined) no("remoteAs", as, 'an ASN or "any"');
  if (as === undefined) no("remoteAs", "nothing", "an ASN");
  return typeof as === "number" ? { "peer-as": as } : as === "internal" ? { "peer-as": speaker.asn } : {};
}

function source(d: Draft, speaker: Speaker, settings: Neighbor, at: string): string {
  const named = speaker.interfaces.find((port) => port.name === settings.localAddress);
  const family = familyOf(settings.address ?? "");
  const own = named?.addresses.find((text) => familyOf(text) === family)?.split("/")[0] ?? settings.localAddress ?? "";
  return address(d, `${at}.localAddress`, own);
}

function familyPart(d: Draft, settings: Neighbor, family: Family, at: string): Yaml {
  const own = settings.families?.[family] ?? {};
  const no = (field: string, found: unknown, expected: string): void => cannot(d, `${at}.${field}`, found, expected);
  for (const field of ["weight", "defaultOriginate"] as const) {
    if (own[field] !== undefined && own[field] !== false) no(field, own[field], "a setting that GoBGP has");
  }
  for (const field of ["importPrefixList", "exportPrefixList", "importAsPathList", "exportAsPathList"] as const) {
    if (own[field] !== undefined) no(field, own[field], "a policy: GoBGP attaches no lists to a neighbor");
  }
  if (own.sendCommunity?.standard === false || own.sendCommunity?.large === false) {
    no("sendCommunity", own.sendCommunity, "communities removed by an export policy");
  }
  if (own.maximumPrefix?.warningOnly === true) no("maximumPrefix.warningOnly", true, "a limit that ends the session");
  if (own.addPath?.send === "best-per-as") no("addPath.send", own.addPath.send, '"all"');
  const paths = {
    ...(own.addPath?.receive === true ? { receive: true } : {}),
    ...(own.addPath?.send === "all" ? { "send-max": 255 } : {}),
  };
  return {
    config: { "afi-safi-name": `${family}-unicast` },
    ...(own.maximumPrefix === undefined ? {} : part("prefix-limit", { "max-prefixes": own.maximumPrefix.limit })),
    ...part("add-paths", paths),
  };
}

/** What `gobgp` must be told once the daemon runs, since its file originates nothing: arguments, a command a line. */
export function gobgpCommands(speaker: Speaker): string[][] {
  const prefixes = new Set<string>();
  const routes = speaker.routes ?? [];
  for (const origin of speaker.originate ?? []) {
    if (origin.kind === "network") prefixes.add(origin.prefix);
    if (origin.kind !== "redistribute") continue;
    const found =
      origin.from === "connected"
        ? speaker.interfaces.flatMap((port) => port.addresses.map(connected))
        : routes.filter((route) => (route.source ?? "static") === origin.from).map((route) => route.prefix);
    for (const one of found) {
      if (one !== undefined && (origin.family ?? familyOf(one)) === familyOf(one)) prefixes.add(one);
    }
  }
  // Without an origin gobgp says "incomplete"; what embeds GoBGP says IGP.
  return [...prefixes].map((one) => ["global", "rib", "add", one, "origin", "igp", "-a", familyOf(one)]);
}

function connected(text: string): string | undefined {
  const parsed = parseInterfaceAddress(text);
  return parsed.ok ? parsed.value.prefix : undefined;
}
