/** Sessions and next hops as operators write them: "leaf1:swp1 -- spine1:swp1", "swp1", "oldest path". */
import type { DecisionStep } from "../bgp/solution";

/** A session's key ("leaf1 interface%swp1 - spine1 interface%swp1") for people; programs keep the key. */
export function sessionName(key: string): string {
  return key
    .replace(/ interface%(\S+)/g, ":$1")
    .replace(" - ", " -- ")
    .replace(/ -- \? \S*$/, " -- ?");
}

/** The same within a sentence, where keys and next hops stand among other words. */
export function inFieldWords(sentence: string): string {
  return sentence
    .replace(/(\S+) interface%(\S+) - (\S+) interface%(\S+)/g, "$1:$2 -- $3:$4")
    .replace(/ interface%(\S+) - /g, ":$1 -- ")
    .replace(/interface%/g, "");
}

const STEPS: Partial<Record<DecisionStep, string>> = {
  "only-path": "the only path",
  "not-valid": "next hop not reachable",
  "local-preference": "local preference",
  "local-origin": "own route",
  "as-path-length": "shorter AS path",
  med: "lower MED",
  "ebgp-over-ibgp": "eBGP over iBGP",
  "igp-metric": "nearer next hop",
  "cluster-length-equal": "shorter cluster list",
  older: "oldest path",
  "originator-or-router-id": "lower router id",
  "cluster-length": "shorter cluster list",
  "neighbor-address": "lower neighbor address",
  "add-path-id": "lower path id",
};

export const stepName = (step: DecisionStep): string => STEPS[step] ?? step;
