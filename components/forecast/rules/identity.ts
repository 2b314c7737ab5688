/** Rules about who is who: ASNs, router ids, addresses, and ranges that must not overlap. */
import { deviceOf } from "../../bgp/device";
import type { Speaker } from "../../bgp/network";
import { isPublic, isReserved } from "../../model/asn";
import { familyOf } from "../../model/address";
import { overlaps, parsePrefix, type Prefix } from "../../model/prefix";
import { settingsOf } from "../sessionChanges";
import { isNode, some, type Violation, type Rule, type Scene } from "./rule";

function usedAsns(scene: Scene): Map<number, string[]> {
  const used = new Map<number, string[]>();
  const add = (asn: number, place: string) => {
    const places = used.get(asn);
    if (places === undefined) used.set(asn, [place]);
    else places.push(place);
  };
  for (const speaker of scene.network.speakers) {
    add(speaker.asn, speaker.name);
    for (const neighbor of speaker.neighbors) {
      const place = `${speaker.name} neighbor ${neighbor.address ?? neighbor.interface ?? ""}`;
      if (typeof neighbor.remoteAs === "number") add(neighbor.remoteAs, place);
      if (neighbor.localAs !== undefined) add(neighbor.localAs.asn, place);
    }
    for (const [name, group] of Object.entries(speaker.groups ?? {})) {
      if (typeof group.remoteAs === "number") add(group.remoteAs, `${speaker.name} group ${name}`);
      if (group.localAs !== undefined) add(group.localAs.asn, `${speaker.name} group ${name}`);
    }
  }
  return used;
}

function asnRule(
  id: string,
  severity: Rule["severity"],
  holds: string,
  bad: (asn: number) => boolean,
  say: string,
  fix: string,
): Rule {
  return {
    id,
    severity,
    holds,
    *check(scene) {
      for (const [asn, places] of usedAsns(scene)) {
        if (bad(asn)) yield { place: places[0] ?? "", sentence: `AS ${asn} ${say}; used by ${some(places)}.`, fix };
      }
    },
  };
}

const PRIVATE = "use a private ASN: 64512 to 65534, or 4200000000 to 4294967294 (RFC 6996)";

const reservedAsn = asnRule(
  "asn/reserved",
  "block",
  "No speaker uses an ASN that nobody may use.",
  isReserved,
  "is reserved and no speaker may use it",
  PRIVATE,
);

const publicAsn = asnRule(
  "asn/public",
  "warn",
  "Inside a data centre ASNs are private, or one's own.",
  isPublic,
  "is not a private one: routes that leak with it look like its holder's",
  `${PRIVATE}, or silence this with the registration as the reason`,
);

function duplicates<T>(items: Iterable<readonly [string, T]>): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const [key, item] of items) {
    const list = map.get(key);
    if (list === undefined) map.set(key, [item]);
    else list.push(item);
  }
  for (const [key, list] of map) if (list.length < 2) map.delete(key);
  return map;
}

/** Of several speakers on one node of a cluster, which share its addresses and never peer, the first. */
function firstOfNode(speakers: readonly Speaker[]): Speaker[] {
  const seen = new Set<string>();
  return speakers.filter(({ role, place }) => {
    const host = place?.labels?.["kubernetes.io/hostname"];
    if (role !== "node" || host === undefined) return true;
    const node = `${place?.cluster ?? ""} ${host}`;
    if (seen.has(node)) return false;
    seen.add(node);
    return true;
  });
}

const routerId: Rule = {
  id: "router-id/duplicate",
  severity: "block",
  holds: "Each speaker has a router id of its own.",
  *check({ network }) {
    // The VRFs of a device may have its router id: they are instances of their own, and seldom neighbors of each other.
    const ids = new Map(
      firstOfNode(network.speakers).map(({ name, routerId }) => {
        const device = deviceOf(name);
        return [`${routerId} ${device}`, [routerId, device] as const];
      }),
    );
    for (const [id, names] of duplicates(ids.values())) {
      yield {
        place: names[0] ?? "",
        sentence: `${some(names)} have the router id ${id}: sessions between them are refused, and reflected routes are dropped as one's own.`,
        fix: "give each a router id of its own, usually its loopback or node address",
      };
    }
  },
};

const address: Rule = {
  id: "address/duplicate",
  severity: "block",
  holds: "An address stands once on a segment.",
  *check({ network }) {
    const owners = firstOfNode(network.speakers).flatMap((speaker) =>
      speaker.interfaces.flatMap((each) =>
        each.segment === undefined
          ? []
          : each.addresses
              .map((text) => text.split("/")[0] ?? text)
              .map((one) => [`${one} on ${each.segment}`, `${speaker.name} ${each.name}`] as const),
      ),
    );
    for (const [where, places] of duplicates(owners)) {
      yield {
        place: places[0] ?? "",
        sentence: `${where} is the address of ${some(places)}.`,
        fix: "give each an address of its own",
      };
    }
  },
};

