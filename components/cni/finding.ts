/**
 * What a reading of Kubernetes objects has to say besides the speakers: traps that no daemon and no API server would
 * mention. A finding never stops the reading; text that cannot be read at all is a Fault instead.
 */
import type { Source } from "../bgp/network";

export type Severity = "error" | "warning" | "info";

export interface ObjectFinding {
  /** Stable name of the rule: "calico/selector-matches-nothing". */
  id: string;
  /** error: it will not do what is written; warning: it may surprise; info: worth knowing. */
  severity: Severity;
  /** "BGPPeer/rack-a-tor", "Node/worker3", "Service/default/web". */
  object: string;
  /** The field within the object: "spec.nodeSelector". */
  path?: string;
  /** What is the matter, in a plain sentence. */
  sentence: string;
  /** What would be right. */
  fix: string;
  /** File and line, where the object was read from a file. */
  source?: Source;
}

const RANK: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** Worst first, then by object and rule, so that two readings of the same objects print the same list. */
export function sortFindings(findings: ObjectFinding[]): ObjectFinding[] {
  const key = (finding: ObjectFinding) =>
    `${RANK[finding.severity]} ${finding.object} ${finding.id} ${finding.path ?? ""}`;
  return findings
    .map((finding) => ({ finding, key: key(finding) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ finding }) => finding);
}

/** "worker", "worker and worker2", "worker, worker2 and 3 more". */
export function nameSome(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names[0] ?? "none";
  const shown = names.slice(0, names.length > most ? most - 1 : names.length - 1);
  const last = names.length > most ? `${names.length - shown.length} more` : (names.at(-1) ?? "");
  return `${shown.join(", ")} and ${last}`;
}
