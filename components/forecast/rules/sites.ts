/** Rules about several sites: summaries alone cross between them, tagged, and no site carries another two's traffic. */
import { containsPrefix, parsePrefix, type Prefix } from "../../model/prefix";
import type { Path } from "../../bgp/solution";
import { some, type Rule, type Scene } from "./rule";

interface Crossing {
  prefix: Prefix;
  path: Path;
  speaker: string;
  from: string;
  here: string;
  there: string;
}

/** Paths learned straight from a speaker of another site. */
function* crossings(scene: Scene): Iterable<Crossing> {
  for (const { name, place } of scene.network.speakers) {
    const here = place?.site;
    if (here === undefined) continue;
    const far = scene.sessions(name).some((side) => {
      const there = side.far === undefined ? undefined : scene.speakers.get(side.far.speaker)?.place?.site;
      return there !== undefined && there !== here;
    });
    if (!far) continue;
    for (const { prefixes, paths } of scene.forecast.solution.alike(name)) {
      for (const path of paths) {
        if (path.from === undefined) continue;
        const there = scene.speakers.get(path.from.speaker)?.place?.site;
        if (there === undefined || there === here) continue;
        const { speaker: from } = path.from;
        for (const prefix of prefixes) yield { prefix: prefix as Prefix, path, speaker: name, from, here, there };
      }
    }
  }
}

function grouped(list: Iterable<Crossing>): Map<string, { first: Crossing; prefixes: Set<string> }> {
  const groups = new Map<string, { first: Crossing; prefixes: Set<string> }>();
  for (const one of list) {
    const key = `${one.speaker} ${one.from}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: one, prefixes: new Set([one.prefix]) });
    else group.prefixes.add(one.prefix);
  }
  return groups;
}

const specifics: Rule = {
  id: "dci/specifics",
  severity: "warn",
  holds: "Between sites only summaries of the pods cross.",
  *check(scene) {
    const pods = (scene.intent.clusters ?? []).flatMap(({ pods: ranges = [] }) =>
      ranges.flatMap((text) => {
        const parsed = parsePrefix(text);
        return parsed.ok ? [parsed.value] : [];
      }),
    );
    const found = [...crossings(scene)].filter(({ prefix }) =>
      pods.some((range) => range !== prefix && containsPrefix(range, prefix)),
    );
    for (const { first, prefixes } of grouped(found).values()) {
      yield {
        place: `${first.speaker} ${first.prefix}`,
        sentence: `${first.speaker} (${first.here}) takes ${some([...prefixes])} from ${first.from} (${first.there}): blocks of single nodes cross between the sites.`,
        fix: `aggregate on ${first.from} with summary-only, and export the summary alone`,
      };
    }
  },
};

const untagged: Rule = {
  id: "dci/no-community",
  severity: "warn",
  holds: "Routes that cross between sites carry a community that tells their origin.",
  *check(scene) {
    const found = [...crossings(scene)].filter(
      ({ path }) => path.communities.length === 0 && path.largeCommunities.length === 0,
    );
    for (const { first, prefixes } of grouped(found).values()) {
      yield {
        place: `${first.speaker} ${first.prefix}`,
        sentence: `${some([...prefixes])} cross from ${first.from} (${first.there}) to ${first.speaker} (${first.here}) without a community.`,
        fix: `let the export policy of ${first.from} set the community of its site`,
      };
    }
  },
};

const transit: Rule = {
  id: "dci/transit",
  severity: "block",
  holds: "No site passes routes of one site to another, unless transit is meant.",
  *check(scene) {
    if (scene.intent.transit === true) return;
    const found = [...crossings(scene)].filter(({ prefix, from, there, here }) => {
      const via = scene.forecast.routes(from).get(prefix);
      const before = (via?.from ?? []).map((name) => scene.speakers.get(name)?.place?.site);
      return before.some((site) => site !== undefined && site !== there && site !== here);
    });
    for (const { first, prefixes } of grouped(found).values()) {
      yield {
        place: `${first.speaker} ${first.prefix}`,
        sentence: `${first.there} passes ${some([...prefixes])} of another site on to ${first.here}: it becomes a transit between them.`,
        fix: `export from ${first.from} only what ${first.there} itself originates, or declare transit as meant`,
      };
    }
  },
};

export const SITE_RULES: readonly Rule[] = [specifics, untagged, transit];
