/** Neighbors, peer groups, listen ranges and address families of EOS's `router bgp`. */
import type { Family, FamilySettings, NeighborSettings, Speaker } from "../../bgp/network";
import { cannot, rest, secret, word, type Draft } from "../draft";
import { neighborId, prefix } from "../frr/writeNeighbors";

/** A device has its peer groups once, whatever table their neighbors are in. */
export function writeEosGroups(d: Draft, speaker: Speaker, path: string): void {
  for (const [name, settings] of Object.entries(speaker.groups ?? {})) {
    const at = `${path}.groups[${name}]`;
    const id = word(d, at, name);
    d.lines.push(`   neighbor ${id} peer group`);
    if (settings.remoteAs !== undefined) remoteAs(d, speaker, id, settings, at);
    describe(d, id, settings, at);
    session(d, id, settings, at);
  }
}

/** Interfaces that are neighbors go by their name after the word "interface". */
export function writeEosNeighbors(d: Draft, speaker: Speaker, path: string): void {
  speaker.neighbors.forEach((neighbor, index) => {
    const at = `${path}.neighbors[${index}]`;
    const id = neighborId(d, at, neighbor);
    const group = neighbor.group === undefined ? undefined : word(d, at, neighbor.group);
    if (neighbor.interface !== undefined) {
      // A port joins a group and says its ASN in one line; the rest is the group's.
      if (group === undefined)
        cannot(d, `${at}.group`, "nothing", "a group: EOS takes a neighbor by interface only in one");
      const as = neighbor.remoteAs === undefined ? "" : ` remote-as ${String(neighbor.remoteAs)}`;
      if (neighbor.remoteAs !== undefined && typeof neighbor.remoteAs !== "number") {
        cannot(d, `${at}.remoteAs`, neighbor.remoteAs, "an ASN");
      }
      d.lines.push(`   neighbor interface ${id} peer-group ${group ?? ""}${as}`);
      return;
    }
    if (group !== undefined) d.lines.push(`   neighbor ${id} peer group ${group}`);
    if (neighbor.remoteAs !== undefined) remoteAs(d, speaker, id, neighbor, at);
    describe(d, id, neighbor, at);
    session(d, id, neighbor, at);
  });
  for (const [index, range] of (speaker.listen ?? []).entries()) {
    const at = `${path}.listen[${index}]`;
    const as = speaker.groups?.[range.group]?.remoteAs;
    if (typeof as !== "number")
      cannot(d, `${at}.group`, range.group, "a group with an ASN: EOS wants it with the range");
    d.lines.push(
      `   bgp listen range ${prefix(d, at, range.prefix)} peer-group ${word(d, at, range.group)} remote-as ${String(as)}`,
    );
  }
}

function describe(d: Draft, id: string, { description }: NeighborSettings, at: string): void {
  if (description === undefined) return;
  d.lines.push(`   neighbor ${id} description ${rest(d, `${at}.description`, description)}`);
}

function remoteAs(d: Draft, speaker: Speaker, id: string, settings: NeighborSettings, at: string): void {
  const as = settings.remoteAs === "internal" ? speaker.asn : settings.remoteAs;
  if (typeof as !== "number") cannot(d, `${at}.remoteAs`, as, "an ASN");
  d.lines.push(`   neighbor ${id} remote-as ${String(as)}`);
}

function session(d: Draft, id: string, settings: NeighborSettings, at: string): void {
  const line = (text: string): number => d.lines.push(`   neighbor ${id} ${text}`);
  const { localAs, timers, bfd, gracefulRestart } = settings;
  if (localAs !== undefined) {
    if ((localAs.replaceAs === true) !== (localAs.noPrepend === true)) {
      cannot(d, `${at}.localAs`, localAs, "noPrepend and replaceAs together, or neither");
    }
    line(`local-as ${localAs.asn}${localAs.noPrepend === true ? " no-prepend replace-as" : ""}`);
  }
  if (settings.shutdown === true) line("shutdown");
  if (settings.gracefulShutdown === true) line("graceful-shutdown");
  if (settings.passive === true) line("passive");
  if (settings.localAddress !== undefined) line(`update-source ${word(d, at, settings.localAddress)}`);
  if (settings.port !== undefined) line(`transport remote-port ${settings.port}`);
  if (settings.multihop !== undefined) line(`ebgp-multihop ${settings.multihop}`);
  if (settings.ttlSecurity !== undefined) line(`ttl maximum-hops ${settings.ttlSecurity}`);
  if (settings.disableConnectedCheck === true) cannot(d, `${at}.disableConnectedCheck`, true, "multihop");
  if (timers?.keepalive !== undefined || timers?.hold !== undefined)
    line(`timers ${timers.keepalive ?? 60} ${timers.hold ?? 180}`);
  if (timers?.connectRetry !== undefined) line(`idle-restart-timer ${timers.connectRetry}`);
  if (bfd === true) line("bfd");
  else if (bfd !== undefined && bfd !== false) {
    const interval = bfd.minimumInterval ?? 300;
    line("bfd");
    line(`bfd interval ${interval} min-rx ${interval} multiplier ${bfd.multiplier ?? 3}`);
  }
  if (gracefulRestart?.restartTime !== undefined)
    cannot(d, `${at}.gracefulRestart.restartTime`, gracefulRestart.restartTime, "no time of its own");
  if (gracefulRestart?.mode === "restarter") line("graceful-restart");
  else if (gracefulRestart?.mode === "helper") line("graceful-restart-helper");
  else if (gracefulRestart?.mode === "off") d.lines.push(`   no neighbor ${id} graceful-restart-helper`);
  if (settings.password !== undefined) line(`password 0 ${secret(d, `${at}.password`, settings.password)}`);
  const both = settings.families ?? {};
  // Communities and limits belong to the session here, not to a family.
  const shared = (both.ipv4?.active === false ? both.ipv6 : (both.ipv4 ?? both.ipv6)) ?? {};
  sharedSettings(d, id, shared, `${at}.families`);
}

