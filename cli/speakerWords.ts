/** A neighbor's settings in the words of an operator: its group's folded in, both families where they differ. */
import { dialectOf } from "../components/bgp/dialects";
import type {
  FamilySettings,
  Match,
  Neighbor,
  NeighborSettings,
  PrefixMatch,
  Speaker,
} from "../components/bgp/network";
import { containsPrefix, prefixLength, type Prefix } from "../components/model/prefix";

interface WholeNeighbor {
  asn: string;
  parameters: NeighborSettings;
  imports: string;
  exports: string;
}

type FamilyName = "ipv4" | "ipv6";

export function wholeNeighbor(speaker: Speaker, neighbor: Partial<Neighbor>): WholeNeighbor {
  const group = neighbor.group === undefined ? undefined : speaker.groups?.[neighbor.group];
  const families: NonNullable<NeighborSettings["families"]> = {};
  for (const family of ["ipv4", "ipv6"] as const) {
    const both: FamilySettings = { ...group?.families?.[family], ...neighbor.families?.[family] };
    if (Object.keys(both).length > 0 && both.active !== false) families[family] = both;
  }
  const parameters: NeighborSettings = { ...group, ...neighbor, families };
  return {
    asn: String(parameters.remoteAs ?? ""),
    parameters,
    imports: perFamily(families, (family) => filterWords(speaker, parameters, family, "import")),
    exports: perFamily(families, (family) => filterWords(speaker, parameters, family, "export")),
  };
}

/** One text where both families have the same, "IPv4: ...; IPv6: ..." where they differ. */
function perFamily(
  families: NonNullable<NeighborSettings["families"]>,
  words: (family: FamilySettings) => string,
): string {
  const texts = (["ipv4", "ipv6"] as const).flatMap((name: FamilyName) => {
    const family = families[name];
    return family === undefined ? [] : [{ name, text: words(family) }];
  });
  if (texts.length === 0) return words({});
  if (texts.every(({ text }) => text === texts[0]?.text)) return texts[0]?.text ?? "";
  return texts.map(({ name, text }) => `${name === "ipv4" ? "IPv4" : "IPv6"}: ${text}`).join("; ");
}

export function parametersOf(settings: NeighborSettings): string[] {
  const { timers } = settings;
  const { ipv4, ipv6 } = settings.families ?? {};
  const own = (family: FamilySettings | undefined): string[] => (family === undefined ? [] : familyWords(family));
  const [four, six] = [own(ipv4), own(ipv6)];
  const both = ipv4 === undefined ? six : ipv6 === undefined ? four : four.filter((word) => six.includes(word));
  const only = (list: string[], name: string): string[] =>
    ipv4 === undefined || ipv6 === undefined
      ? []
      : list.filter((word) => !both.includes(word)).map((word) => `${name} ${word}`);
  return [
    settings.localAddress === undefined ? "" : `from ${settings.localAddress}`,
    settings.port === undefined ? "" : `port ${settings.port}`,
    settings.localAs === undefined ? "" : `local AS ${settings.localAs.asn}`,
    settings.passive === true ? "passive" : "",
    settings.shutdown === true ? "shut down" : "",
    settings.multihop === undefined ? "" : `multihop ${settings.multihop}`,
    settings.ttlSecurity === undefined ? "" : `TTL security ${settings.ttlSecurity}`,
    settings.password === undefined ? "" : `password ${settings.password}`,
    timers?.hold === undefined ? "" : `hold ${timers.hold}`,
    timers?.keepalive === undefined ? "" : `keepalive ${timers.keepalive}`,
    settings.bfd === undefined || settings.bfd === false ? "" : "BFD",
    settings.gracefulRestart === undefined
      ? ""
      : `graceful restart ${settings.gracefulRestart.restartTime ?? settings.gracefulRestart.mode}`,
    ipv6 !== undefined && ipv4 === undefined ? "IPv6" : ipv6 !== undefined ? "IPv4 and IPv6" : "",
    ...both,
    ...only(four, "IPv4"),
    ...only(six, "IPv6"),
  ].filter((word) => word !== "");
}

function familyWords(family: FamilySettings): string[] {
  return [
    family.reflectorClient === true ? "reflector client" : "",
    family.nextHopSelf === undefined || family.nextHopSelf === false
      ? ""
      : `next hop self${family.nextHopSelf === "force" ? " (force)" : ""}`,
    family.nextHopUnchanged === true ? "next hop kept" : "",
    family.allowAsIn === undefined
      ? ""
      : typeof family.allowAsIn === "number"
        ? `own AS ${family.allowAsIn} times`
        : "own AS at the origin",
    family.asOverride === true ? "AS override" : "",
    family.addPath === undefined ? "" : addPathWords(family.addPath),
    family.maximumPrefix === undefined ? "" : `at most ${family.maximumPrefix.limit} prefixes`,
    family.defaultOriginate === undefined || family.defaultOriginate === false ? "" : "default route",
  ].filter((word) => word !== "");
}

