/**
 * A snapshot: a folder that holds a whole network as its files, and bgpfabric.yaml, which says what each of them is.
 * `bgpfabric init` writes that file (see verbs/init.ts).
 */
import { basename, join, normalize } from "node:path";
import { isMap, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import { checkSchema, choice, list, object, text, whole, type Schema } from "../components/cni/crds/schema";
import { fail, ok, type Fault, type Result } from "../components/model/errors";
import { readText } from "./files";
import { filesOf, OF_OTHERS, SNAPSHOT } from "./folder";
import type { ClusterInput, Inputs, RouterInput } from "./inputTypes";

const ROUTER = object(
  {
    file: text(),
    system: choice(["frr", "eos"]),
    version: text(),
    profile: choice(["traditional", "datacenter"]),
  },
  ["file", "system"],
);

const CLUSTER = object(
  { name: text(), cni: text(), version: text(), settings: text(), manifests: list(text(), { minItems: 1 }) },
  ["cni", "manifests"],
);

const SCHEMA: Schema = object({
  version: whole(1, 1),
  networks: list(text()),
  clusters: list(CLUSTER),
  routers: { type: "object", additionalProperties: ROUTER },
  links: text(),
  rules: text(),
});

interface SnapshotFile {
  networks?: string[];
  clusters?: { name?: string; cni: string; version?: string; settings?: string; manifests: string[] }[];
  routers?: Record<string, Pick<RouterInput, "file" | "system" | "version" | "profile">>;
  links?: string;
  rules?: string;
}

export function readSnapshot(folder: string): Result<Omit<Inputs, "recursive">> {
  const read = readText(join(folder, SNAPSHOT));
  if (!read.ok) return read;
  const { file } = read.value;
  const lines = new LineCounter();
  const document = parseDocument(read.value.text, { lineCounter: lines, logLevel: "error" });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    const expected = `YAML (${error.message.split("\n")[0] ?? ""})`;
    return fail({ path: "", found: "", expected, file, ...(line === undefined ? {} : { line }) });
  }
  const value: unknown = document.toJS({ maxAliasCount: 0 }) ?? {};
  const found = checkSchema(SCHEMA, value, "", "0");
  if (found.length > 0) {
    return fail(
      ...found.map(({ kind, path, sentence, fix }): Fault => {
        const place = { file, ...lineOf(document, lines, path) };
        return kind === "unknown"
          ? { ...place, path, found: path.split(".").at(-1) ?? path, expected: "a field of bgpfabric.yaml", fix }
          : { ...place, path, found: "", expected: `another value: ${sentence}` };
      }),
    );
  }
  return ok(inputs(value as SnapshotFile, folder, file, (path) => lineOf(document, lines, path)));
}

function inputs(
  value: SnapshotFile,
  folder: string,
  file: string,
  line: (path: string) => { line?: number },
): Omit<Inputs, "recursive"> {
  const within = (name: string): string => join(folder, name);
  const clusters = (value.clusters ?? []).map(({ name, cni, version, settings, manifests }): ClusterInput => ({
    cni,
    files: manifests.map(within),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(settings === undefined ? {} : { settings: within(settings) }),
  }));
  const routers = Object.entries(value.routers ?? {}).map(([name, router]): RouterInput => ({
    ...router,
    name,
    file: within(router.file),
    at: { path: `routers.${name}`, file, ...line(`routers.${name}`) },
  }));
  const all = {
    files: (value.networks ?? []).map(within),
    clusters,
    routers,
    links: value.links === undefined ? [] : [within(value.links)],
    ...(value.rules === undefined ? {} : { rules: within(value.rules) }),
  };
  const named = [
    ...all.files,
    ...clusters.flatMap((cluster) => [...cluster.files, ...(cluster.settings === undefined ? [] : [cluster.settings])]),
    ...routers.map((router) => router.file),
    ...all.links,
    ...(all.rules === undefined ? [] : [all.rules]),
  ];
  return { ...all, notes: unnamed(folder, named) };
}

/** A file that was added beside the named ones changes nothing, and whoever added it thinks that it does. */
function unnamed(folder: string, named: readonly string[]): string[] {
  const known = named.map((file) => normalize(file).replace(/\/$/, ""));
  return filesOf(folder)
    .filter((file) => /\.(ya?ml|json|conf|cfg)$/.test(file) && !OF_OTHERS.test(basename(file)))
    .filter((file) => !known.some((one) => file === one || file.startsWith(`${one}/`)))
    .map((file) => `${file}: not read, ${SNAPSHOT} does not name it`);
}

/** The line of a field; of one that is missing, the line of what should hold it. */
function lineOf(document: Document, lines: LineCounter, path: string): { line?: number } {
  const steps = path.split(/\.|\[(\d+)\]/).filter((step) => step !== undefined && step !== "");
  for (let length = steps.length; length > 0; length--) {
    const inner = steps.slice(0, length).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const key = inner.at(-1);
    const holder: unknown = inner.length === 1 ? document.contents : document.getIn(inner.slice(0, -1), true);
    const pair = isMap(holder) ? holder.items.find((each) => isScalar(each.key) && each.key.value === key) : undefined;
    const node: unknown = pair?.key ?? document.getIn(inner, true);
    const start = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
    if (start !== undefined) return { line: lines.linePos(start).line };
  }
  return {};
}
