/**
 * The commands of `router bgp` and of its unicast families, as FRR 8.4 to 10.6 know them between them: taken from the
 * commands that bgpd installs at each node. One that came later than a router's version is not told apart here.
 */
import { grammar } from "../../ios/grammar";

const FAMILY = `
  network (NET|IP4 [mask IP4]) {route-map WORD|label-index N|backdoor}
  redistribute (babel|connected|eigrp|isis|kernel|local|nhrp|openfabric|ospf6|rip|ripng|sharp|static) {metric N|route-map WORD}
  redistribute (ospf|table|table-direct) [N] {metric N|route-map WORD}
  redistribute (vnc|vnc-direct) {metric N|route-map WORD}
  aggregate-address (NET|IP4 IP4) {as-set|summary-only|route-map WORD|origin (egp|igp|incomplete)|matching-MED-only|suppress-map WORD}
  maximum-paths (N|ibgp N [equal-cluster-length])
  distance bgp N N N
  distance N NET [WORD]
  table-map WORD
  bgp dampening [N [N N N]]
  neighbor WORD (activate|addpath-tx-all-paths|addpath-tx-bestpath-per-AS|as-override|disable-addpath-rx)
  neighbor WORD (addpath-rx-paths-limit N|addpath-tx-best-selected N)
  neighbor WORD advertise-map WORD (exist-map|non-exist-map) WORD
  neighbor WORD allowas-in [N|origin]
  neighbor WORD attribute-unchanged {as-path|next-hop|med}
  neighbor WORD capability orf prefix-list (both|send|receive)
  neighbor WORD dampening [N [N N N]]
  neighbor WORD default-originate [route-map WORD]
  neighbor WORD (distribute-list|filter-list|prefix-list|route-map) WORD (in|out)
  neighbor WORD (encapsulation-srv6|encapsulation-srv6-relax|nexthop-local unchanged)
  neighbor WORD maximum-prefix N [N] [warning-only|restart N] [force]
  neighbor WORD maximum-prefix-out N
  neighbor WORD next-hop-self [all|force]
  neighbor WORD peer-group WORD
  neighbor WORD remove-private-AS [all] [replace-AS]
  neighbor WORD (route-reflector-client|route-server-client|soft-reconfiguration inbound)
  neighbor WORD send-community [both|all|extended [rpki]|standard|large]
  neighbor WORD (soo WORD|unsuppress-map WORD|weight N)
`;

/** Only within a family: leaking between VRFs and VPN labels. */
const LEAKING = `
  import (vrf (route-map WORD|WORD)|vpn)
  export vpn
  label vpn export *
  (rd|nexthop|sid) vpn *
  sid export *
  (rt|route-target|route-target6|rt6) *
  route-map vpn (import|export) WORD
  exit-address-family
`;

const INSTANCE = `
  address-family (ipv4|ipv6) [unicast|multicast|vpn|labeled-unicast|flowspec|encap]
  address-family (vpnv4|vpnv6) [unicast]
  address-family l2vpn evpn
  address-family (link-state link-state|encap|encapv4|encapv6|rt-constrain)
  bgp (allow-martian-nexthop|always-compare-med|deterministic-med|disable-ebgp-connected-route-check)
  bgp bestpath (aigp|compare-routerid|peer-type multipath-relax|use-imported-attributes)
  bgp bestpath as-path (confed|ignore|multipath-relax [as-set|no-as-set])
  bgp bestpath bandwidth (ignore|skip-missing|default-weight-for-missing)
  bgp bestpath med {confed|missing-as-worst}
  bgp client-to-client reflection
  bgp cluster-id (IP4|N)
  bgp (conditional-advertisement timer N|default-originate timer N)
  bgp confederation (identifier ASN|peers +)
  bgp default (ipv4-unicast|ipv4-multicast|ipv4-vpn|ipv4-labeled-unicast|ipv4-flowspec|l2vpn-evpn)
  bgp default (ipv6-unicast|ipv6-multicast|ipv6-vpn|ipv6-labeled-unicast|ipv6-flowspec)
  bgp default (dynamic-capability|link-local-capability|show-hostname|show-nexthop-hostname|shutdown)
  bgp default (local-preference N|software-version-capability [latest-encoding]|subgroup-pkt-queue-max N)
  bgp (ebgp-requires-policy|enforce-first-as|fast-convergence|fast-external-failover|graceful-shutdown)
  bgp graceful-restart [disable-eor|notification|preserve-fw-state|restart-time N|rib-stale-time N|select-defer-time N|stalepath-time N]
  bgp (graceful-restart-disable|hard-administrative-reset|ipv6-auto-ra|log-neighbor-changes|reject-as-sets)
  bgp labeled-unicast (explicit-null|ipv4-explicit-null|ipv6-explicit-null)
  bgp listen (limit N|range NET peer-group WORD)
  bgp long-lived-graceful-restart stale-time N
  bgp max-med (administrative [N]|on-startup N [N])
  bgp minimum-holdtime N
  bgp network import-check [exact]
  bgp (route-map delay-timer N|route-reflector allow-outbound-policy|router-id IP4)
  bgp shutdown [message +]
  bgp (suppress-duplicates|suppress-fib-pending|tcp-keepalive N N N)
  bmp (mirror buffer-limit N|targets WORD)
  (coalesce-time|read-quanta|write-quanta) N
  (auto-summary|synchronization|use-underlays-nexthop-weight)
  exit
  neighbor IP interface WORD
  neighbor WORD interface [v6only] [peer-group WORD|remote-as (ASN|internal|external|auto)]
  neighbor WORD (advertisement-interval N|aigp|as-override|description +|disable-connected-check|disable-link-bw-encoding-ieee)
  neighbor WORD bfd [N N N|check-control-plane-failure|profile WORD|strict [hold-time N]]
  neighbor WORD capability (dynamic|extended-nexthop|fqdn|link-local|software-version [latest-encoding])
  neighbor WORD (dont-capability-negotiate|enforce-first-as|enforce-multihop|extended-link-bandwidth|extended-optional-parameters)
  neighbor WORD ebgp-multihop [N]
  neighbor WORD (graceful-restart|graceful-restart-disable|graceful-restart-helper|graceful-shutdown|ip-transparent)
  neighbor WORD local-as ASN [no-prepend [replace-as [dual-as]]]
  neighbor WORD local-role (provider|rs-server|rs-client|customer|peer) [strict-mode]
  neighbor WORD (oad|override-capability|passive|password +|port N|rpki strict|send-nexthop-characteristics)
  neighbor WORD path-attribute (discard|treat-as-withdraw) +
  neighbor WORD peer-group [WORD]
  neighbor WORD remote-as (ASN|internal|external|auto)
  neighbor WORD (sender-as-path-loop-detection|solo|strict-capability-match|tcp-mss N)
  neighbor WORD shutdown [message +|rtt N [count N]]
  neighbor WORD timers (N N|connect N|delayopen N)
  neighbor WORD (ttl-security hops N|update-source WORD|version N)
  segment-routing srv6
  sid vpn per-vrf export *
  timers bgp N N
  update-delay N [N]
  (vnc|rfp|nve-group|l2-group) *
`;

export const BGP = grammar(INSTANCE, FAMILY);
export const BGP_FAMILY = grammar(FAMILY, LEAKING);