/** EOS sends no communities unless told to. */
function sharedSettings(d: Draft, id: string, own: FamilySettings, at: string): void {
  const { standard = false, large = false } = own.sendCommunity ?? {};
  const kinds = [...(standard ? ["standard"] : []), ...(large ? ["large"] : [])].join(" ");
  if (kinds !== "") d.lines.push(`   neighbor ${id} send-community ${kinds}`);
  if (own.maximumPrefix !== undefined) {
    const { limit, warningOnly, restart } = own.maximumPrefix;
    if (restart !== undefined) cannot(d, `${at}.maximumPrefix.restart`, restart, "no restart: EOS stays down");
    d.lines.push(`   neighbor ${id} maximum-routes ${limit}${warningOnly === true ? " warning-only" : ""}`);
  }
}

/** `groups`: those of the device, in its own table. */
export function writeEosFamily(
  d: Draft,
  speaker: Speaker,
  family: Family,
  origins: string[],
  path: string,
  groups: Speaker["groups"] = {},
): void {
  const lines: string[] = [];
  for (const [name, settings] of Object.entries(groups)) {
    lines.push(
      ...familyLines(d, speaker, family, word(d, path, name), settings, `${path}.groups[${name}].families.${family}`),
    );
  }
  speaker.neighbors.forEach((neighbor, index) => {
    const at = `${path}.neighbors[${index}]`;
    if (neighbor.interface === undefined) {
      lines.push(...familyLines(d, speaker, family, neighborId(d, at, neighbor), neighbor, `${at}.families.${family}`));
    } else if (neighbor.families !== undefined) {
      cannot(d, `${at}.families`, neighbor.interface, "settings of its group");
    }
  });
  if (lines.length + origins.length === 0) return;
  d.lines.push("   !", `   address-family ${family}`, ...[...lines, ...origins].map((text) => `      ${text}`));
}

function familyLines(
  d: Draft,
  speaker: Speaker,
  family: Family,
  id: string,
  settings: NeighborSettings & { group?: string },
  at: string,
): string[] {
  const own = settings.families?.[family] ?? {};
  const lines: string[] = [];
  const line = (text: string): number => lines.push(`neighbor ${id} ${text}`);
  const group = settings.group === undefined ? undefined : speaker.groups?.[settings.group]?.families?.[family];
  const byDefault = group?.active ?? (family === "ipv4" && (speaker.bgp.defaultIpv4Unicast ?? true));
  if (own.active !== undefined && own.active !== byDefault)
    lines.push(`${own.active ? "" : "no "}neighbor ${id} activate`);
  if (own.nextHopSelf !== undefined && own.nextHopSelf !== false) {
    if (own.nextHopSelf === "force") cannot(d, `${at}.nextHopSelf`, "force", "true: EOS has no other");
    line("next-hop-self");
  }
  if (own.nextHopUnchanged === true) line("next-hop-unchanged");
  if (family === "ipv4" && settings.extendedNextHop === true) line("next-hop address-family ipv6 originate");
  if (own.reflectorClient === true) line("route-reflector-client");
  if (own.allowAsIn === "origin") cannot(d, `${at}.allowAsIn`, "origin", "a number");
  else if (own.allowAsIn !== undefined) line(`allowas-in ${own.allowAsIn}`);
  if (own.asOverride === true) line("as-path remote-as replace out");
  if (own.removePrivateAs !== undefined && own.removePrivateAs !== false) {
    if (own.removePrivateAs === "replace-private-only")
      cannot(d, `${at}.removePrivateAs`, own.removePrivateAs, '"replace"');
    line(
      `remove-private-as${{ all: " all", replace: " all replace-as", true: "" }[String(own.removePrivateAs)] ?? ""}`,
    );
  }
  if (own.defaultOriginate !== undefined && own.defaultOriginate !== false) {
    const policy = own.defaultOriginate === true ? "" : `route-map ${word(d, at, own.defaultOriginate.policy)} `;
    line(`default-originate ${policy}always`);
  }
  if (own.weight !== undefined) line(`weight ${own.weight}`);
  if (own.addPath?.receive === true) line("additional-paths receive");
  else if (own.addPath?.receive === false) lines.push(`no neighbor ${id} additional-paths receive`);
  if (own.addPath?.send === "all") line("additional-paths send any");
  else if (own.addPath?.send !== undefined) cannot(d, `${at}.addPath.send`, own.addPath.send, '"all"');
  for (const [name, what, direction] of [
    [own.importPrefixList, "prefix-list", "in"],
    [own.exportPrefixList, "prefix-list", "out"],
    [own.importPolicy, "route-map", "in"],
    [own.exportPolicy, "route-map", "out"],
  ] as const) {
    if (name !== undefined) line(`${what} ${word(d, at, name)} ${direction}`);
  }
  for (const field of ["importAsPathList", "exportAsPathList"] as const) {
    if (own[field] !== undefined) cannot(d, `${at}.${field}`, own[field], "an AS-path condition in a policy");
  }
  return lines;
}
