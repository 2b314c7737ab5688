/**
 * A frr.conf, or what vtysh prints of a running FRR (8.4 to 10), as speakers: the device and each of its VRFs. Lines find
 * their place as in FRR: a line that the current block does not know is tried in the one around it, so that indentation
 * and "exit" mean nothing; words may be abbreviated as long as they are unambiguous.
 */
import { nearest } from "../../model/nearest";
import { foreignSign } from "../ios/foreign";
import { finish } from "../ios/finish";
import { match, type Grammar } from "../ios/grammar";
import { fromWord, inFull, lineOf, printed, splitLines, type Line } from "../ios/lines";
import { readFamilyLine, readInstance } from "../ios/readBgp";
import { readClauseLine } from "../ios/readPolicy";
import { build, device, fault, note, unknown, type Reading, type ReadOptions } from "../ios/reading";
import { TOP_BLOCK, type Block, type Frr } from "./blocks";
import { BGP, BGP_FAMILY } from "./grammar/bgp";
import { CLAUSE } from "./grammar/policy";
import { BFD, INTERFACE, TOP, VRF } from "./grammar/top";
import { readBfdLine, readInterfaceLine } from "./readInterface";
import { placeVrfMembers } from "./vrfMembers";
import { readIp, readTop } from "./readTop";

export function readFrr(text: string, options: ReadOptions = {}): Reading {
  const { lines, tooLong } = splitLines(text);
  const own = device(options, {
    system: "frr",
    version: options.version ?? "8.4",
    profile: options.profile ?? "traditional",
  });
  const f: Frr = { main: build(own), vrfs: new Map(), options, wide: {} };
  if (tooLong)
    own.faults.push({
      path: "",
      found: `${text.length} characters`,
      expected: "a configuration of at most 20 million",
    });
  const foreign = foreignSign(text, "frr");
  if (foreign !== undefined) {
    fault(f.main, foreign, printed(foreign), "a configuration of FRR: this line is EOS's, whose files are read as EOS");
    // What the other reader would miss in it is no fault of the file.
    const foreignFaults = [...own.faults];
    return { ...finish([f.main], options), faults: foreignFaults };
  }
  let block = TOP_BLOCK;
  for (const line of lines) block = withoutComment(f, block, line) ?? readLine(f, block, line) ?? block;
  placeVrfMembers(f.main, f.vrfs.values());
  const builds = [f.main, ...f.vrfs.values()];
  // An instance's own graceful-restart wins; maintenance is asked of both (bgp_in_graceful_shutdown, FRR 8.4).
  for (const { bgp } of builds) {
    const { gracefulRestart = f.wide.gracefulRestart } = bgp;
    if (gracefulRestart !== undefined) bgp.gracefulRestart = gracefulRestart;
    if (f.wide.gracefulShutdown === true) bgp.gracefulShutdown = true;
  }
  return finish(builds, options);
}

/** A neighbor's line touches that neighbor alone, wherever it stands. */
function touched(line: Line): { neighbor?: string } {
  const id = line.words[0] === "neighbor" ? line.words[1] : undefined;
  return id === undefined ? {} : { neighbor: id };
}

/** Lines that end in free text, where such a sign is part of it. */
const FREE_TEXT = /\b(desc\w*|access-list|community-list|pass\w*|banner|message)\b/;

/**
 * People write comments behind commands; FRR takes such a line for an unknown command. It is read as it was meant, and
 * what it touches is noted, since a router that has this text does not do it.
 */
