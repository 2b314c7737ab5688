/** Rules about the routes themselves: what nodes may announce, what must resolve, and what must be there. */
import { familyOf, parseAddress } from "../../model/address";
import {
  containsAddress,
  containsPrefix,
  maximumLength,
  overlaps,
  parsePrefix,
  prefixLength,
  type Prefix,
} from "../../model/prefix";
import { dialectOf } from "../../bgp/dialects";
import type { Path } from "../../bgp/solution";
import { chosenRoute } from "../route";
import { isNode, some, type Cause, type ClusterIntent, type Rule, type Scene } from "./rule";

/** Paths that a router has from nodes; prefixes that fare alike stand together. */
function* fromNodes(scene: Scene): Iterable<{ router: string; prefixes: readonly Prefix[]; paths: Path[] }> {
  for (const { name, ...speaker } of scene.network.speakers) {
    if (speaker.role === "node" || speaker.down === true) continue;
    for (const row of scene.forecast.solution.alike(name)) {
      const paths = row.paths.filter(
        (path) => path.from !== undefined && isNode(scene.speakers.get(path.from.speaker)),
      );
      if (paths.length > 0) yield { router: name, prefixes: row.prefixes as readonly Prefix[], paths };
    }
  }
}

function senders(paths: readonly Path[]): string {
  return some([...new Set(paths.map((path) => path.from?.speaker ?? ""))].sort());
}

const defaultRoute: Rule = {
  id: "route/default-from-node",
  severity: "block",
  holds: "No router takes a default route from a node.",
  *check(scene) {
    for (const { router, prefixes, paths } of fromNodes(scene)) {
      const prefix = prefixes.find((each) => prefixLength(each) === 0);
      if (prefix === undefined) continue;
      yield {
        place: `${router} ${prefix}`,
        sentence: `${router} accepts ${prefix} from ${senders(paths)}: all traffic without a better route goes to a node.`,
        fix: "deny the default route in the router's import list, and look on the node for what announces it (an advertised service range, an export filter, a pool of 0.0.0.0/0)",
      };
    }
  },
};

function prefixesOf(clusters: readonly ClusterIntent[], ...kinds: ("pods" | "services" | "nodes")[]): Prefix[] {
  return clusters.flatMap((cluster) =>
    kinds.flatMap((kind) =>
      (cluster[kind] ?? []).flatMap((text) => {
        const parsed = parsePrefix(text);
        return parsed.ok ? [parsed.value] : [];
      }),
    ),
  );
}

const outside: Rule = {
  id: "route/outside-cluster",
  severity: "block",
  holds: "Routers take from nodes pod, service and node prefixes alone, and never one of the fabric's own.",
  *check(scene) {
    const allowed = prefixesOf(scene.intent.clusters ?? [], "pods", "services", "nodes");
    const fabric = new Map<Prefix, string>();
    for (const speaker of scene.network.speakers) {
      if (isNode(speaker)) continue;
      for (const each of speaker.interfaces) {
        for (const text of each.addresses) {
          const parsed = parsePrefix(text);
          if (parsed.ok) fabric.set(parsed.value, `${speaker.name} ${each.name}`);
        }
      }
    }
    const own = [...fabric];
    const bad = new Map<string, { prefixes: Set<string>; paths: Path[]; why: string }>();
    const whyNot = new Map<Prefix, string | undefined>();
    const judge = (prefix: Prefix): string | undefined => {
      if (prefixLength(prefix) === 0 || allowed.some((range) => containsPrefix(range, prefix))) return undefined;
      const owned = own.find(([one]) => overlaps(one, prefix));
      if (owned !== undefined) return `overlapping ${owned[0]} of ${owned[1]}`;
      return allowed.length === 0 ? undefined : "outside the clusters' ranges";
    };
    for (const { router, prefixes, paths } of fromNodes(scene)) {
      for (const prefix of prefixes) {
        // Many routers take the same prefixes.
        if (!whyNot.has(prefix)) whyNot.set(prefix, judge(prefix));
        const why = whyNot.get(prefix);
        if (why === undefined) continue;
        const one = bad.get(`${router} ${why}`) ?? { prefixes: new Set<string>(), paths: [], why };
        one.prefixes.add(prefix);
        one.paths.push(...paths);
        bad.set(`${router} ${why}`, one);
      }
    }
    for (const [key, { prefixes, paths, why }] of bad) {
      const router = key.split(" ")[0] ?? "";
      yield {
        place: `${router} ${[...prefixes][0] ?? ""}`,
        sentence: `${router} accepts ${some([...prefixes])} from ${senders(paths)}, ${why}.`,
        fix: "permit the pod and service ranges alone in the router's import list",
      };
    }
  },
};

