/** What is run on the host for a kind cluster: kind and docker alone. Each script may be run again after a kill. */

/**
 * Standard input is kind's configuration, standard output the kubeconfig. A cluster without the mark was left half-made
 * by a run that was killed. Its network is its own, so that it goes with it.
 */
export const CREATE = `set -e
export KIND_EXPERIMENTAL_DOCKER_NETWORK="$CLUSTER"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! docker exec "$CLUSTER-control-plane" test -e /kind/complete 2>/dev/null; then
  kind delete cluster --name "$CLUSTER" --kubeconfig "$scratch/kubeconfig" >&2
  kind create cluster --config - --kubeconfig "$scratch/kubeconfig" >&2
  docker exec "$CLUSTER-control-plane" touch /kind/complete
fi
kind get kubeconfig --name "$CLUSTER"
`;

export const DELETE = `set -e
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
kind delete cluster --name "$CLUSTER" --kubeconfig "$scratch/kubeconfig" >&2
docker network rm "$CLUSTER" >/dev/null 2>&1 || ! docker network inspect "$CLUSTER" >/dev/null 2>&1
`;

/** Lines "CONTAINER NETWORK ADDRESS": the node joins its rack, reports that address, and is given the agent. */
export const JOIN = `set -e
join() {
  docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' "$1" | grep -qxF "$2" ||
    docker network connect --ip "$3" "$2" "$1"
  docker exec "$1" mkdir -p /opt/bgpfabric
  docker cp "$AGENT" "$1:/opt/bgpfabric/agent.js" >/dev/null
  docker exec "$1" sed -i "s/--node-ip=[^ \\"]*/--node-ip=$3/" /var/lib/kubelet/kubeadm-flags.env
  docker exec "$1" systemctl restart kubelet
}
running=
while read -r container network address; do
  join "$container" "$network" "$address" </dev/null &
  running="$running $!"
done <<EOF
$NODES
EOF
for one in $running; do wait "$one"; done
`;

/** A network with a container on it cannot be removed. */
export const LEAVE = `while read -r container network address; do
  docker network disconnect --force "$network" "$container" </dev/null >/dev/null 2>&1 || true
done <<EOF
$NODES
EOF
`;
