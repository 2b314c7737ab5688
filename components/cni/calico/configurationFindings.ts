/** What is wrong with BGPConfigurations: which of them Calico reads, and which of their fields where. */
import { isReserved } from "../../model/asn";
import type { KubernetesObject } from "../objects";
import type { Report } from "../reading";
import type { Checked } from "./checked";
import { checkDuration, checkSecret } from "./peerFindings";

const DEFAULT_ONLY = [
  "nodeToNodeMeshEnabled",
  "asNumber",
  "serviceClusterIPs",
  "serviceExternalIPs",
  "serviceLoadBalancerIPs",
  "serviceLoadBalancerAggregation",
  "nodeMeshPassword",
  "nodeMeshMaxRestartTime",
  "bindMode",
  "ignoredInterfaces",
  "programClusterRoutes",
] as const;

export function checkConfigurations({ calico, nodes, inputs }: Checked, report: Report): void {
  for (const object of calico.resources.filter(({ kind }) => kind === "BGPConfiguration")) {
    const { name } = object.metadata;
    if (name === "default") continue;
    const node = name.startsWith("node.") ? name.slice("node.".length) : undefined;
    if (node === undefined) {
      report(
        "configuration-ignored",
        "error",
        object,
        "metadata.name",
        `Calico reads BGPConfiguration "default" and "node.<name>" alone: ${name} has no effect`,
        "move what it says to default",
      );
    } else if (!nodes.some((one) => one.name === node)) {
      report(
        "configuration-ignored",
        "warning",
        object,
        "metadata.name",
        `there is no node ${node}`,
        "name it node.<name> of a node that exists",
      );
    }
    const spec = (object as KubernetesObject & { spec: Record<string, unknown> }).spec;
    for (const field of DEFAULT_ONLY.filter((one) => spec[one] !== undefined)) {
      report(
        "default-only",
        "error",
        object,
        `spec.${field}`,
        `${field} is read from BGPConfiguration default alone: here it has no effect`,
        field === "asNumber" && node !== undefined
          ? `annotate the node: projectcalico.org/ASNumber=${String(spec["asNumber"])}`
          : "move it to default",
      );
    }
  }
  const { defaults, defaultConfiguration: own = "BGPConfiguration/default" } = calico;
  if (defaults.asNumber !== undefined && isReserved(defaults.asNumber)) {
    report(
      "asn-reserved",
      "error",
      own,
      "spec.asNumber",
      `no speaker may use ${defaults.asNumber}`,
      "use a private ASN",
    );
  }
  checkSecret(defaults.nodeMeshPassword, own, "spec.nodeMeshPassword", inputs, report);
  checkDuration(defaults.nodeMeshMaxRestartTime, own, "spec.nodeMeshMaxRestartTime", report);
  for (const configuration of [calico.defaultConfiguration, ...calico.perNode.values()]) {
    if (configuration === undefined) continue;
    const { prefixAdvertisements = [], communities = [] } = configuration.spec;
    prefixAdvertisements.forEach(({ communities: named = [] }, i) => {
      for (const text of named) {
        if (/^\d+:\d+(:\d+)?$/.test(text) || communities.some(({ name }) => name === text)) continue;
        report(
          "community-undefined",
          "error",
          configuration,
          `spec.prefixAdvertisements[${i}].communities`,
          `no community is named ${text} in this object: nothing is added`,
          "define it under spec.communities of the same object",
        );
      }
    });
  }
}
