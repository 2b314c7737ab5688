/**
 * Neighbors, peer groups and listen ranges of FRR's `router bgp`: what holds for a session as a whole. What holds for
 * one address family is in writeFamilies.
 */
import { dialectOf } from "../../bgp/dialects";
import type { Neighbor, NeighborSettings, RemoteAs, Speaker } from "../../bgp/network";
import { cannot, rest, secret, word, type Draft } from "../draft";

/** How a neighbor is called in the text. */
export const nameOf = (neighbor: Neighbor): string => neighbor.address ?? neighbor.interface ?? "";

export function writeFrrNeighbors(d: Draft, speaker: Speaker, path: string): void {
  for (const [name, settings] of Object.entries(speaker.groups ?? {})) {
    const at = `${path}.groups[${name}]`;
    if (/^[0-9.]+$|:/.test(name)) cannot(d, at, name, "a name that is no address");
    const id = word(d, at, name);
    d.lines.push(` neighbor ${id} peer-group`);
    if (settings.remoteAs !== undefined) {
      d.lines.push(` neighbor ${id} remote-as ${remoteAs(d, speaker, settings.remoteAs, at)}`);
    }
    describe(d, id, settings, at);
    writeSettings(d, speaker, id, settings, at);
  }
  speaker.neighbors.forEach((neighbor, index) => writeNeighbor(d, speaker, neighbor, `${path}.neighbors[${index}]`));
  // After everything of the group: FRR 8.4 drops a range whose group is not complete.
  for (const [index, range] of (speaker.listen ?? []).entries()) {
    const at = `${path}.listen[${index}]`;
    if (speaker.groups?.[range.group] === undefined) {
      cannot(d, `${at}.group`, range.group, "the name of a group of this speaker");
    }
    d.lines.push(` bgp listen range ${prefix(d, at, range.prefix)} peer-group ${word(d, at, range.group)}`);
  }
}

function writeNeighbor(d: Draft, speaker: Speaker, neighbor: Neighbor, at: string): void {
  const group = neighbor.group === undefined ? undefined : speaker.groups?.[neighbor.group];
  if (neighbor.group !== undefined && group === undefined) {
    cannot(d, `${at}.group`, neighbor.group, "the name of a group of this speaker");
  }
  if ((neighbor.address === undefined) === (neighbor.interface === undefined)) {
    cannot(d, at, nameOf(neighbor), "either an address or an interface");
    return;
  }
  const id = neighborId(d, at, neighbor);
  const own = neighbor.remoteAs;
  if (group?.remoteAs !== undefined && own !== undefined && own !== group.remoteAs) {
    cannot(d, `${at}.remoteAs`, own, "the ASN of its group: FRR takes no other for a member");
  }
  if (group?.remoteAs === undefined && own === undefined) {
    cannot(d, `${at}.remoteAs`, "nothing", "an ASN, here or in the group");
  }
  const as =
    group?.remoteAs === undefined && own !== undefined
      ? ` neighbor ${id} remote-as ${remoteAs(d, speaker, own, at)}`
      : undefined;
  const member = neighbor.group === undefined ? undefined : word(d, at, neighbor.group);
  if (neighbor.interface !== undefined) {
    // One line says interface and group, or interface and ASN; the other may follow.
    if (member !== undefined) d.lines.push(` neighbor ${id} interface peer-group ${member}`);
    if (as !== undefined) d.lines.push(member === undefined ? as.replace(" remote-as", " interface remote-as") : as);
  } else {
    if (as !== undefined) d.lines.push(as);
    if (member !== undefined) d.lines.push(` neighbor ${id} peer-group ${member}`);
  }
  describe(d, id, neighbor, at);
  writeSettings(d, speaker, id, neighbor, at);
}

function describe(d: Draft, id: string, { description }: NeighborSettings, at: string): void {
  if (description === undefined) return;
  d.lines.push(` neighbor ${id} description ${rest(d, `${at}.description`, description)}`);
}

export function neighborId(d: Draft, at: string, neighbor: Neighbor): string {
  return neighbor.address === undefined
    ? word(d, `${at}.interface`, nameOf(neighbor))
    : address(d, at, neighbor.address);
}

export function address(d: Draft, at: string, text: string): string {
  if (/^[0-9a-f.:]+$/i.test(text)) return text;
  cannot(d, at, text, "an address");
  return "INVALID";
}

export function prefix(d: Draft, at: string, text: string): string {
  if (/^[0-9a-f.:]+\/[0-9]+$/i.test(text)) return text;
  cannot(d, at, text, "a prefix");
  return "INVALID";
}

/** Is it an iBGP neighbor? Unknown for one whose ASN is learned, and for a group that leaves it to its members. */
export function isInternal(
  speaker: Speaker,
  settings: NeighborSettings,
  group: NeighborSettings | undefined,
): boolean | undefined {
  const as = settings.remoteAs ?? group?.remoteAs;
  if (as === undefined || as === "any") return undefined;
  return as === "internal" || as === speaker.asn;
}

function remoteAs(d: Draft, speaker: Speaker, as: RemoteAs, at: string): string {
  if (as === "any") {
    if (dialectOf(speaker.dialect).learnsAsn) return "auto";
    cannot(d, `${at}.remoteAs`, as, 'an ASN, "external" or "internal": FRR learns it from 10.2 on');
  }
  return String(as);
}

