/**
 * What communities the paths of a class carry wherever they go, and which channels put ASNs or communities into paths or
 * take them out.
 */
import { plain, type Attributes } from "./attributes";
import { matchesEntry } from "./bits";
import type { Channel, PolicyRef } from "./channels";
import type { PrefixClass } from "./classes";
import type { CompiledSpeaker } from "./compile";
import { prefixListPermits } from "./lists";
import type { Match } from "./network";
import { excludesAsns } from "./policy";
import type { Arena } from "./step";

/** The communities that each path of a class carries wherever it goes; undefined where rules add or take some. */
export type Carried = Pick<Attributes, "communities" | "largeCommunities"> | undefined;

interface Edited {
  editors: Channel[];
  /** Does some channel send no communities? */
  strips: boolean;
  /** Does some channel take ASNs out of paths, or put others in? */
  rewritesAsns: boolean;
}

const known = new WeakMap<Arena, Edited>();

function editedIn(arena: Arena): Edited {
  let found = known.get(arena);
  if (found === undefined) known.set(arena, (found = findEdited(arena)));
  return found;
}

/** Does some channel take ASNs out of paths, or put others in? */
export const rewritesAsns = (arena: Arena): boolean => editedIn(arena).rewritesAsns;

export function prefixFits({ speaker, dialect }: CompiledSpeaker, match: Match, prefix: PrefixClass["first"]): boolean {
  if (match.prefixes?.some((each) => matchesEntry(each, prefix)) === false) return false;
  if (match.notPrefixes?.some((each) => matchesEntry(each, prefix)) === true) return false;
  if (match.prefixList === undefined) return true;
  const list = speaker.prefixLists?.[match.prefixList];
  return list === undefined ? dialect.missingList !== "reject" : prefixListPermits(list, prefix);
}

function findEdited(arena: Arena): Edited {
  const editors = new Map<unknown, Channel>();
  let strips = false;
  let rewritesAsns = false;
  for (const list of arena.channels) {
    for (const channel of list) {
      const { closed, settings, speaker, own } = channel;
      if (closed === true) continue;
      rewritesAsns ||=
        settings.asOverride === true ||
        excludesAsns(channel.importPolicy.policy) ||
        excludesAsns(channel.exportPolicy.policy) ||
        settings.routeServerClient === true ||
        (settings.removePrivateAs ?? false) !== false ||
        own.settings.localAs !== undefined ||
        speaker.speaker.bgp.confederation !== undefined;
      const sends = { ...speaker.dialect.sendCommunity, ...settings.sendCommunity };
      strips ||= !sends.standard || !sends.large;
      if (edits(channel.importPolicy)) editors.set(channel.importMemory, channel);
      if (edits(channel.exportPolicy)) editors.set(channel.exportMemory, channel);
    }
  }
  return { editors: [...editors.values()], strips, rewritesAsns };
}

const edits = ({ policy }: PolicyRef): boolean =>
  policy?.terms.some(({ set }) => (set?.communities ?? set?.largeCommunities) !== undefined) === true;

export function carriedBy(arena: Arena, { first, origins, aggregatedAt, within }: PrefixClass): Carried {
  if (aggregatedAt.length > 0 || within.length > 0) return undefined;
  const [one, ...others] = origins.map(({ own }) => own.bundle);
  const { communities, largeCommunities } = one ?? plain("igp");
  const same = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();
  const alike = others.every(
    (each) => same(each.communities, communities) && same(each.largeCommunities, largeCommunities),
  );
  const { editors, strips } = editedIn(arena);
  const bare = communities.length + largeCommunities.length === 0;
  // A default route that is made for a neighbor carries none; blackhole brings another along.
  const whole = bare || (!strips && !first.endsWith("/0") && !communities.includes("blackhole"));
  if (!alike || !whole) return undefined;
  const touched = editors.some(({ speaker, importPolicy, exportPolicy }) =>
    [importPolicy.policy, exportPolicy.policy].some((policy) =>
      policy?.terms.some(
        ({ match, set }) =>
          (set?.communities ?? set?.largeCommunities) !== undefined && prefixFits(speaker, match ?? {}, first),
      ),
    ),
  );
  return touched ? undefined : { communities, largeCommunities };
}
