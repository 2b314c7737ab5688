/**
 * What FRR does when its configuration is silent, by version and profile. Its running configuration leaves these out,
 * so the writer does too (else every reload would find a difference) and the reader needs not put them in.
 */
import type { DialectRef } from "../../bgp/network";

export interface FrrDefaults {
  ebgpRequiresPolicy: boolean;
  deterministicMed: boolean;
  /** Until 9.0 a setting of each neighbor, off; then one of the instance, on. */
  enforceFirstAs: boolean | undefined;
  /** What zebra starts with, and what its running configuration leaves out: the profile counts for the second alone. */
  resolveViaDefault: { starts: boolean; leftOut: boolean };
  /** Can a neighbor's ASN be learned ("remote-as auto", 10.2 on)? */
  learnsAsn: boolean;
  listenLimit: number;
  keepalive: number;
  hold: number;
}

export function frrDefaults(dialect: DialectRef): FrrDefaults {
  const datacenter = dialect.profile === "datacenter";
  return {
    ebgpRequiresPolicy: !datacenter,
    deterministicMed: datacenter,
    enforceFirstAs: isFrom(dialect.version, 9, 1) ? true : undefined,
    resolveViaDefault: {
      starts: isFrom(dialect.version, 9, 1),
      leftOut: isFrom(dialect.version, 9, 1) && !datacenter,
    },
    learnsAsn: isFrom(dialect.version, 10, 2),
    listenLimit: 100,
    keepalive: datacenter ? 3 : 60,
    hold: datacenter ? 9 : 180,
  };
}

export function isFrom(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split(".").map(Number);
  return a > major || (a === major && b >= minor);
}