function withoutComment(f: Frr, block: Block, line: Line): Block | undefined {
  const hash = FREE_TEXT.test(line.text) ? -1 : line.text.search(/[ \t][#!]/);
  const bare = hash < 0 ? undefined : lineOf(`${" ".repeat(line.indent)}${line.text.slice(0, hash)}`, line.number);
  if (bare === undefined || placed(block, bare).is !== "one") return undefined;
  const next = readLine(f, block, bare);
  const { b } = "b" in block ? block : { b: f.main };
  note(b, line, `${printed(line)}: FRR refuses a comment behind a command`, touched(line));
  return next;
}

/** The commands that a block knows, and the block around it; what is not looked into knows none. */
function grammarOf(block: Block): { grammar?: Grammar; around?: Block } {
  switch (block.kind) {
    case "top":
      return { grammar: TOP };
    case "vrf":
      return { grammar: VRF, around: TOP_BLOCK };
    case "interface":
      return { grammar: INTERFACE, around: TOP_BLOCK };
    case "bgp":
      return { grammar: BGP, around: TOP_BLOCK };
    case "family":
      return { grammar: BGP_FAMILY, around: { kind: "bgp", b: block.b } };
    case "clause":
      return { grammar: CLAUSE, around: TOP_BLOCK };
    case "bfd":
      return { grammar: BFD, around: TOP_BLOCK };
    case "other":
      return { around: block.around };
  }
}

type Placed =
  { is: "one"; block: Block; line: Line } | { is: "ambiguous" | "unknown"; at: number; candidates: string[] };

/** The innermost block that knows the line, and the line in full; or how far any of them followed it. */
function placed(from: Block, line: Line): Placed {
  let best: Placed & { is: "ambiguous" | "unknown" } = { is: "unknown", at: -1, candidates: [] };
  for (let block: Block | undefined = from; block !== undefined;) {
    const { grammar, around }: { grammar?: Grammar; around?: Block } = grammarOf(block);
    const found = grammar === undefined ? undefined : match(grammar, line.words, line.no);
    if (found?.is === "one") return { is: "one", block, line: inFull(line, found.words) };
    if (found !== undefined && found.at > best.at) best = found;
    // vtysh looks no further then (command_config_read_one_line in FRR's lib/command.c).
    if (found?.is === "ambiguous") return found;
    block = around;
  }
  return best;
}

/** Words that end a block; the parser of FRR takes them in every one. */
const ENDS = /^(exit-address-family|exit-vrf|exit-vni|end|exit|quit)$/;

/** What a running router prints above its configuration. */
const HEADINGS = /^(Building configuration|Current configuration)/;

/** The block after the line. */
function readLine(f: Frr, block: Block, line: Line): Block | undefined {
  const alone = line.words.length === 1 ? (line.words[0] ?? "") : "";
  f.main.device.lines.is(line, "understood");
  if (HEADINGS.test(line.text)) return block;
  // Blocks within one that is not looked into have ends of their own.
  const inner = block.kind === "other" && line.indent > block.indent && alone !== "end";
  if (ENDS.test(alone)) return inner ? block : around(block, alone);
  if (block.kind === "other" && line.indent > 0) {
    f.main.device.lines.is(line, "harmless", block.why);
    return block;
  }
  const found = placed(block, line);
  if (found.is === "one") {
    if (found.block !== block) f.left = { block, line };
    return dispatch(f, found.block, found.line) ?? block;
  }
  if (block.kind === "other") {
    f.main.device.lines.is(line, "harmless", block.why);
    return block;
  }
  if (f.left !== undefined && placed(f.left.block, line).is === "one") {
    outside(f, f.left, line);
    return block;
  }
  const shown = `${line.no ? "no " : ""}${line.words.slice(0, Math.max(found.at, 0) + 1).join(" ")}`;
  fault(
    f.main,
    line,
    shown,
    found.is === "ambiguous"
      ? `a word that is not ambiguous: FRR knows ${some(found.candidates)}`
      : `a command that FRR knows: ${found.at < 1 ? "it has none of that name here" : `next comes ${some(found.candidates)}`}${meant(line.words[Math.max(found.at, 0)], found.candidates)}`,
  );
  return block;
}

/** A line of a block that another line has ended before: the first of them says so for all. */
function outside(f: Frr, left: NonNullable<Frr["left"]>, line: Line): void {
  if (left.said === true) return f.main.device.lines.is(line, "fault");
  left.said = true;
  fault(
    f.main,
    line,
    // What a line says that FRR refuses may be a secret.
    line.words.slice(0, 2).join(" "),
    `the block that knows it: "${printed(left.line)}" of line ${left.line.number} is a command of the level around it, and ended that block`,
  );
}

function meant(word: string | undefined, candidates: readonly string[]): string {
  const near = word === undefined ? undefined : nearest(word, candidates);
  return near === undefined ? "" : `; did you mean ${near}?`;
}

function some(words: readonly string[]): string {
  const few = words.slice(0, 6);
  return `${few.join(", ")}${words.length > few.length ? ", ..." : ""}`;
}

function around(block: Block, word: string): Block {
  if (word === "end") return TOP_BLOCK;
  if (block.kind === "family") return { kind: "bgp", b: block.b };
  if (block.kind === "bfd" && block.profile !== undefined) return { kind: "bfd" };
  return block.kind === "other" ? block.around : TOP_BLOCK;
}

function dispatch(f: Frr, block: Block, line: Line): Block | undefined {
  switch (block.kind) {
    case "top":
      return readTop(f, line);
    case "vrf":
      if (line.words[0] === "ip" || line.words[0] === "ipv6") readIp(f, block.b, line);
      else if (line.words[0] === "vni") f.main.device.lines.is(line, "harmless", "VXLAN");
      return block;
    case "interface":
      readInterfaceLine(block.b, block.name, line);
      return block;
    case "bgp":
      if (line.words[0] === "address-family") return familyBlock(block, line);
      if (!readInstance(block.b, line)) unknown(block.b, line, touched(line));
      return block;
    case "family":
      if (!readFamilyLine(block.b, line, block.family)) {
        note(block.b, line, printed(line), touched(line), { family: block.family });
      }
      return block;
    case "clause":
      if (!readClauseLine(f.main, block.policy, block.term, line)) unknown(f.main, line, { policy: block.policy });
      return block;
    case "bfd":
      return readBfdLine(f.main, block, line);
    case "other":
      return block;
  }
}

function familyBlock(block: Block & { kind: "bgp" }, line: Line): Block {
  const [, family, kind] = line.words;
  const unicast = kind === undefined || kind === "unicast";
  if (unicast && (family === "ipv4" || family === "ipv6")) return { kind: "family", b: block.b, family };
  const why = `the address family ${fromWord(line, 1)}`;
  block.b.device.lines.is(line, "harmless", why);
  return { kind: "other", around: block, why, indent: line.indent };
}
