/**
 * A containerlab topology of a Network's routers: for people who run their labs with it. Segments of two ends are links,
 * larger ones bridges; addresses and BGP are in each router's own configuration, which is bound into its container.
 */
import { stringify } from "yaml";
import { fail, ok, type Fault, type Result } from "../../model/errors";
import type { Network, Speaker, System } from "../../bgp/network";

export interface ContainerlabOptions {
  name: string;
  images: Partial<Record<Speaker["dialect"]["system"], string>>;
  /** Where a speaker's configuration is, as the topology file sees it. */
  file: (speaker: Speaker) => string;
}

/** What containerlab calls a system, and where its container looks for its configuration. */
const KINDS = {
  frr: { kind: "linux", path: "/etc/frr/frr.conf" },
  eos: { kind: "arista_ceos", path: undefined },
  bird: { kind: "linux", path: "/etc/bird/bird.conf" },
  gobgp: { kind: "linux", path: "/etc/gobgp/gobgp.yaml" },
} as const satisfies Partial<Record<System, { kind: string; path: string | undefined }>>;

const kindOf = (system: System) => Object.entries(KINDS).find(([name]) => name === system)?.[1];

export function writeContainerlab(network: Network, options: ContainerlabOptions): Result<string> {
  const faults: Fault[] = [];
  const nodes: Record<string, unknown> = {};
  const ends = new Map<string, string[]>();
  for (const speaker of network.speakers) {
    const { system } = speaker.dialect;
    const at = `speakers[${speaker.name}]`;
    const image = options.images[system];
    const known = kindOf(system);
    if (known === undefined) {
      faults.push({ path: `${at}.dialect.system`, found: system, expected: "a router: this one runs in a cluster" });
      continue;
    }
    if (image === undefined)
      faults.push({ path: `images.${system}`, found: "", expected: `the image of ${speaker.name}` });
    const { kind, path } = known;
    const file = options.file(speaker);
    nodes[speaker.name] = {
      kind,
      image,
      ...(path === undefined ? { "startup-config": file } : { binds: [`${file}:${path}`] }),
    };
    for (const port of speaker.interfaces) {
      if (port.segment === undefined) continue;
      const name = system === "eos" ? portOfEos(port.name) : port.name;
      if (name === undefined || name === "eth0") {
        faults.push({
          path: `${at}.interfaces[${port.name}]`,
          found: port.name,
          expected: system === "eos" ? "a port such as Ethernet1" : "another name: eth0 is the management port",
        });
      } else ends.set(port.segment, [...(ends.get(port.segment) ?? []), `${speaker.name}:${name}`]);
    }
  }
  const links: { endpoints: string[] }[] = [];
  [...ends].forEach(([, all], number) => {
    if (all.length === 2) links.push({ endpoints: all });
    else if (all.length > 2) {
      const bridge = `br-${options.name.slice(0, 8)}-${number}`;
      nodes[bridge] = { kind: "bridge" };
      all.forEach((end, index) => links.push({ endpoints: [end, `${bridge}:eth${index + 1}`] }));
    }
  });
  if (faults.length > 0) return fail(...faults);
  return ok(stringify({ name: options.name, topology: { nodes, ...(links.length > 0 ? { links } : {}) } }));
}

/** containerlab wires eth1 to what EOS calls Ethernet1, and eth1_1 to Ethernet1/1. */
function portOfEos(name: string): string | undefined {
  const numbers = /^Ethernet([0-9]+(?:\/[0-9]+)*)$/.exec(name)?.[1];
  return numbers === undefined ? undefined : `eth${numbers.replaceAll("/", "_")}`;
}
