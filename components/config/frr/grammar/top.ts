/**
 * The commands outside of `router bgp`, as FRR 8.4 to 10.6 know them between them. Other protocols are told by their first
 * words alone: what stands in their blocks is not looked into.
 */
import { grammar } from "../../ios/grammar";

/** What may stand behind a static route's next hop (static_vty.c, 8.4 to 10.6). */
const BEHIND =
  "{N|tag N|metric N|weight N|vrf WORD|label WORD|table N|nexthop-vrf WORD|color N|onlink|bfd {multi-hop|source IP|profile WORD}|segments +}";

const STATIC = `
  ip route (NET4|IP4 IP4) (reject|blackhole|Null0|IP|WORD) [WORD] ${BEHIND}
  ipv6 route NET6 [from NET6] (reject|blackhole|Null0|IP6|WORD) [WORD] ${BEHIND}
`;

const TABLE = `
  (ip|ipv6) nht (resolve-via-default|hide-backup-events|WORD [route-map WORD])
  (ip|ipv6) protocol WORD [route-map WORD]
  (ip|ipv6) (igmp|mld|msdp|pim|ssmpingd) *
  (ip|ipv6) import-table *
  ip table range N N
  mpls fec nexthop-resolution
  rpki
`;

export const TOP = grammar(
  STATIC,
  TABLE,
  `
  (ip|ipv6) prefix-list WORD (description +|[seq N] (deny|permit) (any|NET {ge N|le N}))
  (ip|ipv6) prefix-list sequence-number
  bgp as-path access-list WORD [seq N] (deny|permit) +
  bgp (community-list|large-community-list|extcommunity-list) (standard|expanded) WORD [seq N] (deny|permit) +
  bgp (community-list|large-community-list|extcommunity-list) N [seq N] (deny|permit) +
  bgp community alias WORD WORD
  bgp (graceful-restart|graceful-restart-disable|graceful-shutdown|input-queue-limit|ipv6-auto-ra|local-mac) *
  bgp (no-rib|output-queue-limit|route-map|send-extra-data|session-dscp|snmp|suppress-fib-pending|update-delay) *
  (ip|ipv6) router-id [IP [vrf WORD]]
  router-id [IP4 [vrf WORD]]
  (ip|ipv6) forwarding
  ip (mroute|multicast) *
  ipv6 access-list *
  frr (defaults +|version +)
  hostname WORD
  interface WORD [vrf WORD]
  route-map WORD (deny|permit) N
  route-map WORD optimization
  router bgp [ASN] {view WORD|vrf WORD|as-notation (dot|dot+|plain)}
  router (babel|eigrp|isis|openfabric|ospf|ospf6|pim|pim6|rip|ripng) *
  vrf WORD
  bfd
  key chain WORD
  l2vpn WORD *
  line vty
  mpls (label|ldp|lsp) *
  nexthop-group WORD
  pbr-map WORD *
  password *
  segment-routing
  service (advanced-vty|cputime-stats|cputime-warning|integrated-vtysh-config|password-encryption|terminal-length|walltime-warning) *
  (access-list|affinity-map|agentx|allow-external-route-update|allow-reserved-ranges|banner|debug|domainname|dump) *
  (enable|evpn|exec-timeout|fpm|log|mac|nhrp|pbr|pseudowire|ptm-enable|username|vni|vrrp|zebra) *
  (end|exit|quit)
`,
);

export const VRF = grammar(
  STATIC,
  TABLE,
  `
  (ip|ipv6) router-id IP
  router-id IP4
  (exit-vrf|exit)
  netns WORD
  vni *
`,
);

export const INTERFACE = grammar(`
  (ip|ipv6) address WORD *
  ip (igmp|irdp|mroute|multicast|nhrp|ospf|pim|rip|authentication|hello-interval|hold-time|summary-address) *
  ipv6 (mld|mroute|multicast|nd|nhrp|ospf6|pim|ripng) *
  (ip|ipv6) router (isis|openfabric) WORD
  shutdown
  description +
  (bandwidth|delay) *
  (babel|debug|eigrp|evpn|isis|link-detect|link-params|mpls|multicast|openfabric|ospf|ptm-enable|tunnel|vrrp) *
  pbr-policy WORD
  (exit|quit|exit-link-params)
`);

export const BFD = grammar(`
  peer WORD *
  profile WORD
  detect-multiplier N
  (receive-interval|transmit-interval|echo-interval|minimum-ttl) N
  echo *
  (echo-mode|passive-mode|log-session-changes|shutdown|label *)
  sbfd *
  (exit|quit)
`);
