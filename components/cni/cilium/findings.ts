/** What Cilium takes without a word, or tells only in a condition that nobody looks at (1.18 to 1.20). */
import { isReserved } from "../../model/asn";
import { containsAddress, makePrefix } from "../../model/prefix";
import { parseAddress } from "../../model/address";
import { parseRange, rangeOf, rangesOverlap, type AddressRange } from "../../model/range";
import { parsePrefix } from "../../model/prefix";
import { nameSome } from "../finding";
import { selectorFault } from "../labels";
import type { ClusterObjects, KubernetesObject } from "../objects";
import type { Report } from "../reading";
import { advertised, selectedBy, type AdvertSources } from "./adverts";
import { checkContested } from "./contested";
import { type CiliumOptions, SECRETS_NAMESPACE } from "./options";
import type { NodeFacts, NodeInstance, NodePeer } from "./nodes";
import type { CiliumObjects, LoadBalancerPool, PeerConfig } from "./types";

interface Checked {
  objects: ClusterObjects;
  cilium: CiliumObjects;
  facts: NodeFacts[];
  instances: NodeInstance[];
  sources: AdvertSources;
  options: CiliumOptions;
}

export function checkCilium(checked: Checked, report: Report): void {
  checkClusterConfigs(checked, report);
  checkPeers(checked, report);
  checkPeerConfigs(checked, report);
  checkAdvertisements(checked, report);
  checkContested(checked.cilium, report);
  checkOverrides(checked, report);
  checkPools(checked, report);
}

function checkClusterConfigs({ cilium }: Checked, report: Report): void {
  for (const config of cilium.clusterConfigs) {
    checkSelector(config.spec.nodeSelector, config, "spec.nodeSelector", report);
    config.spec.bgpInstances.forEach(({ localASN, peers = [] }, i) => {
      if (localASN !== undefined && isReserved(localASN)) {
        const path = `spec.bgpInstances[${i}].localASN`;
        report("asn-reserved", "error", config, path, `no speaker may use ${localASN}`, "use a private ASN");
      }
      const seen = new Set<string>();
      peers.forEach((peer, j) => {
        const path = `spec.bgpInstances[${i}].peers[${j}]`;
        const { peerAddress, autoDiscovery, peerConfigRef } = peer;
        if (peerAddress === undefined && autoDiscovery === undefined) {
          report("peer-without-address", "error", config, path, `${peer.name} has no address`, "set peerAddress");
        } else if (peerAddress !== undefined && !parseAddress(peerAddress).ok) {
          report("peer-without-address", "error", config, path, `"${peerAddress}" is not an address`, "correct it");
        }
        if (peerAddress !== undefined && seen.has(peerAddress)) {
          report(
            "two-peers-for-one-neighbor",
            "error",
            config,
            `${path}.peerAddress`,
            `${peerAddress} stands twice in one instance: one session of the two exists`,
            "keep one of them",
          );
        }
        seen.add(peerAddress ?? "");
        if (peerConfigRef === undefined) {
          report(
            "peer-without-config",
            "warning",
            config,
            `${path}.peerConfigRef`,
            `${peer.name} refers to no CiliumBGPPeerConfig: nothing is advertised to it`,
            "refer to one whose families select advertisements",
          );
        } else if (!cilium.peerConfigs.has(peerConfigRef.name)) {
          report(
            "peer-config-missing",
            "error",
            config,
            `${path}.peerConfigRef`,
            `there is no CiliumBGPPeerConfig ${peerConfigRef.name}: the session does not exist (condition cilium.io/MissingPeerConfigs)`,
            "create it, or correct the name",
          );
        }
      });
    });
  }
}

/** What depends on the node that dials: the gateway it finds, and how far away the peer is. */
function checkPeers({ cilium, instances, options }: Checked, report: Report): void {
  const lost = new Map<string, { instance: NodeInstance; peer: NodePeer; nodes: string[] }>();
  const far = new Map<string, { instance: NodeInstance; peer: NodePeer; nodes: string[] }>();
  const note = (map: typeof lost, instance: NodeInstance, peer: NodePeer) => {
    const key = `${instance.config.metadata.name} ${peer.name}`;
    const known = map.get(key) ?? { instance, peer, nodes: [] };
    known.nodes.push(instance.facts.name);
    map.set(key, known);
  };
  for (const instance of instances) {
    for (const peer of instance.peers) {
      const address = parseAddress(peer.peerAddress ?? "");
      if (peer.peerAddress === undefined && peer.autoDiscovery !== undefined) note(lost, instance, peer);
      if (!address.ok || peer.peerASN === instance.localAsn) continue;
      const hops = cilium.peerConfigs.get(peer.peerConfigRef?.name ?? "")?.spec.ebgpMultihop ?? 1;
      const own = address.value.includes(":") ? instance.facts.addresses.ipv6 : instance.facts.addresses.ipv4;
      if (hops > 1 || own?.length === undefined) continue;
      const near = containsAddress(makePrefix(own.address, own.length), address.value);
      const other = options.nodes?.[instance.facts.name]?.interfaces ?? [];
      if (!near && other.length === 0) note(far, instance, peer);
    }
  }
  for (const { instance, peer, nodes } of lost.values()) {
    report(
      "no-default-gateway",
      "error",
      instance.config,
      "spec.bgpInstances[0].peers",
      `${peer.name} is found by the default gateway, and no gateway of that family is known on ${nameSome(nodes)}: the peer is left out`,
      "tell the nodes' gateways to the reading, or set peerAddress",
    );
  }
  for (const { instance, peer, nodes } of far.values()) {
    report(
      "multihop-missing",
      "error",
      instance.config,
      "spec.bgpInstances[0].peers",
      `${peer.name} at ${peer.peerAddress ?? ""} is not on the network of ${nameSome(nodes)}, and its packets go one hop: the session stays down`,
      "set ebgpMultihop in the CiliumBGPPeerConfig, and multihop on the router",
    );
  }
}

