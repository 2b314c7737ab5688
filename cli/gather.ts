/**
 * From files to one Network: Networks as they are, Kubernetes manifests read as their CNI would, router configurations,
 * and the links between them. Everything that is wrong in any of them is reported at once.
 */
import { combineParts, type NetworkPiece } from "../components/bgp/combine";
import type { Network } from "../components/bgp/network";
import { validateNetwork } from "../components/bgp/validate";
import type { ObjectFinding } from "../components/cni/finding";
import { loadManifests } from "../components/cni/load";
import type { ClusterObjects } from "../components/cni/objects";
import { secretNames, type SecretNames } from "../components/config/ios/reading";
import { joinFamilies } from "../components/config/lab/families";
import { joinLinks, readLinks, type Links } from "../components/config/lab/links";
import { fail, ok, type Fault, type Result } from "../components/model/errors";
import { readCluster } from "./cluster";
import { checkEnds } from "./ends";
import { readFiles, readText, type TextFile } from "./files";
import { inputsOf, type InputOptions } from "./inputs";
import type { ClusterInput, Inputs } from "./inputTypes";
import { noNode, nothing, otherInput, withoutTemplates } from "./misplaced";
import { joinPasswords } from "./passwords";
import { nodePlaces, segmentsOf } from "./places";
import { networkIn } from "./recognise";
import { readRouters, type RouterText } from "./routers";

export interface Gathered {
  network: Network;
  /** What the readings of Kubernetes objects have to say. */
  findings: ObjectFinding[];
  /** The objects of each cluster, as they were read. */
  objects: ClusterObjects[];
  routers: RouterText[];
  inputs: Inputs;
  /** What was passed over, for people. */
  notes: string[];
}

export interface GatherOptions extends InputOptions {
  /** One name for one password over all inputs, so that both ends, and two sides of a diff, can be compared. */
  secrets?: SecretNames;
}

export function gather(names: readonly string[], options: GatherOptions): Result<Gathered> {
  const named = inputsOf(names, options);
  if (!named.ok) return named;
  const inputs = named.value;
  const notes: string[] = [...inputs.notes];
  const files = readFiles(inputs.files, inputs.recursive, notes);
  const links = linksOf(inputs.links);
  const read = readRouters(inputs.routers, links.ok ? links.value : NO_LINKS, options.secrets ?? secretNames());
  const faults = [...(files.ok ? [] : files.faults), ...(links.ok ? [] : links.faults), ...read.faults];
  const sorted = sortOut(files.ok ? files.value : [], notes);
  faults.push(...sorted.faults);
  const parts: NetworkPiece[] = [...sorted.networks, ...read.parts];
  const findings: ObjectFinding[] = [];
  const objects: ClusterObjects[] = [];
  let complete = files.ok && read.texts.length === inputs.routers.length && sorted.faults.length === 0;
  for (const cluster of clustersOf(inputs, sorted.manifests, options)) {
    const made = cluster.texts === undefined ? readFiles(cluster.files, inputs.recursive, notes) : ok(cluster.texts);
    const loaded = made.ok ? loadManifests(made.value) : made;
    if (!loaded.ok) {
      complete = false;
      faults.push(...(made.ok ? withoutTemplates(loaded.faults, made.value) : loaded.faults));
      continue;
    }
    objects.push(loaded.value);
    const place = { segments: segmentsOf(parts), nodes: nodePlaces(loaded.value, links.ok ? links.value : NO_LINKS) };
    const result = readCluster(loaded.value, cluster, place, notes);
    if (!result.ok) faults.push(...result.faults);
    else if (result.value.speakers.length === 0) faults.push(noNode(cluster, loaded.value, result.value.findings));
    else {
      parts.push({ speakers: result.value.speakers, segments: result.value.segments });
      findings.push(...result.value.findings);
    }
  }
  // Names that lead nowhere mean nothing while what they may name could not be read.
  if (links.ok && complete) {
    const nodes = objects.flatMap((each) => each.nodes.map((node) => node.metadata.name));
    const given = sorted.networks.flatMap((network) => network.speakers.map((speaker) => speaker.name));
    faults.push(...checkEnds(links.value, read.texts, [...nodes, ...given]));
  }
  if (faults.length > 0) return { ok: false, faults };
  if (parts.flatMap((part) => part.speakers ?? []).length === 0) return fail(nothing(names, notes));
  const combined = combineParts(parts);
  if (!combined.ok) return combined;
  const joined = joinPasswords(joinFamilies(combined.value));
  const network = validateNetwork(joined);
  if (!network.ok) return { ok: false, faults: network.faults.map((each) => worded(each, joined)) };
  return ok({ network: network.value, findings, objects, routers: read.texts, inputs, notes });
}

const NO_LINKS: Links = { links: [], addresses: new Map() };

/** The clusters of snapshots, and the one that flags describe: its manifests were sorted out of the named files. */
function clustersOf(
  inputs: Inputs,
  manifests: TextFile[],
  options: InputOptions,
): (ClusterInput & { texts?: TextFile[] })[] {
  if (manifests.length === 0) return inputs.clusters;
  const { cni, cniVersion, cniSettings, cluster } = options;
  const flagged = {
    files: manifests.map(({ file }) => file),
    texts: manifests,
    ...(cni === undefined ? {} : { cni }),
    ...(cniVersion === undefined ? {} : { version: cniVersion }),
    ...(cniSettings === undefined ? {} : { settings: cniSettings }),
    ...(cluster === undefined ? {} : { name: cluster }),
  };
  return [...inputs.clusters, flagged];
}

/** The validator's paths count speakers; whoever gave configurations and manifests knows them by name. */
function worded(fault: Fault, network: Network): Fault {
  const path = fault.path
    .replace(/^speakers\[(\d+)\]\.?/, (_, at: string) => `${network.speakers[Number(at)]?.name ?? at} `)
    .replace(/^segments\[(\d+)\]\.?/, (_, at: string) => `segment ${network.segments[Number(at)]?.name ?? at} `);
  return { ...fault, path: path.trim() };
}

function sortOut(
  files: readonly TextFile[],
  notes: string[],
): { networks: Network[]; manifests: TextFile[]; faults: Fault[] } {
  const networks: Network[] = [];
  const manifests: TextFile[] = [];
  const faults: Fault[] = [];
  for (const file of files) {
    if (file.text.trim() === "") {
      notes.push(`${file.file}: there is nothing in it`);
      continue;
    }
    const value = networkIn(file.text);
    if (value === undefined) {
      const other = otherInput(file);
      if (other === undefined) manifests.push(file);
      else faults.push(other);
      continue;
    }
    const network = validateNetwork(value);
    if (network.ok) networks.push(network.value);
    else faults.push(...network.faults.map((fault) => ({ ...fault, file: file.file })));
  }
  return { networks, manifests, faults };
}

function linksOf(files: readonly string[]): Result<Links> {
  const all: Links[] = [];
  const faults: Fault[] = [];
  for (const file of files) {
    const text = readText(file);
    const read = text.ok ? readLinks(text.value.text, text.value.file) : text;
    if (read.ok) all.push(read.value);
    else faults.push(...read.faults);
  }
  return faults.length > 0 ? { ok: false, faults } : ok(joinLinks(all));
}
