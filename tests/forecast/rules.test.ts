/** Each rule fires on the Network built wrong in its way, and stays silent on the right one. */
import { describe, expect, test } from "vitest";
import type { Neighbor, Network, Speaker } from "../../components/bgp/network";
import { forecast } from "../../components/forecast/forecast";
import { blocking, printFinding, RULES, rules, type Rule, type RuleOptions } from "../../components/forecast/rules";
import { CLUSTER, large, type Large } from "../networks/large";
import { selective } from "../networks/selective";
import { FRR, router } from "../networks/routers";
import { twoSites } from "../networks/twoSites";

const INTENT = { clusters: [CLUSTER] };

function found(id: string, network: Network, options: RuleOptions = {}) {
  return rules(network, forecast(network), { intent: INTENT, ...options }).filter(({ rule }) => rule === id);
}

/** A copy with one speaker changed. */
function altered(network: Network, name: string, alter: (speaker: Speaker) => void): Network {
  const copy = structuredClone(network);
  const speaker = copy.speakers.find((one) => one.name === name);
  if (speaker === undefined) throw new Error(`no speaker ${name}`);
  alter(speaker);
  return copy;
}

/** Two routers on a link, and whatever the test adds. */
function pair(one: Partial<Speaker> = {}, other: Partial<Speaker> = {}): Network {
  const a = router("r1", 64601, "10.255.0.1", [{ name: "eth0", segment: "link", addresses: ["10.0.0.0/31"] }], {
    neighbors: [{ address: "10.0.0.1", remoteAs: 64602 }],
    ...one,
  });
  const b = router("r2", 64602, "10.255.0.2", [{ name: "eth0", segment: "link", addresses: ["10.0.0.1/31"] }], {
    neighbors: [{ address: "10.0.0.0", remoteAs: 64601 }],
    ...other,
  });
  return { version: 1, speakers: [a, b], segments: [{ name: "link", prefixes: ["10.0.0.0/31"] }] };
}

/** The pair, with an eBGP session between their loopbacks. */
function overLoopbacks(far: Partial<Neighbor> = {}): Network {
  const loopback = (speaker: Partial<Speaker>, own: string, other: string, via: string) => {
    const { interfaces = [] } = speaker;
    interfaces.push({ name: "lo", addresses: [`${own}/32`] });
    // As an IGP's route: FRR takes its own static ones for connected here.
    return { ...speaker, interfaces, routes: [{ prefix: `${other}/32`, via: [via], source: "kernel" as const }] };
  };
  const session = { multihop: 2, remoteAs: 64602 };
  const network = pair(
    { neighbors: [{ ...session, address: "10.9.0.2", localAddress: "10.9.0.1" }] },
    { neighbors: [{ ...session, remoteAs: 64601, address: "10.9.0.1", localAddress: "10.9.0.2", ...far }] },
  );
  const [r1, r2] = network.speakers as [Speaker, Speaker];
  return {
    ...network,
    speakers: [
      { ...r1, ...loopback(r1, "10.9.0.1", "10.9.0.2", "10.0.0.1") },
      { ...r2, ...loopback(r2, "10.9.0.2", "10.9.0.1", "10.0.0.0") },
    ],
  };
}

const statics = (...prefixes: string[]) => ({
  routes: prefixes.map((prefix) => ({ prefix, blackhole: true })),
  originate: prefixes.map((prefix) => ({ kind: "network" as const, prefix })),
});

/** A MetalLB speaker on the rack of a ToR. */
function metallb(speaker: Partial<Speaker> = {}): Network {
  const node: Speaker = {
    name: "node1",
    role: "node",
    dialect: { system: "metallb", version: "0.16" },
    asn: 64512,
    routerId: "10.0.0.1",
    interfaces: [{ name: "eth0", segment: "link", addresses: ["10.0.0.1/31"] }],
    bgp: { listens: false },
    neighbors: [{ address: "10.0.0.0", remoteAs: 64601 }],
    originate: [{ kind: "network", prefix: "10.96.0.10/32" }],
    ...speaker,
  };
  const network = pair({ neighbors: [{ address: "10.0.0.1", remoteAs: 64512 }] });
  return { ...network, speakers: [network.speakers[0] as Speaker, node] };
}

