/**
 * From files to one Network: Networks as they are, Kubernetes manifests read as their CNI would, router configurations,
 * and the links between them. Everything that is wrong in any of them is told at once.
 */
import { parse } from "yaml";
import { combineParts, type NetworkPiece } from "../components/bgp/combine";
import type { Network, Segment, Speaker } from "../components/bgp/network";
import { validateNetwork } from "../components/bgp/validate";
import type { Finding } from "../components/cni/finding";
import { loadManifests } from "../components/cni/load";
import type { ClusterObjects } from "../components/cni/objects";
import type { NodePlace } from "../components/cni/place";
import { readEos } from "../components/config/eos";
import { readFrr } from "../components/config/frr";
import { readLinks, type Links } from "../components/config/lab/links";
import { secretNames, type Reading } from "../components/config/ios/reading";
import { fail, ok, type Fault, type Result } from "../components/model/errors";
import { parseInterfaceAddress } from "../components/model/prefix";
import { readCluster } from "./cluster";
import { namedFile, readFiles, readText, type TextFile } from "./files";

export interface GatherOptions {
  cni?: string;
  cniVersion?: string;
  cniSettings?: string;
  cluster?: string;
  frr?: string[];
  eos?: string[];
  links?: string;
}

export interface Gathered {
  network: Network;
  /** What the readings of Kubernetes objects have to say. */
  findings: Finding[];
}

export function gather(names: readonly string[], options: GatherOptions): Result<Gathered> {
  const files = readFiles(names);
  const links = linksOf(options.links);
  const routers = routersOf(options, links.ok ? links.value : undefined);
  const faults = [files, links, routers].flatMap((result) => (result.ok ? [] : result.faults));
  if (!files.ok || !links.ok || !routers.ok) return { ok: false, faults };
  const { networks, manifests, faults: unread } = sortOut(files.value);
  if (unread.length > 0) return { ok: false, faults: unread };
  const parts: NetworkPiece[] = [...networks, ...routers.value];
  let findings: Finding[] = [];
  if (manifests.length > 0) {
    const objects = loadManifests(manifests);
    if (!objects.ok) return objects;
    const segments = segmentsOf(parts);
    const read = readCluster(objects.value, options, { segments, nodes: nodePlaces(objects.value, links.value) });
    if (!read.ok) return read;
    parts.push({ speakers: read.value.speakers, segments: read.value.segments });
    findings = read.value.findings;
  }
  if (parts.length === 0)
    return fail({ path: "", found: "", expected: "a Network, manifests or router configurations" });
  const combined = combineParts(parts);
  if (!combined.ok) return combined;
  const network = validateNetwork(combined.value);
  return network.ok ? ok({ network: network.value, findings }) : network;
}

function sortOut(files: readonly TextFile[]): { networks: Network[]; manifests: TextFile[]; faults: Fault[] } {
  const networks: Network[] = [];
  const manifests: TextFile[] = [];
  const faults: Fault[] = [];
  for (const file of files) {
    const value = networkIn(file.text);
    if (value === undefined) {
      manifests.push(file);
      continue;
    }
    const network = validateNetwork(value);
    if (network.ok) networks.push(network.value);
    else faults.push(...network.faults.map((fault) => ({ ...fault, file: file.file })));
  }
  return { networks, manifests, faults };
}

/** A Network is one document with speakers; anything else is taken for manifests, whose reading says what is wrong. */
function networkIn(text: string): unknown {
  if (!/["']?speakers["']?\s*:/.test(text)) return undefined;
  try {
    const value: unknown = text.trimStart().startsWith("{")
      ? JSON.parse(text)
      : parse(text, { maxAliasCount: 100, logLevel: "error" });
    return typeof value === "object" && value !== null && "speakers" in value ? value : undefined;
  } catch {
    return undefined;
  }
}

function linksOf(file: string | undefined): Result<Links> {
  if (file === undefined) return ok({ links: [], addresses: new Map() });
  const read = readText(file);
  return read.ok ? readLinks(read.value.text, read.value.file) : read;
}

function routersOf(options: GatherOptions, links: Links | undefined): Result<NetworkPiece[]> {
  const faults: Fault[] = [];
  const parts: NetworkPiece[] = [];
  // One name for one password over all routers, so that both ends of a session can be compared.
  const secrets = secretNames();
  const read = (list: string[] | undefined, option: string, reader: typeof readFrr): void => {
    for (const text of list ?? []) {
      const named = namedFile(option, text);
      const file = named.ok ? readText(named.value.file) : named;
      if (!named.ok || !file.ok) {
        faults.push(...(named.ok ? [] : named.faults), ...(named.ok && !file.ok ? file.faults : []));
        continue;
      }
      const reading: Reading = reader(file.value.text, {
        name: named.value.name,
        file: file.value.file,
        secrets,
        ...(links === undefined ? {} : { links }),
      });
      if (reading.faults.length > 0) faults.push(...reading.faults);
      else parts.push({ speakers: reading.speakers, segments: reading.segments });
    }
  };
  read(options.frr, "--frr", readFrr);
  read(options.eos, "--eos", readEos);
  return faults.length > 0 ? { ok: false, faults } : ok(parts);
}

/** The routers' segments, each with the prefixes that stand on it: so that a node's address tells where it is. */
function segmentsOf(parts: readonly NetworkPiece[]): Segment[] {
  const segments = new Map<string, Set<string>>();
  for (const part of parts) {
    for (const segment of part.segments ?? []) {
      const prefixes = segments.get(segment.name) ?? new Set<string>();
      for (const prefix of segment.prefixes) prefixes.add(prefix);
      segments.set(segment.name, prefixes);
    }
  }
  for (const speaker of parts.flatMap((part) => part.speakers ?? [])) {
    for (const port of (speaker as Partial<Speaker>).interfaces ?? []) {
      const prefixes = port.segment === undefined ? undefined : segments.get(port.segment);
      for (const address of prefixes === undefined ? [] : port.addresses) {
        const parsed = parseInterfaceAddress(address);
        if (parsed.ok) prefixes?.add(parsed.value.prefix);
      }
    }
  }
  return [...segments].map(([name, prefixes]) => ({ name, prefixes: [...prefixes] }));
}

/** A node may be an end of a link like any router: "worker:eth0". */
function nodePlaces(objects: ClusterObjects, links: Links): Record<string, NodePlace> {
  const names = new Set(objects.nodes.map((node) => node.metadata.name));
  const places: Record<string, NodePlace> = {};
  const placeOf = (end: string): { place: NodePlace; port: string } | undefined => {
    const colon = end.indexOf(":");
    const name = end.slice(0, colon);
    return names.has(name) ? { place: (places[name] ??= {}), port: end.slice(colon + 1) } : undefined;
  };
  for (const link of links.links) {
    for (const end of link.ends) {
      const found = placeOf(end);
      if (found !== undefined) Object.assign(found.place, { segment: link.name, interface: found.port });
    }
  }
  for (const [end, addresses] of links.addresses) {
    const found = placeOf(end);
    if (found === undefined) continue;
    for (const address of addresses) {
      if (address.includes(":")) found.place.address6 ??= address;
      else found.place.address ??= address;
    }
  }
  return places;
}
