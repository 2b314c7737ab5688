/** What a system has no words for, listed as data: each such field of a speaker is a fault, never left out of the text. */
import type {
  BgpOptions,
  FamilySettings,
  Match,
  NeighborSettings,
  SetActions,
  Speaker,
  StaticRoute,
  Term,
} from "../bgp/network";
import { cannot, type Draft } from "./draft";

export interface Wordless {
  bgp?: readonly (keyof BgpOptions)[];
  session?: readonly (keyof NeighborSettings)[];
  family?: readonly (keyof FamilySettings)[];
  match?: readonly (keyof Match)[];
  set?: readonly (keyof SetActions)[];
  term?: readonly (keyof Term)[];
  route?: readonly (keyof StaticRoute)[];
}

/** What FRR or EOS have words for, and neither BIRD nor GoBGP. */
export const IOS_ALONE: Wordless = {
  bgp: [
    "minimumHoldTime",
    "rejectAsSets",
    "countConfederation",
    "gracefulShutdown",
    "advertiseInactive",
    "confederation",
    "maximumPathsIpv6",
  ],
  session: ["solo", "senderLoopCheck", "gracefulShutdown", "extendedNextHop"],
  family: ["maximumPrefixOut", "routeServerClient"],
  match: ["communityMatch", "communityCountMax", "asPathCountMax", "peer", "sourcePeer", "tag", "origin", "learnedBy"],
  set: ["tag", "prependFirst", "exclude"],
  term: ["call"],
};

export function refuse(d: Draft, speaker: Speaker, path: string, system: string, wordless: Wordless): void {
  const check = <T extends object>(value: T | undefined, fields: readonly (keyof T)[] = [], at: string): void => {
    for (const field of fields) {
      const found = value?.[field];
      if (found !== undefined && found !== false) {
        cannot(d, `${at}.${String(field)}`, found, `no ${String(field)}: ${system} has no words for it`);
      }
    }
  };
  check(speaker.bgp, wordless.bgp, `${path}.bgp`);
  speaker.routes?.forEach((route, index) => check(route, wordless.route, `${path}.routes[${index}]`));
  const session = (settings: NeighborSettings, at: string): void => {
    check(settings, wordless.session, at);
    for (const family of ["ipv4", "ipv6"] as const) {
      check(settings.families?.[family], wordless.family, `${at}.families.${family}`);
    }
  };
  for (const [name, group] of Object.entries(speaker.groups ?? {})) session(group, `${path}.groups[${name}]`);
  speaker.neighbors.forEach((neighbor, index) => session(neighbor, `${path}.neighbors[${index}]`));
  for (const [name, policy] of Object.entries(speaker.policies ?? {})) {
    policy.terms.forEach((term, index) => {
      const { match, set } = term;
      check(term, wordless.term, `${path}.policies[${name}].terms[${index}]`);
      check(match, wordless.match, `${path}.policies[${name}].terms[${index}].match`);
      check(set, wordless.set, `${path}.policies[${name}].terms[${index}].set`);
    });
  }
}