function largeWith(options: Large = {}): Network {
  return large({ nodes: 6, racks: 3, ...options });
}

interface Case {
  rule: string;
  title: string;
  wrong: () => Network;
  right: () => Network;
  options?: () => RuleOptions;
  /** What the sentence names. */
  says: RegExp;
}

const before = (network: Network): RuleOptions => ({ before: forecast(network) });
const reflectorSpread = { ...large({ nodes: 6, racks: 3 }) };

const CASES: Case[] = [
  // The table of common mistakes of lab 004.
  {
    rule: "mesh/too-large",
    title: "full mesh at scale",
    wrong: () => largeWith({ mesh: true, nodes: 12 }),
    right: () => largeWith({ nodes: 12 }),
    options: () => ({ thresholds: { meshNodes: 10 } }),
    says: /12 nodes of k8s are meshed with 66 sessions; with three reflectors it would be 30/,
  },
  {
    rule: "asn/public",
    title: "a public ASN inside the data centre",
    wrong: () => largeWith({ clusterAsn: 13335 }),
    right: () => largeWith(),
    says: /AS 13335/,
  },
  {
    rule: "asn/reserved",
    title: "an ASN that nobody may use",
    wrong: () => pair({ asn: 65535 }, { neighbors: [{ address: "10.0.0.0", remoteAs: 65535 }] }),
    right: () => pair(),
    says: /AS 65535 is reserved/,
  },
  {
    rule: "session/no-graceful-restart",
    title: "no graceful restart on a node",
    wrong: () => altered(largeWith(), "worker-01", (one) => (one.bgp.gracefulRestart = false)),
    right: () => largeWith(),
    says: /worker-01 to leaf-1 has no graceful restart/,
  },
  {
    rule: "route/pod-hosts",
    title: "a route for every pod",
    wrong: () =>
      altered(largeWith({ unfiltered: true }), "worker-01", (one) => {
        const pods = Array.from({ length: 60 }, (_, i) => `10.244.4.${i + 1}/32`);
        one.routes = [...(one.routes ?? []), ...pods.map((prefix) => ({ prefix, blackhole: true }))];
        for (const policy of Object.values(one.policies ?? {})) {
          policy.terms = [
            { match: { prefixes: [{ prefix: "10.244.4.0/24", ge: 32, le: 32 }] }, action: "accept" },
            ...policy.terms,
          ];
        }
      }),
    right: () => largeWith({ unfiltered: true }),
    says: /worker-01 announces 60 host routes to leaf-1/,
  },
  {
    rule: "filter/none-from-nodes",
    title: "no filter on the switch",
    wrong: () => largeWith({ unfiltered: true }),
    right: () => largeWith(),
    says: /accepts whatever .* a default route included/,
  },
  {
    rule: "service/not-advertised",
    title: "the service range forgotten",
    wrong: () => largeWith({ serviceCidr: false }),
    right: () => largeWith(),
    says: /No router hears of 10\.96\.0\.0\/12/,
  },
  {
    rule: "reflector/single",
    title: "a single reflector",
    wrong: () => largeWith({ reflectors: 1 }),
    right: () => largeWith({ reflectors: 2 }),
    says: /through cp-01 alone/,
  },
  {
    rule: "route/pods-not-routed",
    title: "MetalLB made to route pods",
    wrong: () => metallb({ originate: [{ kind: "network", prefix: "10.244.4.0/24" }] }),
    right: () => metallb(),
    says: /MetalLB does not route pods/,
  },
  {
    rule: "route/default-from-node",
    title: "a default route from a node",
    wrong: () => largeWith({ defaultFromNode: true, listWithoutDefault: true }),
    right: () => largeWith({ defaultFromNode: true }),
    says: /accepts 0\.0\.0\.0\/0 from worker-01/,
  },
  {
    rule: "session/no-bfd",
    title: "BFD on MetalLB's native speaker",
    wrong: () => metallb({ neighbors: [{ address: "10.0.0.0", remoteAs: 64601, bfd: true }] }),
    right: () => metallb(),
    says: /has no BFD/,
  },
  {
    rule: "session/no-unnumbered",
    title: "an unnumbered peer on MetalLB's native speaker",
    wrong: () => metallb({ neighbors: [{ interface: "eth0", remoteAs: "external" }] }),
    right: () => metallb(),
    says: /unnumbered/,
  },
  {
    rule: "reflector/on-worker",
    title: "reflectors on workers",
    wrong: () => largeWith({ reflectorsOnWorkers: true }),
    right: () => largeWith(),
    says: /is a worker/,
  },
  // Sessions.
  {
    rule: "session/down",
    title: "a wrong ASN at one end",
    wrong: () => pair({ neighbors: [{ address: "10.0.0.1", remoteAs: 64699 }] }),
    right: () => pair(),
    says: /stays down \(wrong-asn\)/,
  },
  {
    rule: "session/policy-missing",
    title: "an eBGP session without a policy where RFC 8212 holds",
    wrong: () => pair({ bgp: { ebgpRequiresPolicy: true } }),
    right: () => pair(),
    says: /r1 has no (import|export) policy/,
  },
  {
    rule: "session/graceful-restart-refused",
    title: "a restarter whose helper is turned off",
    wrong: () =>
      pair(
        { neighbors: [{ address: "10.0.0.1", remoteAs: 64602, gracefulRestart: { mode: "restarter" } }] },
        { neighbors: [{ address: "10.0.0.0", remoteAs: 64601, gracefulRestart: { mode: "off" } }] },
      ),
    right: () =>
      pair({ neighbors: [{ address: "10.0.0.1", remoteAs: 64602, gracefulRestart: { mode: "restarter" } }] }),
    says: /r2 has it turned off/,
  },
  {
    rule: "session/bfd-one-sided",
    title: "BFD on one end",
    wrong: () => pair({ neighbors: [{ address: "10.0.0.1", remoteAs: 64602, bfd: true }] }),
    right: () =>
      pair(
        { neighbors: [{ address: "10.0.0.1", remoteAs: 64602, bfd: true }] },
        { neighbors: [{ address: "10.0.0.0", remoteAs: 64601, bfd: true }] },
      ),
    says: /on at r1 and off at r2/,
  },
  {
    rule: "session/both-dial",
    title: "loopbacks that dial each other",
    wrong: () => overLoopbacks(),
    right: () => overLoopbacks({ passive: true }),
    says: /r1 and r2 both dial: .* FRR 8\.4 may refuse the next hops of r2/,
  },
  // Identity.
  {
    rule: "router-id/duplicate",
    title: "one router id twice",
    wrong: () => pair({}, { routerId: "10.255.0.1" }),
    // VRFs of one device have its router id as a matter of course.
    right: () => {
      const network = pair();
      const [device] = network.speakers;
      if (device === undefined) throw new Error("no speaker");
      const vrf = { ...device, name: `${device.name} vrf RED`, interfaces: [], neighbors: [] };
      return { ...network, speakers: [...network.speakers, vrf] };
    },
    says: /r1 and r2 have the router id 10\.255\.0\.1/,
  },
  {
    rule: "address/duplicate",
    title: "one address twice on a segment",
    wrong: () => pair({}, { interfaces: [{ name: "eth0", segment: "link", addresses: ["10.0.0.0/31"] }] }),
    right: () => pair(),
    says: /10\.0\.0\.0 on link/,
  },
  {
    rule: "segment/overlap",
    title: "two segments in one range",
    wrong: () => ({
      ...pair(),
      segments: [
        { name: "link", prefixes: ["10.0.0.0/31"] },
        { name: "rack", prefixes: ["10.0.0.0/24"] },
      ],
    }),
    right: () => ({
      ...pair(),
      segments: [
        { name: "link", prefixes: ["10.0.0.0/31"] },
        { name: "rack", prefixes: ["10.0.1.0/24"] },
      ],
    }),
    says: /10\.0\.0\.0\/31 \(segment link\) overlaps 10\.0\.0\.0\/24/,
  },
  {
    rule: "asn/shared-by-racks",
    title: "racks that share an ASN and drop each other's routes",
    wrong: () => largeWith({ oneLeafAsn: true }),
    right: () => largeWith(),
    says: /share AS 64501/,
  },
  // Capacity.
  {
    rule: "capacity/peers",
    title: "more peers than the ToR bears",
    wrong: () => altered(selective({ everyNode: true }), "tor1", (one) => (one.limits = { peers: 4 })),
    right: () => selective({ everyNode: true }),
    says: /has 5 BGP peers, its limit is 4/,
  },
  {
    rule: "capacity/listen-limit",
    title: "more dialling neighbors than the listen limit",
    wrong: () => altered(selective({ everyNode: true }), "tor1", (one) => (one.bgp.listenLimit = 4)),
    right: () => selective({ everyNode: true }),
    says: /dynamic neighbors, its limit is 4/,
  },
  {
    rule: "capacity/maximum-prefix",
    title: "as many prefixes as the session allows",
    wrong: () =>
      pair(
        { neighbors: [{ address: "10.0.0.1", remoteAs: 64602, families: { ipv4: { maximumPrefix: { limit: 4 } } } }] },
        statics("10.1.0.0/24", "10.1.1.0/24", "10.1.2.0/24", "10.1.3.0/24"),
      ),
    right: () =>
      pair(
        { neighbors: [{ address: "10.0.0.1", remoteAs: 64602, families: { ipv4: { maximumPrefix: { limit: 10 } } } }] },
        statics("10.1.0.0/24", "10.1.1.0/24", "10.1.2.0/24", "10.1.3.0/24"),
      ),
    says: /has 4 ipv4 prefixes, 100 % of its limit 4/,
  },
  {
    rule: "capacity/routes",
    title: "more routes than the table holds",
    wrong: () => pair({ limits: { routes: 2 } }, statics("10.1.0.0/24", "10.1.1.0/24")),
    right: () => pair({ limits: { routes: 100 } }, statics("10.1.0.0/24", "10.1.1.0/24")),
    says: /r1 has 3 routes, its limit is 2/,
  },
  {
    rule: "ecmp/unused",
    title: "equal paths left idle by maximum-paths 1",
    wrong: () => selective({ maximumPaths: 1 }),
    right: () => selective({ maximumPaths: 4 }),
    says: /leaves 10\.10\.10\.12 idle/,
  },
  // Reflectors.
  {
    rule: "reflector/failure-domain",
    title: "all reflectors in one rack",
    wrong: () => largeWith({ nodes: 9, reflectors: 2, reflectorsInOneRack: true }),
    right: () => largeWith({ nodes: 9, reflectors: 2 }),
    says: /stand in rack-1/,
  },
  {
    rule: "reflector/cluster-id",
    title: "one cluster id on reflectors that do not share their clients",
    wrong: () =>
      altered(
        reflectorSpread,
        "worker-01",
        (one) => (one.neighbors = one.neighbors.filter(({ address }) => address !== "10.0.20.74")),
      ),
    right: () => reflectorSpread,
    says: /share the cluster id 1\.0\.0\.1/,
  },
  // Policies.
  {
    rule: "reference/undefined",
    title: "a route-map that is named and not defined",
    wrong: () => largeWith({ undefinedAdvertiseDefault: true }),
    right: () => largeWith(),
    says: /ADVERTISE-DEFAULT is named by .* defined nowhere: FRR then denies everything/,
  },
  {
    rule: "reference/empty",
    title: "a list whose entries are gone",
    wrong: () => altered(largeWith(), "leaf-1", (one) => (one.prefixLists = { ...one.prefixLists, "K8S-PODS": [] })),
    right: () => largeWith(),
    says: /K8S-PODS of leaf-1 is in use and has no entry/,
  },
  {
    rule: "policy/accepts-all",
    title: "a policy that lets all through between sites",
    wrong: () => twoSites({ acceptAll: true }),
    // A family that is off carries nothing, whatever it lacks.
    right: () => {
      const network = structuredClone(twoSites());
      for (const { neighbors } of network.speakers) {
        for (const each of neighbors) each.families = { ...each.families, ipv6: { active: false } };
      }
      return network;
    },
    says: /accepts every route on a session that leaves the site/,
  },
  {
    rule: "network/no-route",
    title: "a network statement without a route: FRR checks the table before it announces",
    wrong: () => pair({ bgp: { importCheck: true }, originate: [{ kind: "network", prefix: "10.9.1.0/24" }] }),
    right: () => pair({ bgp: { importCheck: true }, ...statics("10.9.1.0/24") }),
    says: /r1 has no route for its network statement 10\.9\.1\.0\/24/,
  },
  {
    rule: "aggregate/empty",
    title: "an aggregate without a contributor",
    wrong: () => pair({ originate: [{ kind: "aggregate", prefix: "10.9.0.0/16" }] }),
    right: () =>
      pair({
        routes: [{ prefix: "10.9.1.0/24", blackhole: true }],
        originate: [
          { kind: "network", prefix: "10.9.1.0/24" },
          { kind: "aggregate", prefix: "10.9.0.0/16" },
        ],
      }),
    says: /no route within 10\.9\.0\.0\/16/,
  },
  {
    rule: "aggregate/hides",
    title: "a summary that covers what its speaker cannot reach",
    wrong: () =>
      pair(
        {
          routes: [{ prefix: "10.9.1.0/24", blackhole: true }],
          originate: [
            { kind: "network", prefix: "10.9.1.0/24" },
            { kind: "aggregate", prefix: "10.9.0.0/16", summaryOnly: true },
          ],
          neighbors: [{ address: "10.0.0.1", remoteAs: 64602, families: { ipv4: { importPolicy: "NONE" } } }],
          policies: { NONE: { terms: [], otherwise: "reject" } },
        },
        statics("10.9.2.0/24"),
      ),
    right: () =>
      pair(
        {
          routes: [{ prefix: "10.9.1.0/24", blackhole: true }],
          originate: [
            { kind: "network", prefix: "10.9.1.0/24" },
            { kind: "aggregate", prefix: "10.9.0.0/16", summaryOnly: true },
          ],
        },
        statics("10.9.2.0/24"),
      ),
    says: /has no route to 10\.9\.2\.0\/24 within it/,
  },
  // Routes.
  {
    rule: "route/outside-cluster",
    title: "a node that announces a prefix of the fabric",
    wrong: () =>
      altered(largeWith({ unfiltered: true }), "worker-01", (one) => {
        for (const policy of Object.values(one.policies ?? {})) {
          policy.terms = [{ match: { prefixes: [{ prefix: "10.0.20.0/26" }] }, action: "accept" }, ...policy.terms];
        }
      }),
    right: () => largeWith({ unfiltered: true }),
    says: /10\.0\.20\.0\/26 from worker-01, overlapping/,
  },
  {
    rule: "node/re-exports",
    title: "nodes that pass learned blocks on to their leaf",
    wrong: () => largeWith({ reExport: true }),
    right: () => largeWith(),
    says: /although another node owns/,
  },
  {
    rule: "route/next-hop-unresolved",
    title: "a default route over BGP that swallows BIRD's next hops",
    wrong: () => largeWith({ importDefault: true }),
    right: () => largeWith(),
    says: /cannot reach the next hop/,
  },
  {
    rule: "route/next-hop-by-default",
    title: "an iBGP next hop that only a default route leads to",
    wrong: () => edge(true),
    right: () => edge(false),
    says: /reaches the next hop 10\.3\.0\.1 over its default route alone/,
  },
  {
    rule: "route/next-hop-by-default",
    title: "a route whose next hop lies within itself, beside another that fares alike",
    wrong: () => edge(true, "10.3.0.0/24"),
    right: () => edge(false, "10.3.0.0/24"),
    says: /reaches the next hop 10\.3\.0\.1 over its default route alone/,
  },
  // Sites.
  {
    rule: "dci/specifics",
    title: "blocks of single nodes crossing between sites",
    wrong: () => twoSites({ specifics: true }),
    right: () => twoSites(),
    options: () => ({
      intent: {
        clusters: [
          { name: "east", pods: ["10.244.0.0/17"] },
          { name: "west", pods: ["10.244.128.0/17"] },
        ],
      },
    }),
    says: /blocks of single nodes cross/,
  },
  {
    rule: "dci/no-community",
    title: "routes between sites without a community",
    wrong: () => twoSites({ untagged: true }),
    right: () => twoSites(),
    says: /without a community/,
  },
  {
    rule: "dci/transit",
    title: "a site that carries routes of another to a third",
    wrong: () => twoSites({ third: true, leaky: true }),
    right: () => twoSites({ third: true }),
    says: /becomes a transit/,
  },
  // Steps from one Network to the next.
  {
    rule: "change/reachability-lost",
    title: "the last path to a prefix goes",
    wrong: () => selective({ labelled: [] }),
    right: () => selective({ labelled: ["worker2"] }),
    options: () => before(selective()),
    says: /tor1 loses the route to 172\.16\.0\.240\/28; nothing else leads there/,
  },
  {
    rule: "change/fewer-next-hops",
    title: "a service left with fewer next hops",
    wrong: () => selective({ labelled: ["worker"] }),
    right: () => selective({ labelled: ["worker", "worker2", "worker3"] }),
    options: () => before(selective()),
    says: /from 2 next hops to 1 at tor1/,
  },
  {
    rule: "change/longer-path",
    title: "a route that gets longer",
    wrong: () => twoSites({ prepend: 3 }),
    right: () => twoSites(),
    options: () => before(twoSites()),
    says: /instead of/,
  },
  {
    rule: "change/moved-between-sites",
    title: "traffic that leaves its site",
    wrong: () => twoSites({ anycast: true, downEastService: true }),
    right: () => twoSites({ anycast: true }),
    options: () => before(twoSites({ anycast: true })),
    says: /moves to another site/,
  },
  {
    rule: "change/sessions-reset",
    title: "a password set on an established session",
    wrong: () =>
      pair(
        { neighbors: [{ address: "10.0.0.1", remoteAs: 64602, password: "fabric" }] },
        { neighbors: [{ address: "10.0.0.0", remoteAs: 64601, password: "fabric" }] },
      ),
    right: () => pair({ neighbors: [{ address: "10.0.0.1", remoteAs: 64602, timers: { keepalive: 3, hold: 9 } }] }),
    options: () => before(pair()),
    says: /1 established session will be reset/,
  },
  {
    rule: "change/wide",
    title: "a change that touches most routes",
    wrong: () => pair({}, { ...statics("10.1.0.0/24"), down: true }),
    right: () => pair({}, statics("10.1.0.0/24")),
    options: () => before(pair({}, statics("10.1.0.0/24"))),
    says: /routes change/,
  },
  {
    rule: "change/management",
    title: "the management network's route moves",
    wrong: () => pair(),
    right: () => pair({}, statics("10.99.0.0/24")),
    options: () => ({ ...before(pair({}, statics("10.99.0.0/24"))), intent: { management: ["10.99.0.0/16"] } }),
    says: /locks out whoever would mend it/,
  },
  // The forecast itself.
  {
    rule: "forecast/ambiguous",
    title: "a tie that age breaks",
    wrong: () =>
      altered(selective(), "tor1", (one) => {
        one.bgp.compareRouterId = false;
        one.bgp.maximumPaths = { ebgp: 1 };
      }),
    right: () => selective(),
    says: /only age decides the best path/,
  },
  {
    rule: "forecast/oscillates",
    title: "preferences that chase each other in a circle",
    wrong: () => wheel(true),
    right: () => wheel(false),
    says: /198\.51\.100\.0\/24 never comes to rest among r1, r2 and r3/,
  },
  {
    rule: "forecast/not-modelled",
    title: "a line of configuration that nothing here covers",
    wrong: () => pair({ unmodelled: [{ what: "neighbor 10.0.0.1 dampening", source: { file: "r1.conf", line: 7 } }] }),
    right: () => pair(),
    says: /Not modelled: neighbor 10\.0\.0\.1 dampening/,
  },
  {
    rule: "forecast/version",
    title: "a version that came after the newest one checked",
    wrong: () => pair({ dialect: { ...FRR, version: "11.0" } }),
    right: () => pair({ dialect: { ...FRR, version: "10.3.1" } }),
    says: /No rule was checked for FRR 11\.0: the newest checked is 10\.7, and r1 is forecast by its rules/,
  },
];

