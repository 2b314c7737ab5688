/** What Calico's IPAM, its controllers and its node agents decide, for all nodes at once: addresses, blocks, BIRD's text. */
import type { ApiObject } from "../../api";
import { log } from "../../log";
import { PATHS, type Secret } from "../../objects";
import { calicoCni } from "../../../cni/calico/cni";
import type { ClusterPart, ClusterView } from "../cni";
import { type IpPool, addressesOf, assign, sameAddresses } from "./addresses";
import { CALICO } from "./paths";
import { render } from "./render";

type BlockAffinity = ApiObject & { spec: { node: string } };

export function calicoCluster(view: ClusterView): ClusterPart {
  const { api, nodes, services } = view;
  const kinds = <T extends ApiObject>(plural: string) => view.watch<T>(`${CALICO}/${plural}`);
  const pools = kinds<IpPool>("ippools");
  const bgpConfigurations = kinds("bgpconfigurations");
  const bgpPeers = kinds("bgppeers");
  const bgpFilters = kinds("bgpfilters");
  const blockAffinities = kinds<BlockAffinity>("blockaffinities");
  const endpointSlices = view.watch<ApiObject>(PATHS.endpointSlices);
  const passwordsIn = calicoCni.secretsNamespace(view.cni.settings);
  const secrets = view.watch<Secret>(`${PATHS.namespaces}/${passwordsIn}/secrets`);

  async function giveAddresses(): Promise<void> {
    for (const { service, addresses, reason } of assign(services.all, pools.all)) {
      const { name, namespace } = service.metadata;
      if (reason !== undefined) view.say(`${namespace}/${name}: ${reason}`);
      if (sameAddresses(addresses, addressesOf(service))) continue;
      await api.patch(`/api/v1/namespaces/${namespace}/services/${name}/status`, {
        metadata: { resourceVersion: service.metadata.resourceVersion },
        status: {
          loadBalancer: { ingress: addresses.length === 0 ? null : addresses.map((ip) => ({ ip, ipMode: "VIP" })) },
        },
      });
      if (addresses.length > 0) log("agent", `${namespace}/${name} gets ${addresses.join(", ")}`);
    }
  }

  /** As calico-node writes it when it starts: who looks for Calico and its version looks here. */
  let told = false;
  async function tellVersion(): Promise<void> {
    if (told) return;
    await api.apply(`${CALICO}/clusterinformations/default`, {
      apiVersion: "projectcalico.org/v3",
      kind: "ClusterInformation",
      metadata: { name: "default" },
      spec: { calicoVersion: `v${view.cni.version}`, clusterType: "k8s,bgp,bgpfabric", datastoreReady: true },
    });
    told = true;
  }

  /** The block that each node's plan gave it, as Calico's IPAM would have written it down. */
  async function giveBlocks(): Promise<void> {
    const present = new Set(blockAffinities.all.map(({ metadata }) => metadata.name));
    const blocks = nodes.all.flatMap((node) => {
      const { podCIDR, podCIDRs = podCIDR === undefined ? [] : [podCIDR] } = node.spec;
      return podCIDRs.map((cidr) => ({ node, cidr }));
    });
    for (const { node, cidr } of blocks) {
      const name = `${node.metadata.name}-${cidr.replace(/[./:]/g, "-")}`;
      if (present.has(name)) continue;
      await api.apply(`${CALICO}/blockaffinities/${name}`, {
        apiVersion: "projectcalico.org/v3",
        kind: "BlockAffinity",
        metadata: { name },
        spec: { cidr, node: node.metadata.name, state: "confirmed", deleted: false },
      });
    }
  }

  /** Blocks of nodes that are gone, as calico-kube-controllers releases them. */
  async function takeBlocks(): Promise<void> {
    for (const { metadata, spec } of blockAffinities.all) {
      if (nodes.get(spec.node) === undefined) await api.delete(`${CALICO}/blockaffinities/${metadata.name}`);
    }
  }

  async function configure(): Promise<void> {
    const { nodes: renderings, findings } = render({
      version: view.cni.version,
      nodes: nodes.all,
      pools: pools.all,
      services: services.all,
      bgpConfigurations: bgpConfigurations.all,
      bgpPeers: bgpPeers.all,
      bgpFilters: bgpFilters.all,
      blockAffinities: blockAffinities.all,
      endpointSlices: endpointSlices.all,
      secrets: secrets.all,
    });
    for (const finding of findings) view.say(finding);
    for (const [node, { bird, bird6, routes }] of renderings) {
      await view.give(node, {
        ...(bird === undefined ? {} : { "bird.conf": bird }),
        ...(bird6 === undefined ? {} : { "bird6.conf": bird6 }),
        routes: routes.join("\n"),
      });
    }
  }

  // Beside a balancer the services' addresses are its own.
  const addresses = view.settings.balancer === undefined ? { giveAddresses } : {};
  return { steps: { tellVersion, ...addresses, takeBlocks, giveBlocks, configure } };
}
