/** Random lists and ordered policies, within what the speaker's daemon can say. */
import type { Match, Policy, SetActions, Speaker, Term } from "../../components/bgp/network";
import type { Dice } from "./dice";

const COMMUNITIES = ["64512:100", "64512:200", "65001:7", "no-export"];
const LARGE = ["64512:1:1", "64512:2:1"];

export function addPolicies(d: Dice, speaker: Speaker): void {
  const { system } = speaker.dialect;
  if (system === "gobgp") return;
  if (system === "frr") {
    speaker.prefixLists = {
      PODS: [
        { seq: 5, action: "deny", prefix: "0.0.0.0/0" },
        { seq: 10, action: "permit", prefix: "172.16.0.0/12", le: d.pick([22, 24, 32]) },
        ...(d.chance(0.5) ? [{ seq: 20, action: "permit" as const, prefix: "198.18.0.0/15", ge: 24, le: 32 }] : []),
      ],
      ONE: [{ seq: 5, action: "permit", prefix: "172.16.1.0/24" }],
    };
    speaker.communityLists = {
      MARKED: [{ action: "permit", kind: "standard", communities: [d.pick(COMMUNITIES.slice(0, 3))] }],
    };
    speaker.asPathLists = {
      SHORT: [{ action: "permit", regex: d.pick(["^$", "^6500[0-2]_", "_65001$"]) }],
      NOT1: [
        { action: "deny", regex: "_65001_" },
        { action: "permit", regex: ".*" },
      ],
    };
  }
  speaker.policies = { P0: policy(d, speaker), P1: policy(d, speaker) };
}

export function policyFor(d: Dice, speaker: Speaker, probability: number): { policy?: string } {
  const names = Object.keys(speaker.policies ?? {});
  return names.length > 0 && d.chance(probability) ? { policy: d.pick(names) } : {};
}

function policy(d: Dice, speaker: Speaker): Policy {
  const count = d.between(1, 3);
  const terms: Term[] = [];
  for (let index = 0; index < count; index++) terms.push(term(d, speaker, (index + 1) * 10));
  if (d.chance(0.75)) terms.push({ seq: 100, action: "accept" });
  return { terms, otherwise: "reject" };
}

function term(d: Dice, speaker: Speaker, seq: number): Term {
  const action = d.chance(0.15) ? "reject" : d.chance(0.15) ? "continue" : "accept";
  const matched = match(d, speaker);
  return {
    seq,
    action,
    ...(Object.keys(matched).length > 0 ? { match: matched } : {}),
    ...(action === "reject" ? {} : { set: actions(d, speaker) }),
  };
}

function match(d: Dice, speaker: Speaker): Match {
  const frr = speaker.dialect.system === "frr";
  const roll = d.next();
  if (roll < 0.35) {
    return frr
      ? { prefixList: d.pick(["PODS", "ONE"]) }
      : { prefixes: [{ prefix: "172.16.0.0/16", ge: 16, le: 24 }, { prefix: "198.18.0.0/24" }] };
  }
  if (roll < 0.5) return frr ? { communityList: "MARKED" } : { communities: [d.pick(COMMUNITIES.slice(0, 3))] };
  if (roll < 0.6)
    return frr ? { asPathList: d.pick(["SHORT", "NOT1"]) } : { peerType: d.pick(["ebgp", "ibgp"] as const) };
  return {};
}

function actions(d: Dice, speaker: Speaker): SetActions {
  const frr = speaker.dialect.system === "frr";
  const set: SetActions = {};
  if (d.chance(0.25)) set.localPreference = d.pick([80, 120, 200]);
  if (d.chance(0.25)) set.med = d.pick([10, 20]);
  if (d.chance(0.25)) set.communities = { add: [d.pick(COMMUNITIES)] };
  else if (d.chance(0.1)) set.communities = { set: [d.pick(COMMUNITIES)] };
  if (d.chance(0.1)) set.largeCommunities = { add: [d.pick(LARGE)] };
  if (d.chance(0.15)) set.prepend = Array.from({ length: d.between(1, 3) }, () => speaker.asn);
  if (frr && d.chance(0.08)) set.weight = d.pick([10, 300]);
  if (d.chance(0.06)) set.origin = d.pick(["igp", "egp", "incomplete"] as const);
  return set;
}
