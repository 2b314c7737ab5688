/** Rules about policies, lists and aggregates: names that lead nowhere, filters that are missing or let all through. */
import { familyOf } from "../../model/address";
import { containsPrefix, parsePrefix, type Prefix } from "../../model/prefix";
import type { FamilySettings, Match, NeighborSettings, Policy, SetActions, Source, Speaker } from "../../bgp/network";
import { pathsTo } from "../rows";
import { configuredBy, settingsOf } from "../sessionChanges";
import { isNode, some, type Violation, type Rule, type Scene, type Side } from "./rule";

interface Use {
  kind: "policy" | "prefix list" | "community list" | "AS-path list";
  name: string;
  where: string;
  source?: Source;
}

/** Each place of a speaker's configuration that names a policy or a list. */
function* uses(speaker: Speaker): Iterable<Use> {
  const settings: [string, NeighborSettings, Source | undefined][] = [
    ...speaker.neighbors.map(
      (each) =>
        [`neighbor ${each.address ?? each.interface ?? ""}`, each, each.source] as [
          string,
          NeighborSettings,
          Source | undefined,
        ],
    ),
    ...Object.entries(speaker.groups ?? {}).map(
      ([name, group]) => [`group ${name}`, group, undefined] as [string, NeighborSettings, Source | undefined],
    ),
  ];
  for (const [where, { families }, source] of settings) {
    for (const family of Object.values(families ?? {})) {
      for (const [kind, name] of familyUses(family)) {
        yield { kind, name, where, ...(source === undefined ? {} : { source }) };
      }
    }
  }
  for (const each of speaker.originate ?? []) {
    if (each.policy !== undefined) yield { kind: "policy", name: each.policy, where: `origination (${each.kind})` };
  }
  for (const [name, policy] of Object.entries(speaker.policies ?? {})) {
    for (const term of policy.terms) {
      const where = `policy ${name}${term.seq === undefined ? "" : ` term ${term.seq}`}`;
      const source = term.source ?? policy.source;
      if (term.call !== undefined) {
        yield { kind: "policy", name: term.call, where, ...(source === undefined ? {} : { source }) };
      }
      for (const [kind, used] of termUses(term.match ?? {}, term.set ?? {})) {
        yield { kind, name: used, where, ...(source === undefined ? {} : { source }) };
      }
    }
  }
}

function* familyUses(family: FamilySettings): Iterable<[Use["kind"], string]> {
  for (const name of [family.importPolicy, family.exportPolicy]) if (name !== undefined) yield ["policy", name];
  for (const name of [family.importPrefixList, family.exportPrefixList])
    if (name !== undefined) yield ["prefix list", name];
  for (const name of [family.importAsPathList, family.exportAsPathList])
    if (name !== undefined) yield ["AS-path list", name];
  if (typeof family.defaultOriginate === "object") yield ["policy", family.defaultOriginate.policy];
}

function* termUses(match: Match, set: SetActions): Iterable<[Use["kind"], string]> {
  for (const name of [match.prefixList, match.nextHopPrefixList]) if (name !== undefined) yield ["prefix list", name];
  for (const name of [match.communityList, set.communities?.removeList])
    if (name !== undefined) yield ["community list", name];
  if (match.asPathList !== undefined) yield ["AS-path list", match.asPathList];
}

function defined(speaker: Speaker, { kind, name }: Use): { size: number } | undefined {
  const record = <T>(map: Readonly<Record<string, T>> | undefined) =>
    map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
  switch (kind) {
    case "policy": {
      const policy = record(speaker.policies);
      return policy === undefined
        ? undefined
        : { size: policy.terms.length + (policy.otherwise === undefined ? 0 : 1) };
    }
    case "prefix list":
      return sized(record(speaker.prefixLists));
    case "community list":
      return sized(record(speaker.communityLists));
    case "AS-path list":
      return sized(record(speaker.asPathLists));
  }
}

function sized(list: readonly unknown[] | undefined): { size: number } | undefined {
  return list === undefined ? undefined : { size: list.length };
}

/** What a daemon does with a name that leads nowhere. */
function consequence(speaker: Speaker, kind: Use["kind"]): string {
  if (speaker.dialect.system === "eos") return "EOS then permits everything";
  if (speaker.dialect.system === "frr")
    return kind === "policy"
      ? "FRR then denies everything"
      : "FRR then matches nothing, and the policy goes on to deny";
  return "the daemon then refuses the configuration or the route";
}

