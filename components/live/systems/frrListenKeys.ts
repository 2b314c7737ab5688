/**
 * Passwords that FRR's listening socket keeps of neighbors that have gone. FRR (8.4 to 10.3) adds a key for the address of
 * each neighbor that dials in from a listen range, and leaves it there when the neighbor goes. When the group's password
 * changes meanwhile, the key of the address is the old one, the kernel prefers it to the range's, and the neighbor never
 * comes back. A neighbor that is configured takes its key with it, so each such address is one for a moment.
 */
import { parseAddress } from "../../model/address";
import { containsAddress, parsePrefix } from "../../model/prefix";
import type { Shell } from "../shell";

/** A key for one address, and the group whose listen range has that address. */
export interface HostKey {
  /** "router bgp 65001", with its VRF. */
  router: string;
  group: string;
  address: string;
}

/** After a push: keys of neighbors that are not there now. A router without `ss`, or whose `ss` shows no keys, keeps them. */
export async function forgetKeys(shell: Shell, text: string): Promise<void> {
  if (listenRanges(text).length === 0) return;
  const sockets = await shell.run(["ss", "-lntiH"]);
  const keys = sockets.code === 0 ? hostKeys(sockets.stdout, text) : [];
  if (keys.length === 0) return;
  const { stdout } = await shell.run(["vtysh", "-c", "show bgp vrf all summary json"]);
  for (const { router, group, address } of keys.filter((key) => !isThere(stdout, key))) {
    // One that dials in just now is refused here: its key is the new one.
    const lines = ["configure", router, `neighbor ${address} peer-group ${group}`, `no neighbor ${address}`];
    await shell.run(["vtysh", ...lines.flatMap((line) => ["-c", line])]);
  }
}

/**
 * Keys of single addresses in listen ranges, of addresses that the text does not name as neighbors. `ss` (iproute2 6.1 to
 * 6.15) shows them as "md5keys:10.0.0.10/32=...,10.0.0.0/26=...".
 */
export function hostKeys(sockets: string, text: string): HostKey[] {
  const ranges = listenRanges(text);
  const found = new Map<string, HostKey>();
  for (const [, list = ""] of sockets.matchAll(/ md5keys:(\S+)/g)) {
    for (const [, address = ""] of list.matchAll(/(?:^|,)([0-9a-f.:]+)\/(?:32|128)=/g)) {
      const parsed = parseAddress(address);
      if (!parsed.ok) continue;
      const range = ranges.find(({ prefix }) => containsAddress(prefix, parsed.value));
      if (range === undefined || text.includes(` neighbor ${address} `)) continue;
      found.set(address, { router: range.router, group: range.group, address });
    }
  }
  return [...found.values()];
}

function listenRanges(text: string) {
  let router = "";
  return text.split("\n").flatMap((line) => {
    if (line.startsWith("router bgp ")) router = line.trim();
    const [, range = "", group = ""] = /^ +bgp listen range (\S+) peer-group (\S+)/.exec(line) ?? [];
    const prefix = parsePrefix(range);
    return prefix.ok ? [{ router, group, prefix: prefix.value }] : [];
  });
}

/** Whether the summary has a session with the address, configured or dialled in. */
function isThere(summary: string, { address }: HostKey): boolean {
  return new RegExp(`"${address.replaceAll(".", "\\.")}":\\s*\\{`).test(summary);
}
