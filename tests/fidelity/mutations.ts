/**
 * The harness proves itself: each of these rules is wrong on purpose, and what the daemons answered must show it. Works
 * on recorded readings (`--record DIR`), since what is live does not depend on the rules here.
 */
import type { Dialect } from "../../components/bgp/dialects/dialect";
import type { DecisionStep } from "../../components/bgp/solution";

export interface Mutation {
  name: string;
  mutate: (dialect: Dialect) => Dialect;
}

const isFrr = (dialect: Dialect): boolean => dialect.name.startsWith("FRR");

const swapped = (a: DecisionStep, b: DecisionStep) => (dialect: Dialect) => ({
  ...dialect,
  order: dialect.order.map((step) => (step === a ? b : step === b ? a : step)),
});
const without = (gone: DecisionStep) => (dialect: Dialect) => ({
  ...dialect,
  order: dialect.order.filter((step) => step !== gone),
});
const frr =
  (change: (dialect: Dialect) => Partial<Dialect>) =>
  (dialect: Dialect): Dialect =>
    isFrr(dialect) ? { ...dialect, ...change(dialect) } : dialect;
const other =
  (change: (dialect: Dialect) => Partial<Dialect>) =>
  (dialect: Dialect): Dialect =>
    isFrr(dialect) ? dialect : { ...dialect, ...change(dialect) };

export const mutations: Mutation[] = [
  // decision order
  { name: "local preference before weight", mutate: swapped("weight", "local-preference") },
  { name: "AS path length before local preference", mutate: swapped("local-preference", "as-path-length") },
  { name: "origin before AS path length", mutate: swapped("as-path-length", "origin") },
  { name: "no look at AS path length", mutate: without("as-path-length") },
  { name: "no look at origin", mutate: without("origin") },
  { name: "no look at MED", mutate: without("med") },
  { name: "iBGP as good as eBGP", mutate: without("ebgp-over-ibgp") },
  { name: "neighbor address before router id", mutate: swapped("originator-or-router-id", "neighbor-address") },
  // export
  { name: "FRR does not echo", mutate: frr(() => ({ echo: false })) },
  { name: "the others echo", mutate: other(() => ({ echo: true })) },
  { name: "next hop always own on a shared subnet", mutate: (d) => ({ ...d, thirdPartyNextHop: "never" }) },
  { name: "MED of others kept towards eBGP", mutate: frr(() => ({ medToEbgp: "keep" })) },
  { name: "own routes carry no MED", mutate: frr(() => ({ localMed: undefined })) },
  { name: "policies change reflected routes", mutate: frr(() => ({ reflectorAllowsOutboundPolicy: true })) },
  { name: "a first reflection adds no MED", mutate: frr(() => ({ reflectionAddsMed: false })) },
  { name: "FRR decides about next hops for each neighbor alone", mutate: frr(() => ({ updateGroups: false })) },
  {
    name: "FRR 8 hides removed ASNs from policies, FRR 10 shows them",
    mutate: frr((d) => ({ policySeesAllAsns: !d.policySeesAllAsns })),
  },
  {
    name: "the look for the neighbor's ASN: of `solo` alone in FRR 10, of all in FRR 8",
    mutate: frr((d) => ({ loopCheckOfSoloAlone: !d.loopCheckOfSoloAlone })),
  },
  { name: "a neighbor in maintenance is also sent marked paths", mutate: frr(() => ({ marksOnTheWayOut: true })) },
  // import
  { name: "graceful-shutdown changes no preference", mutate: frr(() => ({ honoursGracefulShutdown: false })) },
  { name: "any ASN may come first", mutate: frr(() => ({ enforceFirstAs: false })) },
  { name: "steps of local preference count from the default", mutate: frr(() => ({ stepsFromDefault: true })) },
  { name: "members of a confederation need no policies (8.4)", mutate: frr(() => ({ silencesMembers: false })) },
  // multipath
  {
    name: "FRR: any path of the same length is multipath",
    mutate: frr((d) => ({ multipath: { ...d.multipath, rule: "any-path" } })),
  },
  {
    name: "FRR: one path unless told otherwise",
    mutate: frr((d) => ({ multipath: { ...d.multipath, ebgp: 1, ibgp: 1 } })),
  },
  {
    name: "FRR 8 takes surplus paths in order of preference",
    mutate: frr((d) => ({ multipath: { ...d.multipath, choice: "preference-order" } })),
  },
  // defaults
  { name: "default local preference 101", mutate: (d) => ({ ...d, defaultLocalPreference: 101 }) },
  { name: "RFC 8212 nowhere", mutate: frr(() => ({ requiresPolicy: false })) },
  {
    name: "a policy ends with accept",
    mutate: frr(() => ({ policyEnd: "accept", missingPolicy: "accept", missingList: "accept" })),
  },
  { name: "`network` needs no route", mutate: frr(() => ({ importCheck: false })) },
  { name: "redistributed routes have origin IGP", mutate: frr(() => ({ redistributedOrigin: "igp" })) },
  { name: "iBGP distance 20", mutate: frr((d) => ({ distance: { ...d.distance, ibgp: 20 } })) },
  { name: "the next hop of a BGP path need not resolve", mutate: frr(() => ({ nextHops: "ignored" })) },
  { name: "a reflector looks at no cluster list", mutate: (d) => ({ ...d, clusterLoop: "client-sessions" }) },
];