test("a version that no rule was checked for is said once, with all that run it", () => {
  const old = { dialect: { ...FRR, version: "7.5" } };
  const findings = found("forecast/version", pair(old, old));
  expect(findings.map(({ sentence }) => sentence)).toEqual([
    "No rule was checked for FRR 7.5: the oldest checked is 8.4, and r1 and r2 are forecast by its rules.",
  ]);
});

/** Three ASes around an origin: each prefers the way over the next one, as long as that goes straight to the origin. */
function wheel(preferNext: boolean): Network {
  const address = (at: number) => `10.0.0.${at + 1}`;
  const speakers = [0, 1, 2, 3].map((at): Speaker => {
    const next = (at % 3) + 1;
    const others = [0, 1, 2, 3].filter((one) => one !== at);
    return router(
      `r${at}`,
      64600 + at,
      `10.255.0.${at + 1}`,
      [{ name: "eth0", segment: "lan", addresses: [`${address(at)}/24`] }],
      {
        neighbors: others.map((one) => ({
          address: address(one),
          remoteAs: 64600 + one,
          families: {
            ipv4: at > 0 && one === next ? { importPolicy: "NEXT" } : at > 0 && one > 0 ? { importPolicy: "NONE" } : {},
          },
        })),
        asPathLists: { STRAIGHT: [{ action: "permit", regex: `^${64600 + next} 64600$` }] },
        policies: {
          NONE: { terms: [], otherwise: "reject" },
          NEXT: {
            terms: [
              { match: { asPathList: "STRAIGHT" }, set: preferNext ? { localPreference: 200 } : {}, action: "accept" },
            ],
          },
        },
        ...(at === 0 ? statics("198.51.100.0/24") : {}),
      },
    );
  });
  return { version: 1, speakers, segments: [{ name: "lan", prefixes: ["10.0.0.0/24"] }] };
}

