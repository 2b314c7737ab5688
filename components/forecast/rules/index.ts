/** All rules, and what runs them: silenced ones stay visible with their reason, raised ones get the severity asked for. */
import type { Network } from "../../bgp/network";
import { difference, type Difference } from "../difference";
import type { Edit } from "../edits";
import type { Forecast } from "../forecast";
import { speakersOf } from "../sessionChanges";
import { CAPACITY_RULES } from "./capacity";
import { CHANGE_RULES } from "./change";
import { CONFIDENCE_RULES } from "./confidence";
import { IDENTITY_RULES } from "./identity";
import { POLICY_RULES } from "./policies";
import { REFLECTOR_RULES } from "./reflectors";
import { ROUTE_RULES } from "./routes";
import { SESSION_RULES } from "./sessions";
import { SITE_RULES } from "./sites";
import { printGroup } from "./together";
import type { Finding, Intent, Violation, Rule, Scene, Severity, Side, Thresholds } from "./rule";

export const RULES: readonly Rule[] = [
  ...SESSION_RULES,
  ...IDENTITY_RULES,
  ...CAPACITY_RULES,
  ...REFLECTOR_RULES,
  ...POLICY_RULES,
  ...ROUTE_RULES,
  ...SITE_RULES,
  ...CHANGE_RULES,
  ...CONFIDENCE_RULES,
];

export const THRESHOLDS: Thresholds = {
  meshNodes: 100,
  peers: 0.8,
  prefixes: 0.75,
  routes: 0.8,
  hostRoutes: 50,
  changed: 0.2,
};

export interface Silence {
  /** A rule's id, or a part of it with "*": "dci/*". */
  rule: string;
  /** The place, "*" standing for anything; all places when absent. */
  place?: string;
  /** Why this is fine here; a silence without one does not count. */
  reason: string;
}

export interface RuleOptions {
  /** What runs now: gives the rules about changes something to compare with. */
  before?: Forecast;
  /** What the two differ in, where it is known already. */
  difference?: Difference;
  /** What a person changed between the two: named as the cause instead of what it comes to. */
  edits?: readonly Edit[];
  intent?: Intent;
  thresholds?: Partial<Thresholds>;
  silence?: readonly Silence[];
  /** Other severities, by rule id: raise a warning to a block, or lower it. */
  severity?: Readonly<Record<string, Severity>>;
  /** A team's own rules; one with the id of a rule here takes its place. */
  extra?: readonly Rule[];
}

/** What does not hold, gravest first. */
export function rules(network: Network, forecast: Forecast, options: RuleOptions = {}): Finding[] {
  const extra = options.extra ?? [];
  const replaced = new Set(extra.map((rule) => rule.id));
  const active = [...RULES.filter((rule) => !replaced.has(rule.id)), ...extra];
  const scene = sceneOf(network, forecast, options);
  const used = new Set<Silence>();
  const findings = active.flatMap((rule) => [...rule.check(scene)].map((each) => findingOf(rule, each, options, used)));
  for (const silence of options.silence ?? []) {
    if (used.has(silence)) continue;
    findings.push({
      rule: "rules/silence-unused",
      severity: "info",
      place: silence.place ?? silence.rule,
      sentence:
        silence.reason.trim() === ""
          ? `The silence of ${silence.rule} gives no reason and does not count.`
          : `The silence of ${silence.rule} ("${silence.reason}") matches no finding.`,
      fix: silence.reason.trim() === "" ? "give a reason" : "remove it",
    });
  }
  return findings.sort(
    (a, b) => RANK[a.severity] - RANK[b.severity] || compare(a.rule, b.rule) || compare(a.place, b.place),
  );
}

const RANK: Readonly<Record<Severity, number>> = { block: 0, warn: 1, info: 2 };

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sceneOf(network: Network, forecast: Forecast, options: RuleOptions): Scene {
  const sides = new Map<string, Side[]>();
  for (const session of forecast.solution.sessions) {
    const [one, other] = session.ends;
    const add = (own: typeof one, far: typeof one | undefined) => {
      const side: Side = far === undefined ? { session, own } : { session, own, far };
      const list = sides.get(own.speaker);
      if (list === undefined) sides.set(own.speaker, [side]);
      else list.push(side);
    };
    add(one, other);
    if (other !== undefined) add(other, one);
  }
  const none: readonly Side[] = [];
  const before = options.before;
  return {
    network,
    forecast,
    ...(before === undefined ? {} : { before, difference: options.difference ?? difference(before, forecast) }),
    edits: options.edits ?? [],
    intent: options.intent ?? {},
    thresholds: { ...THRESHOLDS, ...options.thresholds },
    speakers: speakersOf(network),
    sessions: (speaker) => sides.get(speaker) ?? none,
  };
}

function findingOf(rule: Rule, seen: Violation, options: RuleOptions, used: Set<Silence>): Finding {
  const wanted =
    options.severity !== undefined && Object.hasOwn(options.severity, rule.id) ? options.severity[rule.id] : undefined;
  const finding: Finding = { ...seen, rule: rule.id, severity: wanted ?? seen.severity ?? rule.severity };
  const silence = options.silence?.find(
    (one) => one.reason.trim() !== "" && globMatches(one.rule, rule.id) && globMatches(one.place ?? "*", seen.place),
  );
  if (silence === undefined) return finding;
  used.add(silence);
  return { ...finding, silenced: silence.reason };
}

function globMatches(glob: string, text: string): boolean {
  const [head = "", ...rest] = glob.split("*");
  if (rest.length === 0) return glob === text;
  if (!text.startsWith(head)) return false;
  let at = head.length;
  const tail = rest.pop() ?? "";
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - at >= tail.length && text.endsWith(tail);
}

/** Findings that stop a change: blocks that nobody silenced. */
export function blocking(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ severity, silenced }) => severity === "block" && silenced === undefined);
}

export function printFinding(finding: Finding): string {
  return printGroup({ findings: [finding], sentence: finding.sentence });
}

export { compareFindings, type Compared } from "./compare";
export { printGroup, together, type FindingGroup } from "./together";
export type { Cause, ClusterIntent, Finding, Intent, Violation, Rule, Scene, Severity, Side, Thresholds } from "./rule";
