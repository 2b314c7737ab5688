/**
 * What a router's kernel says of TCP MD5 signatures: a segment with a wrong one is dropped before the daemon sees it, so that
 * the daemon has no word for a wrong password. Counted for the whole router since it started, not by neighbor.
 */
import type { PasswordTrouble } from "../observation";
import type { Shell } from "../shell";

/** Counters of /proc/net/netstat (Linux 4 to 6), the clearest sign first. */
const COUNTERS: readonly [name: string, trouble: PasswordTrouble][] = [
  ["TCPMD5Failure", "differs"],
  ["TCPMD5NotFound", "missing"],
  ["TCPMD5Unexpected", "unexpected"],
];

/** Undefined where nothing was dropped for it, and where the router does not say. */
export async function passwordTrouble(shell: Shell): Promise<PasswordTrouble | undefined> {
  const { code, stdout } = await shell.run(["cat", "/proc/net/netstat"]);
  return code === 0 ? troubleIn(stdout) : undefined;
}

/** A line of names and below it a line of values, each behind "TcpExt:". */
export function troubleIn(netstat: string): PasswordTrouble | undefined {
  const [names = [], values = []] = netstat
    .split("\n")
    .filter((line) => line.startsWith("TcpExt:"))
    .map((line) => line.trim().split(/\s+/));
  return COUNTERS.find(([name]) => Number(values[names.indexOf(name)] ?? 0) > 0)?.[1];
}
