/**
 * Kubernetes label selectors: the object form (matchLabels, matchExpressions) and the text form of kubectl
 * ("a=b,c in (x,y),!d"). What an absent or empty selector means differs from API to API and is the caller's to know;
 * here an empty one matches everything.
 */
import { fail, ok, type Fault, type Result } from "./errors";
import { labelValue, parseLabelKey, parseLabelValue, type Labels } from "./labels";

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** All of a selector's requirements must hold. Gt and Lt exist in the text form and in node affinity alone. */
export interface Requirement {
  key: string;
  operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt";
  values: string[];
}

/** NotIn and DoesNotExist hold for an object without the label. */
export function matchesRequirements(requirements: readonly Requirement[], labels: Labels): boolean {
  return requirements.every((requirement) => {
    const value = labelValue(labels, requirement.key);
    switch (requirement.operator) {
      case "In":
        return value !== undefined && requirement.values.includes(value);
      case "NotIn":
        return value === undefined || !requirement.values.includes(value);
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
      case "Gt":
      case "Lt": {
        if (value === undefined || !INTEGER.test(value)) return false;
        const difference = BigInt(value) - BigInt(requirement.values[0] ?? "0");
        return requirement.operator === "Gt" ? difference > 0n : difference < 0n;
      }
    }
  });
}

const INTEGER = /^[-+]?[0-9]+$/;

/** Checks the object form as the Kubernetes API does, all faults at once. */
export function parseLabelSelector(value: unknown, path = ""): Result<Requirement[]> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fail({ path, found: JSON.stringify(value) ?? "", expected: "a label selector" });
  }
  const faults: Fault[] = [];
  const requirements: Requirement[] = [];
  const at = (part: string) => (path === "" ? part : `${path}.${part}`);
  const note = (result: Result<unknown>) => {
    if (!result.ok) faults.push(...result.faults);
  };
  const { matchLabels = {}, matchExpressions = [], ...unknown } = value as Record<string, unknown>;
  for (const name of Object.keys(unknown)) {
    faults.push({ path: at(name), found: name, expected: "matchLabels or matchExpressions" });
  }
  if (typeof matchLabels !== "object" || matchLabels === null || Array.isArray(matchLabels)) {
    faults.push({ path: at("matchLabels"), found: JSON.stringify(matchLabels), expected: "a map of labels" });
  } else {
    for (const [key, wanted] of Object.entries(matchLabels)) {
      const place = at(`matchLabels[${JSON.stringify(key)}]`);
      note(parseLabelKey(key, place));
      if (typeof wanted === "string") note(parseLabelValue(wanted, place));
      else faults.push({ path: place, found: JSON.stringify(wanted) ?? "", expected: "a text", fix: "quote it" });
      requirements.push({ key, operator: "In", values: [String(wanted)] });
    }
  }
  if (!Array.isArray(matchExpressions)) {
    faults.push({ path: at("matchExpressions"), found: JSON.stringify(matchExpressions), expected: "a list" });
  } else {
    matchExpressions.forEach((expression: unknown, index) => {
      const parsed = parseExpression(expression, at(`matchExpressions[${index}]`));
      if (parsed.ok) requirements.push(parsed.value);
      else faults.push(...parsed.faults);
    });
  }
  return faults.length > 0 ? { ok: false, faults } : ok(requirements);
}

function parseExpression(value: unknown, path: string): Result<Requirement> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fail({ path, found: JSON.stringify(value) ?? "", expected: "{key, operator, values}" });
  }
  const { key, operator, values = [], ...unknown } = value as Record<string, unknown>;
  const faults: Fault[] = Object.keys(unknown).map((name) => ({
    path: `${path}.${name}`,
    found: name,
    expected: "key, operator or values",
  }));
  const found = (one: unknown) => (typeof one === "string" ? one : (JSON.stringify(one) ?? ""));
  const parsedKey = parseLabelKey(typeof key === "string" ? key : "", `${path}.key`);
  if (!parsedKey.ok) faults.push(...parsedKey.faults);
  const texts = Array.isArray(values) && values.every((one) => typeof one === "string") ? values : undefined;
  if (texts === undefined) faults.push({ path: `${path}.values`, found: found(values), expected: "a list of texts" });
  const count = texts?.length ?? 0;
  if (operator === "In" || operator === "NotIn") {
    if (texts !== undefined && count === 0) {
      faults.push({ path: `${path}.values`, found: "", expected: `at least one value with ${operator}` });
    }
    texts?.forEach((one, index) => {
      const parsed = parseLabelValue(one, `${path}.values[${index}]`);
      if (!parsed.ok) faults.push(...parsed.faults);
    });
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (count > 0)
      faults.push({ path: `${path}.values`, found: found(values), expected: `no values with ${operator}` });
  } else {
    faults.push({ path: `${path}.operator`, found: found(operator), expected: "In, NotIn, Exists or DoesNotExist" });
  }
  if (faults.length > 0) return { ok: false, faults };
  return ok({ key: key as string, operator: operator as Requirement["operator"], values: texts ?? [] });
}

