/** A small YAML file of ours against its schema: every fault with its line and what was there. */
import { isMap, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import { checkSchema, type Schema } from "../components/cni/crds/schema";
import { fail, ok, type Fault, type Result } from "../components/model/errors";
import { yamlWords } from "../components/model/yamlWords";
import { readText } from "./files";

export interface Checked<T> {
  value: T;
  file: string;
  /** The line of a field, where it has one. */
  place: (path: string) => { line?: number };
}

/** `fields`: what a field that is none should be, as in "a field of bgpfabric.yaml". An empty file holds nothing. */
export function readChecked<T>(name: string, schema: Schema, fields: string): Result<Checked<T>> {
  const read = readText(name);
  if (!read.ok) return read;
  const { file } = read.value;
  const lines = new LineCounter();
  const document = parseDocument(read.value.text, { lineCounter: lines, logLevel: "error" });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    const found = (read.value.text.split(/\r?\n/, line)[line - 1] ?? "").trim().slice(0, 80);
    return fail({ path: "", found, expected: yamlWords(error.message), file, line });
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch {
    return fail({ path: "", found: "aliases", expected: "at most 100 aliases, each of an anchor that is there", file });
  }
  const place = (path: string): { line?: number } => lineOf(document, lines, path);
  const violations = checkSchema(schema, value, "", "0");
  if (violations.length === 0) return ok({ value: value as T, file, place });
  return fail(
    ...violations.map(({ kind, path, sentence, fix }): Fault => {
      const at = { file, ...place(path), path };
      if (kind === "unknown") return { ...at, found: path.split(".").at(-1) ?? path, expected: fields, fix };
      const own = fix.startsWith("use ") ? { fix } : {};
      return { ...at, found: shown(document.getIn(stepsOf(path))), expected: `another value: ${sentence}`, ...own };
    }),
  );
}

function shown(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function stepsOf(path: string): (string | number)[] {
  const steps = path.split(/\.|\[(\d+)\]/).filter((step) => step !== undefined && step !== "");
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** The line of a field; of one that is missing, the line of what should hold it. */
function lineOf(document: Document, lines: LineCounter, path: string): { line?: number } {
  const steps = stepsOf(path);
  for (let length = steps.length; length > 0; length--) {
    const inner = steps.slice(0, length);
    const key = inner.at(-1);
    const holder: unknown = inner.length === 1 ? document.contents : document.getIn(inner.slice(0, -1), true);
    const pair = isMap(holder) ? holder.items.find((each) => isScalar(each.key) && each.key.value === key) : undefined;
    const node: unknown = pair?.key ?? document.getIn(inner, true);
    const start = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
    if (start !== undefined) return { line: lines.linePos(start).line };
  }
  return {};
}
