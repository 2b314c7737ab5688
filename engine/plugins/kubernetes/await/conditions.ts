/** Conditions that the user writes: the annotation pulumi.com/waitFor, and the wait for every kind (PULUMI_K8S_AWAIT_ALL). */
import { query } from "json-p3";
import type { JSONValue } from "json-p3";
import { isValues, type Value, type Values } from "../../values";
import { kindFromObject, list, nameOf, number, text } from "../object";
import type { Readiness, Subject } from "./readiness";

/** One expression: whether the object fulfils it, and what to say while it does not. */
interface Condition {
  readonly holds: (object: Values) => boolean;
  readonly say: (object: Values) => string;
}

/** Fails on an expression that is none, before anything is waited for. */
export function customReadiness({ object }: Subject, expressions: string): Readiness {
  return objectReadiness(object, parseExpressions(expressions).map(parseCondition));
}

export const generalReadiness = ({ object }: Subject): Readiness => objectReadiness(object, [settledStatus]);

function objectReadiness(object: Values, conditions: readonly Condition[]): Readiness {
  let seen = object;
  const open = (): Condition[] => conditions.filter((c) => !c.holds(seen));
  return {
    watches: [
      {
        kind: kindFromObject(object),
        name: nameOf(object),
        see: ({ type, object: change }) => {
          const generation = (o: Values): number => number(o, "metadata", "generation") ?? 0;
          if (type !== "DELETED" && generation(change) >= generation(seen)) seen = change;
        },
      },
    ],
    ready: () => open().length === 0,
    object: () => seen,
    problems: () => open().map((c) => c.say(seen)),
    progress: () => open()[0]?.say(seen) ?? "",
  };
}

function parseExpressions(text: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [text];
  }
  if (!Array.isArray(parsed)) return [text];
  if (parsed.length === 0) throw new Error("at least one condition must be specified");
  return parsed.map(String);
}

export function parseCondition(expression: string): Condition {
  if (expression.startsWith("condition=")) return statusCondition(expression.slice("condition=".length));
  if (expression.startsWith("jsonpath=")) return pathCondition(expression.slice("jsonpath=".length));
  throw new Error(`expected a "jsonpath=" or "condition=" prefix, got "${expression}"`);
}

/** TYPE or TYPE=STATUS, of status.conditions, for the newest generation. */
function statusCondition(expression: string): Condition {
  const [type = "", ...rest] = expression.split("=");
  const status = rest.length === 0 ? "True" : rest.join("=");
  const find = (object: Values): Values | undefined =>
    list(object, "status", "conditions")
      .filter(isValues)
      .find((c) => text(c, "type").toLowerCase() === type.toLowerCase());
  return {
    holds: (object) => {
      const found = find(object);
      if (!found || text(found, "status").toLowerCase() !== status.toLowerCase()) return false;
      const observed = number(found, "observedGeneration") ?? number(object, "status", "observedGeneration");
      const generation = number(object, "metadata", "generation");
      return observed === undefined || generation === undefined || observed >= generation;
    },
    say: (object) => {
      const found = find(object);
      if (found) return `Resource has condition ${type}=${text(found, "status")} (want ${status})`;
      return `Waiting for condition ${type}=${status}`;
    },
  };
}

/** {PATH} or {PATH}=VALUE, by RFC 9535; without a value the path has to select something. */
function pathCondition(expression: string): Condition {
  const parts = expression.replaceAll("==", "\u0000").split("=");
  const [path = "", value] = parts.map((part) => part.replaceAll("\u0000", "=="));
  if (parts.length > 2) throw new Error(`format should be {.path}=value or {.path}, got "${expression}"`);
  if (value === "") throw new Error(`${path}= requires a value`);
  if (/^'.*'$/.test(path)) throw new Error(`${path} should omit shell quotes`);
  const inner = /\{\s*(.*?)\s*\}/.exec(path)?.[1];
  if (inner === undefined) throw new Error(`${path} should be wrapped in brackets { ... }`);
  const jsonPath = inner.startsWith("$") ? inner : `$${inner}`;
  const select = (object: Values): Value | undefined => query(jsonPath, object as JSONValue).values()[0] as Value;
  try {
    select({});
  } catch (error) {
    throw new Error(`parsing "${path}": ${error instanceof Error ? error.message : String(error)}`);
  }
  const shown = value === undefined ? path : `${path}=${value}`;
  return {
    holds: (object) => {
      const generation = number(object, "metadata", "generation");
      const observed = number(object, "status", "observedGeneration");
      if (generation !== undefined && observed !== undefined && observed < generation) return false;
      const found = select(object);
      if (found === undefined) return false;
      if (value === undefined) return true;
      if (typeof found === "object" && found !== null) return false;
      return printed(found) === value;
    },
    say: (object) => {
      const found = select(object);
      if (found === undefined) return `Waiting for ${shown}: the path selects nothing`;
      if (typeof found === "object" && found !== null && value !== undefined)
        return `"${path}" has a non-primitive value`;
      return `Waiting for ${shown} (found "${printed(found)}")`;
    },
  };
}

const printed = (value: Value): string =>
  value === null ? "<nil>" : typeof value === "object" ? JSON.stringify(value) : String(value);

/** kstatus for kinds without rules of their own: the newest generation seen, nothing reconciling, stalled or unready. */
const settledStatus: Condition = {
  holds: (object) => settledStatus.say(object) === "",
  say: (object) => {
    const generation = number(object, "metadata", "generation");
    const observed = number(object, "status", "observedGeneration");
    if (generation !== undefined && observed !== undefined && observed !== generation)
      return `Generation is ${generation}, but latest observed generation is ${observed}`;
    const conditions = list(object, "status", "conditions").filter(isValues);
    const bad = conditions.find((c) =>
      ["Reconciling", "Stalled"].includes(text(c, "type"))
        ? c["status"] === "True"
        : c["type"] === "Ready" && c["status"] !== "True",
    );
    return bad ? `${text(bad, "type")}: ${text(bad, "message") || text(bad, "reason")}` : "";
  },
};
