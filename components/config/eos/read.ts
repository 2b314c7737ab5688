/**
 * A running-config of Arista EOS as speakers: the device and each of its VRFs. Not verified against a running switch.
 * Blocks go by their indentation, as EOS prints them; a line that FRR has in the same or other words is read as FRR's.
 */
import type { NeighborSettings } from "../../bgp/network";
import { readBgpLine, type Eos } from "./readBgp";
import { finish } from "../ios/finish";
import { foreignSign } from "../ios/foreign";
import { match } from "../ios/grammar";
import { readList } from "../ios/readLists";
import { readClauseLine } from "../ios/readPolicy";
import { inFull, lineOf, printed, splitLines, type Line } from "../ios/lines";
import {
  build,
  device,
  deviceName,
  family as familyOfSettings,
  fault,
  harmless,
  note,
  unknown,
  type Build,
  type Reading,
  type ReadOptions,
} from "../ios/reading";
import { BGP, BGP_FAMILY, BGP_VRF, CLAUSE, INTERFACE, TOP } from "./grammar";
import { vrfOf, type Block, type Reader } from "./blocks";
import { foldMissing } from "./missingPolicy";
import { readInterfaceLine, readTop } from "./readTop";

export function readEos(text: string, options: ReadOptions = {}): Reading {
  const { lines, tooLong } = splitLines(text);
  const own = device(options, { system: "eos", version: options.version ?? versionOf(text) });
  const groups = new Map<string, NeighborSettings>();
  const r: Reader = { main: build(own, undefined, groups), vrfs: new Map(), groups, instances: new Map() };
  if (tooLong)
    own.faults.push({
      path: "",
      found: `${text.length} characters`,
      expected: "a configuration of at most 20 million",
    });
  const foreign = foreignSign(text, "eos");
  if (foreign !== undefined) {
    fault(r.main, foreign, printed(foreign), "a configuration of EOS: this line is FRR's, whose files are read as FRR");
    // What the other reader would miss in it is no fault of the file.
    const foreignFaults = [...own.faults];
    return { ...finish([r.main], options), faults: foreignFaults };
  }
  let block: Block = { kind: "top" };
  let banner = false;
  for (const [index, line] of lines.entries()) {
    // The text of a banner is free, and ends with a line of its own.
    if (banner) {
      banner = line.text !== "EOF";
      own.lines.is(line, "harmless", "the text of a banner");
      continue;
    }
    banner = /^banner (login|motd)$/.test(line.text) && lines.slice(index).some(({ text }) => text === "EOF");
    while (block.kind !== "top" && leaves(block, line)) block = outer(block);
    own.lines.is(line, "understood");
    const full = resolved(block, line);
    const next = readLine(r, block, full);
    if (next !== undefined) block = next;
    else unread(r, block, full);
  }
  const builds = [r.main, ...r.vrfs.values()];
  for (const b of builds) {
    b.interfaces = new Map(
      [...b.interfaces].filter(
        ([name, port]) =>
          isPeer(b, name) ||
          isLinked(b, options, name) ||
          // The management network is no part of the fabric, unless BGP runs in its table.
          (port.addresses.length > 0 && (b.vrf !== undefined || !/^Management/i.test(name))),
      ),
    );
    const instance = r.instances.get(b);
    for (const [id, settings] of instance?.shared ?? []) {
      const target = b.neighbors.get(id) ?? b.groups.get(id);
      if (target === undefined) continue;
      if (target.families?.ipv4?.active !== false) Object.assign(familyOfSettings(target, "ipv4"), settings);
      if (target.families?.ipv6?.active === true) Object.assign(familyOfSettings(target, "ipv6"), settings);
    }
    foldMissing(b, instance?.missing ?? []);
  }
  return finish(builds, options);
}

/** "! device: leaf1 (cEOSLab, EOS-4.32.0F)" heads what a switch prints. */
function versionOf(text: string): string {
  return /^! .*EOS-([0-9]{1,2}\.[0-9]{1,3})/m.exec(text.slice(0, 2000))?.[1] ?? "4.32";
}

const isPeer = (b: Build, name: string): boolean => [...b.neighbors.values()].some((one) => one.interface === name);
const isLinked = (b: Build, options: ReadOptions, name: string): boolean =>
  (options.links?.links ?? []).some((link) => link.ends.includes(`${deviceName(b.device)}:${name}`));

