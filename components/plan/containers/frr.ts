/**
 * How FRR starts in a container: its interfaces get the names that the Network has for them, Docker's default route goes,
 * and the daemons start with nothing configured. The configuration itself is live/routerConfiguration.ts's, pushed in
 * place; changing it never touches the container.
 */
import type { Interface, Speaker } from "../../bgp/network";
import { familyOf } from "../../model/address";
import type { ContainerRouter, StartOptions, Upload } from "./container";
import { forwardingSysctls } from "./sysctls";

const START = "/opt/bgpfabric/router.sh";

/** SYS_ADMIN: zebra and bgpd exit without it (FRR 8.4). */
const FRR_CAPABILITIES = ["CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_SYS_ADMIN"];

/** An interface that goes down to be renamed loses its IPv6 addresses unless told otherwise. */
const ROUTER_SYSCTLS = {
  ipv4: { "net.ipv4.fib_multipath_hash_policy": "1" },
  ipv6: { "net.ipv6.conf.all.keep_addr_on_down": "1", "net.ipv6.fib_multipath_hash_policy": "1" },
};

export const frrContainer: ContainerRouter = {
  versions: ["8.4"],
  start: (speaker: Speaker, { bfd, links = {} }: StartOptions) => ({
    command: frrCommand(speaker.interfaces, links),
    uploads: frrUploads(speaker, bfd),
    capabilities: FRR_CAPABILITIES,
    sysctls: forwardingSysctls(hasIpv6(speaker), ROUTER_SYSCTLS),
  }),
  // Docker gives the addresses, and its networks carry no IPv6 unless asked.
  writes: (speaker) => ({ addresses: "elsewhere", forwarding: { ipv4: true, ipv6: hasIpv6(speaker) } }),
};

/** An interface without any address is unnumbered: it has a link-local one. */
function hasIpv6({ interfaces }: { interfaces: readonly Interface[] }): boolean {
  return interfaces.some(
    ({ segment, addresses }) =>
      (segment !== undefined && addresses.length === 0) || addresses.some((address) => familyOf(address) === "ipv6"),
  );
}

function frrCommand(interfaces: readonly Interface[], links: Readonly<Record<string, string>>): string[] {
  const named = interfaces
    .filter(({ segment }) => segment !== undefined)
    .map(({ name, segment = "", addresses }) => `${addresses[0]?.split("/")[0] ?? links[segment] ?? ""}=${name}`);
  return ["/bin/sh", START, ...named];
}

/** Addresses of interfaces that are on no segment. */
function loopbacks(interfaces: readonly Interface[]): string[] {
  return interfaces.filter(({ segment }) => segment === undefined).flatMap(({ addresses }) => addresses);
}

function frrUploads({ name, dialect, interfaces }: Speaker, bfd: boolean): Upload[] {
  return [
    {
      file: "/etc/frr/daemons",
      content: `bgpd=yes\n${bfd ? 'bfdd=yes\nbfdd_options="-A 127.0.0.1"\n' : ""}vtysh_enable=yes\nzebra_options="-A 127.0.0.1 -s 90000000"\nbgpd_options="-A 127.0.0.1"\nstaticd_options="-A 127.0.0.1"\n`,
    },
    {
      file: "/etc/frr/frr.conf",
      content: `frr defaults ${dialect.profile ?? "traditional"}\nhostname ${name}\nservice integrated-vtysh-config\n`,
    },
    { file: "/etc/frr/vtysh.conf", content: "service integrated-vtysh-config\n" },
    { file: START, content: script(interfaces), executable: true },
  ];
}

/** Whether every interface on a segment is found by an IPv4 address. */
function onlyIpv4(interfaces: readonly Interface[]): boolean {
  return foreign(interfaces).length === 0;
}

/** Interfaces without IPv4 in the Network: Docker gives each of its networks an IPv4 prefix all the same. */
function foreign(interfaces: readonly Interface[]): string[] {
  return interfaces
    .filter(({ segment, addresses }) => segment !== undefined && !addresses.some((one) => familyOf(one) === "ipv4"))
    .map(({ name }) => name);
}

/**
 * Docker names and orders interfaces as it likes, so each is found by its address. FRR's daemons say Cease to their
 * neighbors when they are asked to end; the shell asks them, since it is the one that Docker's stop signal reaches.
 */
const script = (interfaces: readonly Interface[]): string => `#!/bin/sh
${loopbacks(interfaces)
  .map((address) => `ip address replace ${address} dev lo\n`)
  .join("")}for pair in "$@"; do
  address=\${pair%%=*} name=\${pair#*=} tries=0
  until now=$(ip -o ${onlyIpv4(interfaces) ? "-4 " : ""}address show to "$address" | awk '{ print $2 }') && [ -n "$now" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { echo "no interface has $address" >&2; exit 1; }
    sleep 0.1
  done
  if [ "$now" != "$name" ]; then
    ip link set "$now" down
    ip link set "$now" name "$name"
    ip link set "$name" up
  fi
done
${foreign(interfaces)
  .map((name) => `ip -4 address flush dev ${name}\n`)
  .join("")}while ip route del default 2>/dev/null; do :; done
${hasIpv6({ interfaces }) ? "while ip -6 route del default 2>/dev/null; do :; done\n" : ""}chown -R frr:frr /etc/frr
chmod 640 /etc/frr/*
trap 'pkill -TERM bgpd; sleep 0.3; exit 0' TERM INT
/usr/lib/frr/frrinit.sh start
while :; do
  sleep 86400 &
  wait $!
done
`;
