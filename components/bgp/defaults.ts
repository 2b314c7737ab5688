/**
 * `default-originate route-map`: FRR makes the default route for a neighbor while its table holds a path that the policy
 * permits, and gives it what the first of the clauses that permit one sets (subgroup_default_originate, 8.4 and 10.7).
 * Which paths there are is known after a round, so the answer is of the round before.
 */
import type { Channel } from "./channels";
import type { Compiled } from "./compile";
import { grantKey, isConditional, type Granted } from "./grants";
import type { Family, SetActions, Term } from "./network";
import { matchesTerm } from "./policy";
import { inOrder } from "./terms";
import { heldAt, type Round } from "./round";
import type { NotModelled } from "./solution";

export function grantsOf(round: Round): Granted {
  const granted = new Map<string, SetActions>();
  for (const channel of conditional(round)) {
    const term = firstGrant(round, channel);
    if (term !== undefined) granted.set(grantKey(channel), term.set ?? {});
  }
  return granted;
}

/** Does a policy decide about any default route? */
export const asksPolicies = (round: Round): boolean => conditional(round).length > 0;

const conditional = ({ channels }: Round): Channel[] =>
  [...channels.ipv4, ...channels.ipv6].flatMap((list) =>
    list.filter((channel) => channel.closed !== true && isConditional(channel)),
  );

/** The first clause that permits any path of the table, valid or not. */
function firstGrant(round: Round, { settings, speaker, family }: Channel): Term | undefined {
  const how = settings.defaultOriginate;
  const policy = typeof how === "object" ? speaker.speaker.policies?.[how.policy] : undefined;
  if (policy === undefined) return undefined;
  const terms = inOrder(policy.terms);
  let first = terms.length;
  for (const each of round.classes) {
    if (each.family !== family) continue;
    for (const candidate of heldAt(round, each, speaker.index).candidates) {
      if (candidate.announced === false) continue;
      for (const prefix of each.prefixes) {
        const at = terms.findIndex((term) => matchesTerm(speaker, term, candidate, prefix));
        const found = terms[at];
        if (found !== undefined && found.action !== "reject" && at < first) first = at;
        if (first === 0) return terms[0];
      }
    }
  }
  return terms[first];
}

/** What a policy with `continue` gives a default route is not worked out: whoever may hear of one is not sure of it. */
export function continuedDefaults({ speakers }: Compiled): NotModelled[] {
  const families = new Set<Family>();
  for (const { neighbors, speaker } of speakers) {
    for (const each of neighbors) {
      for (const family of ["ipv4", "ipv6"] as const) {
        const how = each.families?.[family]?.defaultOriginate;
        const policy = typeof how === "object" ? speaker.policies?.[how.policy] : undefined;
        if (policy?.terms.some(({ action }) => action === "continue") === true) families.add(family);
      }
    }
  }
  return [...families].flatMap((family) =>
    speakers.map(({ speaker }) => ({
      speaker: speaker.name,
      what: "default-originate with a policy that continues",
      prefix: family === "ipv4" ? "0.0.0.0/0" : "::/0",
    })),
  );
}
