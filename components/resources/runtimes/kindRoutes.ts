/**
 * Routes of a kind node on which a CNI runs by its own images, where no agent of ours sets them: a unit in the node, which
 * runs again after each restart. Images come through Docker's network, so its default route stays; private prefixes, the
 * pods and the services never take it.
 */
import { local } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterPlan } from "../../plan/cluster";
import { both } from "../../plan/families";

/** No public registry has such an address: RFC 1918, 6598, 2544, 5737, 3849 and 4193. */
const PRIVATE = [
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15"],
  ...["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "fc00::/7"],
];

/**
 * In the node. routes.env says ADDRESS, its own on the rack; VIA and VIA6, the rack's routers or nothing; GATEWAY and
 * GATEWAY6, Docker's; RANGES, what takes the rack; OUTSIDE, what of it takes Docker's network all the same; SERVICES, what
 * kube-proxy rewrites once the kernel has found a route. All are the kernel's own: BIRD learns others' routes, and would
 * announce one to the pods' range.
 */
export const NODE_ROUTES = `#!/bin/sh
set -e
. "\${ROUTES_ENV:-/opt/bgpfabric/routes.env}"
tries=0
until link=$(ip -o -4 address show to "$ADDRESS" | awk '{ print $2; exit }') && [ -n "$link" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 240 ] || { echo "no interface has $ADDRESS" >&2; exit 1; }
  sleep 0.5
done
family() {
  case $1 in *:*) echo -6 ;; *) echo -4 ;; esac
}
for network in $SERVICES; do
  ip "$(family "$network")" route replace "$network" dev "$link" proto kernel
done
for range in $RANGES; do
  case $range in *:*) via=$VIA6 ;; *) via=$VIA ;; esac
  if [ -n "$via" ]; then ip "$(family "$range")" route replace "$range" via "$via" proto kernel
  else ip "$(family "$range")" route replace unreachable "$range" proto kernel; fi
done
for range in $OUTSIDE; do
  case $range in *:*) gateway=$GATEWAY6 ;; *) gateway=$GATEWAY ;; esac
  [ -z "$gateway" ] || ip "$(family "$range")" route replace "$range" via "$gateway" proto kernel
done
for gateway in $GATEWAY $GATEWAY6; do
  ip "$(family "$gateway")" route replace default via "$gateway" proto kernel
done
`;

const UNIT = `[Unit]
Description=Routes of the rack
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/opt/bgpfabric/routes

[Install]
WantedBy=multi-user.target
`;

/**
 * Lines "CONTAINER ADDRESS VIA VIA6", a dash for none. Docker may give a restarted container a default route by another of
 * its networks, so the gateway of kind's is noted here.
 */
export const ROUTES = `set -e
gateway() {
  docker inspect --format "{{(index .NetworkSettings.Networks \\"$CLUSTER\\").$2}}" "$1" </dev/null
}
put() { docker exec -i "$1" sh -c "mkdir -p /opt/bgpfabric && cat >$2"; }
while read -r container address via via6; do
  put "$container" /opt/bgpfabric/routes.env <<END
ADDRESS='$address'
VIA='\${via#-}'
VIA6='\${via6#-}'
GATEWAY='$(gateway "$container" Gateway)'
GATEWAY6='$(gateway "$container" IPv6Gateway)'
RANGES='$RANGES'
OUTSIDE='$OUTSIDE'
SERVICES='$SERVICES'
END
  printf %s "$PROGRAM" | put "$container" /opt/bgpfabric/routes
  printf %s "$UNIT" | put "$container" /etc/systemd/system/bgpfabric-routes.service
  docker exec "$container" sh -c "chmod 755 /opt/bgpfabric/routes && systemctl daemon-reload &&
    systemctl enable bgpfabric-routes && systemctl restart bgpfabric-routes" </dev/null >&2
done <<EOF
$NODES
EOF
`;

export function nodeRoutes(
  plan: ClusterPlan,
  containers: readonly { container: string; node: ClusterPlan["nodes"][number] }[],
  {
    cluster,
    joined,
    parent,
    said,
  }: { cluster: string; joined: local.Command; parent: pulumi.Resource; said: readonly string[] },
): local.Command {
  const lines = containers.map(({ container, node: { address, defaultRoute, defaultRoute6 } }) =>
    [container, address, defaultRoute ?? "-", defaultRoute6 ?? "-"].join(" "),
  );
  const isDual = plan.nodes.some(({ address6 }) => address6 !== undefined);
  const ranges = [...PRIVATE, ...both(plan.podNetwork, plan.podNetwork6)];
  return new local.Command(
    `${plan.name}-routes`,
    {
      create: ROUTES,
      environment: {
        CLUSTER: cluster,
        NODES: lines.join("\n"),
        RANGES: ranges.filter((range) => isDual || !range.includes(":")).join(" "),
        OUTSIDE: said.join(" "),
        SERVICES: both(plan.serviceNetwork, plan.serviceNetwork6).join(" "),
        PROGRAM: NODE_ROUTES,
        UNIT,
      },
      // A node that joins its rack anew has lost them.
      triggers: [joined.id],
      logging: local.Logging.Stderr,
    },
    { parent, dependsOn: joined },
  );
}
