/** Who speaks to a bare cluster's API server and with what: one set of credentials a container, and the user's kubeconfig. */
import type { Credentials } from "../agent/settings";
import { kubeconfig } from "../agent/kubeconfig";
import { type Seed, authorityCertificate, issue, signingKey } from "./certificate";

/** What the container of a node is given; with the control plane's keys for the one that runs it. */
export function credentialsFor(
  seed: Seed,
  { name, address }: { name: string; address: string },
  controlPlane?: { names: string[] },
): Credentials {
  return {
    authority: authorityCertificate(seed),
    // It speaks as the node, and serves at its address what the API server asks of a kubelet.
    node: issue(seed, { commonName: `system:node:${name}`, organizations: ["system:nodes"], names: [address] }),
    proxy: issue(seed, { commonName: "system:kube-proxy" }),
    ...(controlPlane === undefined
      ? {}
      : {
          controlPlane: {
            server: issue(seed, { commonName: "kube-apiserver", names: controlPlane.names }),
            // Its controllers share one identity: a service account for each would cost a lab seconds of its start.
            controllerManager: issue(seed, {
              commonName: "system:kube-controller-manager",
              organizations: ["system:masters"],
            }),
            agent: issue(seed, { commonName: "bgpfabric-agent", organizations: ["system:masters"] }),
            serviceAccounts: signingKey(seed),
          },
        }),
  };
}

/** The user's way in: an administrator, through the port that is published on the Docker host. */
export function adminKubeconfig(seed: Seed, cluster: string, server: string): string {
  return kubeconfig({
    cluster,
    server,
    authority: authorityCertificate(seed),
    user: "admin",
    identity: issue(seed, { commonName: "admin", organizations: ["system:masters"] }),
  });
}
