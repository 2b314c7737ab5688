/** Rules about the step from one Network to the next: what would be lost, narrowed, reset; silent without a before. */
import { overlaps, parsePrefix, prefixLength, containsPrefix, type Prefix } from "../../model/prefix";
import type { FibRoute } from "../../bgp/solution";
import type { Link } from "../effects";
import type { RouteChange } from "../difference";
import { causeWords } from "../edits";
import { number, some, type Violation, type Rule, type Scene } from "./rule";

function changesOf(scene: Scene, what: (change: RouteChange) => boolean): Map<string, RouteChange[]> {
  const byPrefix = new Map<string, RouteChange[]>();
  for (const change of scene.difference?.routes ?? []) {
    if (!what(change)) continue;
    const list = byPrefix.get(change.prefix);
    if (list === undefined) byPrefix.set(change.prefix, [change]);
    else list.push(change);
  }
  return byPrefix;
}

type Fibs = (speaker: string) => ReadonlyMap<string, FibRoute>;

function fibsOf({ forecast: { solution } }: Scene): Fibs {
  const known = new Map<string, ReadonlyMap<string, FibRoute>>();
  return (speaker) => {
    let fib = known.get(speaker);
    if (fib === undefined) known.set(speaker, (fib = solution.fib?.(speaker) ?? solution.table(speaker).fib));
    return fib;
  };
}

/** Does something wider still lead there, and not into a blackhole? */
function covered(scene: Scene, { speaker, prefix }: RouteChange, fibs: Fibs): boolean {
  if (!scene.speakers.has(speaker)) return false;
  for (const [one, route] of fibs(speaker)) {
    if (one === prefix || !containsPrefix(one as Prefix, prefix as Prefix)) continue;
    if (!route.nextHops.every((hop) => hop.blackhole === true)) return true;
  }
  return false;
}

function because(scene: Scene, changes: readonly RouteChange[]): string {
  const chain = changes.find(({ causes }) => causes.length > 0)?.causes;
  const words = chain === undefined ? "" : wordsOf(scene, chain);
  return words === "" ? "" : ` Because ${words}.`;
}

function wordsOf({ edits, difference }: Scene, causes: readonly Link[]): string {
  return causeWords(causes, edits, difference?.changes ?? []);
}

const lost: Rule = {
  id: "change/reachability-lost",
  severity: "block",
  holds: "No speaker that stays loses its last route to a prefix.",
  *check(scene) {
    const staying = changesOf(scene, ({ what, speaker }) => {
      const there = scene.speakers.get(speaker);
      return what === "lost" && there !== undefined && there.down !== true;
    });
    const fibs = fibsOf(scene);
    for (const [prefix, changes] of staying) {
      const bare = changes.filter((change) => !covered(scene, change, fibs));
      const shown = bare.length > 0 ? bare : changes;
      yield {
        place: `${shown[0]?.speaker ?? ""} ${prefix}`,
        sentence: `${some(shown.map(({ speaker }) => speaker))} lose${shown.length === 1 ? "s" : ""} the route to ${prefix}${bare.length > 0 ? "; nothing else leads there" : "; a wider one is left"}.${because(scene, shown)}`,
        fix: "bring the new path up before the old one goes, or confirm that the prefix is no longer wanted",
        severity: bare.length > 0 ? "block" : "warn",
      };
    }
  },
};

function* perPrefix(
  scene: Scene,
  what: (change: RouteChange) => boolean,
  say: (change: RouteChange, all: string) => string,
  fix: string,
): Iterable<Violation> {
  for (const [prefix, changes] of changesOf(scene, what)) {
    const [first] = changes;
    if (first === undefined) continue;
    yield {
      place: `${first.speaker} ${prefix}`,
      sentence: `${say(first, some(changes.map(({ speaker }) => speaker)))}${because(scene, changes)}`,
      fix,
    };
  }
}

const narrower: Rule = {
  id: "change/fewer-next-hops",
  severity: "warn",
  holds: "No prefix is carried by fewer next hops than before.",
  check: (scene) =>
    perPrefix(
      scene,
      ({ width }) => width.after > 0 && width.after < width.before,
      ({ prefix, width }, all) => `${prefix} goes from ${width.before} next hops to ${width.after} at ${all}.`,
      "make sure that what remains bears the traffic",
    ),
};

