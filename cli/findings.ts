/** Findings of CNI readings as rows for people; those of one rule with one fix as one, unless all are asked for. */
import { nameSome, type ObjectFinding } from "../components/cni/finding";
import { count, severity, title } from "./print";

export function findingRows(findings: readonly ObjectFinding[], all = false): string[] {
  if (findings.length === 0) return [];
  const groups = new Map<string, ObjectFinding[]>();
  for (const [at, finding] of findings.entries()) {
    const key = all ? String(at) : [finding.severity, finding.id, finding.path, finding.fix].join("|");
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return ["", title(count(findings.length, "finding")), ...[...groups.values()].map(row)];
}

function row(group: readonly ObjectFinding[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const place = [first.source?.file, first.source?.line].filter((part) => part !== undefined).join(":");
  const objects =
    group.length === 1
      ? first.object
      : nameSome(
          group.map(({ object }) => object),
          4,
        );
  const where = [objects, first.path].filter((part) => part !== undefined).join(" ");
  const at = place === "" ? "" : ` (${place}${group.length > 1 ? " and others" : ""})`;
  return `${severity(first.severity)}  ${first.id}  ${where}${at}\n    ${first.sentence}\n    fix: ${first.fix}`;
}
