/** The end of reading a configuration of FRR or EOS: what its lines come to together, as a speaker. */
import { compareAddresses } from "../../model/address";
import type { Family, Neighbor, NeighborSettings, Segment, Speaker, Unmodelled } from "../../bgp/network";
import { dialectOf } from "../../bgp/dialects";
import { settleLists } from "./settleLists";
import { family, speakerName, type Build, type Reading, type ReadOptions } from "./reading";
import { remaining } from "./remaining";
import { attach, sharedNetworks } from "./segments";

/** The tables of one device, its own first, as speakers: those that run BGP, or else the device that should. */
export function finish(builds: readonly Build[], options: ReadOptions): Reading {
  const [main] = builds;
  if (main === undefined) throw new Error("a device without a table");
  const speaking = builds.filter((b) => b.asn !== undefined);
  const overlapping = sharedNetworks(builds);
  const read = (speaking.length === 0 ? [main] : speaking).map((b) => speakerOf(b, options, builds, overlapping));
  const [first] = read;
  if (first === undefined) throw new Error("a device without a speaker");
  return {
    speaker: first.speaker,
    speakers: read.map(({ speaker }) => speaker),
    segments: read.flatMap(({ segments }) => segments),
    faults: main.faults,
    unmodelled: [...new Set(read.flatMap(({ speaker }) => speaker.unmodelled ?? []))],
    lines: main.device.lines.list(),
  };
}

function speakerOf(
  b: Build,
  options: ReadOptions,
  builds: readonly Build[],
  overlapping: ReadonlySet<string>,
): { speaker: Speaker; segments: Segment[] } {
  const name = speakerName(b);
  const [main] = builds;
  for (const { interface: port } of b.neighbors.values()) {
    if (port !== undefined && !b.interfaces.has(port)) b.interfaces.set(port, { name: port, addresses: [] });
  }
  const segments = attach(b, options.links, builds, overlapping);
  if (b.asn === undefined) {
    b.faults.push({
      path: name,
      found: "",
      expected: "a line `router bgp ASN`",
      ...(b.file === undefined ? {} : { file: b.file }),
    });
  }
  foldTimes(b);
  foldTimers(b);
  foldFirstAs(b);
  foldPaths(b);
  for (const settings of [...b.groups.values(), ...b.neighbors.values()]) {
    if (b.defaultIpv6 === true && !("group" in settings)) family(settings, "ipv6").active ??= true;
    if (b.disableConnectedCheck === true) settings.disableConnectedCheck = true;
    const bfd = settings.bfd as { profile?: string } | boolean | undefined;
    if (typeof bfd === "object" && bfd.profile !== undefined) settings.bfd = b.bfdProfiles.get(bfd.profile) ?? true;
    if (typeof settings.bfd === "object" && Object.keys(settings.bfd).length === 0) settings.bfd = true;
  }
  const { identifier, members } = b.confederation ?? {};
  if (identifier !== undefined && members !== undefined) {
    b.bgp.confederation = { identifier, ...(members.length > 0 ? { members } : {}) };
  }
  // Without the line the older path wins: said out loud, since the writers say the opposite by default.
  b.bgp.compareRouterId ??= false;
  const speaker: Speaker = {
    name,
    dialect: b.dialect,
    asn: b.asn ?? 0,
    routerId: b.routerId ?? b.zebraRouterId ?? chosenRouterId(b, name, main),
    interfaces: [...b.interfaces.values()],
    bgp: b.bgp,
    neighbors: neighborsOf(b),
  };
  if (b.routes.length > 0) speaker.routes = b.routes;
  if (b.groups.size > 0) speaker.groups = Object.fromEntries(b.groups);
  if (b.listen.length > 0) speaker.listen = b.listen;
  if (b.originate.length > 0) speaker.originate = b.originate;
  settleLists(b, speaker);
  for (const field of ["policies", "prefixLists", "communityLists", "asPathLists"] as const) {
    if (Object.keys(speaker[field] ?? {}).length === 0) delete speaker[field];
  }
  const unmodelled = [...remaining(b, speaker), ...policiesOf(builds, b)];
  if (unmodelled.length > 0) speaker.unmodelled = unmodelled;
  return { speaker, segments };
}

/** Lines of policies, and of EOS's peer groups, are noted with the device; its VRFs use both too. */
function policiesOf([main]: readonly Build[], b: Build): Unmodelled[] {
  if (main === undefined || main === b) return [];
  const shares = (group: string): boolean => main.groups === b.groups && main.groups.has(group);
  return main.unmodelled.filter(
    ({ policy, neighbor }) => policy !== undefined || (neighbor !== undefined && shares(neighbor)),
  );
}

