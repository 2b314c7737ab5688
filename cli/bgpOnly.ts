/** The BGP part of a rendered configuration: without interfaces, static routes and the lines of the whole device. */
const OTHERS: Readonly<Record<string, RegExp>> = {
  frr: /^(interface|ip route|ipv6 route|vrf|hostname|service|log|frr|line|ip forwarding|ipv6 forwarding|no ip|no ipv6)\b/,
  eos: /^(interface|ip route|ipv6 route|vrf|hostname|service|ip routing|ipv6 unicast-routing|transceiver|spanning-tree)\b/,
};

/** BIRD's and GoBGP's configurations hold nothing but what BGP needs: they stay as they are. */
export function bgpOnly(text: string, system: string): string {
  const others = OTHERS[system];
  if (others === undefined) return text;
  const kept: string[] = [];
  let dropping = false;
  for (const line of text.split("\n")) {
    const top = !/^\s/.test(line);
    if (top && dropping && /^exit(-vrf)?$/.test(line)) continue;
    if (top && line !== "!" && line !== "") dropping = others.test(line);
    if (!dropping && !(line === "!" && kept.at(-1) === "!")) kept.push(line);
  }
  while (kept[0] === "!") kept.shift();
  return kept.join("\n");
}
