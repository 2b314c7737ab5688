/**
 * The commands of EOS that people abbreviate and that a Network has a word for, after Arista's documentation. It is not all
 * that EOS knows: a line that is not here is read with its words as they are.
 */
import { grammar } from "../ios/grammar";

const NEIGHBORS = `
  neighbor WORD (activate|allowas-in [N]|as-path remote-as replace out|bfd|bfd interval N min-rx N multiplier N|description +)
  neighbor WORD additional-paths (receive|send +)
  neighbor WORD default-originate [route-map WORD] [always]
  neighbor WORD ebgp-multihop [N]
  neighbor WORD (dont-capability-negotiate|enforce-first-as|export-localpref N|fall-over *|graceful-restart|graceful-restart-helper *)
  neighbor WORD (graceful-shutdown|idle-restart-timer N|link-bandwidth *|local-as ASN *|maximum-accepted-routes N *|maximum-routes N *)
  neighbor WORD (metric-out N|missing-policy +|next-hop-peer|next-hop-self|next-hop-unchanged|next-hop address-family ipv6 *|out-delay N)
  neighbor WORD (passive|password *|peer group [WORD]|peer-group [WORD]|prefix-list WORD (in|out)|remote-as ASN|rib-in *)
  neighbor WORD (remove-private-as *|route-map WORD (in|out)|route-reflector-client|route-to-peer|send-community *)
  neighbor WORD (shutdown *|soft-reconfiguration inbound *|timers N N *|transport *|ttl maximum-hops N|update-source WORD|weight N)
`;

const FAMILY = `
  network (NET|IP4 mask IP4) [route-map WORD]
  redistribute (connected|static|ospf|ospfv3|isis|rip|attached-host|dynamic|bgp|user) *
  aggregate-address (NET|IP4 IP4) *
  maximum-paths N [ecmp N]
  distance bgp N [N N]
  neighbor default *
  bgp *
`;

const INSTANCE = `
  neighbor interface WORD peer-group WORD *
  address-family (ipv4 [unicast|multicast|labeled-unicast]|ipv6 [unicast|multicast|labeled-unicast]|evpn|vpn-ipv4|vpn-ipv6|rt-membership|flow-spec *|link-state|path-selection)
  router-id IP4
  rd WORD
  route-target +
  (shutdown|graceful-restart *|graceful-restart-helper *|timers bgp N N *|update *|dynamic peer max N|ucmp *|monitoring *)
`;

export const BGP = grammar(NEIGHBORS, FAMILY, INSTANCE, "vrf WORD", "vlan *", "vlan-aware-bundle *");
export const BGP_VRF = grammar(NEIGHBORS, FAMILY, INSTANCE);
export const BGP_FAMILY = grammar(NEIGHBORS, FAMILY);

export const CLAUSE = grammar(`
  description +
  continue [N]
  sub-route-map WORD
  match (ip|ipv6) (address|next-hop) prefix-list WORD
  match (ip|ipv6) address access-list WORD
  match (community|large-community|extcommunity) *
  match (as|as-path|aggregate-role|interface|isis|local-preference|metric|metric-type|origin-as|peer|route-type|router-id|source-protocol|tag) *
  set (as-path *|bgp *|community *|large-community *|extcommunity *|distance N|ip *|ipv6 *|local-preference *|metric *|metric-type *)
  set (next-hop *|nexthop *|origin (igp|egp|incomplete)|segment-index *|tag *|weight N|isis *|evpn *)
`);

export const TOP = grammar(`
  hostname WORD
  interface WORD [WORD]
  ip prefix-list WORD [seq N] (permit|deny) NET *
  ipv6 prefix-list WORD [seq N] (permit|deny) NET *
  (ip|ipv6) prefix-list WORD
  (ip|ipv6) route *
  ip routing [vrf WORD]
  ip (community-list|large-community-list|extcommunity-list|as-path|access-list|host|domain-name|name-server|virtual-router) *
  route-map WORD (permit|deny) N
  router (bgp ASN|ospf *|ospfv3 *|ospf3 *|isis *|rip *|multicast *|pim *|igmp *|msdp *|general *|bfd *|traffic-engineering *)
  vrf (instance WORD|definition WORD)
`);

export const INTERFACE = grammar(`
  (ip|ipv6) address *
  description +
  shutdown
  (mtu N|speed *|switchport *|channel-group *|lacp *|bfd *|load-interval *|logging *|encapsulation *|mpls *|isis *|vxlan *)
  (ip|ipv6) (ospf *|ospf3 *|access-group *|nd *|pim *|igmp *|helper-address *|virtual-router *|enable|proxy-arp|verify *)
  vrf [forwarding] WORD
`);
