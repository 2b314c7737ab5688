/**
 * What crosses between sites, as policies of the spines at the border: summaries and anycast services alone, by communities
 * that say how far a route may go. The sites themselves are multiSite.ts's.
 */
import type { FamilySettings, Neighbor, Origination, Policy, PrefixListEntry, Speaker } from "../bgp/network";
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

const FROM_LEAVES = "from-leaves";
const ANYCAST = "anycast";

/** The spine's share in the border: its sessions with the other sites, and the policies of all its sessions. */
export function borderOf(
  own: Border,
  crossings: readonly Crossing[],
  anycast: readonly Prefix[],
  spine: Speaker,
): Pick<Speaker, "groups" | "neighbors" | "policies" | "prefixLists" | "communityLists" | "originate"> {
  const { leaves } = spine.groups ?? {};
  const fromLeaves: FamilySettings = { ...leaves?.families?.ipv4, importPolicy: FROM_LEAVES };
  const far = crossings.map((crossing) => crossing.far);
  return {
    groups: { ...spine.groups, leaves: { ...leaves, families: { ipv4: fromLeaves } } },
    neighbors: [...spine.neighbors, ...crossings.map(session)],
    policies: {
      ...spine.policies,
      [FROM_LEAVES]: tagging(own),
      ...Object.fromEntries(far.flatMap((one) => [towards(own, one), from(one)])),
    },
    prefixLists: {
      [ANYCAST]: anycast.length === 0 ? [{ seq: 10, action: "deny", prefix: "any" }] : entries(anycast, true),
      ...Object.fromEntries([own, ...far].map((one) => [summariesOf(one), entries(one.summaries)])),
    },
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

function session({ far, address, description }: Crossing): Neighbor {
  const ipv4 = { importPolicy: `from-${far.name}`, exportPolicy: `to-${far.name}` };
  return { address, remoteAs: far.asn, role: "dci", description, families: { ipv4 } };
}

/** What comes from the leaves is told from the start how far it may go. */
function tagging(own: Border): Policy {
  const tag = (community: string) => ({ communities: { add: [community] } });
  return {
    terms: [
      { seq: 10, match: { prefixList: ANYCAST }, set: tag(global(own.asn)), action: "accept" },
      // A cluster's range may be a summary itself.
      { seq: 20, match: { prefixList: summariesOf(own) }, set: tag(global(own.asn)), action: "accept" },
      { seq: 30, set: tag(localOnly(own.asn)), action: "accept" },
    ],
  };
}

/** Nothing of a third site passes: its routes have that site's community. */
function towards(own: Border, far: Border): [string, Policy] {
  const prepend = own.prepend === 0 ? {} : { set: { prepend: Array<number>(own.prepend).fill(own.asn) } };
  return [
    `to-${far.name}`,
    {
      terms: [
        { seq: 10, match: { communityList: localList(own) }, action: "reject" },
        {
          seq: 20,
          match: { prefixList: summariesOf(own) },
          set: { communities: { add: [global(own.asn)] } },
          action: "accept",
        },
        { seq: 30, match: { prefixList: ANYCAST, communityList: globalList(own) }, ...prepend, action: "accept" },
      ],
    },
  ];
}

/** Another site may announce its own summaries and the anycast services, and nothing that is ours or a third's. */
function from(far: Border): [string, Policy] {
  const communityList = globalList(far);
  return [
    `from-${far.name}`,
    {
      terms: [
        { seq: 10, match: { prefixList: summariesOf(far), communityList }, action: "accept" },
        { seq: 20, match: { prefixList: ANYCAST, communityList }, action: "accept" },
      ],
    },
  ];
}

const summariesOf = ({ name }: Border): string => `${name}-summaries`;
const globalList = ({ name }: Border): string => `${name}-global`;
const localList = ({ name }: Border): string => `${name}-local-only`;

function entries(prefixes: readonly Prefix[], longer = false): PrefixListEntry[] {
  return prefixes.map((prefix, index) => ({
    seq: (index + 1) * 10,
    action: "permit",
    prefix,
    ...(longer && prefixLength(prefix) < 32 ? { le: 32 } : {}),
  }));
}
