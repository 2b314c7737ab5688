/** A change in the words of the field: what was changed, from what to what, and where it is written. Never an object. */
import type { Source } from "../bgp/network";
import type { Change, Part } from "./changes";

const PARTS: Partial<Record<Part, string>> = {
  speaker: "",
  segment: "",
  other: "",
  bgp: "",
  route: "static route",
  origination: "",
  group: "peer group",
};

const FIELDS: Readonly<Record<string, string>> = {
  asn: "AS",
  remoteAs: "remote AS",
  localAs: "local AS",
  routerId: "router id",
  clusterId: "cluster id",
  bfd: "BFD",
  med: "MED",
  ipv4: "IPv4",
  ipv6: "IPv6",
  nextHopSelf: "next hop self",
  allowAsIn: "own AS accepted",
  ttlSecurity: "TTL security",
  via: "next hop",
};

/** "families.ipv4.importPolicy" -> "IPv4 import policy". */
function fieldWords(field: string): string {
  return field
    .split(".")
    .filter((step) => step !== "families" && step !== "terms" && step !== "")
    .map(
      (step) => FIELDS[step] ?? step.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`),
    )
    .join(" ");
}

/** "worker3: label bgp-peer is now "true", was absent". */
export function printChange(one: Change): string {
  const subject = [PARTS[one.part] ?? one.part, one.segment ?? one.name ?? "", fieldWords(one.field)]
    .filter((word) => word !== "")
    .join(" ");
  const head = one.speaker === undefined ? `segment ${subject}` : `${one.speaker}: ${subject}`.replace(/: $/, "");
  const source = one.source === undefined ? "" : ` (${printSource(one.source)})`;
  if (one.after === undefined && (one.field === "" || one.part === "label")) return `${head} is gone${source}`;
  if (one.before === undefined && one.field === "" && one.part !== "label") return `${head} is new${source}`;
  if (Array.isArray(one.before) || Array.isArray(one.after)) return `${head} ${listWords(one)}${source}`;
  const [before, after] = [valueWords(one.before), valueWords(one.after)];
  if (before === undefined || after === undefined) return `${head} is changed${source}`;
  return `${head} is now ${after}, was ${before}${source}`;
}

/** "gets 10.0.0.0/8, loses term 20": members by what names them; where only their content differs, which ones. */
function listWords({ before, after }: Change): string {
  const [lost, got] = [names(before), names(after)];
  const changed = got.filter((name) => lost.includes(name));
  const words = [
    some("changes", changed),
    some(
      "gets",
      got.filter((name) => !changed.includes(name)),
    ),
    some(
      "loses",
      lost.filter((name) => !changed.includes(name)),
    ),
  ].filter((text) => text !== "");
  return words.length === 0 ? "is changed" : words.join(", ");
}

function some(verb: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  return `${verb} ${items.slice(0, 3).join(", ")}${items.length > 3 ? ` and ${items.length - 3} more` : ""}`;
}

function names(list: unknown): string[] {
  if (list === undefined) return [];
  return (Array.isArray(list) ? (list as unknown[]) : [list]).map((item) => valueWords(item) ?? memberName(item));
}

function memberName(item: unknown): string {
  const { seq, action, prefix, name, address, interface: port, what, ge, le } = item as Record<string, unknown>;
  if (typeof what === "string") return `"${what}"`;
  if (typeof prefix === "string") {
    const bounds = [typeof ge === "number" ? `ge ${ge}` : "", typeof le === "number" ? `le ${le}` : ""];
    return [typeof action === "string" ? action : "", prefix, ...bounds].filter((word) => word !== "").join(" ");
  }
  for (const one of [name, address, port]) if (typeof one === "string") return one;
  return typeof seq === "number" ? `term ${seq}` : "a term";
}

/** A plain value as a person writes it; undefined for what is no plain value. */
function valueWords(value: unknown): string | undefined {
  if (value === undefined) return "absent";
  if (typeof value === "string") return value.length > 60 ? `"${value.slice(0, 57)}..."` : `"${value}"`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return undefined;
}

export function printSource(source: Source): string {
  const place = [source.file, source.line].filter((part) => part !== undefined).join(":");
  return [place, source.field ?? ""].filter((part) => part !== "").join(" ");
}
