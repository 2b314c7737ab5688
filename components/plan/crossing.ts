/**
 * What crosses between sites, as policies of the spines at the border: summaries and anycast services alone, by communities
 * that say how far a route may go. The sites themselves are multiSite.ts's.
 */
import type { Neighbor, NeighborSettings, Origination, Policy, PrefixListEntry, Speaker } from "../bgp/network";
import { type AddressFamily, familyOf } from "../model/address";
import { type Prefix, prefixLength } from "../model/prefix";

/** A site as its neighbors see it. */
export interface Border {
  readonly name: string;
  readonly asn: number;
  /** What it announces to other sites: its summaries, those of its links among them. */
  readonly summaries: readonly Prefix[];
  /** How often it prepends its ASN to anycast prefixes; 0 where it is preferred. */
  readonly prepend: number;
}

/** A link to the same spine of another site. */
export interface Crossing {
  readonly far: Border;
  readonly address: string;
  readonly description: string;
}

/** Routes with it stay in their site. */
export const localOnly = (asn: number): string => `${asn}:100`;
/** Routes with it may leave their site. */
export const global = (asn: number): string => `${asn}:200`;

/** Where a policy asks for prefixes, each family has one of its own: a router compares a prefix with lists of its family. */
const FAMILIES: readonly AddressFamily[] = ["ipv4", "ipv6"];
const named = (name: string, family: AddressFamily): string => (family === "ipv4" ? name : `${name}-${family}`);
const fromLeaves = (family: AddressFamily): string => named("from-leaves", family);
const anycastOf = (family: AddressFamily): string => named("anycast", family);
const summariesOf = ({ name }: Border, family: AddressFamily): string => named(`${name}-summaries`, family);
const globalList = ({ name }: Border): string => `${name}-global`;
const localList = ({ name }: Border): string => `${name}-local-only`;
const ofFamily = (prefixes: readonly Prefix[], family: AddressFamily): Prefix[] =>
  prefixes.filter((prefix) => familyOf(prefix) === family);

/** The spine's share in the border: its sessions with the other sites, and the policies of all its sessions. */
export function borderOf(
  own: Border,
  crossings: readonly Crossing[],
  anycast: readonly Prefix[],
  spine: Speaker,
): Pick<Speaker, "groups" | "neighbors" | "policies" | "prefixLists" | "communityLists" | "originate"> {
  const far = [...new Set(crossings.map((crossing) => crossing.far))];
  const families = FAMILIES.filter((family) => crossings.some(({ address }) => familyOf(address) === family));
  const groups = families.map((family): [string, NeighborSettings] => {
    const group = named("leaves", family);
    const settings = spine.groups?.[group];
    const importing = { ...settings?.families?.[family], importPolicy: fromLeaves(family) };
    return [group, { ...settings, families: { ...settings?.families, [family]: importing } }];
  });
  const lists = families.flatMap((family): [string, PrefixListEntry[]][] => [
    [anycastOf(family), services(ofFamily(anycast, family), family)],
    ...[own, ...far].map((one): [string, PrefixListEntry[]] => [
      summariesOf(one, family),
      entries(ofFamily(one.summaries, family)),
    ]),
  ]);
  return {
    groups: { ...spine.groups, ...Object.fromEntries(groups) },
    neighbors: [...spine.neighbors, ...crossings.map(session)],
    policies: {
      ...spine.policies,
      ...Object.fromEntries(
        families.flatMap((family) => [
          [fromLeaves(family), tagging(own, family)],
          ...far.flatMap((one) => [towards(own, one, family), from(one, family)]),
        ]),
      ),
    },
    prefixLists: Object.fromEntries(lists),
    communityLists: Object.fromEntries([
      [localList(own), [{ seq: 10, action: "permit", kind: "standard", communities: [localOnly(own.asn)] }]],
      ...[own, ...far].map((one) => [
        globalList(one),
        [{ seq: 10, action: "permit", kind: "standard", communities: [global(one.asn)] }],
      ]),
    ]) as NonNullable<Speaker["communityLists"]>,
    originate: [
      ...(spine.originate ?? []),
      ...own.summaries.map((prefix): Origination => ({ kind: "aggregate", prefix })),
    ],
  };
}

/** A session carries the family that it runs over. */
function session({ far, address, description }: Crossing): Neighbor {
  const family = familyOf(address);
  const settings = {
    importPolicy: named(`from-${far.name}`, family),
    exportPolicy: named(`to-${far.name}`, family),
  };
  const families =
    family === "ipv4" ? { ipv4: settings } : { ipv4: { active: false }, ipv6: { active: true, ...settings } };
  return { address, remoteAs: far.asn, role: "dci", description, families };
}

/** What comes from the leaves is told from the start how far it may go. */
function tagging(own: Border, family: AddressFamily): Policy {
  const tag = (community: string) => ({ communities: { add: [community] } });
  return {
    terms: [
      { seq: 10, match: { prefixList: anycastOf(family) }, set: tag(global(own.asn)), action: "accept" },
      // A cluster's range may be a summary itself.
      { seq: 20, match: { prefixList: summariesOf(own, family) }, set: tag(global(own.asn)), action: "accept" },
      { seq: 30, set: tag(localOnly(own.asn)), action: "accept" },
    ],
  };
}

/** Nothing of a third site passes: its routes have that site's community. */
function towards(own: Border, far: Border, family: AddressFamily): [string, Policy] {
  const prepend = own.prepend === 0 ? {} : { set: { prepend: Array<number>(own.prepend).fill(own.asn) } };
  return [
    named(`to-${far.name}`, family),
    {
      terms: [
        { seq: 10, match: { communityList: localList(own) }, action: "reject" },
        {
          seq: 20,
          match: { prefixList: summariesOf(own, family) },
          set: { communities: { add: [global(own.asn)] } },
          action: "accept",
        },
        {
          seq: 30,
          match: { prefixList: anycastOf(family), communityList: globalList(own) },
          ...prepend,
          action: "accept",
        },
      ],
    },
  ];
}

/** Another site may announce its own summaries and the anycast services, and nothing that is ours or a third's. */
function from(far: Border, family: AddressFamily): [string, Policy] {
  const communityList = globalList(far);
  return [
    named(`from-${far.name}`, family),
    {
      terms: [
        { seq: 10, match: { prefixList: summariesOf(far, family), communityList }, action: "accept" },
        { seq: 20, match: { prefixList: anycastOf(family), communityList }, action: "accept" },
      ],
    },
  ];
}

/** Without a service of the family nothing is one. */
function services(anycast: readonly Prefix[], family: AddressFamily): PrefixListEntry[] {
  if (anycast.length > 0) return entries(anycast, family === "ipv4" ? 32 : 128);
  const all = family === "ipv4" ? { prefix: "any" } : { prefix: "::/0", le: 128 };
  return [{ seq: 10, action: "deny", ...all }];
}

/** `longest`: prefixes within them, up to that length, too. */
function entries(prefixes: readonly Prefix[], longest?: number): PrefixListEntry[] {
  return prefixes.map((prefix, index) => ({
    seq: (index + 1) * 10,
    action: "permit",
    prefix,
    ...(longest !== undefined && prefixLength(prefix) < longest ? { le: longest } : {}),
  }));
}