const undefinedNames: Rule = {
  id: "reference/undefined",
  severity: "block",
  holds: "Every policy and list that is named exists.",
  *check({ network }) {
    for (const speaker of network.speakers) {
      const missing = new Map<string, Use[]>();
      for (const use of uses(speaker)) {
        if (defined(speaker, use) !== undefined) continue;
        const key = `${use.kind} ${use.name}`;
        missing.set(key, [...(missing.get(key) ?? []), use]);
      }
      for (const [key, places] of missing) {
        const [first] = places;
        if (first === undefined) continue;
        yield {
          place: `${speaker.name} ${first.where}`,
          sentence: `${key} is named by ${some(places.map(({ where }) => where))} of ${speaker.name} and defined nowhere: ${consequence(speaker, first.kind)}.`,
          fix: `define ${key}, or take the name away`,
          ...(first.source === undefined ? {} : { source: first.source }),
        };
      }
    }
  },
};

const emptyNames: Rule = {
  id: "reference/empty",
  severity: "block",
  holds: "No policy, list or condition in use is empty: what was removed may have been what it was for.",
  *check({ network }) {
    for (const speaker of network.speakers) {
      const seen = new Set<string>();
      for (const use of uses(speaker)) {
        const key = `${use.kind} ${use.name}`;
        if (defined(speaker, use)?.size !== 0 || seen.has(key)) continue;
        seen.add(key);
        yield {
          place: `${speaker.name} ${use.where}`,
          sentence: `${key} of ${speaker.name} is in use and has no entry.`,
          fix: "write its entries, or take the name away",
        };
      }
      for (const [name, policy] of Object.entries(speaker.policies ?? {})) {
        for (const term of policy.terms) {
          const emptied = Object.entries(term.match ?? {}).filter(
            ([, value]) => Array.isArray(value) && value.length === 0,
          );
          for (const [condition] of emptied) {
            yield {
              place: `${speaker.name} policy ${name}${term.seq === undefined ? "" : ` term ${term.seq}`}`,
              sentence: `The condition ${condition} of policy ${name} of ${speaker.name} is an empty list: some systems take that for everything, some for nothing.`,
              fix: "name what it shall match, or take the condition away",
            };
          }
        }
      }
    }
  },
};

/** Sessions over which routes of others come in: another site, somebody else's speaker, or a role that says so. */
function isBoundary(scene: Scene, { session, own, far }: Side): boolean {
  if (session.kind !== "ebgp") return false;
  if (own.role === "dci" || own.role === "external" || far?.role === "dci") return true;
  const site = (name: string | undefined) => (name === undefined ? undefined : scene.speakers.get(name)?.place?.site);
  const [here, there] = [site(own.speaker), site(far?.speaker)];
  return here !== undefined && there !== undefined && here !== there;
}

/** The first term that takes every route, where no list before it narrows what comes. */
function acceptsAll(policies: Readonly<Record<string, Policy>>, policy: Policy): boolean {
  for (const term of policy.terms) {
    const conditions = Object.values(term.match ?? {}).filter((value) => value !== undefined);
    if (conditions.length > 0 || term.action === "continue") continue;
    const called = term.call === undefined ? undefined : policies[term.call];
    return term.action === "accept" && (called === undefined || acceptsAll(policies, called));
  }
  return policy.otherwise === "accept";
}

const acceptsEverything: Rule = {
  id: "policy/accepts-all",
  severity: "block",
  holds: "At a boundary, no policy lets every route through.",
  *check(scene) {
    for (const speaker of scene.network.speakers) {
      for (const side of scene.sessions(speaker.name)) {
        if (!isBoundary(scene, side)) continue;
        for (const family of Object.values(settingsOf(scene.speakers, side.own).families ?? {})) {
          // A session of one family says of the other that it is off.
          if (family.active === false) continue;
          for (const [direction, name, list] of [
            ["import", family.importPolicy, family.importPrefixList],
            ["export", family.exportPolicy, family.exportPrefixList],
          ] as const) {
            const policy = name === undefined ? undefined : speaker.policies?.[name];
            if (
              list !== undefined ||
              (name !== undefined && (policy === undefined || !acceptsAll(speaker.policies ?? {}, policy)))
            )
              continue;
            yield {
              place: `${speaker.name} ${side.session.key}`,
              sentence:
                name === undefined
                  ? `${speaker.name} has neither an ${direction} policy nor a prefix list on a session that leaves the site.`
                  : `The ${direction} policy ${name} of ${speaker.name} accepts every route on a session that leaves the site.`,
              fix: "match the summaries that may pass, and reject the rest",
              ...sourceOf(scene, side),
            };
          }
        }
      }
    }
  },
};

function sourceOf(scene: Scene, side: Side): { source?: Source } {
  const { source } = configuredBy(scene.speakers, side.own);
  return source === undefined ? {} : { source };
}

