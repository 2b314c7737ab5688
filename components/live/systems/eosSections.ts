/**
 * A configuration of EOS as the tree that its indentation is, and the parts of it that are a program's: `router bgp` with
 * its own address families, and lists and route-maps by their names. EVPN, VLANs and other VRFs under `router bgp` are
 * somebody else's, and stay. Pure.
 */
import type { Edit } from "./edits";

export interface Node {
  line: string;
  under: Node[];
}

export function treeOf(text: string): Node[] {
  const root: Node[] = [];
  const open: { indent: number; under: Node[] }[] = [{ indent: -1, under: root }];
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line === "" || line.startsWith("!") || line === "end" || line === "exit") continue;
    const indent = raw.length - raw.trimStart().length;
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
    const node: Node = { line, under: [] };
    open.at(-1)?.under.push(node);
    open.push({ indent, under: node.under });
  }
  return root;
}

export function textOf(nodes: readonly Node[], depth = 0): string {
  return nodes.map(({ line, under }) => `${"   ".repeat(depth)}${line}\n${textOf(under, depth + 1)}`).join("");
}

/** Commands that bring a configuration mode to these lines. A block of EOS is left by `exit`. */
export function commandsOf(nodes: readonly Node[]): string[] {
  return nodes.flatMap(({ line, under }) => (under.length === 0 ? [line] : [line, ...commandsOf(under), "exit"]));
}

const BGP = /^router bgp \S+$/;
/** Blocks of `router bgp` that are the program's; a VRF is where the program has it. */
const OWN_BLOCK = /^address-family (ipv4|ipv6)$/;

/** What each list or policy is removed by: "route-map IN" by "no route-map IN". */
const NAMED: readonly RegExp[] = [
  /^(route-map \S+) (?:permit|deny) \d+$/,
  /^((?:ip|ipv6) prefix-list \S+)(?: seq .*)?$/,
  /^(ip (?:large-)?community-list (?:regexp )?\S+) (?:permit|deny) /,
  /^(ip as-path access-list \S+) (?:permit|deny) /,
];

/** "route-map IN" of a line that belongs to it, "router bgp" of the instance. */
export function keyOf(line: string): string | undefined {
  if (BGP.test(line)) return "router bgp";
  for (const pattern of NAMED) {
    const key = pattern.exec(line)?.[1];
    if (key !== undefined) return key;
  }
  return undefined;
}

export function keysOf(text: string): Set<string> {
  return new Set(["router bgp", ...treeOf(text).flatMap(({ line }) => keyOf(line) ?? [])]);
}

/** Headers of blocks under `router bgp` that the texts have besides their address families: VRFs. */
function blocksOf(texts: readonly string[]): Set<string> {
  return new Set(
    texts
      .flatMap((text) => instanceOf(treeOf(text))?.under ?? [])
      .flatMap((node) => (node.under.length > 0 ? node.line : [])),
  );
}

function instanceOf(nodes: readonly Node[]): Node | undefined {
  return nodes.find(({ line }) => BGP.test(line));
}

/** Parts of the device's own configuration that have one of the keys; of `router bgp` what is the program's to have. */
export function only(running: string, keys: ReadonlySet<string>, texts: readonly string[] = []): string {
  const own = blocksOf(texts);
  const parts = treeOf(running).flatMap((node): Node[] => {
    const key = keyOf(node.line);
    if (key === undefined || !keys.has(key)) return [];
    return key === "router bgp" ? [{ ...node, under: node.under.filter((one) => isOwn(one, own)) }] : [node];
  });
  return textOf(parts);
}

function isOwn({ line, under }: Node, own: ReadonlySet<string>): boolean {
  return under.length === 0 ? !isBlock(line) : OWN_BLOCK.test(line) || own.has(line);
}

/** Blocks that may be empty: they are somebody's all the same. */
function isBlock(line: string): boolean {
  return /^(vrf|vlan|vlan-aware-bundle|address-family (?!ipv4$|ipv6$))/.test(line);
}

/**
 * Commands of a session that put the text in the place of what has one of the keys. What is left alone under
 * `router bgp` is entered again as it runs, so that it differs by nothing.
 */
export function replacement(
  running: string,
  text: string,
  keys: ReadonlySet<string>,
  earlier: readonly string[] = [],
): string[] {
  const nodes = treeOf(running);
  const own = blocksOf([text, ...earlier]);
  const instance = instanceOf(nodes);
  const removed = new Set(nodes.flatMap(({ line }) => keyOf(line) ?? []).filter((key) => keys.has(key)));
  removed.delete("router bgp");
  const kept = (instance?.under ?? []).filter((node) => !isOwn(node, own));
  const put = treeOf(text).filter(({ line }) => keyOf(line) !== undefined);
  const wanted = instanceOf(put)?.line;
  const stays = instance === undefined || kept.length === 0 ? [] : [{ line: wanted ?? instance.line, under: kept }];
  return [
    ...(instance === undefined ? [] : [`no ${instance.line}`]),
    ...[...removed].map((key) => `no ${key}`),
    ...commandsOf([...put, ...stays]),
  ];
}

/** What running configuration and candidate do not share, each line under the lines that it stands in. */
export function differences(running: string, candidate: string): Edit[] {
  return [
    ...missingIn(treeOf(running), treeOf(candidate), "live"),
    ...missingIn(treeOf(candidate), treeOf(running), "missing"),
  ];
}

function missingIn(from: readonly Node[], other: readonly Node[], kind: Edit["kind"], context: string[] = []): Edit[] {
  const there = new Map(other.map((node) => [node.line, node]));
  return from.flatMap((node) => {
    const same = there.get(node.line);
    const own = same === undefined ? [{ kind, context, line: node.line }] : [];
    return [...own, ...missingIn(node.under, same?.under ?? [], kind, [...context, node.line])];
  });
}

/** Neighbors, groups and ranges of the device's own instance; its AS. */
export function instanceFacts(text: string): { asn?: number; neighbors: Set<string> } {
  const instance = instanceOf(treeOf(text));
  const asn = /^router bgp (\d+)$/.exec(instance?.line ?? "")?.[1];
  const neighbors = (instance?.under ?? []).flatMap(({ line }) => {
    const [, port] = /^neighbor interface (\S+) peer-group/.exec(line) ?? [];
    const [, neighbor] = /^neighbor (\S+) (?:remote-as|peer[ -]group)\b/.exec(line) ?? [];
    const [, range] = /^bgp listen range (\S+) /.exec(line) ?? [];
    return port ?? neighbor ?? range ?? [];
  });
  return { ...(asn === undefined ? {} : { asn: Number(asn) }), neighbors: new Set(neighbors) };
}
