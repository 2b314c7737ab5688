/** What a fuzz run feeds the command: arbitrary bytes, arbitrary YAML, and valid input with something wrong in it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Dice } from "../fidelity/dice";
import { draw } from "../fidelity/random";

export type Kind = "bytes" | "yaml" | "mutated";

const WORDS = [
  ...[
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "spec",
    "items",
    "List",
    "Node",
    "Service",
    "BGPPeer",
    "BGPConfiguration",
  ],
  ...["speakers", "segments", "version", "neighbors", "asn", "bgp", "router bgp", "neighbor", "remote-as", "route-map"],
  ...[
    "!include x",
    "&a",
    "*a",
    "<<",
    "---",
    "...",
    "|",
    ">-",
    "\u0000",
    "\ud800",
    "😀",
    "1e999",
    "-0",
    "0x7f",
    "~",
    "null",
  ],
  ...["10.0.0.0/33", "::ffff:1.2.3.4", "fe80::1%eth0", "4294967296", "65536:1", "all()", "!has(x)", "((((", "has("],
];

export function bytes(d: Dice): string {
  const length = d.pick([0, 1, 7, 200, 5000]);
  const made = Buffer.alloc(length);
  const printable = d.chance(0.5);
  for (let at = 0; at < length; at++)
    made[at] = printable ? d.pick([10, 32, 33, 58, 45, 91, 123, 39, 34, 97, 48, 46]) : d.between(0, 255);
  return made.toString("base64");
}

export function yaml(d: Dice): string {
  return Buffer.from(stringify(value(d, 4), { aliasDuplicateObjects: false })).toString("base64");
}

function value(d: Dice, depth: number): unknown {
  const roll = d.next();
  if (depth === 0 || roll < 0.35) {
    return d.pick<unknown>([d.pick(WORDS), d.between(-5, 70000), true, null, "", 1e308, d.pick(WORDS).repeat(50)]);
  }
  if (roll < 0.55) return Array.from({ length: d.between(0, 4) }, () => value(d, depth - 1));
  return Object.fromEntries(Array.from({ length: d.between(0, 5) }, () => [d.pick(WORDS), value(d, depth - 1)]));
}

const examples = (checkout: string): string[] =>
  ["selective/cluster.yaml", "no-policy.json", "tor1.conf", "links.yaml"].map((file) =>
    readFileSync(join(checkout, "docs/examples", file), "utf8"),
  );

/** A valid text of the kind that the caller wants, with a few cuts, copies, swaps and foreign words. */
export function mutated(d: Dice, checkout: string, which: "manifests" | "network" | "router" | "links"): string {
  const [manifests = "", network = "", router = "", links = ""] = examples(checkout);
  let text = {
    manifests,
    network: d.chance(0.5) ? network : JSON.stringify(draw(d.between(1, 500), { frr10: true }).network),
    router,
    links,
  }[which];
  for (let count = d.between(1, 4); count > 0; count--) text = mutation(d, text);
  return Buffer.from(text).toString("base64");
}

function mutation(d: Dice, text: string): string {
  const at = d.between(0, text.length);
  const end = Math.min(text.length, at + d.between(1, 40));
  switch (d.between(0, 6)) {
    case 0:
      return text.slice(0, at) + text.slice(end);
    case 1:
      return text.slice(0, at) + text.slice(at, end).repeat(d.pick([2, 3, 200])) + text.slice(end);
    case 2:
      return text.slice(0, at) + d.pick(WORDS) + text.slice(at);
    case 3:
      return text.replace(/\d+/g, (number) =>
        d.chance(0.05) ? d.pick(["0", "-1", "4294967296", "99999999999999999999"]) : number,
      );
    case 4:
      return text.slice(0, at);
    case 5:
      return text.replace(/"[^"]*"/g, (quoted) => (d.chance(0.03) ? d.pick(['""', "null", "[]", "{}"]) : quoted));
    default: {
      const lines = text.split("\n");
      return d.shuffle(lines.map((_, index) => index)).length > 2 ? swapped(d, lines).join("\n") : text;
    }
  }
}

function swapped(d: Dice, lines: string[]): string[] {
  const [a, b] = [d.between(0, lines.length - 1), d.between(0, lines.length - 1)];
  const copy = [...lines];
  [copy[a], copy[b]] = [copy[b] ?? "", copy[a] ?? ""];
  return copy;
}
