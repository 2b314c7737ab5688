/**
 * The part of EOS's configuration language that the tests' own switch knows: what may stand in which mode, which command
 * takes another one's place, and in which order a switch prints them. After Arista's EOS manual (BGP, 4.3x) and published
 * running-configs; written for the tests alone, apart from the library's reader and writer.
 */

export interface Rule {
  /** Matches a command; what its first group matches is the setting that another value takes the place of. */
  pattern: RegExp;
  /** The mode that the command enters. */
  enters?: Mode;
  /** Whether "no COMMAND" is a setting of its own, which the switch prints. */
  negated?: true;
}

export type Mode = "global" | "bgp" | "family" | "route-map" | "prefix-list" | "interface" | "other";

const NAME = "[A-Za-z0-9_.:-]+";
const PREFIX = "[0-9a-fA-F.:]+/[0-9]+";
const rule = (text: string, more: Omit<Rule, "pattern"> = {}): Rule => ({
  pattern: new RegExp(`^(?:${text})$`),
  ...more,
});
/** A setting of a neighbor: its first word is what another value takes the place of. */
const neighbor = (text: string, more: Omit<Rule, "pattern"> = {}): Rule => {
  const word = /^[a-z-]+/.exec(text)?.[0] ?? "";
  return rule(`(neighbor ${NAME} ${word})${text.slice(word.length)}`, more);
};

