/** When two paths are one and the same to everybody who weighs them or hears of them. */
import type { Candidate } from "./compare";

export function sameCandidates(a: readonly (Candidate | undefined)[], b: readonly (Candidate | undefined)[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!sameCandidate(a[i], b[i])) return false;
  return true;
}

function sameCandidate(a: Candidate | undefined, b: Candidate | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return (
    a.bundle === b.bundle &&
    a.nextHop === b.nextHop &&
    a.through === b.through &&
    a.channel === b.channel &&
    a.pathId === b.pathId &&
    a.valid === b.valid &&
    a.igpMetric === b.igpMetric &&
    a.overBgp === b.overBgp &&
    a.kind === b.kind &&
    a.local === b.local &&
    a.announced === b.announced &&
    a.routerId === b.routerId &&
    a.address === b.address &&
    a.peerAsn === b.peerAsn &&
    a.metric === b.metric &&
    a.interface === b.interface
  );
}
