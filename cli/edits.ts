/** What a person changed between two sets of Kubernetes objects: the root that a difference's causes lead back to. */
import { CNIS } from "../components/cni";
import { groupOf, nameOf, type ClusterObjects, type KubernetesObject, type Node } from "../components/cni/objects";
import { leaves } from "../components/forecast/changes";
import type { Edit } from "../components/forecast/edits";
import type { Gathered } from "./gather";

export function editsOf(before: Gathered, after: Gathered): Edit[] {
  // A Network has no objects: that it was made from other ones, or from none, is no change.
  if ([before, after].some(fromNetwork)) return [];
  const [was, is] = [byName(before.objects), byName(after.objects)];
  const edits: Edit[] = [];
  for (const key of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const [old, now] = [was.get(key), is.get(key)];
    const words = objectWords(old, now);
    const object = old ?? now;
    if (words === "" || object === undefined) continue;
    const name = nameOf(object);
    edits.push({ object: name, words, ...(object.kind === "Node" ? { speaker: object.metadata.name } : {}) });
  }
  return edits;
}

const fromNetwork = ({ objects, network }: Gathered): boolean =>
  objects.length === 0 && network.speakers.some(({ role }) => role === "node");

function byName(all: readonly ClusterObjects[]): Map<string, KubernetesObject> {
  const map = new Map<string, KubernetesObject>();
  for (const { nodes, services = [], endpointSlices = [], resources = [] } of all) {
    for (const object of [...nodes, ...services, ...endpointSlices, ...resources]) {
      map.set(`${groupOf(object.apiVersion)} ${nameOf(object)}`, object);
    }
  }
  return map;
}

function objectWords(old: KubernetesObject | undefined, now: KubernetesObject | undefined): string {
  if (old === now) return "";
  if (old === undefined) return "new";
  if (now === undefined) return "gone";
  const words: string[] = [];
  const note = (kind: string, name: string, was: unknown, is: unknown): void => {
    words.push(`${kind}${name} ${changeText(was, is)}`);
  };
  compare(old.metadata.labels ?? {}, now.metadata.labels ?? {}, (name, was, is) => note("label ", name, was, is));
  // Most annotations are other programs' notes and change by themselves.
  const [noted, notes] = [old.metadata.annotations ?? {}, now.metadata.annotations ?? {}];
  compare(noted, notes, (name, was, is) => {
    if (ofACni(name)) note("annotation ", name.split("/").at(-1) ?? name, was, is);
  });
  const rest = (object: KubernetesObject): unknown => {
    const { spec, status, endpoints } = object as Node & { endpoints?: unknown };
    const { addresses, loadBalancer } = (status ?? {}) as { addresses?: unknown; loadBalancer?: unknown };
    return { spec, endpoints, status: { addresses, loadBalancer } };
  };
  leaves(rest(old), rest(now), "", (field, was, is) => note("", field, was, is));
  if (words.length <= 4) return words.join(", ");
  return `${words.slice(0, 3).join(", ")} and ${words.length - 3} more`;
}

const DOMAINS = Object.values(CNIS).map(({ domain }) => domain);

function ofACni(annotation: string): boolean {
  const owner = annotation.split("/")[0] ?? "";
  return DOMAINS.some((domain) => owner === domain || owner.endsWith(`.${domain}`));
}

function compare(
  old: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  found: (name: string, was: string | undefined, is: string | undefined) => void,
): void {
  for (const name of [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()) {
    if (old[name] !== now[name]) found(name, old[name], now[name]);
  }
}

function changeText(was: unknown, is: unknown): string {
  if (is === undefined && !Array.isArray(was)) return "gone";
  const members = membersText(was, is);
  if (members !== undefined) return members;
  const [before, after] = [plain(was), plain(is)];
  if (before === undefined || after === undefined) return "changed";
  return was === undefined ? `is ${after}, was absent` : `is now ${after}, was ${before}`;
}

/** "gets 10.0.0.0/24, loses 10.1.0.0/24": of a list whose members are plain, or have one plain field. */
function membersText(was: unknown, is: unknown): string | undefined {
  const [before, after] = [namesIn(was), namesIn(is)];
  if (before === undefined || after === undefined) return undefined;
  const words = [
    ["gets", after.filter((name) => !before.includes(name))],
    ["loses", before.filter((name) => !after.includes(name))],
  ] as const;
  const told = words.filter(([, names]) => names.length > 0);
  return told.length === 0 || told.some(([, names]) => names.length > 3)
    ? undefined
    : told.map(([word, names]) => `${word} ${names.join(", ")}`).join(", ");
}

function namesIn(list: unknown): string[] | undefined {
  if (list === undefined) return [];
  if (!Array.isArray(list)) return undefined;
  const names = list.map((each: unknown) => {
    const values: unknown[] = typeof each === "object" && each !== null ? Object.values(each) : [each];
    return values.length === 1 && typeof values[0] === "string" ? values[0] : undefined;
  });
  return names.includes(undefined) ? undefined : (names as string[]);
}

function plain(value: unknown): string | undefined {
  if (value === undefined) return "absent";
  if (typeof value === "string") return value.length > 60 ? `"${value.slice(0, 57)}..."` : `"${value}"`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
