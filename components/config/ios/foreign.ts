/** Recognises a configuration of the other system by a line that only that one has. */
import { lineOf, type Line } from "./lines";

const SIGNS = {
  eos: [
    /^! (device: .*EOS|Command: show running-config|boot system flash:)/,
    /^(service routing protocols model|transceiver qsfp|management api |spanning-tree mode|vrf instance |ip routing( vrf \S+)?$|switchport default )/,
    /^interface (Ethernet|Port-Channel|Loopback|Management|Vlan|Vxlan)[0-9]/,
  ],
  frr: [
    /^(frr (version|defaults) |service integrated-vtysh-config|(no )?ip(v6)? nht |exit-address-family$|exit-vrf$|vtysh )/,
    /^\s*(no )?bgp (ebgp-requires-policy|network import-check|bestpath compare-routerid|bestpath as-path multipath-relax)/,
    /^\s*address-family ipv[46] unicast$/,
  ],
} as const;

/** How many of the other system's lines it takes, when none of its own is there. */
export function foreignSign(text: string, system: "frr" | "eos"): Line | undefined {
  const other = system === "frr" ? "eos" : "frr";
  let found: Line | undefined;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const bare = raw.trimEnd();
    if (SIGNS[system].some((sign) => sign.test(bare))) return undefined;
    if (found !== undefined || !SIGNS[other].some((sign) => sign.test(bare))) continue;
    found = lineOf(bare, index + 1) ?? { number: index + 1, text: bare.trim(), words: [], no: false, indent: 0 };
  }
  return found;
}
