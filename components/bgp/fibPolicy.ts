/**
 * Which routes a speaker's own policy lets into its FIB: BIRD's kernel export filter, which sees BGP and static routes,
 * and FRR's table-map, which sees BGP routes. Connected and kernel routes are there whatever a policy says.
 */
import type { Prefix } from "../model/prefix";
import { plain, type Bundle } from "./attributes";
import type { CompiledSpeaker } from "./compile";
import type { Match, Speaker } from "./network";
import { applyPolicy } from "./policy";

export interface Entrant {
  prefix: string;
  source: "bgp" | "aggregate" | "connected" | "static" | "kernel";
  nextHop: string;
  /** Of the best path; absent for routes that are not BGP's. */
  bundle?: Bundle;
  /** Of the session that the best path came by. */
  peerType?: "ebgp" | "ibgp";
}

/** What a policy sees of a BGP route that is the same whichever path is best. */
const OF_THE_PREFIX = new Set<keyof Match>(["prefixes", "notPrefixes", "prefixList", "source"]);

/** May which path is best decide whether the route enters the FIB? Not where the policy looks at prefixes alone. */
export function asksPath({ bgp, policies }: Speaker): boolean {
  const terms = bgp.fibPolicy === undefined ? [] : (policies?.[bgp.fibPolicy]?.terms ?? []);
  return terms.some(
    ({ match = {}, call }) =>
      call !== undefined || Object.keys(match).some((each) => !OF_THE_PREFIX.has(each as keyof Match)),
  );
}

export function entersFib({ speaker, dialect }: CompiledSpeaker, route: Entrant): boolean {
  const name = speaker.bgp.fibPolicy;
  if (name === undefined || route.source === "connected" || route.source === "kernel") return true;
  if (route.source === "static" && !dialect.oneTable) return true;
  const policy = speaker.policies?.[name];
  if (policy === undefined) return dialect.missingPolicy === "accept";
  const bundle = route.bundle ?? { ...plain("igp"), id: -1 };
  const facts = {
    prefix: route.prefix as Prefix,
    nextHop: route.nextHop,
    source: route.source,
    defaultLocalPreference: speaker.bgp.defaultLocalPreference ?? dialect.defaultLocalPreference,
    ...(route.peerType === undefined ? {} : { peerType: route.peerType, learnedBy: route.peerType }),
  };
  // What the policy sets goes to the kernel, not back into BGP: only whether it lets the route pass matters here.
  return applyPolicy(speaker, dialect, policy, bundle, facts, (set) => ({ ...set, id: -1 })) !== undefined;
}
