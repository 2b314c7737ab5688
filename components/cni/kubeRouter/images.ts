/**
 * kube-router by its own image. It has no chart: its DaemonSet, rights and CNI configuration are written here, with the
 * names of its own manifest for kubeadm (2.11.1). kube-proxy stays: services are not its part.
 */
import { type CniImages, type DaemonSetParts, type ImagesCluster, isDual } from "../images";
import { READ } from "../agentNeeds";
import { flagsOf } from "./flags";
import type { VERSIONS } from "./versions";

const RELEASES: Record<(typeof VERSIONS)[number], string> = {
  "2.8": "v2.8.1",
  "2.9": "v2.9.0",
  "2.10": "v2.10.0",
  "2.11": "v2.11.1",
};

const NAME = "kube-router";
const NAMESPACE = "kube-system";
const CONF = "10-kuberouter.conflist";
const LABELS = { "k8s-app": NAME, tier: "node" };
const HEALTH_PORT = 20244;

export const kubeRouterImages: CniImages = {
  releases: RELEASES,
  daemonSet: { image: "docker.io/cloudnativelabs/kube-router", parts },
};

const RULES = [
  { apiGroups: [""], resources: ["namespaces", "pods", "services", "nodes", "endpoints"], verbs: READ },
  { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: READ },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"] },
  { apiGroups: [""], resources: ["services/status"], verbs: ["update"] },
];

/** kube-router fills in the node's own block, which it reads from its Node. */
const CNI_CONF = JSON.stringify(
  {
    cniVersion: "0.3.0",
    name: "kube-router",
    plugins: [
      {
        name: "kubernetes",
        type: "bridge",
        bridge: "kube-bridge",
        isDefaultGateway: true,
        ipam: { type: "host-local" },
      },
    ],
  },
  null,
  2,
);

/** Plugins that the node lacks come with the image (cni-install, since 2.0). */
const INSTALL = `set -e
if [ ! -f /etc/cni/net.d/${CONF} ]; then
  cp /etc/kube-router/cni-conf.json /etc/cni/net.d/.kuberouter
  mv /etc/cni/net.d/.kuberouter /etc/cni/net.d/${CONF}
fi
if [ -x /usr/local/bin/cni-install ]; then /usr/local/bin/cni-install; fi
`;

function parts(cluster: ImagesCluster, image: string): DaemonSetParts {
  const { asn, services, settings, pods, announcesPods } = cluster;
  const hostPath = (name: string, path: string, type?: string) => ({
    name,
    hostPath: { path, ...(type === undefined ? {} : { type }) },
  });
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return {
    namespace: NAMESPACE,
    name: NAME,
    rules: RULES,
    files: { "cni-conf.json": CNI_CONF },
    container: NAME,
    labels: LABELS,
    pod: {
      hostNetwork: true,
      hostPID: true,
      serviceAccountName: NAME,
      priorityClassName: "system-node-critical",
      tolerations: [{ operator: "Exists" }],
      initContainers: [
        {
          name: "install-cni",
          image,
          command: ["/bin/sh", "-c", INSTALL],
          volumeMounts: [
            { name: "cni-conf-dir", mountPath: "/etc/cni/net.d" },
            { name: "files", mountPath: "/etc/kube-router" },
            { name: "host-opt", mountPath: "/opt" },
          ],
        },
      ],
      containers: [
        {
          name: NAME,
          image,
          imagePullPolicy: "IfNotPresent",
          // What follows from all parts of a program together comes as arguments, behind these.
          command: [
            "/usr/local/bin/kube-router",
            "--run-router=true",
            "--run-firewall=true",
            "--run-service-proxy=false",
            ...(isDual(pods) ? ["--enable-ipv6=true"] : []),
            `--service-cluster-ip-range=${services.join(",")}`,
            ...flagsOf({ ...settings, clusterAsn: asn, advertisePodCidr: announcesPods }),
          ],
          env: [
            field("NODE_NAME", "spec.nodeName"),
            field("POD_NAME", "metadata.name"),
            { name: "KUBE_ROUTER_CNI_CONF_FILE", value: `/etc/cni/net.d/${CONF}` },
          ],
          livenessProbe: {
            httpGet: { path: "/healthz", port: HEALTH_PORT },
            initialDelaySeconds: 10,
            periodSeconds: 3,
          },
          securityContext: { privileged: true },
          volumeMounts: [
            { name: "lib-modules", mountPath: "/lib/modules", readOnly: true },
            { name: "cni-conf-dir", mountPath: "/etc/cni/net.d" },
            { name: "xtables-lock", mountPath: "/run/xtables.lock" },
          ],
        },
      ],
      volumes: [
        hostPath("lib-modules", "/lib/modules"),
        hostPath("cni-conf-dir", "/etc/cni/net.d"),
        { name: "files", configMap: { name: NAME } },
        hostPath("xtables-lock", "/run/xtables.lock", "FileOrCreate"),
        hostPath("host-opt", "/opt"),
      ],
    },
  };
}
