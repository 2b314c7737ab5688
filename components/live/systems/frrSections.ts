/**
 * An FRR configuration in sections, and the sections that BGP is made of: its instances, the lists and route-maps that they
 * name, BFD profiles. What a program has on a router that has a configuration of its own is put in by sections: all
 * others stay as they are. Pure.
 */

export interface Section {
  /** Of a section of BGP: "router bgp", "route-map IN", "prefix-list K8S". Undefined for any other. */
  key?: string;
  lines: string[];
}

const ENDS = /^(exit|exit-vrf|end)$/;

/** Lines that stand for themselves and blocks with what they hold, in the text's order. */
export function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  let open: string[] | undefined;
  for (const raw of text.split("\n")) {
    const line = raw.trimEnd();
    if (line === "" || line === "!" || /^(Building|Current) configuration/.test(line)) continue;
    if (/^\s/.test(line)) {
      open?.push(line);
    } else if (ENDS.test(line)) {
      // "end" closes the file, not a block.
      if (line !== "end" && open !== undefined && open.length > 0) open.push(line);
      open = undefined;
    } else {
      open = [line];
      sections.push({ lines: open });
    }
  }
  return sections.flatMap(({ lines }) => (lines[0] === "bfd" ? profilesOf(lines) : [keyed(lines)]));
}

function keyed(lines: string[]): Section {
  const key = keyOf(lines[0] ?? "");
  return key === undefined ? { lines } : { key, lines };
}

function keyOf(line: string): string | undefined {
  const bgp = /^router bgp( [0-9.]+)?((?: vrf| view) \S+)?(?: as-notation \S+)?$/.exec(line);
  if (bgp !== null) return `router bgp${bgp[2] ?? ""}`;
  const list = LISTS.flatMap(([pattern, kind]) => {
    const name = pattern.exec(line)?.[1];
    return name === undefined ? [] : [`${kind} ${name}`];
  });
  return list[0];
}

/** A list's lines are sections of their own, under one key. */
const LISTS: readonly (readonly [RegExp, string])[] = [
  [/^(?:ip|ipv6) prefix-list (\S+) /, "prefix-list"],
  [/^route-map (\S+) /, "route-map"],
  [/^bgp as-path access-list (\S+) /, "as-path-list"],
  [/^bgp community-list (?:(?:standard|expanded) )?(\S+) /, "community-list"],
  [/^bgp large-community-list (?:(?:standard|expanded) )?(\S+) /, "large-community-list"],
];

/** Each of bfd's children in a block of its own: a reload takes blocks of one name as one. */
function profilesOf(lines: readonly string[]): Section[] {
  const sections: Section[] = [];
  let open: string[] | undefined;
  for (const line of lines.slice(1, lines.at(-1) === "exit" ? -1 : undefined)) {
    if (/^ !?$/.test(line)) continue;
    if (/^ \S/.test(line) && line !== " exit") {
      const profile = /^ profile (\S+)$/.exec(line)?.[1];
      open = ["bfd", line];
      sections.push({ ...(profile === undefined ? {} : { key: `bfd profile ${profile}` }), lines: open });
    } else {
      open?.push(line);
    }
  }
  for (const { lines } of sections) lines.push("exit");
  return sections;
}

/** Keys of what a text has of BGP. The device's own instance is always among them: a program that has none wants none. */
export function keysOf(text: string): Set<string> {
  return new Set(["router bgp", ...sectionsOf(text).flatMap(({ key }) => (key === undefined ? [] : [key]))]);
}

/** The sections of a text that have one of the keys, as text. */
export function only(text: string, keys: ReadonlySet<string>): string {
  return printed(sectionsOf(text).filter(({ key }) => key !== undefined && keys.has(key)));
}

/**
 * The running configuration with the text's sections in the place of those with one of the keys. Lists and policies come
 * before the instances that name them: a reload applies a file from top to bottom.
 */
export function merged(running: string, text: string, keys: ReadonlySet<string>): string {
  const kept = sectionsOf(running).filter(({ key }) => key === undefined || !keys.has(key));
  const put = sectionsOf(text).filter(({ key }) => key !== undefined);
  const instance = ({ key }: Section) => key?.startsWith("router bgp") === true;
  return printed([...kept, ...put.filter((one) => !instance(one)), ...put.filter(instance)]);
}

function printed(sections: readonly Section[]): string {
  return sections.map(({ lines }) => `${lines.join("\n")}\n!\n`).join("");
}

export interface Header {
  /** "8.4" of "8.4.4". */
  version?: string;
  profile?: string;
  asn?: number;
  /** Neighbors of the device's own instance, peer groups and listen ranges: what a session depends on. */
  neighbors: Set<string>;
}

/** What of a configuration decides whether another one may take its place. */
export function headerOf(text: string): Header {
  const version = /^frr version (\d+\.\d+)/m.exec(text)?.[1];
  const profile = /^frr defaults (\S+)/m.exec(text)?.[1];
  const instance = sectionsOf(text).find(({ key }) => key === "router bgp")?.lines ?? [];
  const asn = /^router bgp (\d+)/.exec(instance[0] ?? "")?.[1];
  const neighbors = instance.flatMap((line) => {
    const [, neighbor] = /^ neighbor (\S+) (?:remote-as|peer-group|interface)\b/.exec(line) ?? [];
    const [, range] = /^ bgp listen range (\S+) /.exec(line) ?? [];
    return neighbor ?? range ?? [];
  });
  return {
    ...(version === undefined ? {} : { version }),
    ...(profile === undefined ? {} : { profile }),
    ...(asn === undefined ? {} : { asn: Number(asn) }),
    neighbors: new Set(neighbors),
  };
}