const segments: Rule = {
  id: "segment/overlap",
  severity: "block",
  holds: "No two segments use overlapping prefixes.",
  *check({ network }) {
    const ranges = network.segments.flatMap((segment) =>
      segment.prefixes.flatMap((text) => named(text, `segment ${segment.name}`, segment.name)),
    );
    yield* overlapping(ranges, "renumber one of them");
  },
};

interface Range {
  prefix: Prefix;
  title: string;
  /** Ranges of one owner may overlap: what is said twice is no conflict. */
  owner: string;
}

function named(text: string, title: string, owner: string): Range[] {
  const parsed = parsePrefix(text);
  return parsed.ok ? [{ prefix: parsed.value, title, owner }] : [];
}

function* overlapping(ranges: readonly Range[], fix: string): Iterable<Violation> {
  for (const [index, one] of ranges.entries()) {
    for (const other of ranges.slice(index + 1)) {
      if (one.owner === other.owner || !overlaps(one.prefix, other.prefix)) continue;
      yield {
        place: one.title,
        sentence: `${one.prefix} (${one.title}) overlaps ${other.prefix} (${other.title}).`,
        fix,
      };
    }
  }
}

const clusters: Rule = {
  id: "cluster/overlap",
  severity: "block",
  holds: "Pod, service and node ranges are apart, within a cluster, between clusters and from the fabric.",
  *check({ intent, network }) {
    const ranges = (intent.clusters ?? []).flatMap((cluster) =>
      (["pods", "services", "nodes"] as const).flatMap((kind) =>
        (cluster[kind] ?? []).flatMap((text) => named(text, `${kind} of ${cluster.name}`, `${cluster.name} ${kind}`)),
      ),
    );
    yield* overlapping(ranges, "take ranges that are apart: a route into the wrong one is a silent loss");
    const fabric = network.segments.flatMap((segment) =>
      segment.prefixes.flatMap((text) => named(text, `segment ${segment.name}`, segment.name)),
    );
    for (const range of ranges) {
      // Nodes stand on segments: their range is meant to hold them.
      if (range.title.startsWith("nodes ")) continue;
      for (const segment of fabric) {
        if (!overlaps(range.prefix, segment.prefix)) continue;
        yield {
          place: range.title,
          sentence: `${range.prefix} (${range.title}) overlaps ${segment.prefix} (${segment.title}).`,
          fix: "take a range that no segment uses",
        };
      }
    }
  },
};

/** Racks of one ASN drop each other's routes as loops, unless one end of each session allows them. */
const sharedAsn: Rule = {
  id: "asn/shared-by-racks",
  severity: "block",
  holds: "Racks that share an ASN can still learn each other's routes.",
  *check(scene) {
    const { network, speakers } = scene;
    const servesNodes = (name: string) =>
      scene.sessions(name).some(({ far }) => far !== undefined && isNode(speakers.get(far.speaker)));
    const racks = network.speakers.filter(
      (speaker) => !isNode(speaker) && speaker.down !== true && servesNodes(speaker.name),
    );
    for (const [asn, names] of duplicates(racks.map((speaker) => [String(speaker.asn), speaker.name] as const))) {
      const blind = names.filter((name) => {
        const uplinks = scene
          .sessions(name)
          .filter(({ session, far }) => session.up && far !== undefined && !isNode(speakers.get(far.speaker)));
        if (uplinks.length === 0 || uplinks.some(({ session }) => session.kind === "ibgp")) return false;
        const allowed = uplinks.some(({ own, far }) => {
          const families = (end: typeof own) => Object.values(settingsOf(speakers, end).families ?? {});
          return (
            families(own).some((family) => family.allowAsIn !== undefined && family.allowAsIn !== 0) ||
            (far !== undefined && families(far).some((family) => family.asOverride === true))
          );
        });
        return !allowed && others(names, name).some((other) => missing(scene, name, other));
      });
      if (blind.length === 0) continue;
      yield {
        place: blind[0] ?? "",
        sentence: `${some(names)} share AS ${asn}, so ${some(blind)} drop${blind.length === 1 ? "s" : ""} the others' routes as loops.`,
        fix: "give each rack an ASN of its own, or set allowas-in on the racks or as-override on what joins them",
      };
    }
  },
};

function others(names: readonly string[], name: string): string[] {
  return names.filter((other) => other !== name);
}

/** Something that the other rack's own nodes or itself originate, and that this one has no route for. */
function missing(scene: Scene, name: string, other: string): boolean {
  const known = scene.forecast.routes(name);
  for (const [prefix, route] of scene.forecast.routes(other)) {
    const own = route.kind === "local" || route.from.some((from) => isNode(scene.speakers.get(from)));
    if (own && familyOf(prefix) === "ipv4" && known.get(prefix)?.state !== "used") return true;
  }
  return false;
}

export const IDENTITY_RULES: readonly Rule[] = [
  reservedAsn,
  publicAsn,
  routerId,
  address,
  segments,
  clusters,
  sharedAsn,
];
