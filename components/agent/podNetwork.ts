/**
 * A pod's own network namespace, joined to the node as Calico joins it: a veth whose node end is named cali..., a host
 * route to the pod's address, and 169.254.1.1 as the pod's gateway.
 */
import { createHash } from "node:crypto";
import { run } from "./run";

const GATEWAY = "169.254.1.1";

/** The node's end of a pod's link; an interface name has 15 characters at most. */
export function linkName(uid: string): string {
  return `cali${createHash("sha1").update(uid).digest("hex").slice(0, 11)}`;
}

/** Gives the process's network namespace an interface with the address. `node` is the node's own address on its rack. */
export async function connectPod(uid: string, pid: number, address: string, node: string): Promise<void> {
  const link = linkName(uid);
  const inside = (...args: string[]) => run("nsenter", [`--net=/proc/${pid}/ns/net`, "ip", ...args]);
  await run("ip", ["link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", String(pid)]);
  await run("ip", ["link", "set", link, "up"]);
  const mac = (JSON.parse(await run("ip", ["-j", "link", "show", link])) as { address: string }[])[0]?.address ?? "";
  await inside("link", "set", "lo", "up");
  await inside("address", "add", `${address}/32`, "dev", "eth0");
  await inside("link", "set", "eth0", "up");
  // The gateway's address is nowhere: a fixed neighbor entry needs no proxy ARP on the node.
  await inside("neighbor", "replace", GATEWAY, "lladdr", mac, "dev", "eth0", "nud", "permanent");
  await inside("route", "add", GATEWAY, "dev", "eth0", "scope", "link");
  await inside("route", "add", "default", "via", GATEWAY, "dev", "eth0");
  // As if the kernel had made it: BIRD takes others' routes for its own, and Calico's filters keep those inside a block.
  // Of the node's addresses the pod meets the one on the rack, not that of the network to the API server.
  const own = ["scope", "link", "proto", "kernel", "src", node];
  await run("ip", ["route", "replace", `${address}/32`, "dev", link, ...own]);
}
