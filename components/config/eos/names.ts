/** Names of interfaces as EOS completes them ("Et1" is Ethernet1), and its ranges of ports ("Et1-3"). */

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^et(h|he|her|hern|herne|hernet)?(?=[0-9])/i, "Ethernet"],
  [/^lo(o|op|opb|opba|opbac|opback)?(?=[0-9])/i, "Loopback"],
  [/^po(r|rt|rt-|rt-c|rt-ch|rt-cha|rt-chan|rt-chann|rt-channe|rt-channel)?(?=[0-9])/i, "Port-Channel"],
  [/^vl(a|an)?(?=[0-9])/i, "Vlan"],
  [/^vx(l|la|lan)?(?=[0-9])/i, "Vxlan"],
  [/^ma(n|na|nag|nage|nagem|nageme|nagemen|nagement)?(?=[0-9])/i, "Management"],
  [/^tu(n|nn|nne|nnel)?(?=[0-9])/i, "Tunnel"],
];

export function interfaceName(text: string): string {
  const kind = KINDS.find(([pattern]) => pattern.test(text));
  return kind === undefined ? text : text.replace(kind[0], kind[1]);
}

/** "Et1-3,7" as its ports; a name without a range as itself. */
export function interfaceNames(text: string): string[] {
  const [, kind, ports] = /^([A-Za-z-]*[A-Za-z])([0-9,/-]+)$/.exec(interfaceName(text)) ?? [];
  if (kind === undefined || ports === undefined || !/[,-]/.test(ports)) return [interfaceName(text)];
  return ports.split(",").flatMap((part) => {
    const [, before = "", first, last] = /^([0-9/]*\/)?([0-9]+)-([0-9]+)$/.exec(part) ?? [];
    if (first === undefined || last === undefined || Number(last) - Number(first) > 512) return [`${kind}${part}`];
    return Array.from({ length: Math.max(0, Number(last) - Number(first) + 1) }, (_, index) => {
      return `${kind}${before}${Number(first) + index}`;
    });
  });
}
