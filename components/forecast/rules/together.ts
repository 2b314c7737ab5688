/** Findings of one cause as one: many places, one sentence, one fix. Nothing is left out but repetition. */
import { inFieldWords } from "../fieldNames";
import { printSource } from "../changeWords";
import { some, type Cause, type Finding } from "./rule";

export interface FindingGroup {
  findings: Finding[];
  sentence: string;
}

export function together(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { rule, severity, silenced, fix, cause } = finding;
    const key = [rule, severity, silenced, cause?.kind ?? fix].join("|");
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [finding]);
    else list.push(finding);
  }
  return [...groups.values()].map((list) => ({ findings: list, sentence: sentenceOf(list) }));
}

function sentenceOf(list: readonly Finding[]): string {
  const [first] = list;
  if (first === undefined) return "";
  if (list.length === 1) return first.sentence;
  const causes = list.flatMap(({ cause }) => cause ?? []);
  if (causes.length === list.length) return causeSentence(causes);
  const places = unique(list.map(({ place }) => inFieldWords(place)));
  return `${first.sentence} And ${list.length - 1} more like it${places.length > 1 ? `: ${some(places.slice(1), 4)}` : ""}.`;
}

function causeSentence(causes: readonly Cause[]): string {
  const [first] = causes;
  if (first === undefined) return "";
  const who = unique(causes.map((one) => one.who));
  const counts = who.map((name) => causes.filter((one) => one.who === name).length);
  const most = Math.max(...counts);
  const many = counts.every((each) => each === most) ? String(most) : `up to ${most}`;
  const whole = `${names(who, first.whose)} ${first.kind} ${many} ${first.things}${who.length > 1 ? " each" : ""}`;
  const why = causes.flatMap((one) => one.why ?? []);
  if (why.length === 0) return `${whole}: ${some(unique(causes.map(({ what }) => what)))}.`;
  const by = unique(why.map((one) => one.who)).sort();
  const does = `${why[0]?.does ?? ""}${by.length === 1 ? "s" : ""}`;
  return `${whole}, because ${some(by)} ${does} ${some(unique(why.map(({ what }) => what)).sort())}.`;
}

const unique = (list: readonly string[]): string[] => [...new Set(list)];

function names(who: readonly string[], noun: string): string {
  return who.length === 1 ? (who[0] ?? "") : `${who.length} ${noun}`;
}

/** A group in two or three lines; its place where it is one alone. */
export function printGroup({ findings, sentence }: FindingGroup): string {
  const [first] = findings;
  if (first === undefined) return "";
  const { severity, rule, place, silenced, source, fix } = first;
  const where = source === undefined ? "" : ` (${printSource(source)})`;
  const head = findings.length === 1 ? `${inFieldWords(place)}${where}` : `${findings.length} times`;
  const quiet = silenced === undefined ? "" : `, silenced: ${silenced}`;
  return `${severity}  ${rule}  ${head}${quiet}\n    ${inFieldWords(sentence)}\n    fix: ${fix}`;
}