/** In the order in which a switch prints them. */
export const RULES: Readonly<Record<Mode, readonly Rule[]>> = {
  global: [
    rule("(hostname) \\S+"),
    rule("(service routing protocols model) multi-agent"),
    rule("(username \\S+) .+"),
    rule("(vlan [0-9,-]+)", { enters: "other" }),
    rule("(vrf instance \\S+)", { enters: "other" }),
    rule(`(interface (?:Ethernet|Loopback|Management|Port-Channel|Vlan|Vxlan)[0-9/.]+)`, { enters: "interface" }),
    rule("(ip routing(?: ipv6 interfaces)?)"),
    rule("(ipv6 unicast-routing)"),
    rule(`(ip community-list (?:regexp )?${NAME} (?:permit|deny) .+)`),
    rule(`(ip large-community-list (?:regexp )?${NAME} (?:permit|deny) .+)`),
    rule(`(ip prefix-list ${NAME})`, { enters: "prefix-list" }),
    rule(`(ipv6 prefix-list ${NAME})`, { enters: "prefix-list" }),
    rule(`(ip route ${PREFIX} .+)`),
    rule(`(ipv6 route ${PREFIX} .+)`),
    rule(`(ip as-path access-list ${NAME} (?:permit|deny) \\S+ any)`),
    rule(`(route-map ${NAME} (?:permit|deny) [0-9]+)`, { enters: "route-map" }),
    rule("(router bgp [0-9]+)", { enters: "bgp" }),
    rule("(management api http-commands)", { enters: "other" }),
  ],
  bgp: [
    rule("(router-id) [0-9.]+"),
    rule("(bgp missing-policy direction (?:in|out) action) (?:deny|permit|deny-in-out)"),
    rule("(bgp default ipv4-unicast)", { negated: true }),
    rule("(bgp confederation identifier) [0-9]+"),
    rule("(bgp confederation peers) [0-9 ]+"),
    rule("(distance bgp) [0-9]+ [0-9]+ [0-9]+"),
    rule("(graceful-restart)"),
    rule("(bgp enforce-first-as)", { negated: true }),
    rule("(maximum-paths) [0-9]+ ecmp [0-9]+"),
    rule("(bgp advertise-inactive)"),
    rule("(bgp cluster-id) [0-9.]+"),
    rule("(bgp client-to-client reflection)", { negated: true }),
    rule("(bgp always-compare-med)"),
    rule("(bgp bestpath as-path (?:ignore|multipath-relax))", { negated: true }),
    rule("(bgp bestpath med missing-as-worst)"),
    rule("(bgp bestpath tie-break) router-id"),
    rule("(dynamic peer max) [0-9]+"),
    rule(`(bgp listen range ${PREFIX}) peer-group ${NAME} remote-as [0-9]+`),
    rule(`(neighbor ${NAME}) peer group`),
    rule(`(neighbor interface ${NAME}) peer-group ${NAME}(?: remote-as [0-9]+)?`),
    rule(`(neighbor ${NAME} peer group) ${NAME}`),
    neighbor("remote-as [0-9]+"),
    neighbor("description .+"),
    neighbor("local-as [0-9]+(?: no-prepend replace-as)?"),
    neighbor("shutdown"),
    neighbor("passive"),
    neighbor("update-source \\S+"),
    neighbor("transport remote-port [0-9]+"),
    neighbor("ebgp-multihop [0-9]+"),
    neighbor("ttl maximum-hops [0-9]+"),
    neighbor("timers [0-9]+ [0-9]+"),
    neighbor("idle-restart-timer [0-9]+"),
    rule(`(neighbor ${NAME} bfd)`),
    rule(`(neighbor ${NAME} bfd interval) [0-9]+ min-rx [0-9]+ multiplier [0-9]+`),
    neighbor("graceful-restart"),
    neighbor("graceful-restart-helper", { negated: true }),
    neighbor("password (?:0|7) \\S+"),
    neighbor("send-community(?: (?:standard|large|extended))*"),
    neighbor("maximum-routes [0-9]+(?: warning-only)?"),
    neighbor("route-reflector-client"),
    rule("(address-family (?:ipv4|ipv6))", { enters: "family" }),
    rule("(address-family evpn)", { enters: "other" }),
    rule("(vlan [0-9]+)", { enters: "other" }),
    rule(`(vrf ${NAME})`, { enters: "bgp" }),
    rule("(rd) \\S+"),
    rule("(route-target (?:import|export) \\S+ \\S+)"),
  ],
  family: [
    neighbor("activate", { negated: true }),
    rule(`(neighbor ${NAME} (?:prefix-list|route-map)) ${NAME} in`),
    rule(`(neighbor ${NAME} (?:prefix-list|route-map)) ${NAME} out`),
    neighbor("next-hop-self"),
    neighbor("next-hop-unchanged"),
    neighbor("next-hop address-family ipv6 originate"),
    neighbor("route-reflector-client"),
    neighbor("allowas-in [0-9]+"),
    neighbor("as-path remote-as replace out"),
    neighbor("remove-private-as(?: all)?(?: replace-as)?"),
    neighbor("default-originate(?: route-map \\S+)? always"),
    neighbor("weight [0-9]+"),
    neighbor("additional-paths (?:receive|send any)", { negated: true }),
    rule(`(network ${PREFIX})(?: route-map ${NAME})?`),
    rule(`(aggregate-address ${PREFIX}).*`),
    rule("(redistribute (?:connected|static))(?: route-map \\S+)?"),
  ],
  "route-map": [
    rule("(description) .+"),
    rule("(match (?:ip|ipv6) address) prefix-list \\S+"),
    rule("(match [a-z-]+(?: [a-z-]+)*) \\S.*"),
    rule("(continue)(?: [0-9]+)?"),
    rule("(set [a-z-]+(?: [a-z-]+)*) \\S.*"),
  ],
  "prefix-list": [rule(`(seq [0-9]+) (?:permit|deny) ${PREFIX}(?: (?:ge|le|eq) [0-9]+)*`)],
  interface: [
    rule("(description) .+"),
    rule("(no switchport)"),
    rule("(switchport)(?: .*)?"),
    rule(`(ip address) ${PREFIX}`),
    rule(`(ip address ${PREFIX} secondary)`),
    rule("(ipv6 enable)"),
    rule(`(ipv6 address ${PREFIX})`),
    rule("(mtu) [0-9]+"),
    rule("(shutdown)"),
  ],
  // EVPN, VLANs and how the switch is reached: what no program of the library writes.
  other: [
    rule("(name) \\S+"),
    rule("(rd) \\S+"),
    rule("(route-target \\S+ \\S+)"),
    rule("(redistribute learned)"),
    rule("(neighbor default encapsulation) \\S+"),
    rule("(neighbor \\S+ activate)"),
    rule("(protocol \\S+)"),
    rule("(no shutdown)"),
  ],
};

/** What may stand after "no" in each mode: a command, or its beginning. */
export const NEGATABLE: Readonly<Record<Mode, RegExp>> = {
  global:
    /^(?:router bgp [0-9]+|route-map \S+|ip (?:prefix-list|community-list|large-community-list|as-path access-list|route) \S+|ipv6 (?:prefix-list|route) \S+|vlan \S+|interface \S+|username \S+|vrf instance \S+|ip routing|hostname)/,
  bgp: /^(?:neighbor \S+|bgp [a-z-]+|router-id|maximum-paths|distance bgp|graceful-restart|dynamic peer max|address-family \S+|vrf \S+|vlan \S+)/,
  family: /^(?:neighbor \S+ [a-z-]+|network \S+|aggregate-address \S+|redistribute \S+)/,
  "route-map": /^(?:match|set|continue|description)\b/,
  "prefix-list": /^seq [0-9]+/,
  interface: /^(?:description|ip address|ipv6|mtu|shutdown)/,
  other: /^(?:name|rd|route-target|redistribute|neighbor)/,
};
