/** A packet's way as text: each hop once, its choice in one line, doubts as marks that are explained below. */
import { printSource } from "./changeWords";
import { printDoubt } from "./doubts";
import type { Choice, Explanation, Hop } from "./explain";
import { inFieldWords, stepName } from "./fieldNames";

/** Losing paths of a hop that are listed by default. */
const FEW = 3;

export function printExplanation(explanation: Explanation, options: { all?: boolean } = {}): string {
  const lines = [`${explanation.from} to ${explanation.destination}: ${explanation.outcome}`];
  const doubts = new Map<string, number>();
  explanation.steps.forEach((hops, index) => {
    for (const group of alike(hops, options.all === true)) {
      const [hop] = group;
      if (hop === undefined) continue;
      const number = String(index + 1).padStart(3);
      const names = group.map(({ speaker }) => speaker).join(" | ");
      const next = hop.next.length === 0 ? "" : ` -> ${hop.next.join(" | ")}`;
      const source = hop.source === undefined ? "" : ` (${printSource(hop.source)})`;
      const marks = hop.doubts.map(printDoubt).map((text) => {
        if (!doubts.has(text)) doubts.set(text, doubts.size + 1);
        return `[${doubts.get(text) ?? 0}]`;
      });
      const mark = marks.length === 0 ? "" : ` ${[...new Set(marks)].join("")}`;
      lines.push(`${number}  ${names}${next}: ${reason(hop, group.length)}${source}${mark}`);
      lines.push(...choices(hop.decision, options.all === true));
    }
  });
  for (const { speaker, outcome, sentence } of endings(explanation)) {
    lines.push(`     ${outcome} at ${speaker}: ${inFieldWords(sentence)}`);
  }
  for (const [text, number] of doubts) lines.push(`[${number}] ${inFieldWords(text)}`);
  return `${lines.join("\n")}\n`;
}

/** Hops of one step that go the same way for the same reason. */
function alike(hops: readonly Hop[], all: boolean): Hop[][] {
  if (all) return hops.map((hop) => [hop]);
  const groups = new Map<string, Hop[]>();
  for (const hop of hops) {
    const key = JSON.stringify([
      hop.next,
      hop.because.replaceAll(hop.speaker, "*"),
      hop.decision.length > 1 ? hop.speaker : "",
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [hop]);
    else group.push(hop);
  }
  return [...groups.values()];
}

function reason(hop: Hop, number: number): string {
  return inFieldWords(number > 1 ? hop.because.replaceAll(` ${hop.speaker}`, " them") : hop.because);
}

function choices(decision: readonly Choice[], all: boolean): string[] {
  if (decision.length < 2) return [];
  const lines = decision.map(({ verdict, nextHop, from, asPath, step }) => {
    const path = asPath.length === 0 ? "" : ` path ${asPath.join(" ")}`;
    const why = step === undefined || step === "only-path" ? "" : ` (${stepName(step)})`;
    return `${verdict} via ${inFieldWords(nextHop)} from ${from}${path}${why}`;
  });
  const counted = new Map<string, number>();
  for (const line of lines) counted.set(line, (counted.get(line) ?? 0) + 1);
  const shown = [...counted].map(([line, times]) => `         ${line}${times > 1 ? `, ${times} times` : ""}`);
  const kept = decision.filter(({ verdict }) => verdict === "best" || verdict === "multipath").length + FEW;
  if (all || shown.length <= kept) return shown;
  return [...shown.slice(0, kept), `         and ${shown.length - kept} more (--all)`];
}

/** What a hop's own line does not say already. */
function endings({ steps, endings: all }: Explanation): Explanation["endings"] {
  const said = new Map(steps.flat().map((hop) => [hop.speaker, hop.because]));
  return all.filter(({ speaker, sentence }) => said.get(speaker) !== sentence);
}
