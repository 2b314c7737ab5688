/** What is run on the host for a kind cluster: kind and docker alone. Each script may be run again after a kill. */
import { EXCLUDE_LABEL } from "../../model/labels";

/**
 * Standard input is kind's configuration, standard output the kubeconfig. A cluster without the mark was left half-made
 * by a run that was killed. Its network is its own, so that it goes with it. Where kind fails it removes the nodes itself,
 * and the network goes here: nothing deletes a resource that was never made.
 */
export const CREATE = `set -e
export KIND_EXPERIMENTAL_DOCKER_NETWORK="$CLUSTER"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! docker exec "$CLUSTER-control-plane" test -e /kind/complete 2>/dev/null; then
  kind delete cluster --name "$CLUSTER" --kubeconfig "$scratch/kubeconfig" >&2
  if ! kind create cluster --config - --kubeconfig "$scratch/kubeconfig" >&2; then
    docker network rm "$CLUSTER" >/dev/null 2>&1 || true
    exit 1
  fi
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

/**
 * Lines "CONTAINER NETWORK ADDRESS", of both families with a comma: the node joins its rack, reports these, and is given the
 * agent where AGENT names its file. A kubelet that the machine gives no instance of inotify ends again and again: that is said here, and not by a Node
 * that never gets ready.
 */
export const JOIN = `set -e
runs() {
  for attempt in $(seq 240); do
    docker exec "$1" curl --silent --fail --output /dev/null http://127.0.0.1:10248/healthz && return
    if docker exec "$1" journalctl --unit kubelet --since "@$2" | grep -q "inotify_init: too many open files"; then
      limit=$(docker exec "$1" cat /proc/sys/fs/inotify/max_user_instances)
      echo "$1: kubelet gets no instance of inotify: the machine has $limit for root (fs.inotify.max_user_instances)," \
        "and a node takes 12. End other clusters, run fewer nodes, or raise it." >&2
      return 1
    fi
    sleep 0.5
  done
  echo "$1: kubelet is not healthy two minutes after it was restarted" >&2
  return 1
}
join() {
  docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' "$1" | grep -qxF "$2" ||
    case $3 in
      *,*) docker network connect --ip "\${3%,*}" --ip6 "\${3#*,}" "$2" "$1" ;;
      *) docker network connect --ip "$3" "$2" "$1" ;;
    esac
  if [ -n "$AGENT" ]; then
    docker exec "$1" mkdir -p /opt/bgpfabric
    docker cp "$AGENT" "$1:/opt/bgpfabric/agent.js" >/dev/null
  fi
  docker exec "$1" sed -i "s/--node-ip=[^ \\"]*/--node-ip=$3/" /var/lib/kubelet/kubeadm-flags.env
  since=$(date +%s)
  docker exec "$1" systemctl restart kubelet
  runs "$1" "$since"
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

/**
 * kubeadm's label keeps services off the control plane's node, with MetalLB and with Cilium. Which nodes announce is the
 * plan's to say, and a node that is to be left out gets the label again with its others.
 */
export const UNLABEL = `docker exec "$CLUSTER-control-plane" kubectl --kubeconfig=/etc/kubernetes/admin.conf \\
  label nodes --all ${EXCLUDE_LABEL}- >&2
`;