function leaves(block: Block, line: Line): boolean {
  if (block.kind === "other" || block.kind === "family" || block.kind === "bgp") return line.indent <= block.indent;
  return line.indent === 0;
}

function outer(block: Block): Block {
  return "around" in block ? block.around : { kind: "top" };
}

/** The line with its words in full, as far as they are known; the tables are not all of what EOS knows. */
function resolved(block: Block, line: Line): Line {
  const grammar =
    block.kind === "top"
      ? TOP
      : block.kind === "interface"
        ? INTERFACE
        : block.kind === "clause"
          ? CLAUSE
          : block.kind === "family"
            ? BGP_FAMILY
            : block.kind === "bgp"
              ? block.b.vrf === undefined
                ? BGP
                : BGP_VRF
              : undefined;
  if (grammar === undefined) return line;
  const found = match(grammar, line.words, line.no);
  return found.is === "one" ? inFull(line, found.words) : line;
}

/** A line that no rule covers; an ambiguous one is a fault, since EOS refuses it. */
function unread(r: Reader, block: Block, line: Line): void {
  const { b } = "b" in block ? block : { b: r.main };
  const touched = touches(block, line);
  if (block.kind === "family") note(b, line, printed(line), touched, { family: block.family });
  else unknown(b, line, touched);
}

function touches(block: Block, line: Line): { neighbor?: string; policy?: string } {
  if (block.kind === "clause") return { policy: block.policy };
  const [first, second, third] = line.words;
  const id = first !== "neighbor" ? undefined : second === "interface" ? third : second;
  return id === undefined ? {} : { neighbor: id };
}

function readLine(r: Reader, block: Block, line: Line): Block | undefined {
  if (line.text === "exit" || line.text === "end") return line.text === "end" ? { kind: "top" } : outer(block);
  switch (block.kind) {
    case "other":
      harmless(r.main, line, block.why);
      return block;
    case "top":
      return readTop(r, line);
    case "interface":
      return readInterfaceLine(r, block.name, line) ? block : undefined;
    case "list": {
      const whole = lineOf(`${block.words} ${line.text}`, line.number);
      if (whole !== undefined) readList(r.main, whole);
      return block;
    }
    case "clause":
      return readClauseLine(r.main, block.policy, block.term, clauseLine(line)) ? block : undefined;
    case "bgp":
      return readInBgp(r, block, line);
    case "family":
      return readBgpLine(eosOf(r, block.b), line, block.family) ? block : undefined;
  }
}

function eosOf(r: Reader, b: Build): Eos {
  const known: Eos = r.instances.get(b) ?? { b, shared: new Map() };
  r.instances.set(b, known);
  return known;
}

function readInBgp(r: Reader, block: Block & { kind: "bgp" }, line: Line): Block | undefined {
  const [first, second, third] = line.words;
  if (first === "address-family") {
    if ((second === "ipv4" || second === "ipv6") && third === undefined) {
      return { kind: "family", b: block.b, family: second, indent: line.indent, around: block };
    }
    return other(r, line, block, `the address family ${line.words.slice(1).join(" ")}`);
  }
  if (first === "vlan" || first === "vlan-aware-bundle") return other(r, line, block, "EVPN of a VLAN");
  if (first === "vrf" && block.b.vrf === undefined && !line.no) {
    const b = vrfOf(r, second);
    b.asn ??= block.b.asn;
    return { kind: "bgp", b, indent: line.indent, around: block };
  }
  return readBgpLine(eosOf(r, block.b), line, undefined) ? block : undefined;
}

function other(r: Reader, line: Line, around: Block, why: string): Block {
  harmless(r.main, line, why);
  return { kind: "other", indent: line.indent, around, why };
}

function clauseLine(line: Line): Line {
  const text = line.text
    .replace(
      /^set (large-)?community (?:large-)?community-list (\S+) delete$/,
      (_all, large: string | undefined, name: string) =>
        large === undefined ? `set comm-list ${name} delete` : `set large-comm-list ${name} delete`,
    )
    .replace(/^set ipv6 next-hop ([0-9a-fA-F:.]+)$/, "set ipv6 next-hop global $1");
  return lineOf(text, line.number) ?? line;
}
