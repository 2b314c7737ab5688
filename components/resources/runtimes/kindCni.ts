/**
 * What carries the pods of a cluster on kind: the CNI as its makers ship it, or our agent in its place. It is known in a
 * preview and asks no registry.
 */
import * as pulumi from "@pulumi/pulumi";
import { cniOf } from "../../cni";
import type { ImagesCluster } from "../../cni/images";
import type { Fault } from "../../model/errors";
import { parsePrefix } from "../../model/prefix";
import type { ClusterPlan } from "../../plan/cluster";
import { both } from "../../plan/families";
import type { KindOptions, StartOptions } from "./runtime";

export type KindCni = "images" | "agent";

/** Set by what made a PULUMI_HOME whose plugins are this project's own: they run no Helm. */
const STAND_INS = "BGPFABRIC_STAND_INS";
/** Node images of this project's own making hold what our agent runs, and come from no registry. */
const OWN_IMAGE = /(^|\/)bgpfabric\/node(:|@|$)/;

export function kindCni({ image, kind = {} }: Pick<StartOptions, "image" | "kind">): KindCni {
  if (kind.cni !== undefined) return kind.cni;
  const named = image ?? namedNodeImage();
  // No image at all is told where the cluster is made.
  if (named === undefined) return "agent";
  return typeof named === "string" && OWN_IMAGE.test(named) ? "agent" : "images";
}

/** The image that the configuration or the lab names. */
export function namedNodeImage(): string | undefined {
  const image = new pulumi.Config("bgpfabric").get("nodeImage") ?? process.env["BGPFABRIC_NODE_IMAGE"];
  return image === "" ? undefined : image;
}

/** What holds kube-proxy's rules where the program does not say: the CNIs' makers try their images with iptables. */
export function kubeProxyMode(from: KindCni, { kubeProxyMode: said }: KindOptions): "iptables" | "nftables" {
  return said ?? (from === "images" ? "iptables" : "nftables");
}

export function imagesCluster(plan: ClusterPlan, choice: ClusterPlan["cni"], options: KindOptions): ImagesCluster {
  return {
    version: choice.version,
    settings: choice.settings,
    asn: plan.asn,
    pods: both(plan.podNetwork, plan.podNetwork6),
    services: both(plan.serviceNetwork, plan.serviceNetwork6),
    kubeProxyMode: kubeProxyMode("images", options),
    announcesPods: (plan.network.clusters ?? []).some(({ blocks = [] }) => blocks.length > 0),
    objects: plan.objects,
  };
}

/** What is installed: by name and release, for the line that `up` prints. */
export function releaseOf({ kind, version }: ClusterPlan["cni"], options: KindOptions): string {
  const { images } = cniOf({ kind });
  return options.chart?.version ?? images.releases[version] ?? version;
}

/** All that a program says of a CNI's own images, and of a balancer's beside it, and that cannot be done. */
export function imagesFaults(plan: ClusterPlan, options: KindOptions): Fault[] {
  const { cni, balancer } = plan;
  const { title, images } = cniOf(cni);
  const faults = [
    ...choiceFaults("cni", cni, options),
    ...(balancer === undefined ? [] : choiceFaults("balancer", balancer, {})),
  ];
  if (images.chart === undefined && options.chart !== undefined) {
    faults.push({
      path: "kind.chart",
      found: JSON.stringify(options.chart),
      expected: `nothing: ${title} has no chart`,
      fix: 'kind: { cniImage: "NAME@sha256:..." } names its image',
    });
  }
  if (images.chart !== undefined && options.cniImage !== undefined) {
    faults.push({
      path: "kind.cniImage",
      found: options.cniImage,
      expected: `nothing: ${title}'s chart names its images`,
      fix: "kind: { chart: { values: {...} } } changes what the chart says",
    });
  }
  (options.throughDocker ?? []).forEach((text, index) => {
    const prefix = parsePrefix(text, `kind.throughDocker[${index}]`, { strict: true });
    if (!prefix.ok) faults.push(...prefix.faults);
  });
  faults.push(...(images.cannot?.(imagesCluster(plan, cni, options)) ?? []));
  return faults;
}

/** Which release it is, and whether it can be installed at all. */
function choiceFaults(path: "cni" | "balancer", choice: ClusterPlan["cni"], { chart }: KindOptions): Fault[] {
  const { title, images, versions } = cniOf(choice);
  const faults: Fault[] = [];
  if (images.releases[choice.version] === undefined && chart?.version === undefined) {
    faults.push({
      path: `${path}.version`,
      found: choice.version,
      expected: `one of ${versions.join(", ")}: no release of ${title} ${choice.version} is known here`,
      ...(path === "cni" ? { fix: 'or the chart\'s own version: kind: { chart: { version: "..." } }' } : {}),
    });
  }
  if (images.chart !== undefined && (process.env[STAND_INS] ?? "") !== "") {
    faults.push({
      path: path === "cni" ? "kind.cni" : path,
      found: path === "cni" ? "images" : choice.kind,
      expected:
        `${path === "cni" ? '"agent"' : "none"}: ${title}'s images come by a Helm chart, ` +
        "which the plugins of this PULUMI_HOME do not install",
      fix: "a PULUMI_HOME with the official plugins (docs/first-run.md) installs it",
    });
  }
  return faults;
}

/** Arguments that say something of images where the agent runs. */
export function agentFaults({ chart, cniImage, throughDocker }: KindOptions): Fault[] {
  const given = { chart, cniImage, throughDocker };
  return (["chart", "cniImage", "throughDocker"] as const).flatMap((name) =>
    given[name] === undefined
      ? []
      : [
          {
            path: `kind.${name}`,
            found: "a value",
            expected: "nothing: our agent runs in the CNI's place on these nodes",
            fix: 'kind: { cni: "images" }, with a node image that a registry has',
          },
        ],
  );
}
