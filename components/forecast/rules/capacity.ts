/** Rules about what platforms bear: peers, prefixes, routes, next hops; and about equal paths that nobody uses. */
import { dialectOf } from "../../bgp/dialects";
import type { DecisionStep, Path } from "../../bgp/solution";
import { settingsOf } from "../sessionChanges";
import { widthOf } from "../route";
import { isNode, number, some, type Violation, type Rule, type Scene } from "./rule";

function* share(
  place: string,
  count: number,
  limit: number,
  warnAt: number,
  what: string,
  fix: string,
): Iterable<Violation> {
  if (count > limit) {
    yield { place, sentence: `${place} has ${count} ${what}, its limit is ${limit}.`, fix, severity: "block" };
  } else if (count >= limit * warnAt) {
    const percent = Math.round((count / limit) * 100);
    yield {
      place,
      sentence: `${place} has ${count} ${what}, ${percent} % of its limit ${limit}.`,
      fix,
      severity: "warn",
    };
  }
}

const peers: Rule = {
  id: "capacity/peers",
  severity: "block",
  holds: "A speaker has no more peers than its platform bears, and room for a few more.",
  *check(scene) {
    for (const { name, limits } of scene.network.speakers) {
      if (limits?.peers === undefined) continue;
      const fix =
        "let fewer nodes speak for the cluster (two to four a rack), or raise the limit if the platform bears it";
      yield* share(name, scene.sessions(name).length, limits.peers, scene.thresholds.peers, "BGP peers", fix);
    }
  },
};

const listen: Rule = {
  id: "capacity/listen-limit",
  severity: "block",
  holds: "A listen range has room for all that dial into it.",
  *check(scene) {
    for (const speaker of scene.network.speakers) {
      if ((speaker.listen ?? []).length === 0) continue;
      const limit = speaker.bgp.listenLimit ?? dialectOf(speaker.dialect).listenLimit;
      const sides = scene.sessions(speaker.name);
      const dynamic = sides.filter(({ own }) => own.neighbor === undefined).length;
      const refused = scene.forecast.solution.sessions.filter(
        ({ down }) => down?.reason === "limit-reached" && down.at === speaker.name,
      ).length;
      const count = Math.max(dynamic, refused > 0 ? limit + refused : 0);
      yield* share(
        speaker.name,
        count,
        limit,
        scene.thresholds.peers,
        "dynamic neighbors",
        "set bgp listen limit higher, or list neighbors",
      );
    }
  },
};

const prefixes: Rule = {
  id: "capacity/maximum-prefix",
  severity: "block",
  holds: "No session comes near the number of prefixes that ends it.",
  *check(scene) {
    for (const session of scene.forecast.solution.sessions) {
      if (session.down?.reason === "maximum-prefix") {
        const { at, sentence } = session.down;
        yield { place: `${at} ${session.key}`, sentence, fix: "raise the limit, or filter what the neighbor sends" };
        continue;
      }
      if (!session.up) continue;
      for (const own of session.ends) {
        const far = session.ends.find((end) => end !== own);
        for (const [family, settings] of Object.entries(settingsOf(scene.speakers, own).families ?? {})) {
          const maximum = settings.maximumPrefix;
          if (maximum === undefined || far === undefined) continue;
          const count = accepted(scene, own.speaker, far.speaker, far.address, family === "ipv6");
          yield* share(
            session.key,
            count,
            maximum.limit,
            scene.thresholds.prefixes,
            `${family} prefixes`,
            "raise the limit, or filter what the neighbor sends",
          );
        }
      }
    }
  },
};

function accepted(scene: Scene, speaker: string, from: string, address: string, v6: boolean): number {
  let count = 0;
  for (const { prefixes, paths } of scene.forecast.solution.alike(speaker)) {
    if (prefixes[0]?.includes(":") !== v6) continue;
    if (paths.some((path) => path.from?.speaker === from && (address.includes("%") || path.from.address === address)))
      count += prefixes.length;
  }
  return count;
}

const routes: Rule = {
  id: "capacity/routes",
  severity: "block",
  holds: "A forwarding table holds no more routes and next hops than the platform bears.",
  *check(scene) {
    for (const { name, limits } of scene.network.speakers) {
      if (limits?.routes !== undefined) {
        const count = scene.forecast.solution.table(name).fib.size;
        yield* share(
          name,
          count,
          limits.routes,
          scene.thresholds.routes,
          "routes",
          "summarise, or advertise blocks instead of hosts",
        );
      }
      if (limits?.nextHops === undefined) continue;
      for (const [prefix, route] of scene.forecast.routes(name)) {
        if (widthOf(route) <= limits.nextHops) continue;
        yield {
          place: `${name} ${prefix}`,
          sentence: `${name} would install ${widthOf(route)} next hops for ${prefix}, its limit is ${limits.nextHops}.`,
          fix: "set maximum-paths to what the platform bears, or let fewer nodes advertise the prefix",
        };
        break;
      }
    }
  },
};

/** Steps at which only identity or age still tells paths apart: both could carry traffic. */
const TIES: ReadonlySet<DecisionStep> = new Set([
  "older",
  "originator-or-router-id",
  "cluster-length",
  "neighbor-address",
]);

const unusedPaths: Rule = {
  id: "ecmp/unused",
  severity: "warn",
  holds: "Routers spread traffic over all equally good paths.",
  *check(scene) {
    for (const speaker of scene.network.speakers) {
      if (isNode(speaker)) continue;
      const idle: { prefix: string; paths: Path[]; used: number }[] = [];
      for (const { prefixes, paths } of scene.forecast.solution.alike(speaker.name)) {
        const best = paths.find((path) => path.best);
        if (best === undefined || best.kind === "local") continue;
        const used = new Set(paths.filter((path) => path.best || path.multipath).map((path) => path.nextHop));
        const unused = paths.filter(
          (path) =>
            path.valid &&
            path.kind === best.kind &&
            path.step !== undefined &&
            TIES.has(path.step) &&
            !path.multipath &&
            !path.best &&
            !used.has(path.nextHop),
        );
        if (unused.length > 0) idle.push(...prefixes.map((prefix) => ({ prefix, paths: unused, used: used.size })));
      }
      const [first] = idle;
      if (first === undefined) continue;
      yield {
        place: `${speaker.name} ${first.prefix}`,
        sentence: `${speaker.name} uses ${number(first.used, "next hop")} for ${first.prefix} and leaves ${some([...new Set(first.paths.map((path) => path.nextHop))])} idle${idle.length > 1 ? `; so for ${idle.length - 1} prefixes more` : ""}.`,
        fix: "raise maximum-paths; where the paths come from several ASes, set multipath-relax too",
      };
    }
  },
};

export const CAPACITY_RULES: readonly Rule[] = [peers, listen, prefixes, routes, unusedPaths];