const longer: Rule = {
  id: "change/longer-path",
  severity: "warn",
  holds: "No route gets longer.",
  check: (scene) =>
    perPrefix(
      scene,
      ({ before, after }) =>
        before?.state === "used" && after?.state === "used" && after.asPath.length > before.asPath.length,
      ({ prefix, before, after }, all) =>
        `${prefix} takes ${number(after?.asPath.length ?? 0, "AS hop")} instead of ${before?.asPath.length ?? 0} at ${all}.`,
      "look whether the shorter path was meant to go",
    ),
};

const otherSite: Rule = {
  id: "change/moved-between-sites",
  severity: "warn",
  holds: "No traffic that stayed within its site leaves it.",
  *check(scene) {
    const site = (name: string) => scene.speakers.get(name)?.place?.site;
    const away = (route: RouteChange["after"], speaker: string) =>
      (route?.from ?? []).some((from) => site(from) !== undefined && site(from) !== site(speaker));
    yield* perPrefix(
      scene,
      ({ before, after, speaker }) =>
        before?.state === "used" && site(speaker) !== undefined && !away(before, speaker) && away(after, speaker),
      ({ prefix }, all) => `Traffic for ${prefix} at ${all} moves to another site.`,
      "check that the link between the sites bears it",
    );
  },
};

const resets: Rule = {
  id: "change/sessions-reset",
  severity: "warn",
  holds: "No established session is reset.",
  *check(scene) {
    const reset = (scene.difference?.sessions ?? []).filter(({ what }) => what === "reset");
    const byCause = new Map<string, string[]>();
    for (const session of reset) {
      const cause = wordsOf(scene, session.causes);
      const keys = byCause.get(cause);
      if (keys === undefined) byCause.set(cause, [session.key]);
      else keys.push(session.key);
    }
    for (const [cause, keys] of byCause) {
      yield {
        place: keys[0] ?? "",
        sentence: `${number(keys.length, "established session")} will be reset: ${some(keys)}.${cause === "" ? "" : ` Because ${cause}.`}`,
        fix: "change one end of a redundant pair at a time, and drain it first",
      };
    }
  },
};

const breadth: Rule = {
  id: "change/wide",
  severity: "warn",
  holds: "One change touches a small part of all routes.",
  *check(scene) {
    const { difference, before, thresholds } = scene;
    if (difference === undefined || before === undefined || difference.routes.length === 0) return;
    const { solution } = before;
    const all = solution.network.speakers
      .flatMap(({ name }) => solution.alike(name).map(({ prefixes }) => prefixes.length))
      .reduce((sum, count) => sum + count, 0);
    if (all === 0 || difference.routes.length / all <= thresholds.changed) return;
    const speakers = [...new Set(difference.routes.map(({ speaker }) => speaker))];
    yield {
      place: speakers[0] ?? "",
      sentence: `${difference.routes.length} of ${all} routes change (${Math.round((difference.routes.length / all) * 100)} %), on ${number(speakers.length, "speaker")}.`,
      fix: "split the change, or go ahead knowing its breadth",
    };
  },
};

const management: Rule = {
  id: "change/management",
  severity: "block",
  holds: "The way to the routers themselves does not hang on the routes being changed.",
  *check(scene) {
    for (const text of scene.intent.management ?? []) {
      const parsed = parsePrefix(text);
      if (!parsed.ok) continue;
      yield* perPrefix(
        scene,
        ({ prefix, what }) =>
          (what === "lost" || what === "moved") &&
          prefixLength(prefix as Prefix) > 0 &&
          overlaps(parsed.value, prefix as Prefix),
        ({ prefix, what }, all) =>
          `The management route ${prefix} is ${what} at ${all}: a mistake there locks out whoever would mend it.`,
        "reach the routers over a network that BGP does not carry, or change this in a step of its own",
      );
    }
  },
};

export const CHANGE_RULES: readonly Rule[] = [lost, narrower, longer, otherSite, resets, breadth, management];
