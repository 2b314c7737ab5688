/**
 * Calico's own selectors over labels (libcalico-go/lib/selector, v3.31 to v3.33): `has(rack) && rack != "b"`. Three
 * things surprise: `!=`, `not in` and `!has` hold for a node that has no such label; `!` binds to the next term alone;
 * and only blanks and tabs may separate words, so that a selector folded over several lines of YAML is refused.
 */
import { fail, ok, type Result } from "../../model/errors";
import { labelValue, type Labels } from "../../model/labels";

export type CalicoSelector =
  | { op: "all" | "global" }
  | { op: "has"; key: string }
  | { op: "==" | "!=" | "contains" | "starts with" | "ends with"; key: string; value: string }
  | { op: "in" | "not in"; key: string; values: string[] }
  | { op: "not"; of: CalicoSelector }
  | { op: "and" | "or"; of: CalicoSelector[] };

export function matchesCalicoSelector(selector: CalicoSelector, labels: Labels): boolean {
  switch (selector.op) {
    case "all":
    case "global":
      return true;
    case "has":
      return labelValue(labels, selector.key) !== undefined;
    case "==":
      return labelValue(labels, selector.key) === selector.value;
    case "!=":
      return labelValue(labels, selector.key) !== selector.value;
    case "contains":
      return labelValue(labels, selector.key)?.includes(selector.value) ?? false;
    case "starts with":
      return labelValue(labels, selector.key)?.startsWith(selector.value) ?? false;
    case "ends with":
      return labelValue(labels, selector.key)?.endsWith(selector.value) ?? false;
    case "in":
    case "not in": {
      const value = labelValue(labels, selector.key);
      return (value !== undefined && selector.values.includes(value)) === (selector.op === "in");
    }
    case "not":
      return !matchesCalicoSelector(selector.of, labels);
    case "and":
      return selector.of.every((part) => matchesCalicoSelector(part, labels));
    case "or":
      return selector.of.some((part) => matchesCalicoSelector(part, labels));
  }
}

/** Canonical text: double quotes unless the value holds one, sets sorted and without repetition. */
export function printCalicoSelector(selector: CalicoSelector): string {
  switch (selector.op) {
    case "all":
    case "global":
      return `${selector.op}()`;
    case "has":
      return `has(${selector.key})`;
    case "in":
    case "not in":
      return `${selector.key} ${selector.op} {${[...new Set(selector.values)].sort().map(quote).join(", ")}}`;
    case "not":
      return selector.of.op === "not" ? printCalicoSelector(selector.of.of) : `!${printCalicoSelector(selector.of)}`;
    case "and":
    case "or":
      return `(${selector.of.map(printCalicoSelector).join(selector.op === "and" ? " && " : " || ")})`;
    default:
      return `${selector.key} ${selector.op} ${quote(selector.value)}`;
  }
}

function quote(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}

/** The labels whose absence alone makes a part of the selector hold: what to warn of where nodes lack them. */
export function keysMatchedByAbsence(selector: CalicoSelector, negated = false): string[] {
  switch (selector.op) {
    case "all":
    case "global":
      return [];
    case "not":
      return keysMatchedByAbsence(selector.of, !negated);
    case "and":
    case "or":
      return [...new Set(selector.of.flatMap((part) => keysMatchedByAbsence(part, negated)))];
    case "!=":
    case "not in":
      return negated ? [] : [selector.key];
    default:
      return negated ? [selector.key] : [];
  }
}

/** Nesting deeper than this is refused: no person writes it, and it must not exhaust the stack. */
const DEEPEST = 200;

type Token =
  | { kind: "symbol" | "operator" | "label" | "string" | "has"; text: string; at: number }
  | { kind: "all" | "global" | "end"; text: ""; at: number };

interface Mistake {
  at: number;
  expected: string;
  fix?: string;
}

/** An empty selector is all(), as Calico takes it. */
export function parseCalicoSelector(text: string, path = ""): Result<CalicoSelector> {
  const tokens = tokenize(text);
  const selector = "expected" in tokens ? tokens : parseTokens(tokens);
  if (!("expected" in selector)) return ok(selector);
  const { at, ...mistake } = selector;
  return fail({ path, found: text, ...mistake, column: at + 1 });
}

const OPERATORS: readonly (readonly [RegExp, string])[] = [
  [/contains/y, "contains"],
  [/starts[ \t]*with/y, "starts with"],
  [/ends[ \t]*with/y, "ends with"],
  [/not[ \t]*in/y, "not in"],
  [/in/y, "in"],
];