const podHosts: Rule = {
  id: "route/pod-hosts",
  severity: "warn",
  holds: "Nodes announce blocks, not one route a pod.",
  *check(scene) {
    const pods = prefixesOf(scene.intent.clusters ?? [], "pods");
    const services = prefixesOf(scene.intent.clusters ?? [], "services");
    const hosts = new Map<string, number>();
    const isPodHost = (prefix: Prefix): boolean =>
      prefixLength(prefix) === maximumLength(familyOf(prefix)) &&
      (pods.length > 0
        ? pods.some((range) => containsPrefix(range, prefix))
        : !services.some((range) => containsPrefix(range, prefix)));
    for (const { router, prefixes, paths } of fromNodes(scene)) {
      const count = prefixes.filter(isPodHost).length;
      if (count === 0) continue;
      for (const node of new Set(paths.map((path) => path.from?.speaker ?? ""))) {
        const key = `${router} ${node}`;
        hosts.set(key, (hosts.get(key) ?? 0) + count);
      }
    }
    for (const [key, count] of hosts) {
      if (count <= scene.thresholds.hostRoutes) continue;
      const [router = "", node = ""] = key.split(" ");
      yield {
        place: `${router} ${node}`,
        sentence: `${node} announces ${count} host routes to ${router}: one a pod fills the tables of the fabric.`,
        fix: "advertise the node's /24 or /26 block; permit no longer prefix than that for pods on the router",
      };
    }
  },
};

/** A route that a node learned from other nodes and passes on: traffic for a pod elsewhere comes through it. */
const reExport: Rule = {
  id: "node/re-exports",
  severity: "warn",
  holds: "Each pod block reaches the router from its owner only.",
  *check(scene) {
    const hops = new Map<string, { prefixes: Set<string>; nodes: Set<string> }>();
    const byNode = new Map<string, ReturnType<typeof kindsAt>>();
    for (const { router, prefixes, paths } of fromNodes(scene)) {
      for (const path of paths) {
        const node = path.from?.speaker ?? "";
        let kinds = byNode.get(node);
        if (kinds === undefined) byNode.set(node, (kinds = kindsAt(scene, node)));
        if (kinds.get(prefixes) !== "ibgp") continue;
        // With the owner's next hop kept, the detour is in the announcement alone.
        if (!path.valid || !addressesOf(scene, node).has(path.nextHop)) continue;
        const one = hops.get(router) ?? { prefixes: new Set<string>(), nodes: new Set<string>() };
        for (const prefix of prefixes) one.prefixes.add(prefix);
        one.nodes.add(node);
        hops.set(router, one);
      }
    }
    for (const [router, { prefixes, nodes }] of hops) {
      yield {
        place: router,
        sentence: `${some([...nodes].sort())} announce${nodes.size === 1 ? "s" : ""} ${some([...prefixes])} to ${router} although another node owns ${prefixes.size === 1 ? "it" : "them"}: traffic takes a detour through ${nodes.size === 1 ? "that node" : "those nodes"}, and externalTrafficPolicy Local breaks.`,
        fix: "set nextHopMode Keep on the BGPPeer, or a BGPFilter that rejects source RemotePeers towards eBGP peers",
      };
    }
  },
};

/** The kind of route that a speaker takes for prefixes that fare alike. */
function kindsAt(scene: Scene, name: string): Map<readonly string[], Path["kind"] | undefined> {
  return new Map(
    scene.forecast.solution
      .alike(name)
      .map(({ prefixes, paths }) => [prefixes, chosenRoute(name, prefixes[0] ?? "", paths)?.kind]),
  );
}

function addressesOf(scene: Scene, name: string): ReadonlySet<string> {
  const speaker = scene.speakers.get(name);
  return new Set(
    (speaker?.interfaces ?? []).flatMap((each) => each.addresses.map((text) => text.split("/")[0] ?? text)),
  );
}

const FIX_NEXT_HOP = "set next-hop-self on the session that brings it, or give the speaker a route to the next hop";
const FIXES_NEXT_HOP: Readonly<Record<string, string>> = {
  bird: "BIRD reaches no next hop over another BGP route: keep what covers it (often the default) out with an import filter, so that the kernel's own route counts, or peer with next hop self",
};

const nextHop: Rule = {
  id: "route/next-hop-unresolved",
  severity: "block",
  holds: "Every route that is learned has a next hop that can be reached.",
  *check(scene) {
    const stuck = new Map<string, { prefixes: string[]; alone: boolean; from: string }>();
    for (const speaker of scene.network.speakers) {
      if (speaker.down === true) continue;
      for (const { prefixes, paths } of scene.forecast.solution.alike(speaker.name)) {
        const usable = paths.some((path) => path.best && path.valid);
        for (const path of paths) {
          if (path.valid || path.kind === "local") continue;
          const key = `${speaker.name} ${path.nextHop}`;
          const one = stuck.get(key) ?? { prefixes: [], alone: false, from: path.from?.speaker ?? "" };
          one.prefixes.push(...prefixes);
          one.alone ||= !usable;
          stuck.set(key, one);
        }
      }
    }
    for (const [key, { prefixes, alone, from }] of stuck) {
      const [name = "", hop = ""] = key.split(" ");
      const unique = [...new Set(prefixes)];
      yield {
        place: `${name} ${prefixes[0] ?? ""}`,
        about: key,
        cause: {
          kind: "cannot use",
          whose: "speakers",
          things: "next hops",
          who: name,
          what: hop,
          ...coveredBy(scene, name, hop),
        },
        sentence: `${name} cannot reach the next hop ${hop} of ${some(unique)}, learned from ${from}${alone ? "; it has no other path" : ""}.`,
        fix: FIXES_NEXT_HOP[scene.speakers.get(name)?.dialect.system ?? ""] ?? FIX_NEXT_HOP,
        severity: alone ? "block" : "warn",
      };
    }
  },
};