function writeSettings(
  d: Draft,
  speaker: Speaker,
  id: string,
  settings: NeighborSettings & { group?: string },
  at: string,
): void {
  const line = (text: string): number => d.lines.push(` neighbor ${id} ${text}`);
  const { localAs, timers, bfd, gracefulRestart } = settings;
  const group = settings.group !== undefined ? speaker.groups?.[settings.group] : undefined;
  for (const field of ["localAs", "ttlSecurity"] as const) {
    if (settings[field] !== undefined && isInternal(speaker, settings, group) === true) {
      cannot(d, `${at}.${field}`, settings[field], "an eBGP neighbor: FRR refuses it for iBGP");
    }
  }
  if (localAs !== undefined) {
    if (localAs.replaceAs === true && localAs.noPrepend !== true) {
      cannot(d, `${at}.localAs.replaceAs`, "replaceAs alone", "noPrepend with it: FRR has no other");
    }
    const how =
      localAs.noPrepend === true ? (localAs.replaceAs === true ? " no-prepend replace-as" : " no-prepend") : "";
    line(`local-as ${localAs.asn}${how}`);
  }
  if (settings.shutdown === true) line("shutdown");
  if (bfd !== undefined && bfd !== false) {
    line("bfd");
    if (bfd !== true) line(`bfd profile ${bfdProfile(bfd)}`);
  }
  if (settings.password !== undefined) line(`password ${secret(d, `${at}.password`, settings.password)}`);
  const member = settings.group !== undefined;
  if (!member && speaker.bgp.enforceFirstAs === true && dialectOf(speaker.dialect).firstAsByNeighbor) {
    line("enforce-first-as");
  }
  if (settings.localAddress !== undefined)
    line(`update-source ${word(d, `${at}.localAddress`, settings.localAddress)}`);
  if (settings.port !== undefined) line(`port ${settings.port}`);
  if ("interface" in settings) {
    for (const [field, allowed] of [
      ["ttlSecurity", 1],
      ["multihop", 1],
      ["disableConnectedCheck", false],
    ] as const) {
      const value = settings[field] ?? allowed;
      if (value !== allowed)
        cannot(d, `${at}.${field}`, value, "nothing of it: a neighbor by interface is one hop away");
    }
  }
  const multihop = settings.multihop ?? group?.multihop;
  if (multihop !== undefined && (settings.ttlSecurity ?? group?.ttlSecurity) !== undefined) {
    cannot(d, at, "multihop and ttlSecurity", "one of them: FRR refuses both");
  }
  if (settings.multihop !== undefined) line(`ebgp-multihop ${settings.multihop}`);
  if (settings.ttlSecurity !== undefined) line(`ttl-security hops ${settings.ttlSecurity}`);
  if (settings.disableConnectedCheck === true) line("disable-connected-check");
  if (settings.passive === true) line("passive");
  if (settings.solo === true && group === undefined) line("solo");
  if (settings.senderLoopCheck === true) line("sender-as-path-loop-detection");
  if (settings.gracefulShutdown === true) line("graceful-shutdown");
  if (settings.extendedNextHop === true && !("interface" in settings)) line("capability extended-nexthop");
  if (settings.extendedNextHop === false && "interface" in settings) {
    d.lines.push(` no neighbor ${id} capability extended-nexthop`);
  }
  if (timers?.keepalive !== undefined || timers?.hold !== undefined) {
    const byDefault = dialectOf(speaker.dialect).timers;
    const hold = timers.hold ?? byDefault.hold;
    line(`timers ${timers.keepalive ?? Math.min(byDefault.keepalive, Math.floor(hold / 3))} ${hold}`);
  }
  if (timers?.connectRetry !== undefined) line(`timers connect ${timers.connectRetry}`);
  if (gracefulRestart !== undefined) {
    line(
      { restarter: "graceful-restart", helper: "graceful-restart-helper", off: "graceful-restart-disable" }[
        gracefulRestart.mode
      ],
    );
  }
}

export function bfdProfile(bfd: { minimumInterval?: number; multiplier?: number }): string {
  return `every${bfd.minimumInterval ?? 300}x${bfd.multiplier ?? 3}`;
}

/** The profiles that neighbors and groups name, once each. FRR's default is 300 ms and three missed. */
export function writeBfdProfiles(d: Draft, speakers: readonly Speaker[]): void {
  const profiles = new Map<string, { minimumInterval?: number; multiplier?: number }>();
  for (const { bfd } of speakers.flatMap((each) => [...Object.values(each.groups ?? {}), ...each.neighbors])) {
    if (typeof bfd === "object") profiles.set(bfdProfile(bfd), bfd);
  }
  if (profiles.size === 0) return;
  d.lines.push("bfd");
  for (const [name, { minimumInterval = 300, multiplier = 3 }] of profiles) {
    d.lines.push(` profile ${name}`);
    if (multiplier !== 3) d.lines.push(`  detect-multiplier ${multiplier}`);
    if (minimumInterval !== 300) {
      d.lines.push(`  transmit-interval ${minimumInterval}`, `  receive-interval ${minimumInterval}`);
    }
    d.lines.push(" exit", " !");
  }
  d.lines.push("exit", "!");
}
