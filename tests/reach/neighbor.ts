/** A second FRR on the router's segment, in a network namespace of its own: what a session needs at its other end. */
import type { Router } from "./router";

const ADDRESS = "10.10.10.9";
export const NEIGHBOR = { address: ADDRESS, asn: 65009, prefix: "172.16.0.240/28" };

const START = `set -e
mkdir -p /run/frr/peer /etc/frr/peer; chown -R frr:frr /run/frr /etc/frr/peer
unshare --net sh -c 'echo $$ > /run/peer.pid; exec sleep 86400' </dev/null >/dev/null 2>&1 &
tries=0; until [ -s /run/peer.pid ]; do tries=$((tries + 1)); [ $tries -lt 100 ]; sleep 0.05; done
pid=$(cat /run/peer.pid)
ip link add peer0 type veth peer name eth0 netns $pid
ip link set peer0 master lan0 up
within="nsenter -t $pid -n"
$within ip link set lo up; $within ip addr add ${ADDRESS}/24 dev eth0; $within ip link set eth0 up
for daemon in zebra staticd bgpd; do $within /usr/lib/frr/$daemon -d -N peer -A 127.0.0.1; done
$within vtysh -N peer -c configure -c 'ip route ${NEIGHBOR.prefix} blackhole' -c 'router bgp ${NEIGHBOR.asn}' \\
  -c 'bgp router-id ${ADDRESS}' -c 'no bgp ebgp-requires-policy' -c 'timers bgp 1 3' \\
  -c 'neighbor 10.10.10.1 remote-as 65001' -c 'neighbor 10.10.10.1 timers connect 1' \\
  -c 'address-family ipv4 unicast' -c 'network ${NEIGHBOR.prefix}'`;

export function startNeighbor(router: Router): void {
  router.inside("sh", "-c", START);
}

/** A line of the neighbor's BGP instance, by hand. */
export function atNeighbor(router: Router, line: string): void {
  const configure = ["configure", `router bgp ${NEIGHBOR.asn}`, line].map((one) => `-c '${one}'`).join(" ");
  router.inside("sh", "-c", `nsenter -t $(cat /run/peer.pid) -n vtysh -N peer ${configure}`);
}
