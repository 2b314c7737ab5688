/**
 * Which received paths a speaker can pass on. Nearly all nodes of a cluster pass on nothing: the search for a stable state
 * can leave them out, and what they hold follows from their neighbors. The answer is given by session: a node with
 * reflectors and a ToR passes nothing on that a reflector sent.
 */
import type { Channel } from "./channels";
import { isInternal, isSilenced } from "./confederation";
import type { CompiledSpeaker } from "./compile";
import type { Dialect } from "./dialects";
import type { FamilySettings, Policy, Term } from "./network";
import { excludesAsns } from "./policy";
import { inOrder } from "./terms";
import { reflects, sameSource } from "./export";

/** By channel: may a path that came by it, whatever it looks like, go out to somebody who takes it? */
export function transitChannels(
  speaker: CompiledSpeaker,
  channels: readonly Channel[],
  aggregates: boolean,
  everybody: boolean,
): boolean[] {
  if (everybody || aggregates || channels.some(originatesDefault)) return channels.map(({ closed }) => closed !== true);
  if (!speaker.dialect.acceptsRoutes) return channels.map(() => false);
  const speaking = channels.filter((channel) => channel.closed !== true && !silent(channel));
  if (oneAs(channels)) return channels.map(() => false);
  return channels.map((from) => from.closed !== true && speaking.some((to) => passes(from, to)));
}

const originatesDefault = ({ closed, settings }: Channel): boolean =>
  closed !== true && settings.defaultOriginate !== undefined && settings.defaultOriginate !== false;

function passes(from: Channel, to: Channel): boolean {
  if (!to.speaker.dialect.echo && sameSource(to, from)) return false;
  if (isInternal(from) && isInternal(to) && !reflects(to, from)) return false;
  return !(from.far.asn === to.far.asn && untouched(from) && untouched(to));
}

/** All neighbors are of one AS, and look for their own ASN: they refuse whatever one of them has said first. */
const oneAs = (channels: readonly Channel[]): boolean => {
  const open = channels.filter(({ closed }) => closed !== true);
  return open.every((channel) => channel.far.asn === open[0]?.far.asn && untouched(channel));
};

/** eBGP by which the neighbor's ASN comes, and goes back to be found by it. */
function untouched({ kind, far, own, family, settings, importPolicy, exportPolicy }: Channel): boolean {
  return (
    kind === "ebgp" &&
    !excludesAsns(importPolicy.policy) &&
    !excludesAsns(exportPolicy.policy) &&
    far.settings.localAs === undefined &&
    far.settings.families?.[family]?.routeServerClient !== true &&
    own.settings.localAs === undefined &&
    far.settings.families?.[family]?.allowAsIn === undefined &&
    settings.asOverride !== true &&
    (settings.removePrivateAs ?? false) === false
  );
}

/** Does the channel let nothing out that was heard by BGP? */
function silent(channel: Channel): boolean {
  const { speaker, kind, settings, exportPolicy } = channel;
  const { dialect } = speaker;
  if (isSilenced(channel)) return true;
  if (kind === "ebgp" && speaker.requiresPolicy && !filtered(settings)) return true;
  if (exportPolicy.missing) return dialect.missingPolicy === "reject";
  return exportPolicy.policy !== undefined && refusesLearned(exportPolicy.policy, dialect, kind);
}

const filtered = (settings: FamilySettings): boolean =>
  (settings.exportPolicy ?? settings.exportPrefixList ?? settings.exportAsPathList) !== undefined;

export function refusesLearned(policy: Policy, dialect: Dialect, kind: "ebgp" | "ibgp"): boolean {
  for (const term of inOrder(policy.terms)) {
    const matches = matchesLearned(term, kind);
    if (matches === "never") continue;
    if (term.action === "accept") return false;
    if (term.action === "reject" && matches === "always") return true;
    // Where a `continue` leads to another term, or past the last one, the terms in between say nothing.
    if (term.action === "continue" && (term.goto !== undefined || dialect.policyEnd === "reject")) return false;
  }
  return (policy.otherwise ?? dialect.policyEnd) === "reject";
}

function matchesLearned({ match }: Term, kind: "ebgp" | "ibgp"): "never" | "always" | "some" {
  if (match === undefined) return "always";
  const { source, peerType, ...others } = match;
  if (source?.includes("bgp") === false || (peerType ?? kind) !== kind) return "never";
  return Object.values(others).every((each) => each === undefined) ? "always" : "some";
}
