/** The lines of a route-map's clause, as FRR 8.4 to 10.6 know them between them. */
import { grammar } from "../../ios/grammar";

export const CLAUSE = grammar(`
  call WORD
  continue [N]
  description +
  on-match (next|goto N)
  match (alias WORD|as-path WORD|as-path-count N|community-limit N|extcommunity-limit N|interface WORD)
  match (community|large-community|extcommunity) WORD [exact-match|any]
  match evpn +
  match ip (address|next-hop|route-source) (WORD|prefix-len N|prefix-list WORD|type blackhole|address IP4)
  match ip (multicast-source|multicast-group) (IP4|prefix-list WORD)
  match ipv6 (address|next-hop) (WORD|prefix-len N|prefix-list WORD|type blackhole|address IP6)
  match ipv6 (multicast-source|multicast-group) (IP6|prefix-list WORD)
  match (local-preference N|mac address WORD|metric N|multicast-interface WORD|origin (egp|igp|incomplete))
  match (peer (local|WORD)|probability N|rpki (valid|invalid|notfound)|rpki-extcommunity (valid|invalid|notfound))
  match (script WORD|source-instance N|source-protocol WORD|source-vrf WORD|src-peer WORD|tag (untagged|N)|vpn dataplane *)
  set (ipv4|ipv6) vpn next-hop IP
  set (vpnv4|vpnv6) next-hop IP
  set aggregator as ASN IP4
  set (aigp-metric WORD|atomic-aggregate|distance N|evpn +|forwarding-address IP6|label-index N|l3vpn +)
  set as-path (exclude|prepend|replace) +
  set (comm-list|large-comm-list|extended-comm-list) WORD delete
  set (community|large-community) +
  set extcommunity (bandwidth|color|none|nt|rt|soo) *
  set ip next-hop (IP4|peer-address|unchanged)
  set ipv6 next-hop (global IP6|local IP6|peer-address|prefer-global)
  set local-preference WORD
  set (max-metric|min-metric) N
  set metric (N|rtt|+rtt|-rtt|igp|aigp)
  set metric-type (type-1|type-2)
  set origin (egp|igp|incomplete)
  set (originator-id IP4|sr-te color N|src IP|table N|tag (untagged|N)|weight N)
  exit
`);
