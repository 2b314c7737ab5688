/** Findings of CNI readings as rows for people. */
import type { Finding } from "../components/cni/finding";
import { count, severity, title } from "./print";

export function findingRows(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  return [
    "",
    title(count(findings.length, "finding")),
    ...findings.map((finding) => {
      const place = [finding.source?.file, finding.source?.line].filter((part) => part !== undefined).join(":");
      const where = [finding.object, finding.path].filter((part) => part !== undefined).join(" ");
      return `${severity(finding.severity)}  ${finding.id}  ${where}${place === "" ? "" : ` (${place})`}\n    ${finding.sentence}\n    fix: ${finding.fix}`;
    }),
  ];
}
