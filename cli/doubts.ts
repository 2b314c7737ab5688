/** Doubts as one mark a route and one legend below, instead of a text a route. */
import type { NotModelled, Solution } from "../components/bgp/solution";
import { isHarmless, type Doubt } from "../components/forecast/doubts";
import { inFieldWords } from "../components/forecast/fieldNames";
import type { Chosen } from "./filters";
import { careful, count } from "./print";

const MARKS: Readonly<Record<Doubt["kind"], string>> = { ambiguous: "?", oscillating: "!", "not-modelled": "~" };

export function marksOf(doubts: readonly Doubt[]): string {
  return [...new Set(doubts.map(({ kind }) => MARKS[kind]))].sort().join("");
}

/** What the marks stand for, each cause once. */
export function legend(solution: Solution, chosen: Chosen, all: boolean): string[] {
  const { ambiguities, oscillations, notModelled } = shownOf(solution, chosen);
  const lines: string[] = [];
  const ties = new Map<string, Set<string>>();
  for (const { speaker, prefix, arrival } of ambiguities.filter((each) => !isHarmless(each))) {
    const key = `${arrival === true ? "the order of arrival decides" : "oldest path wins"} at ${speaker}`;
    ties.set(key, (ties.get(key) ?? new Set()).add(prefix));
  }
  lines.push(
    ...few(
      [...ties].map(([key, prefixes]) => `? ${key}: ${some([...prefixes], 3)}`),
      all,
      "?",
    ),
  );
  lines.push(...oscillations.map(({ prefix, speakers }) => `! oscillates: ${prefix} between ${some(speakers, 5)}`));
  const open = new Map<string, string[]>();
  for (const each of notModelled) {
    const key = [partText(each), inFieldWords(each.what)].filter((text) => text !== "").join(" ");
    const at = [each.speaker, each.session ?? each.neighbor, each.prefix].filter((text) => text !== undefined);
    open.set(key, [...(open.get(key) ?? []), inFieldWords(at.join(" "))]);
  }
  lines.push(
    ...few(
      [...open].map(([key, places]) => `~ not modelled: ${key} (at ${some([...new Set(places)], 3)})`),
      all,
      "~",
    ),
  );
  return lines.map((line) => careful(line));
}

/** Of the part that was asked for. */
function shownOf({ ambiguities, oscillations, notModelled }: Solution, { speaker, prefix }: Chosen) {
  return {
    ambiguities: ambiguities.filter((each) => speaker(each.speaker) && prefix(each.prefix)),
    oscillations: oscillations.filter((each) => each.speakers.some(speaker) && prefix(each.prefix)),
    notModelled: notModelled.filter(
      (each) => speaker(each.speaker) && (each.prefix === undefined || prefix(each.prefix)),
    ),
  };
}

/** The legend of a large network stays short; --all prints each line. */
function few(lines: string[], all: boolean, mark: string): string[] {
  if (all || lines.length <= 6) return lines;
  return [...lines.slice(0, 5), `${mark} and ${count(lines.length - 5, "cause")} more (--all)`];
}

const ONLY = {
  fib: "what is installed",
  med: "whether there is a MED of 0",
  copies: "whether paths stand once or twice",
} as const;

/** How much of the answer it is about, where it is not all of it. */
function partText({ only, part }: NotModelled): string {
  if (only !== undefined) return `${ONLY[only]}:`;
  if (part === undefined) return "";
  const parts = [
    ...(part.from.length > 0 ? [`what comes from ${part.from.join(", ")}`] : []),
    ...(part.reach.length > 0 ? [`whether next hops from ${part.reach.join(", ")} can be reached`] : []),
    ...(part.best ? ["the choice"] : []),
    ...(part.fib ? ["what is installed"] : []),
  ];
  return parts.length === 0 ? "" : `${parts.join(", ")}:`;
}

/** "a, b and 3 more". */
export function some(names: readonly string[], most: number): string {
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most - 1).join(", ")} and ${names.length - most + 1} more`;
}