/** r1 hears over iBGP from r2 a next hop behind r2; with a default route it seems to resolve. */
function edge(masked: boolean, ...more: string[]): Network {
  const r1 = router("r1", 64601, "10.255.0.1", [{ name: "eth0", segment: "link", addresses: ["10.0.0.0/31"] }], {
    dialect: { ...FRR, version: "10.3" },
    neighbors: [{ address: "10.0.0.1", remoteAs: 64601 }],
    routes: masked
      ? [{ prefix: "0.0.0.0/0", via: ["10.0.0.1"], source: "kernel" }]
      : [{ prefix: "10.3.0.0/31", via: ["10.0.0.1"] }],
  });
  const r2 = router(
    "r2",
    64601,
    "10.255.0.2",
    [
      { name: "eth0", segment: "link", addresses: ["10.0.0.1/31"] },
      { name: "eth1", segment: "outside", addresses: ["10.3.0.0/31"] },
    ],
    {
      neighbors: [
        { address: "10.0.0.0", remoteAs: 64601 },
        { address: "10.3.0.1", remoteAs: 64602 },
      ],
    },
  );
  const r3 = router("r3", 64602, "10.255.0.3", [{ name: "eth0", segment: "outside", addresses: ["10.3.0.1/31"] }], {
    neighbors: [{ address: "10.3.0.0", remoteAs: 64601 }],
    ...statics("198.51.100.0/24", ...more),
  });
  return {
    version: 1,
    speakers: [r1, r2, r3],
    segments: [
      { name: "link", prefixes: ["10.0.0.0/31"] },
      { name: "outside", prefixes: ["10.3.0.0/31"] },
    ],
  };
}

