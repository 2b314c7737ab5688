/**
 * YAML documents with the line of each object in them. js-yaml is some fifty times faster than the yaml package, and
 * clusters' manifests are megabytes; what it refuses is read again by the yaml package, whose messages name the place.
 */
import { CORE_SCHEMA, loadAll } from "js-yaml";
import { isMap, isSeq, LineCounter, parseAllDocuments, type ParsedNode } from "yaml";
import type { Fault } from "../model/errors";
import { yamlWords } from "../model/yamlWords";

export interface ParsedDocument {
  value: unknown;
  /** Of the document. */
  line: number;
  /** Of each member, where it is a list. */
  itemLines?: number[];
}

export interface Parsed {
  documents: ParsedDocument[];
  faults: Fault[];
}

/** No manifest needs more aliases than this; a few lines of YAML could otherwise unfold into gigabytes. */
const MOST_ALIASES = 1000;

/** Larger than this the slow reading would take minutes: the first fault of the fast one is enough. */
const LARGE = 1 << 20;

export function parseYaml(text: string, file: string): Parsed {
  const fast = parseFast(text, file);
  if (fast !== undefined) return fast;
  return parseSlowly(text, file);
}

/** Undefined where the slow reading shall decide: aliases, tags, and whatever is wrong. */
function parseFast(text: string, file: string): Parsed | undefined {
  if (/(?:^|[\s,[{])(?:\*\w|<<\s*:)/m.test(text)) return undefined;
  const lines = new WeakMap<object, number>();
  const open: number[] = [];
  try {
    const values: unknown[] = [];
    loadAll(text, (value) => values.push(value), {
      schema: CORE_SCHEMA,
      listener(event, state) {
        const { line, result } = state as { line: number; result: unknown };
        if (event === "open") open.push(line);
        else {
          const start = open.pop() ?? 0;
          if (typeof result === "object" && result !== null && !lines.has(result)) lines.set(result, start + 1);
        }
      },
    });
    return {
      documents: values.filter((value) => value !== null && value !== undefined).map(withLines(lines)),
      faults: [],
    };
  } catch (error) {
    if (text.length < LARGE) return undefined;
    const { mark, reason } = error as { mark?: { line: number; column: number }; reason?: string };
    const line = (mark?.line ?? 0) + 1;
    const found = (text.split("\n", line)[line - 1] ?? "").trim().slice(0, 80);
    return {
      documents: [],
      faults: [{ path: "", found, expected: `YAML (${reason ?? "it cannot be read"})`, file, line }],
    };
  }
}

function withLines(lines: WeakMap<object, number>): (value: unknown) => ParsedDocument {
  const lineOf = (value: unknown): number =>
    typeof value === "object" && value !== null ? (lines.get(value) ?? 1) : 1;
  return (value) => {
    const items = typeof value === "object" && value !== null && "items" in value ? value.items : undefined;
    return { value, line: lineOf(value), ...(Array.isArray(items) ? { itemLines: items.map(lineOf) } : {}) };
  };
}

function parseSlowly(text: string, file: string): Parsed {
  const parsed: Parsed = { documents: [], faults: [] };
  const lines = new LineCounter();
  const source = text.split("\n");
  const lineOf = (node: { range?: [number, number, number] | null } | null): number =>
    lines.linePos(node?.range?.[0] ?? 0).line;
  for (const document of parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: true,
    merge: true,
    logLevel: "error",
  })) {
    const fault = (
      problem: { linePos?: [{ line: number; col: number }, ...unknown[]] | undefined },
      expected: string,
      fix?: string,
    ): void => {
      const at = problem.linePos?.[0];
      parsed.faults.push({
        path: "",
        found: (source[(at?.line ?? 1) - 1] ?? "").trim().slice(0, 80),
        expected,
        file,
        ...(fix === undefined ? {} : { fix }),
        ...(at === undefined ? {} : { line: at.line, column: at.col }),
      });
    };
    for (const error of document.errors) fault(error, yamlWords(error.message));
    // A tag takes the place of the value: `nodeSelector: !has(x)` without quotes leaves an empty selector behind,
    // and the peer becomes global.
    for (const warning of document.warnings) fault(warning, "no YAML tag", "quote the value");
    if (document.errors.length > 0 || document.contents === null) continue;
    const contents = document.contents;
    const items = isMap(contents) ? contents.get("items", true) : undefined;
    try {
      parsed.documents.push({
        value: document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown,
        line: isMap(contents) ? lineOf(contents) : 1,
        ...(isSeq(items) ? { itemLines: items.items.map((item) => lineOf(item as ParsedNode)) } : {}),
      });
    } catch {
      parsed.faults.push({
        path: "",
        found: "aliases",
        expected: `at most ${MOST_ALIASES} aliases in a document`,
        file,
      });
    }
  }
  return parsed;
}
