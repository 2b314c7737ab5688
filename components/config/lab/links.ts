/**
 * The small file that says what router configurations do not: which interfaces hear each other, and addresses that Docker
 * or the host gave them. An end is "router:interface".
 */
import { isMap, isScalar, LineCounter, parseDocument, visit, type Document } from "yaml";
import { fail, ok, type Fault, type Result } from "../../model/errors";
import { yamlWords } from "../../model/yamlWords";
import { suggestion } from "../../model/nearest";
import { parseInterfaceAddress } from "../../model/prefix";

export interface Links {
  links: Link[];
  /** By end: "tor1:eth1" -> ["10.10.10.1/24"]. */
  addresses: Map<string, string[]>;
  /** Where each end stands first in the file. */
  places?: ReadonlyMap<string, { file?: string; line: number }>;
}

export interface Link {
  /** The segment's name; by default its first end. */
  name: string;
  ends: string[];
}

const END = /^[^\s:]+:[^\s:]+$/;

/**
 * links:
 *   - ends: [tor1:eth1, spine1:eth1]
 *   - { name: rack1, ends: [tor1:eth2, node1:eth0, node2:eth0] }
 * addresses:
 *   tor1:eth2: [10.10.10.1/24]
 */
export function readLinks(text: string, file?: string): Result<Links> {
  let data: unknown;
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, logLevel: "error" });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    const found = (text.split(/\r?\n/, line)[line - 1] ?? "").trim().slice(0, 80);
    return fail(at(file, "", found, yamlWords(error.message), line));
  }
  const lineOf = (...path: (string | number)[]): number | undefined => lineAt(document, counter, path);
  try {
    // No aliases: a few of them make a value that never ends.
    data = document.toJS({ maxAliasCount: 0 });
  } catch {
    return fail(at(file, "", "an alias", "YAML without aliases"));
  }
  const faults: Fault[] = [];
  const read: Links = { links: [], addresses: new Map() };
  const top = data ?? {};
  if (!isRecord(top)) return fail(at(file, "", show(top), "a map with links and addresses"));
  for (const key of Object.keys(top)) {
    if (!KNOWN.includes(key)) {
      faults.push({ ...at(file, key, key, "links or addresses", lineOf(key)), fix: suggestion(key, KNOWN) });
    }
  }
  const links = top["links"] ?? [];
  if (!Array.isArray(links)) faults.push(at(file, "links", show(links), "a list of links", lineOf("links")));
  else {
    links.forEach((each: unknown, index) => {
      const path = `links[${index}]`;
      // containerlab says "endpoints" for the same thing.
      const ends = isRecord(each) ? (each["ends"] ?? each["endpoints"]) : undefined;
      const name = isRecord(each) ? each["name"] : undefined;
      if (!Array.isArray(ends) || ends.length === 0) {
        const expected = 'a list of ends such as "tor1:eth1"';
        faults.push(at(file, `${path}.ends`, show(ends), expected, lineOf("links", index)));
        return;
      }
      const words = ends.map((end: unknown) => String(end));
      for (const end of words) {
        if (END.test(end)) continue;
        faults.push(at(file, `${path}.ends`, end, '"router:interface"', lineOf("links", index)));
      }
      read.links.push({ name: typeof name === "string" ? name : (words[0] ?? ""), ends: words });
    });
  }
  const addresses = top["addresses"] ?? {};
  if (!isRecord(addresses))
    faults.push(at(file, "addresses", show(addresses), "a map of ends to addresses", lineOf("addresses")));
  else {
    for (const [end, list] of Object.entries(addresses)) {
      const path = `addresses[${end}]`;
      const line = lineOf("addresses", end);
      if (!END.test(end)) faults.push(at(file, path, end, '"router:interface"', line));
      const found: string[] = [];
      for (const text of Array.isArray(list) ? list : [list]) {
        const parsed = parseInterfaceAddress(String(text), path);
        if (parsed.ok) found.push(`${parsed.value.address}/${parsed.value.length}`);
        else
          faults.push(
            ...parsed.faults.map((one) => ({ ...one, ...at(file, one.path, one.found, one.expected, line) })),
          );
      }
      read.addresses.set(end, found);
    }
  }
  const places = placesOf(document, counter, file);
  read.places = places;
  faults.push(...repeated(read, places, file, lineOf));
  return faults.length > 0 ? fail(...faults) : ok(read);
}

/** Several links files as one. */
export function joinLinks(all: readonly Links[]): Links {
  return {
    links: all.flatMap(({ links }) => links),
    addresses: new Map(all.flatMap(({ addresses }) => [...addresses])),
    places: new Map(all.flatMap(({ places }) => [...(places ?? [])])),
  };
}

const KNOWN: readonly string[] = ["links", "addresses"];

/** The line of a field, or of a list's member. */
function lineAt(document: Document, counter: LineCounter, path: readonly (string | number)[]): number | undefined {
  const holder: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const key = isMap(holder)
    ? holder.items.find((each) => isScalar(each.key) && String(each.key.value) === path.at(-1))?.key
    : undefined;
  const { range } = (key ?? document.getIn(path, true) ?? {}) as { range?: readonly [number, number, number] | null };
  return range == null ? undefined : counter.linePos(range[0]).line;
}

/** The first line that holds each text; ends are what is looked up in it. */
function placesOf(document: Document, counter: LineCounter, file: string | undefined): NonNullable<Links["places"]> {
  const places = new Map<string, { file?: string; line: number }>();
  visit(document, {
    Scalar(_, { value, range }) {
      const text = String(value);
      if (range == null || places.has(text)) return;
      places.set(text, { ...(file === undefined ? {} : { file }), line: counter.linePos(range[0]).line });
    },
  });
  return places;
}

/** An interface is on one link, and a link's name says which one is meant. */
function repeated(
  { links }: Links,
  places: NonNullable<Links["places"]>,
  file: string | undefined,
  lineOf: (...path: (string | number)[]) => number | undefined,
): Fault[] {
  const faults: Fault[] = [];
  const names = new Set<string>();
  const ends = new Map<string, string>();
  for (const [index, link] of links.entries()) {
    const path = `links[${index}]`;
    if (names.has(link.name)) {
      faults.push(at(file, `${path}.name`, link.name, "each link's name once", lineOf("links", index)));
    }
    names.add(link.name);
    for (const end of link.ends) {
      const before = ends.get(end);
      if (before !== undefined) {
        faults.push(at(file, path, end, `each interface on one link: ${before} has it`, places.get(end)?.line));
      }
      ends.set(end, link.name);
    }
  }
  return faults;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "").slice(0, 80);
}

function at(file: string | undefined, path: string, found: string, expected: string, line?: number): Fault {
  return { path, found, expected, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