function addPathWords({ send, receive }: NonNullable<FamilySettings["addPath"]>): string {
  if (send !== undefined && receive !== false) return "add paths";
  return send !== undefined ? "add paths sent" : receive === true ? "add paths received" : "";
}

function filterWords(
  speaker: Speaker,
  { remoteAs }: NeighborSettings,
  family: FamilySettings,
  direction: "import" | "export",
): string {
  const names =
    direction === "import"
      ? [family.importPolicy, family.importPrefixList, family.importAsPathList]
      : [family.exportPolicy, family.exportPrefixList, family.exportAsPathList];
  const [policy, prefixes, paths] = names;
  const words = [
    ...(policy === undefined ? [] : [policyWords(speaker, policy)]),
    ...(prefixes === undefined ? [] : [`prefix list ${prefixes}`]),
    ...(paths === undefined ? [] : [`AS-path list ${paths}`]),
  ];
  if (words.length > 0) return words.join(" and ");
  return asksForPolicy(speaker, remoteAs) ? "nothing (no policy, RFC 8212)" : "everything";
}

/** On a session with another AS; a confederation's members are none. */
function asksForPolicy({ asn, bgp, dialect }: Speaker, remoteAs: NeighborSettings["remoteAs"]): boolean {
  if (!(bgp.ebgpRequiresPolicy ?? dialectOf(dialect).requiresPolicy)) return false;
  if (remoteAs === "external") return true;
  return typeof remoteAs === "number" && remoteAs !== asn && bgp.confederation?.members?.includes(remoteAs) !== true;
}

/** What a policy lets through, as far as prefixes say it; lists and other conditions by name. */
export function policyWords(speaker: Speaker, name: string): string {
  const policy = speaker.policies?.[name];
  if (policy === undefined) return `${name} (not defined)`;
  const accepted: string[] = [];
  const conditions: string[] = [];
  const refused: PrefixMatch[] = [];
  for (const { match, action, call } of policy.terms) {
    const prefixes = match === undefined || isPlain(match) ? (match?.prefixes ?? []) : undefined;
    if (action === "reject") {
      if (prefixes === undefined) conditions.push(`not ${matchWords(match ?? {}).join(" ")}`);
      else refused.push(...prefixes);
      if (match === undefined) break;
    }
    if (action !== "accept") continue;
    const asked = call === undefined ? "" : ` that ${call} takes`;
    if (match === undefined) accepted.push(`everything else${asked}`);
    else accepted.push(...matchWords(match).flatMap((word) => (covered(word, refused) ? [] : [word + asked])));
    if (match === undefined) break;
  }
  if (policy.otherwise === "accept") accepted.push("everything else");
  const unique = [...new Set(accepted)];
  // What is refused is worth a word where the rest is taken.
  if (unique.at(-1)?.startsWith("everything else") === true) unique.unshift(...new Set(conditions));
  if (unique.length === 1 && unique[0] === "everything else" && refused.length === 0) return "everything";
  return unique.length === 0 ? "nothing" : unique.join(", ");
}

/** Each prefix of a term that asks for nothing else; otherwise all of its conditions, which a route has to meet at once. */
function matchWords(match: Match): string[] {
  const prefixes = (match.prefixes ?? []).map((each) => each.prefix);
  const named: [string, string | number | undefined][] = [
    ["prefix list", match.prefixList],
    ["next hops in", match.nextHopPrefixList],
    ["community list", match.communityList],
    ["AS-path list", match.asPathList],
    ["interface", match.interface],
  ];
  const others = [
    ...named.flatMap(([kind, name]) => (name === undefined ? [] : [`${kind} ${name}`])),
    ...(match.communities === undefined ? [] : [`communities ${match.communities.join(" ")}`]),
  ];
  if (others.length > 0) return [[...(prefixes.length === 0 ? [] : [prefixes.join(" or ")]), ...others].join(" and ")];
  if (prefixes.length > 0) return prefixes;
  return [match.source === undefined ? "what a condition allows" : `${match.source.join(" and ")} routes`];
}

/** Only prefixes decide: such a term can be described without knowing the route. */
const isPlain = (match: Match): boolean => Object.keys(match).every((key) => key === "prefixes");

/** An earlier term has refused this prefix already. */
function covered(prefix: string, refused: readonly PrefixMatch[]): boolean {
  if (!/^[0-9a-f.:]+\/\d+$/i.test(prefix)) return false;
  const length = prefixLength(prefix as Prefix);
  return refused.some((each) => {
    if (!containsPrefix(each.prefix as Prefix, prefix as Prefix)) return false;
    const own = prefixLength(each.prefix as Prefix);
    const most = each.le ?? (each.ge === undefined ? own : 128);
    return length >= (each.ge ?? own) && length <= most;
  });
}