const noFilter: Rule = {
  id: "filter/none-from-nodes",
  severity: "warn",
  holds: "Routers filter what nodes send.",
  *check(scene) {
    for (const speaker of scene.network.speakers) {
      if (isNode(speaker)) continue;
      const open = scene.sessions(speaker.name).filter(({ own, far, session }) => {
        if (!session.up || far === undefined || !isNode(scene.speakers.get(far.speaker))) return false;
        return session.families.some((family) => {
          const settings = settingsOf(scene.speakers, own).families?.[family];
          return (
            settings?.importPolicy === undefined &&
            settings?.importPrefixList === undefined &&
            settings?.importAsPathList === undefined
          );
        });
      });
      const [first] = open;
      if (first === undefined) continue;
      // A node with a session for each family is one sender.
      const senders = [...new Set(open.map(({ far }) => far?.speaker ?? ""))];
      yield {
        place: speaker.name,
        sentence: `${speaker.name} accepts whatever ${some(senders)} send${senders.length === 1 ? "s" : ""}, a default route included.`,
        fix: "attach a prefix list that permits the pod and service ranges alone, and a maximum of prefixes",
        ...sourceOf(scene, first),
      };
    }
  },
};

const emptyAggregate: Rule = {
  id: "aggregate/empty",
  severity: "block",
  holds: "Every aggregate has a contributor.",
  *check({ network, forecast }) {
    for (const speaker of network.speakers) {
      if (speaker.down === true) continue;
      for (const each of speaker.originate ?? []) {
        if (each.kind !== "aggregate") continue;
        const paths = pathsTo(forecast.solution, speaker.name, each.prefix);
        // A neighbor's route to the prefix itself stands in for the aggregate.
        if (paths.some((path) => path.local === "aggregate" || path.best)) continue;
        yield {
          place: `${speaker.name} ${each.prefix}`,
          sentence: `${speaker.name} has no route within ${each.prefix}, so it advertises no aggregate.`,
          fix: "let a more specific route reach it, or originate the prefix with a blackhole route",
        };
      }
    }
  },
};

/** A summary draws the traffic of all it covers; what its speaker cannot reach is dropped there. */
const hidingAggregate: Rule = {
  id: "aggregate/hides",
  severity: "block",
  holds: "A summary covers nothing that its speaker cannot reach.",
  *check(scene) {
    for (const speaker of scene.network.speakers) {
      if (speaker.down === true) continue;
      for (const each of speaker.originate ?? []) {
        if (each.kind === "aggregate" && each.summaryOnly === true) yield* hidden(scene, speaker.name, each.prefix);
      }
    }
  },
};

function* hidden(scene: Scene, name: string, text: string): Iterable<Violation> {
  const parsed = parsePrefix(text);
  if (!parsed.ok) return;
  const aggregate = parsed.value;
  const fib = scene.forecast.solution.table(name).fib;
  const inside = [...fib.keys()].filter(
    (prefix) => prefix !== aggregate && containsPrefix(aggregate, prefix as Prefix),
  );
  const lost = new Set<string>();
  for (const other of scene.network.speakers) {
    if (other.name === name || other.down === true) continue;
    for (const [prefix, route] of scene.forecast.routes(other.name)) {
      if (route.kind !== "local" || route.local === "aggregate" || familyOf(prefix) !== familyOf(aggregate)) continue;
      if (prefix === aggregate || !containsPrefix(aggregate, prefix as Prefix)) continue;
      if (!inside.some((held) => containsPrefix(held as Prefix, prefix as Prefix))) lost.add(prefix);
    }
  }
  if (lost.size === 0) return;
  yield {
    place: `${name} ${text}`,
    sentence: `${name} advertises ${text} and has no route to ${some([...lost].sort())} within it: traffic for it is dropped there.`,
    fix: "let the more specific routes reach it, or shrink the summary",
  };
}

/** FRR announces what a network statement names only when the table has a route for it (bgp network import-check). */
const networkWithoutRoute: Rule = {
  id: "network/no-route",
  severity: "warn",
  holds: "Every network statement has a route to announce.",
  *check({ network, forecast }) {
    for (const speaker of network.speakers) {
      if (speaker.down === true || isNode(speaker)) continue;
      const bare = (speaker.originate ?? []).flatMap((each) => {
        if (each.kind !== "network") return [];
        const paths = pathsTo(forecast.solution, speaker.name, each.prefix);
        return paths.some(({ local, valid }) => local === "network" && valid) ? [] : [each.prefix];
      });
      if (bare.length === 0) continue;
      yield {
        place: `${speaker.name} ${bare[0] ?? ""}`,
        sentence: `${speaker.name} has no route for its network statement ${some(bare)}, and so announces nothing for it.`,
        fix: "give it that route (an interface, a static blackhole), or turn bgp network import-check off knowingly",
      };
    }
  },
};

export const POLICY_RULES: readonly Rule[] = [
  networkWithoutRoute,
  undefinedNames,
  emptyNames,
  acceptsEverything,
  noFilter,
  emptyAggregate,
  hidingAggregate,
];
