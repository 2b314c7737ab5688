/** Kernel settings that every container on segments has, a router or a bare node: it forwards packets of its families. */
const IPV4_SYSCTLS = {
  "net.ipv4.conf.all.rp_filter": "0",
  "net.ipv4.conf.default.rp_filter": "0",
  "net.ipv4.ip_forward": "1",
};

/** Docker switches IPv6 off in a container, and a tentative address can hold no session. */
const IPV6_SYSCTLS = {
  "net.ipv6.conf.all.accept_dad": "0",
  "net.ipv6.conf.all.disable_ipv6": "0",
  "net.ipv6.conf.all.forwarding": "1",
  "net.ipv6.conf.default.accept_dad": "0",
  "net.ipv6.conf.default.disable_ipv6": "0",
};

/** `more` are settings of one kind of container, of each family. */
export function forwardingSysctls(
  ipv6: boolean,
  more: { readonly ipv4?: Record<string, string>; readonly ipv6?: Record<string, string> } = {},
): Record<string, string> {
  return { ...IPV4_SYSCTLS, ...more.ipv4, ...(ipv6 ? { ...IPV6_SYSCTLS, ...more.ipv6 } : {}) };
}
