/** What kube-router's processes decide, for all nodes at once: addresses for load balancers and each node's gobgpd. */
import type { KubeRouterOptions } from "../../../cni/kubeRouter";
import type { EndpointSlice, Node, Service } from "../../../cni/objects";
import type { ApiObject } from "../../api";
import { log } from "../../log";
import { PATHS } from "../../objects";
import type { ClusterPart, ClusterView } from "../cni";
import { watchFlags } from "../flags";
import { assign } from "./addresses";
import { render } from "./render";

export function kubeRouterCluster(view: ClusterView): ClusterPart {
  const { api, nodes, services, cni } = view;
  const endpointSlices = view.watch<ApiObject>(PATHS.endpointSlices);
  const flags = watchFlags(view);
  const options = (): KubeRouterOptions => ({ ...(flags() as KubeRouterOptions), version: cni.version });

  async function giveAddresses(): Promise<void> {
    for (const { service, addresses } of assign(services.all, options().loadBalancerIpRanges ?? [])) {
      const { name, namespace, resourceVersion } = service.metadata;
      if (addresses.length === 0) {
        const wanted = (service.spec.ipFamilies ?? ["IPv4"]).join(" and ");
        view.say(`${namespace}/${name}: no --loadbalancer-ip-range has a free address for ${wanted}`);
        continue;
      }
      await api.patch(`/api/v1/namespaces/${namespace}/services/${name}/status`, {
        metadata: { resourceVersion },
        status: { loadBalancer: { ingress: addresses.map((ip) => ({ ip, ipMode: "VIP" })) } },
      });
      log("agent", `${namespace}/${name} gets ${addresses.join(", ")}`);
    }
  }

  async function configure(): Promise<void> {
    const { nodes: renderings, findings } = render(
      {
        nodes: nodes.all as Node[],
        services: services.all as Service[],
        endpointSlices: endpointSlices.all as EndpointSlice[],
      },
      options(),
    );
    for (const finding of findings) view.say(finding);
    for (const [node, { configuration, reflecting, originated }] of renderings) {
      await view.give(node, { "gobgpd.yaml": configuration, reflecting, originated: originated.join("\n") });
    }
  }

  // Beside a balancer the services' addresses are its own.
  const addresses = view.settings.balancer === undefined ? { giveAddresses } : {};
  return { steps: { ...addresses, configure } };
}