function checkPeerConfigs({ objects, cilium, options }: Checked, report: Report): void {
  const used = new Set(
    cilium.clusterConfigs.flatMap(({ spec }) =>
      spec.bgpInstances.flatMap(({ peers = [] }) => peers.map(({ peerConfigRef }) => peerConfigRef?.name)),
    ),
  );
  for (const config of cilium.peerConfigs.values()) {
    const { name } = config.metadata;
    if (!used.has(name)) {
      report("peer-config-unused", "info", config, undefined, "no peer refers to it", "remove it, or refer to it");
      continue;
    }
    checkSecret(config, objects, options.secretsNamespace ?? SECRETS_NAMESPACE, report);
    const { families } = config.spec;
    if (families === undefined || families.length === 0) {
      report(
        "nothing-advertised",
        "warning",
        config,
        "spec.families",
        "without families both are spoken and nothing is advertised",
        "list the families, each with an advertisements selector",
      );
    }
    families?.forEach(({ afi, safi, advertisements }, i) => {
      const path = `spec.families[${i}]`;
      if (safi !== "unicast" || (afi !== "ipv4" && afi !== "ipv6")) {
        report(
          "family-without-effect",
          "warning",
          config,
          path,
          `Cilium does nothing with ${afi} ${safi}`,
          "remove it",
        );
        return;
      }
      checkSelector(advertisements, config, `${path}.advertisements`, report);
      const selected = selectedBy(config, afi === "ipv6", cilium.advertisements);
      if (selected.length > 0) return;
      report(
        "nothing-advertised",
        "warning",
        config,
        `${path}.advertisements`,
        advertisements === undefined
          ? `${afi} has no advertisements selector: nothing is advertised in it`
          : `its selector matches the labels of no CiliumBGPAdvertisement: nothing is advertised in ${afi}`,
        "label the CiliumBGPAdvertisement as the selector wants it",
      );
    });
  }
}

function checkSecret(config: PeerConfig, objects: ClusterObjects, namespace: string, report: Report): void {
  const { authSecretRef } = config.spec;
  if (authSecretRef === undefined || objects.secrets === undefined) return;
  const secret = objects.secrets.find((one) => one.name === authSecretRef && one.namespace === namespace);
  if (secret === undefined) {
    report(
      "secret-missing",
      "error",
      config,
      "spec.authSecretRef",
      `there is no secret ${authSecretRef} in ${namespace}: the session is dialled with an empty password (condition cilium.io/MissingAuthSecret)`,
      `create it in ${namespace}`,
    );
  } else if (!secret.keys.includes("password")) {
    report(
      "secret-missing",
      "error",
      config,
      "spec.authSecretRef",
      `the secret ${authSecretRef} has no key password: the peer is not configured`,
      "add the key password",
    );
  }
}

