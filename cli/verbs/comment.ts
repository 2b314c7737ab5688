/** `comment`: the JSON of diff, rules or forecast as Markdown, short enough for a pull request, details folded. */
import type { Difference } from "../../components/forecast/difference";
import type { Edit } from "../../components/forecast/edits";
import { printDifference } from "../../components/forecast/printDifference";
import { printGroup, together, type Finding } from "../../components/forecast/rules";
import { fail, ok, printFault, type Fault, type Result } from "../../components/model/errors";
import { readText } from "../files";
import { count } from "../print";
import type { Said } from "../said";

interface DiffJson extends Difference {
  edits: Edit[];
  blocking: Finding[];
  findings: { new: Finding[]; asBefore: number; gone: Finding[] };
}

export function commentVerb(file: string, options: { title?: string }): Result<Said> {
  const read = readText(file);
  if (!read.ok) return read;
  let value: unknown;
  try {
    value = JSON.parse(read.value.text);
  } catch {
    return fail({
      path: "",
      file: read.value.file,
      found: "no JSON",
      expected: "what `bgpfabric diff --json` prints",
      fix: "bgpfabric diff --json main/ pr/ | bgpfabric comment",
    });
  }
  const text = markdown(value, options.title ?? "BGP forecast");
  if (text === undefined) {
    const expected = "the JSON of diff, rules or forecast";
    return fail({ path: "", file: read.value.file, found: "another value", expected });
  }
  return ok({ text, json: { markdown: text }, findings: false });
}

function markdown(value: unknown, heading: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("faults" in value) return faults(value.faults as Fault[], heading);
  if ("changes" in value && "routes" in value) return difference(value as DiffJson, heading);
  if ("findings" in value && "cni" in value) return rules(value.findings as Finding[], heading);
  if ("sessions" in value && "sessionLines" in value) return forecast(value as ForecastJson, heading);
  return undefined;
}

function faults(list: readonly Fault[], heading: string): string {
  return [`### ${heading}: the input cannot be taken`, "", ...list.map((each) => `- \`${printFault(each)}\``)].join(
    "\n",
  );
}

function difference({ changes, sessions, routes, edits, blocking, findings }: DiffJson, heading: string): string {
  const lost = (list: readonly { what: string }[]): number => list.filter(({ what }) => what === "lost").length;
  const resets = sessions.filter(({ what }) => what === "reset").length;
  const fresh = findings.new.filter(({ severity, silenced }) => severity !== "info" && silenced === undefined);
  const bad = [
    ...(lost(sessions) > 0 ? [`${count(lost(sessions), "session")} lost`] : []),
    ...(resets > 0 ? [`${count(resets, "session")} reset`] : []),
    ...(lost(routes) > 0 ? [`${count(lost(routes), "route")} lost`] : []),
    ...(blocking.length > 0
      ? [`${count(blocking.length, "new finding")} that ${blocking.length === 1 ? "blocks" : "block"}`]
      : []),
  ];
  const found = fresh.length > 0 ? [count(fresh.length, "new finding")] : [];
  const verdict = bad.length > 0 ? bad.join(", ") : ["nothing is lost", ...found].join(", ");
  return [
    `### ${heading}: ${verdict}`,
    "",
    "| | gained | lost | changed |",
    "| --- | --- | --- | --- |",
    row("sessions", sessions),
    row("routes", routes),
    "",
    `Findings: ${fresh.length} new, ${findings.asBefore} as before, ${findings.gone.length} gone.`,
    ...folded("Changes and their causes", printDifference({ changes, sessions, routes }, { edits })),
    ...(fresh.length > 0 ? folded("New findings", together(fresh).map(printGroup).join("\n")) : []),
  ].join("\n");
}

function row(name: string, list: readonly { what: string }[]): string {
  const number = (...kinds: string[]): number => list.filter(({ what }) => kinds.includes(what)).length;
  const changed = number("reset", "changed", "moved", "width", "attributes");
  return `| ${name} | ${number("gained")} | ${number("lost")} | ${changed} |`;
}

function folded(summary: string, text: string): string[] {
  // A fence that no line of the text can close.
  return ["", `<details><summary>${summary}</summary>`, "", "~~~~text", shortened(text), "~~~~", "", "</details>"];
}

/** GitHub takes 65,536 characters; each of at most two parts stays below a third of that. */
const LONGEST = 20_000;

function shortened(text: string): string {
  const whole = text.trimEnd();
  if (whole.length <= LONGEST) return whole;
  const kept = whole.slice(0, whole.lastIndexOf("\n", LONGEST));
  const left = whole.slice(kept.length + 1).split("\n").length;
  return `${kept}\n... and ${count(left, "line")} more, which the command itself prints`;
}

function rules(findings: readonly Finding[], heading: string): string {
  const open = findings.filter(({ severity, silenced }) => severity !== "info" && silenced === undefined);
  const head = `### ${heading}: ${open.length === 0 ? "every rule holds" : count(open.length, "finding")}`;
  return [head, ...(open.length > 0 ? folded("Findings", together(open).map(printGroup).join("\n")) : [])].join("\n");
}

interface ForecastJson {
  sessions: { up: boolean }[];
  sessionLines: string[];
  routes: unknown[];
}

function forecast({ sessions, sessionLines, routes }: ForecastJson, heading: string): string {
  const up = sessions.filter((session) => session.up).length;
  const head = `### ${heading}: ${up} of ${count(sessions.length, "session")} up, ${count(routes.length, "route")}`;
  return [head, ...folded("Sessions", sessionLines.join("\n"))].join("\n");
}
