/** Which features a Network uses: the report counts them, so that a feature nobody drew is seen. */
import type { FamilySettings, Neighbor, Network, NeighborSettings, Speaker } from "../../components/bgp/network";
import { SHARED, TWINS } from "./random-rare";

type Test = (speaker: Speaker) => boolean;

const sides = (speaker: Speaker): NeighborSettings[] => [...speaker.neighbors, ...Object.values(speaker.groups ?? {})];
const family =
  (test: (settings: FamilySettings) => boolean): Test =>
  (speaker) =>
    sides(speaker).some((side) => Object.values(side.families ?? {}).some((each: FamilySettings) => test(each)));
const side =
  (test: (neighbor: Neighbor) => boolean): Test =>
  (speaker) =>
    sides(speaker).some(test);
const terms = (speaker: Speaker) => Object.values(speaker.policies ?? {}).flatMap((policy) => policy.terms);

const FEATURES: Record<string, Test> = {
  "frr 8.4": (s) => s.dialect.system === "frr" && s.dialect.version === "8.4",
  "frr 10": (s) => s.dialect.system === "frr" && s.dialect.version.startsWith("10"),
  bird: (s) => s.dialect.system === "bird",
  gobgp: (s) => s.dialect.system === "gobgp",
  traditional: (s) => s.dialect.profile === "traditional",
  datacenter: (s) => s.dialect.profile === "datacenter",
  "32-bit ASN": (s) => s.asn > 65535,
  "RFC 8212 left on": (s) => s.dialect.profile === "traditional" && s.bgp.ebgpRequiresPolicy !== false,
  "external-compare-router-id": (s) => s.dialect.system === "gobgp" && s.bgp.compareRouterId === true,
  "no compare-routerid": (s) => s.bgp.compareRouterId === false,
  "multipath-relax": (s) => s.bgp.multipathRelax === true,
  "maximum-paths": (s) => s.bgp.maximumPaths !== undefined,
  "always-compare-med": (s) => s.bgp.alwaysCompareMed === true,
  "deterministic-med": (s) => s.bgp.deterministicMed === true,
  "med missing-as-worst": (s) => s.bgp.medMissingAsWorst === true,
  "as-path ignore": (s) => s.bgp.asPathIgnore === true,
  "default local-preference": (s) => s.bgp.defaultLocalPreference !== undefined,
  "two reflectors of one cluster": (s) => s.bgp.clusterId === TWINS,
  "cluster-id": (s) => s.bgp.clusterId !== undefined,
  reflector: family((f) => f.reflectorClient === true),
  "next-hop-self": family((f) => f.nextHopSelf === true),
  "next-hop-self force": family((f) => f.nextHopSelf === "force"),
  "next hop kept": family((f) => f.nextHopUnchanged === true),
  "allowas-in": family((f) => f.allowAsIn !== undefined),
  "as-override": family((f) => f.asOverride === true),
  "remove-private-as": family((f) => f.removePrivateAs !== undefined),
  "default-originate": family((f) => f.defaultOriginate !== undefined),
  "maximum-prefix": family((f) => f.maximumPrefix !== undefined),
  "neighbor weight": family((f) => f.weight !== undefined),
  "communities withheld": family((f) => f.sendCommunity !== undefined),
  "neighbor prefix-list": family((f) => f.importPrefixList !== undefined || f.exportPrefixList !== undefined),
  "neighbor as-path list": family((f) => f.importAsPathList !== undefined),
  "add-path": family((f) => f.addPath !== undefined),
  "import policy": family((f) => f.importPolicy !== undefined),
  "export policy": family((f) => f.exportPolicy !== undefined),
  "ipv6 unicast": side((n) => n.families?.ipv6 !== undefined),
  unnumbered: side((n) => n.interface !== undefined),
  "listen range": (s) => (s.listen ?? []).length > 0,
  "loopback session": side((n) => n.localAddress !== undefined),
  multihop: side((n) => n.multihop !== undefined),
  password: side((n) => n.password !== undefined),
  "wrong password": side((n) => n.password === "wrong"),
  "wrong ASN": side((n) => n.remoteAs === 64999),
  shutdown: side((n) => n.shutdown === true),
  passive: side((n) => n.passive === true),
  "ttl-security": side((n) => n.ttlSecurity !== undefined),
  "remote-as external or internal": side((n) => typeof n.remoteAs === "string"),
  "local-as": side((n) => n.localAs !== undefined),
  network: (s) => (s.originate ?? []).some((o) => o.kind === "network"),
  redistribute: (s) => (s.originate ?? []).some((o) => o.kind === "redistribute"),
  aggregate: (s) => (s.originate ?? []).some((o) => o.kind === "aggregate"),
  "aggregate summary-only": (s) => (s.originate ?? []).some((o) => o.kind === "aggregate" && o.summaryOnly === true),
  anycast: (s) => (s.routes ?? []).some((route) => route.prefix.startsWith("198.18.")),
  "floating static": (s) => (s.routes ?? []).some((route) => (route.distance ?? 1) > 1),
  "match prefix-list": (s) => terms(s).some((t) => t.match?.prefixList !== undefined),
  "match community": (s) =>
    terms(s).some((t) => t.match?.communityList !== undefined || t.match?.communities !== undefined),
  "match as-path": (s) => terms(s).some((t) => t.match?.asPathList !== undefined),
  "match peer type": (s) => terms(s).some((t) => t.match?.peerType !== undefined),
  "set local-preference": (s) => terms(s).some((t) => t.set?.localPreference !== undefined),
  "policy that calls another": (s) => terms(s).some((t) => t.call !== undefined),
  "as-path prepend last-as or exclude": (s) =>
    terms(s).some((t) => (t.set?.prependFirst ?? t.set?.exclude) !== undefined),
  "set med": (s) => terms(s).some((t) => t.set?.med !== undefined),
  "set community": (s) => terms(s).some((t) => t.set?.communities !== undefined),
  "set large-community": (s) => terms(s).some((t) => t.set?.largeCommunities !== undefined),
  prepend: (s) => terms(s).some((t) => t.set?.prepend !== undefined),
  "set origin": (s) => terms(s).some((t) => t.set?.origin !== undefined),
  "policy continue": (s) => terms(s).some((t) => t.action === "continue"),
  VRF: (s) => s.name.includes(" vrf "),
  "an instance beside another": (s) => s.name === "g red",
  "reflector of nodes, without compare-routerid": (s) => s.name.startsWith("q1") && s.bgp.compareRouterId === false,
  confederation: (s) => s.bgp.confederation !== undefined,
  "minimum-holdtime": (s) => s.bgp.minimumHoldTime !== undefined,
  "the same two addresses on two links": (s) =>
    s.interfaces.some(({ addresses }) => addresses.some((each) => each.startsWith("10.99.0."))),
  solo: side((n) => n.solo === true),
  "sender-as-path-loop-detection": side((n) => n.senderLoopCheck === true),
  "graceful shutdown": (s) => s.bgp.gracefulShutdown === true || s.neighbors.some((n) => n.gracefulShutdown === true),
  "reject-as-sets": (s) => s.bgp.rejectAsSets !== undefined,
  "match community any or exact": (s) => terms(s).some((t) => t.match?.communityMatch !== undefined),
  "match origin, tag or peer": (s) =>
    terms(s).some((t) => (t.match?.origin ?? t.match?.tag ?? t.match?.peer) !== undefined),
  "set tag": (s) => terms(s).some((t) => t.set?.tag !== undefined),
  "local-preference by steps": (s) => terms(s).some((t) => typeof t.set?.localPreference === "string"),
  "route-server-client": family((f) => f.routeServerClient === true),
  "floating static, redistributed": (s) =>
    (s.routes ?? []).some((route) => (route.distance ?? 1) > 20) &&
    (s.originate ?? []).some((o) => o.kind === "redistribute" && o.from === "static"),
  "IPv6 alone": (s) =>
    s.interfaces.some(({ segment }) => segment !== undefined) &&
    s.interfaces.every(
      ({ segment, addresses }) => segment === undefined || addresses.every((each) => each.includes(":")),
    ),
  "speaker down": (s) => s.down === true,
};

/** Each feature, and in how many speakers it is. */
export function features(network: Network): Record<string, number> {
  const counts: Record<string, number> = {
    "segment down": network.segments.filter((each) => each.down === true).length,
    "more equal paths than maximum-paths": network.speakers.some((s) =>
      s.routes?.some(({ prefix }) => prefix === SHARED),
    )
      ? network.speakers.filter((s) => s.bgp.maximumPaths?.ebgp === 2 && s.bgp.multipathRelax === true).length
      : 0,
  };
  for (const [name, test] of Object.entries(FEATURES)) counts[name] = network.speakers.filter(test).length;
  return counts;
}