/** The BGP route over which the next hop would be reached, and who sends it: BIRD uses no such route for it. */
function coveredBy(scene: Scene, name: string, hop: string): Pick<Cause, "why"> {
  const address = parseAddress(hop);
  if (!address.ok || scene.speakers.get(name)?.dialect.system !== "bird") return {};
  let covering: { prefix: Prefix; from: string } | undefined;
  for (const { prefixes, paths } of scene.forecast.solution.alike(name)) {
    const best = paths.find((path) => path.best && path.from !== undefined);
    if (best?.from === undefined) continue;
    for (const prefix of prefixes as readonly Prefix[]) {
      if (!containsAddress(prefix, address.value)) continue;
      if (covering !== undefined && prefixLength(covering.prefix) >= prefixLength(prefix)) continue;
      covering = { prefix, from: best.from.speaker };
    }
  }
  if (covering === undefined) return {};
  return { why: { who: covering.from, does: "export", what: covering.prefix } };
}

const nextHopByDefault: Rule = {
  id: "route/next-hop-by-default",
  severity: "warn",
  holds: "No next hop is reached over the default route alone.",
  *check(scene) {
    for (const speaker of scene.network.speakers) {
      if (isNode(speaker) || speaker.down === true) continue;
      const masked = new Map<string, string[]>();
      let fib: ReadonlyMap<string, unknown> | undefined;
      for (const { prefixes, paths } of scene.forecast.solution.alike(speaker.name)) {
        for (const path of paths) {
          if (!path.best || path.kind !== "ibgp") continue;
          const hop = parseAddress(path.nextHop);
          if (!hop.ok || masked.has(path.nextHop)) continue;
          fib ??= scene.forecast.solution.table(speaker.name).fib;
          const around = [...fib.keys()].filter((one) => containsAddress(one as Prefix, hop.value));
          // A route does not lead to its own next hop.
          const prefix = prefixes.find((each) => {
            const covering = around.filter((one) => one !== each);
            return covering.length > 0 && covering.every((one) => prefixLength(one as Prefix) === 0);
          });
          if (prefix !== undefined) masked.set(path.nextHop, [prefix]);
        }
      }
      for (const [hop, prefixes] of masked) {
        yield {
          place: `${speaker.name} ${prefixes[0] ?? ""}`,
          sentence: `${speaker.name} reaches the next hop ${hop} over its default route alone: the route counts as valid although nothing leads there.`,
          fix: "set next-hop-self on the session that brings it, or turn resolving over the default route off",
        };
      }
    }
  },
};

const podsNotRouted: Rule = {
  id: "route/pods-not-routed",
  severity: "block",
  holds: "Who announces services alone announces no pods: they are the CNI's.",
  *check(scene) {
    const pods = prefixesOf(scene.intent.clusters ?? [], "pods");
    for (const speaker of scene.network.speakers) {
      const lack = dialectOf(speaker.dialect).cannot.pods;
      if (lack === undefined) continue;
      const wrong = (speaker.originate ?? []).flatMap((each) => {
        const parsed = each.kind === "network" ? parsePrefix(each.prefix) : undefined;
        return parsed?.ok === true && pods.some((range) => overlaps(range, parsed.value)) ? [parsed.value] : [];
      });
      if (wrong.length === 0) continue;
      yield {
        place: speaker.name,
        sentence: `${speaker.name} announces ${some(wrong)} of the pods: ${lack.why}.`,
        fix: lack.instead,
      };
    }
  },
};

const serviceRange: Rule = {
  id: "service/not-advertised",
  severity: "warn",
  holds: "Every service range that shall be reached from outside is announced to a router.",
  *check(scene) {
    const learned = new Set([...fromNodes(scene)].flatMap(({ prefixes }) => prefixes));
    if (!scene.network.speakers.some((speaker) => !isNode(speaker))) return;
    for (const cluster of scene.intent.clusters ?? []) {
      for (const range of prefixesOf([cluster], "services")) {
        if ([...learned].some((prefix) => overlaps(range, prefix) && prefixLength(prefix) > 0)) continue;
        yield {
          place: cluster.name,
          sentence: `No router hears of ${range}, the services of ${cluster.name}: they cannot be reached from outside.`,
          fix: "advertise it: in the BGP settings of the cluster's CNI, among its service ranges or by an advertisement that selects services",
        };
      }
    }
  },
};

export const ROUTE_RULES: readonly Rule[] = [
  defaultRoute,
  outside,
  podHosts,
  reExport,
  nextHop,
  nextHopByDefault,
  podsNotRouted,
  serviceRange,
];