interface Token {
  kind: "word" | "symbol" | "end";
  text: string;
  at: number;
}

/** The text form, as kubectl and `labels.Parse` of Kubernetes' apimachinery read it. */
export function parseSelectorText(text: string, path = ""): Result<Requirement[]> {
  const tokens = tokenize(text);
  let position = 0;
  const peek = (): Token => tokens[position] ?? { kind: "end", text: "", at: text.length };
  const take = (): Token => {
    const token = peek();
    position++;
    return token;
  };
  const unexpected = (token: Token, expected: string): Result<never> =>
    fail({
      path,
      found: text,
      expected: `${expected}${token.kind === "end" ? " before the end" : ""}`,
      column: token.at + 1,
    });

  const values = (): Result<string[]> => {
    if (peek().text !== "(" || peek().kind !== "symbol") return unexpected(peek(), '"(" and a list of values');
    take();
    const list = [""];
    for (;;) {
      const token = take();
      if (token.kind === "word") {
        if (list[list.length - 1] !== "") return unexpected(token, '"," or ")"');
        const allowed = parseLabelValue(token.text);
        if (!allowed.ok) return unexpected(token, allowed.faults[0]?.expected ?? "a label value");
        list[list.length - 1] = token.text;
      } else if (token.kind === "symbol" && token.text === ",") list.push("");
      else if (token.kind === "symbol" && token.text === ")") return ok([...new Set(list)].sort());
      else return unexpected(token, '",", ")" or a value');
    }
  };

  const requirement = (): Result<Requirement> => {
    const negated = peek().kind === "symbol" && peek().text === "!";
    if (negated) take();
    const word = take();
    if (word.kind !== "word") return unexpected(word, "a label key");
    const key = parseLabelKey(word.text);
    if (!key.ok) return unexpected(word, key.faults[0]?.expected ?? "a label key");
    const next = peek();
    if (negated) return ok({ key: word.text, operator: "DoesNotExist", values: [] });
    if (next.kind === "end" || (next.kind === "symbol" && next.text === ",")) {
      return ok({ key: word.text, operator: "Exists", values: [] });
    }
    const operator = take();
    if (operator.kind === "word" && (operator.text === "in" || operator.text === "notin")) {
      const list = values();
      if (!list.ok) return list;
      return ok({ key: word.text, operator: operator.text === "in" ? "In" : "NotIn", values: list.value });
    }
    const symbols: Record<string, Requirement["operator"]> = {
      "=": "In",
      "==": "In",
      "!=": "NotIn",
      ">": "Gt",
      "<": "Lt",
    };
    const kind = operator.kind === "symbol" ? symbols[operator.text] : undefined;
    if (kind === undefined) return unexpected(operator, '"=", "!=", "in", "notin", ">", "<" or ","');
    const value = peek().kind === "word" ? take() : { ...peek(), text: "" };
    if ((kind === "Gt" || kind === "Lt") && !INTEGER.test(value.text)) return unexpected(value, "an integer");
    const allowed = parseLabelValue(value.text);
    if (!allowed.ok) return unexpected(value, allowed.faults[0]?.expected ?? "a label value");
    return ok({ key: word.text, operator: kind, values: [value.text] });
  };

  const requirements: Requirement[] = [];
  if (peek().kind === "end") return ok(requirements);
  for (;;) {
    const one = requirement();
    if (!one.ok) return one;
    requirements.push(one.value);
    const next = take();
    if (next.kind === "end") return ok(requirements);
    if (next.kind !== "symbol" || next.text !== ",") return unexpected(next, '"," or the end');
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /([ \t\r\n]+)|(==|!=|[=!(),<>])|([^ \t\r\n=!(),<>]+)/gy;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match[2] !== undefined) tokens.push({ kind: "symbol", text: match[2], at: match.index });
    else if (match[3] !== undefined) tokens.push({ kind: "word", text: match[3], at: match.index });
  }
  return tokens;
}

export function printRequirements(requirements: readonly Requirement[]): string {
  return requirements
    .map(({ key, operator, values }) => {
      switch (operator) {
        case "Exists":
          return key;
        case "DoesNotExist":
          return `!${key}`;
        case "Gt":
        case "Lt":
          return `${key}${operator === "Gt" ? ">" : "<"}${values[0] ?? ""}`;
        case "In":
        case "NotIn":
          return values.length === 1
            ? `${key}${operator === "In" ? "=" : "!="}${values[0] ?? ""}`
            : `${key} ${operator === "In" ? "in" : "notin"} (${[...values].sort().join(",")})`;
      }
    })
    .join(",");
}
