/**
 * A pod's own network namespace, joined to the node as Calico joins it: a veth whose node end is named cali..., a host
 * route to the pod's address, and 169.254.1.1 as the pod's gateway.
 */
import { createHash } from "node:crypto";
import { run } from "./run";

const GATEWAY = "169.254.1.1";
/** Calico's takes the link-local address of the node's end; one that is nowhere does the same with a fixed neighbor. */
const GATEWAY_6 = "fe80::1";

/** The node's end of a pod's link; an interface name has 15 characters at most. */
export function linkName(uid: string): string {
  return `cali${createHash("sha1").update(uid).digest("hex").slice(0, 11)}`;
}

/**
 * Gives the process's network namespace an interface with the addresses, one of a family. `nodes` are the node's own
 * addresses on its rack.
 */
export async function connectPod(
  uid: string,
  pid: number,
  addresses: readonly string[],
  nodes: readonly string[],
): Promise<void> {
  const link = linkName(uid);
  const inside = (...args: string[]) => run("nsenter", [`--net=/proc/${pid}/ns/net`, "ip", ...args]);
  await run("ip", ["link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", String(pid)]);
  await run("ip", ["link", "set", link, "up"]);
  const mac = (JSON.parse(await run("ip", ["-j", "link", "show", link])) as { address: string }[])[0]?.address ?? "";
  await inside("link", "set", "lo", "up");
  await inside("link", "set", "eth0", "up");
  for (const address of addresses) {
    const [family, gateway, length] = address.includes(":") ? ["-6", GATEWAY_6, 128] : ["-4", GATEWAY, 32];
    await inside(family, "address", "add", `${address}/${length}`, "dev", "eth0", ...(length === 128 ? ["nodad"] : []));
    // The gateway's address is nowhere: a fixed neighbor entry needs no proxy ARP on the node.
    await inside(family, "neighbor", "replace", gateway, "lladdr", mac, "dev", "eth0", "nud", "permanent");
    await inside(family, "route", "add", gateway, "dev", "eth0", "scope", "link");
    await inside(family, "route", "add", "default", "via", gateway, "dev", "eth0");
    // As if the kernel had made it: BIRD takes others' routes for its own, and Calico's filters keep those inside a block.
    // Of the node's addresses the pod meets the one on the rack, not that of the network to the API server.
    const node = nodes.find((one) => one.includes(":") === address.includes(":"));
    const own = [
      "proto",
      "kernel",
      ...(length === 32 ? ["scope", "link"] : []),
      ...(node === undefined ? [] : ["src", node]),
    ];
    await run("ip", [family, "route", "replace", `${address}/${length}`, "dev", link, ...own]);
  }
}
