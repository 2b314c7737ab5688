/**
 * The small file that says what router configurations do not: which interfaces hear each other, and addresses that Docker
 * or the host gave them. An end is "router:interface".
 */
import { parse } from "yaml";
import { fail, ok, type Fault, type Result } from "../../model/errors";
import { parseInterfaceAddress } from "../../model/prefix";

export interface Links {
  links: Link[];
  /** By end: "tor1:eth1" -> ["10.10.10.1/24"]. */
  addresses: Map<string, string[]>;
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
  try {
    // No aliases: a few of them make a value that never ends.
    data = parse(text, { maxAliasCount: 0, logLevel: "error" });
  } catch (error) {
    return fail(
      at(file, "", "a text that is not YAML", "YAML", (error as { linePos?: [{ line: number }] }).linePos?.[0].line),
    );
  }
  const faults: Fault[] = [];
  const read: Links = { links: [], addresses: new Map() };
  const top = data ?? {};
  if (!isRecord(top)) return fail(at(file, "", show(top), "a map with links and addresses"));
  for (const key of Object.keys(top)) {
    if (key !== "links" && key !== "addresses") faults.push(at(file, key, key, "links or addresses"));
  }
  const links = top["links"] ?? [];
  if (!Array.isArray(links)) faults.push(at(file, "links", show(links), "a list of links"));
  else {
    links.forEach((each: unknown, index) => {
      const path = `links[${index}]`;
      // containerlab says "endpoints" for the same thing.
      const ends = isRecord(each) ? (each["ends"] ?? each["endpoints"]) : undefined;
      const name = isRecord(each) ? each["name"] : undefined;
      if (!Array.isArray(ends) || ends.length === 0) {
        faults.push(at(file, `${path}.ends`, show(ends), 'a list of ends such as "tor1:eth1"'));
        return;
      }
      const words = ends.map((end: unknown) => String(end));
      for (const end of words)
        if (!END.test(end)) faults.push(at(file, `${path}.ends`, show(end), '"router:interface"'));
      read.links.push({ name: typeof name === "string" ? name : (words[0] ?? ""), ends: words });
    });
  }
  const addresses = top["addresses"] ?? {};
  if (!isRecord(addresses)) faults.push(at(file, "addresses", show(addresses), "a map of ends to addresses"));
  else {
    for (const [end, list] of Object.entries(addresses)) {
      const path = `addresses[${end}]`;
      if (!END.test(end)) faults.push(at(file, path, end, '"router:interface"'));
      const found: string[] = [];
      for (const text of Array.isArray(list) ? list : [list]) {
        const parsed = parseInterfaceAddress(String(text), path);
        if (parsed.ok) found.push(`${parsed.value.address}/${parsed.value.length}`);
        else faults.push(...parsed.faults.map((one) => ({ ...one, ...(file === undefined ? {} : { file }) })));
      }
      read.addresses.set(end, found);
    }
  }
  return faults.length > 0 ? fail(...faults) : ok(read);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 80);
}

function at(file: string | undefined, path: string, found: string, expected: string, line?: number): Fault {
  return { path, found, expected, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