function tokenize(text: string): Token[] | Mistake {
  const tokens: Token[] = [];
  let at = 0;
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at += match[0].length;
    return match;
  };
  for (;;) {
    read(/[ \t]*/y);
    const start = at;
    if (at >= text.length) {
      tokens.push({ kind: "end", text: "", at });
      return tokens;
    }
    const symbol = read(/==|!=|&&|\|\||[(){},!]/y);
    if (symbol !== null) {
      tokens.push({ kind: "symbol", text: symbol[0], at: start });
      continue;
    }
    const string = read(/"([^"]*)"|'([^']*)'/y);
    if (string !== null) {
      tokens.push({ kind: "string", text: string[1] ?? string[2] ?? "", at: start });
      continue;
    }
    const character = text.charAt(at);
    if (character === '"' || character === "'") return { at, expected: "a closing quote" };
    if (character === "=") return { at, expected: '"=="', fix: 'write "==" for equality' };
    if (character === "&" || character === "|") return { at, expected: `"${character}${character}"` };
    if (character === "\n" || character === "\r") {
      return { at, expected: "one line", fix: "Calico takes blanks and tabs alone: fold the selector with >- in YAML" };
    }
    if (tokens.at(-1)?.kind === "label") {
      const operator = OPERATORS.find(([pattern]) => read(pattern) !== null);
      if (operator === undefined) {
        return { at, expected: '"==", "!=", "in", "not in", "contains", "starts with" or "ends with"' };
      }
      tokens.push({ kind: "operator", text: operator[1], at: start });
      continue;
    }
    const has = read(/has\([ \t]*([A-Za-z0-9_./-]{1,512})[ \t]*\)/y);
    if (has !== null) {
      tokens.push({ kind: "has", text: has[1] ?? "", at: start });
      continue;
    }
    const every = read(/(all|global)\([ \t]*\)/y);
    if (every !== null) {
      tokens.push({ kind: every[1] === "all" ? "all" : "global", text: "", at: start });
      continue;
    }
    const call = /(has|all|global)\(/y;
    call.lastIndex = at;
    const name = call.exec(text)?.[1];
    if (name !== undefined) return { at, expected: name === "has" ? '"has(label)"' : `"${name}()"` };
    const label = read(/[A-Za-z0-9_./-]{1,512}/y);
    if (label === null) return { at, expected: 'a label, has(), all(), global(), "!" or "("' };
    tokens.push({ kind: "label", text: label[0], at: start });
  }
}

function parseTokens(tokens: Token[]): CalicoSelector | Mistake {
  const end: Token = tokens.at(-1) ?? { kind: "end", text: "", at: 0 };
  let position = 0;
  let mistake: Mistake | undefined;
  const peek = (): Token => tokens[position] ?? end;
  const take = (): Token => {
    const token = peek();
    position++;
    return token;
  };
  const isSymbol = (token: Token, text: string) => token.kind === "symbol" && token.text === text;
  const refuse = (at: number, expected: string, fix?: string): undefined => {
    mistake ??= fix === undefined ? { at, expected } : { at, expected, fix };
    return undefined;
  };

  const joined = (symbol: "||" | "&&", part: () => CalicoSelector | undefined): CalicoSelector | undefined => {
    const parts: CalicoSelector[] = [];
    for (;;) {
      const one = part();
      if (one === undefined) return undefined;
      parts.push(one);
      if (!isSymbol(peek(), symbol))
        return parts.length === 1 ? one : { op: symbol === "&&" ? "and" : "or", of: parts };
      take();
    }
  };
  const expression = (depth: number): CalicoSelector | undefined =>
    depth > DEEPEST
      ? refuse(peek().at, `at most ${DEEPEST} nested parentheses`)
      : joined("||", () => joined("&&", () => term(depth)));

  const term = (depth: number): CalicoSelector | undefined => {
    let negated = false;
    while (isSymbol(peek(), "!")) {
      take();
      negated = !negated;
    }
    const one = plainTerm(depth);
    return one !== undefined && negated ? { op: "not", of: one } : one;
  };

  const plainTerm = (depth: number): CalicoSelector | undefined => {
    const token = take();
    if (token.kind === "all" || token.kind === "global") return { op: token.kind };
    if (token.kind === "has") return { op: "has", key: token.text };
    if (token.kind === "label") return comparison(token.text);
    if (!isSymbol(token, "(")) return refuse(token.at, 'a label, has(), all(), global(), "!" or "("');
    const inner = expression(depth + 1);
    if (inner === undefined) return undefined;
    const close = take();
    return isSymbol(close, ")") ? inner : refuse(close.at, '")", "&&" or "||"');
  };

  const comparison = (key: string): CalicoSelector | undefined => {
    const operator = take();
    if (operator.kind === "operator" && (operator.text === "in" || operator.text === "not in")) {
      const values = set();
      return values === undefined ? undefined : { op: operator.text, key, values };
    }
    if (operator.kind !== "operator" && !isSymbol(operator, "==") && !isSymbol(operator, "!=")) {
      return refuse(operator.at, '"==", "!=", "in", "not in", "contains", "starts with" or "ends with"');
    }
    const value = take();
    if (value.kind !== "string") {
      return refuse(
        value.at,
        "a text in quotes",
        value.kind === "label" ? `write "${value.text}" in quotes` : undefined,
      );
    }
    return { op: operator.text as "==" | "!=" | "contains" | "starts with" | "ends with", key, value: value.text };
  };

  const set = (): string[] | undefined => {
    const open = take();
    if (!isSymbol(open, "{")) return refuse(open.at, '"{" and a list of texts in quotes');
    const values: string[] = [];
    while (peek().kind === "string") {
      values.push(take().text);
      if (!isSymbol(peek(), ",")) break;
      take();
    }
    const close = take();
    return isSymbol(close, "}") ? values : refuse(close.at, 'a text in quotes, "," or "}"');
  };

  if (peek().kind === "end") return { op: "all" };
  const selector = expression(0);
  if (selector !== undefined && peek().kind !== "end") refuse(peek().at, '"&&", "||" or the end');
  return mistake ?? selector ?? { at: 0, expected: "a selector" };
}