describe("a rule fires on the network built wrong its way and is silent on the right one", () => {
  test.each(CASES)("$rule: $title", ({ rule, wrong, right, options, says }) => {
    const findings = found(rule, wrong(), options?.());
    expect(findings.map(({ sentence }) => sentence).join("\n")).toMatch(says);
    for (const { place, fix } of findings) expect([place, fix]).not.toContain("");
    expect(found(rule, right(), options?.()).map(printFinding)).toEqual([]);
  });

  test("ranges that overlap: the seed's service ranges are refused, the stack's are not", () => {
    const sites = (east: string, west: string): RuleOptions => ({
      intent: {
        clusters: [
          { name: "east", pods: ["10.244.0.0/17"], services: [east] },
          { name: "west", pods: ["10.244.128.0/17"], services: [west] },
        ],
      },
    });
    expect(
      found("cluster/overlap", pair(), sites("10.96.0.0/13", "10.96.128.0/17")).map(({ sentence }) => sentence),
    ).toEqual(["10.96.0.0/13 (services of east) overlaps 10.96.128.0/17 (services of west)."]);
    expect(found("cluster/overlap", pair(), sites("10.96.0.0/17", "10.96.128.0/17"))).toEqual([]);
    expect(
      found("cluster/overlap", pair(), { intent: { clusters: [{ name: "x", pods: ["10.0.0.0/8"] }] } }),
    ).toHaveLength(1);
  });

  test("every rule has its case", () => {
    const covered = new Set([...CASES.map(({ rule }) => rule), "cluster/overlap"]);
    expect(RULES.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
  });
});

describe("rules are data", () => {
  const network = selective();
  const all = (options: RuleOptions) => rules(network, forecast(network), options);

  test("a silence with a reason keeps the finding in sight and lets it stop nothing", () => {
    const options: RuleOptions = {
      severity: { "filter/none-from-nodes": "block" },
      silence: [{ rule: "filter/*", place: "tor*", reason: "a lab without tenants" }],
    };
    expect(blocking(all({ severity: { "filter/none-from-nodes": "block" } }))).toHaveLength(1);
    expect(all(options).find(({ rule }) => rule === "filter/none-from-nodes")).toMatchObject({
      severity: "block",
      silenced: "a lab without tenants",
    });
    expect(blocking(all(options))).toEqual([]);
  });

  test("a silence without a reason, or for nothing, is itself told", () => {
    const findings = all({
      silence: [
        { rule: "filter/none-from-nodes", reason: " " },
        { rule: "dci/*", reason: "one site" },
      ],
    });
    expect(findings.find(({ rule }) => rule === "filter/none-from-nodes")?.silenced).toBeUndefined();
    expect(findings.filter(({ rule }) => rule === "rules/silence-unused")).toHaveLength(2);
  });

  test("a team's own rule stands beside the others, or takes the place of one", () => {
    const own: Rule = {
      id: "team/naming",
      severity: "info",
      holds: "Routers are named after their rack.",
      *check(scene) {
        for (const { name } of scene.network.speakers) {
          if (name.startsWith("tor"))
            yield { place: name, sentence: `${name} is not named after its rack.`, fix: "rename it" };
        }
      },
    };
    expect(all({ extra: [own] }).map(({ rule }) => rule)).toContain("team/naming");
    expect(
      all({ extra: [{ ...own, id: "filter/none-from-nodes" }] }).filter(
        ({ rule }) => rule === "filter/none-from-nodes",
      ),
    ).toEqual([expect.objectContaining({ sentence: "tor1 is not named after its rack." })]);
  });

  test("the gravest come first", () => {
    const rank = { block: 0, warn: 1, info: 2 };
    const whole = rules(
      largeWith({ unfiltered: true, reflectors: 1 }),
      forecast(largeWith({ unfiltered: true, reflectors: 1 })),
    );
    expect(whole.map(({ severity }) => rank[severity])).toEqual(
      [...whole.map(({ severity }) => rank[severity])].sort(),
    );
    expect(whole.map(({ severity }) => severity)).toEqual(expect.arrayContaining(["block", "warn"]));
  });
});

test("the right networks of the labs raise no block", () => {
  for (const network of [selective({ filtered: true }), largeWith(), twoSites()]) {
    expect(
      blocking(rules(network, forecast(network), { intent: network === undefined ? {} : {} })).map(printFinding),
    ).toEqual([]);
  }
});