function neighborsOf(b: Build): Neighbor[] {
  for (const { prefix, group, source } of b.listen) {
    if (b.groups.get(group)?.remoteAs !== undefined) continue;
    b.faults.push({ path: `listen range ${prefix}`, found: group, expected: "a peer-group with remote-as", ...source });
  }
  return [...b.neighbors.entries()].map(([id, neighbor]) => {
    const group = neighbor.group === undefined ? undefined : b.groups.get(neighbor.group);
    if (neighbor.remoteAs === undefined && group?.remoteAs === undefined) {
      b.faults.push({
        path: `neighbor ${id}`,
        found: "",
        expected: "remote-as, here or in its peer-group",
        ...neighbor.source,
      });
    }
    if (b.dialect.system === "frr") dropRepeated(neighbor, group);
    return neighbor;
  });
}

/** What a member says as its group does, in FRR's printing, is the group's. */
function dropRepeated(neighbor: NeighborSettings, group: NeighborSettings | undefined): void {
  for (const name of ["ipv4", "ipv6"] as const) {
    const own = neighbor.families?.[name];
    if (own?.addPath?.receive !== false || group?.families?.[name]?.addPath?.receive !== false) continue;
    delete own.addPath.receive;
    if (Object.keys(own.addPath).length === 0) delete own.addPath;
    if (Object.keys(own).length === 0) delete neighbor.families?.[name];
    if (Object.keys(neighbor.families ?? {}).length === 0) delete neighbor.families;
  }
}

/** FRR's own choice: the highest loopback address, else the highest address of any interface. */
function chosenRouterId(b: Build, name: string, main: Build | undefined): string {
  const addresses = (loopback: boolean): string[] =>
    [...b.interfaces.values()]
      .filter((own) => (/^lo/i.test(own.name) || own.name === b.vrf) === loopback)
      .flatMap((own) => own.addresses.map((text) => text.split("/")[0] ?? ""))
      .filter((text) => text !== "" && !text.includes(":") && !text.startsWith("127."))
      .sort(compareAddresses);
  const chosen = addresses(true).at(-1) ?? addresses(false).at(-1);
  if (chosen !== undefined) return chosen;
  if (b.vrf !== undefined) {
    // bgpd of a VRF has no router id then, and its sessions stay down; where it has no neighbor that is all the same.
    if (b.neighbors.size + b.listen.length > 0) {
      b.unmodelled.push({ what: `vrf ${b.vrf} has no router id, and no address to choose one from` });
    }
    return main?.routerId ?? main?.zebraRouterId ?? "0.0.0.1";
  }
  // Without BGP that is the fault.
  if (b.asn === undefined) return "0.0.0.0";
  b.faults.push({
    path: name,
    found: "",
    expected: "a line `bgp router-id`, or interfaces with addresses to choose one from",
    ...(b.file === undefined ? {} : { file: b.file }),
  });
  return "0.0.0.0";
}

/** The instance's restart time holds for every session that restarts or helps. */
function foldTimes(b: Build): void {
  if (b.restartTime === undefined) return;
  for (const { gracefulRestart } of [...b.groups.values(), ...b.neighbors.values()]) {
    if (gracefulRestart !== undefined && gracefulRestart.mode !== "off") gracefulRestart.restartTime = b.restartTime;
  }
}

/** The instance's timers are those of every neighbor without its own. */
function foldTimers(b: Build): void {
  const { timers } = b;
  if (timers === undefined) return;
  for (const settings of [...b.groups.values(), ...b.neighbors.values()]) {
    if ("group" in settings && settings.group !== undefined) continue;
    if (settings.timers?.hold === undefined) settings.timers = { ...settings.timers, ...timers };
  }
}

/** Until 9.1 each neighbor says for itself whether it looks at the first ASN; a speaker has one answer. */
function foldFirstAs(b: Build): void {
  if (b.firstAs === undefined) return;
  const byDefault = b.bgp.enforceFirstAs ?? dialectOf(b.dialect).enforceFirstAs;
  const ids = [...b.groups.keys(), ...[...b.neighbors].filter(([, one]) => one.group === undefined).map(([id]) => id)];
  if (!byDefault && ids.every((id) => b.firstAs?.get(id) === true)) b.bgp.enforceFirstAs = true;
  else {
    for (const [id, value] of b.firstAs) {
      if (value === byDefault) continue;
      const source = b.neighbors.get(id)?.source;
      const what = `${value ? "" : "no "}neighbor ${id} enforce-first-as`;
      b.unmodelled.push({ what, neighbor: id, ...(source === undefined ? {} : { source }) });
    }
  }
}

/** IPv6 has numbers of its own, the defaults where it says none; they are worth a word where it is used and has others. */
function foldPaths(b: Build): void {
  const { ipv4, ipv6 } = b.paths;
  const used = (wanted: Family): boolean =>
    [...b.groups.values(), ...b.neighbors.values()].some((settings) => settings.families?.[wanted]?.active === true);
  if (ipv4 !== undefined && Object.keys(ipv4).length > 0) b.bgp.maximumPaths = ipv4;
  if (used("ipv6") && JSON.stringify(ipv4 ?? {}) !== JSON.stringify(ipv6 ?? {})) b.bgp.maximumPathsIpv6 = ipv6 ?? {};
}