function checkAdvertisements({ cilium, facts, sources, options }: Checked, report: Report): void {
  const selected = new Set<KubernetesObject>();
  for (const config of cilium.peerConfigs.values()) {
    for (const v6 of [false, true]) {
      for (const one of selectedBy(config, v6, cilium.advertisements)) selected.add(one);
    }
  }
  const ipam = options.ipam ?? "kubernetes";
  for (const advertisement of cilium.advertisements) {
    if (!selected.has(advertisement)) {
      report(
        "advertisement-unselected",
        "warning",
        advertisement,
        "metadata.labels",
        "no family of any CiliumBGPPeerConfig selects it by its labels: it is advertised to nobody",
        "give it the labels that spec.families[].advertisements wants",
      );
    }
    advertisement.spec.advertisements.forEach((advert, i) => {
      const path = `spec.advertisements[${i}]`;
      checkSelector(advert.selector, advertisement, `${path}.selector`, report);
      const needsSelector = advert.advertisementType === "Service" || advert.advertisementType === "CiliumPodIPPool";
      if (needsSelector && advert.selector === undefined) {
        report(
          "advertisement-selects-nothing",
          "error",
          advertisement,
          `${path}.selector`,
          "without a selector it stands for nothing",
          "write selector: {} for everything",
        );
      }
      if (advert.advertisementType === "PodCIDR" && ipam !== "kubernetes" && ipam !== "cluster-pool") {
        report(
          "pod-cidr-without-effect",
          "error",
          advertisement,
          `${path}.advertisementType`,
          `with IPAM mode ${ipam} there are no pod CIDRs to advertise`,
          ipam === "multi-pool" ? "use CiliumPodIPPool" : "use IPAM mode kubernetes or cluster-pool",
        );
      }
      if (advert.advertisementType !== "Service" || advert.selector === undefined) return;
      const nodes = facts.filter((one) =>
        [false, true].some((v6) => advertised([only(advertisement, i)], v6, one, sources).size > 0),
      );
      if (nodes.length > 0 || (sources.objects.services ?? []).length === 0) return;
      report(
        "advertisement-selects-nothing",
        "info",
        advertisement,
        path,
        "no service that it selects has such an address now",
        "nothing, if the services are still to come",
      );
    });
  }
}

function only<T extends Checked["cilium"]["advertisements"][number]>(advertisement: T, index: number): T {
  const advert = advertisement.spec.advertisements[index];
  return { ...advertisement, spec: { advertisements: advert === undefined ? [] : [advert] } };
}

function checkOverrides({ cilium, facts, instances }: Checked, report: Report): void {
  for (const override of cilium.overrides.values()) {
    const { name } = override.metadata;
    if (!facts.some((one) => one.name === name)) {
      report(
        "override-without-node",
        "warning",
        override,
        "metadata.name",
        `there is no node ${name}`,
        "an override has the name of its node",
      );
      continue;
    }
    const instance = instances.find(({ facts: own }) => own.name === name);
    override.spec.bgpInstances.forEach((own, i) => {
      const path = `spec.bgpInstances[${i}]`;
      const known = instance?.config.spec.bgpInstances.find((one) => one.name === own.name);
      if (known === undefined) {
        report(
          "override-without-effect",
          "warning",
          override,
          `${path}.name`,
          `no BGP instance ${own.name} runs on ${name}`,
          "use the name of an instance of the CiliumBGPClusterConfig that selects the node",
        );
        return;
      }
      (own.peers ?? []).forEach((peer, j) => {
        const at = `${path}.peers[${j}]`;
        if (known.peers?.some((one) => one.name === peer.name) !== true) {
          report(
            "override-without-effect",
            "warning",
            override,
            `${at}.name`,
            `the instance has no peer ${peer.name}`,
            "correct the name",
          );
        }
        if (peer.localPort !== undefined) {
          report(
            "override-without-effect",
            "warning",
            override,
            `${at}.localPort`,
            "Cilium does not read it",
            "remove it",
          );
        }
      });
    });
  }
}

function checkPools({ cilium }: Checked, report: Report): void {
  const pools = cilium.pools.filter(({ spec }) => spec.disabled !== true);
  const ranges = pools.map((pool) => ({ pool, ranges: rangesOf(pool, report) }));
  ranges.forEach(({ pool, ranges: own }, i) => {
    checkSelector(pool.spec.serviceSelector, pool, "spec.serviceSelector", report);
    for (const other of ranges.slice(0, i)) {
      if (!own.some((a) => other.ranges.some((b) => rangesOverlap(a, b)))) continue;
      report(
        "pool-conflict",
        "error",
        pool,
        "spec.blocks",
        `it overlaps CiliumLoadBalancerIPPool ${other.pool.metadata.name}: the younger of the two gives out no address (condition cilium.io/PoolConflict)`,
        "give each pool a range of its own",
      );
    }
  });
}

function rangesOf(pool: LoadBalancerPool, report: Report): AddressRange[] {
  return (pool.spec.blocks ?? []).flatMap(({ cidr, start, stop }, i) => {
    if (cidr !== undefined) {
      const prefix = parsePrefix(cidr);
      return prefix.ok ? [rangeOf(prefix.value)] : [];
    }
    const range = parseRange(`${start ?? ""}-${stop ?? start ?? ""}`);
    if (range.ok) return [range.value];
    const path = `spec.blocks[${i}]`;
    report(
      "pool-range",
      "error",
      pool,
      path,
      `"${start ?? ""}" to "${stop ?? ""}" is no range`,
      "correct the addresses",
    );
    return [];
  });
}

function checkSelector(
  selector: Parameters<typeof selectorFault>[0],
  object: KubernetesObject,
  path: string,
  report: Report,
): void {
  const fault = selectorFault(selector);
  if (fault !== undefined) report("selector-syntax", "error", object, path, fault, "correct the selector");
}
