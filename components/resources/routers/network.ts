/** A segment as a Docker network, and the preflight that it waits for. */
import { Network } from "@pulumi/docker/network";
import * as pulumi from "@pulumi/pulumi";
import { familyOf } from "../../model/address";
import { type OwnSegment, prefixesOf } from "../../plan/segment";
import { Live } from "../dynamic";
import { labLabels, labName } from "../names";

/** Neither another network of Docker nor a route of the host may hold the prefixes. */
export function preflight(name: string, segments: readonly OwnSegment[], parent: pulumi.Resource): Live {
  return new Live(
    "Preflight",
    `${name}-preflight`,
    {
      prefixes: segments.flatMap(prefixesOf),
      project: pulumi.getProject(),
      stack: pulumi.getStack(),
    },
    { parent },
  );
}

/** The network's name, by way of its id: a network made anew makes its containers anew. */
export function segmentNetwork(
  segment: OwnSegment,
  after: pulumi.Resource,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const { name, prefix, gateway, prefix6, gateway6 } = segment;
  const network = new Network(
    `${name}-segment`,
    {
      name: labName(name),
      driver: "bridge",
      ipamConfigs: [
        { subnet: prefix, gateway },
        ...(prefix6 === undefined || gateway6 === undefined ? [] : [{ subnet: prefix6, gateway: gateway6 }]),
      ],
      ...(prefixesOf(segment).some((one) => familyOf(one) === "ipv6") ? { ipv6: true } : {}),
      // No way out, and yet not "internal": that drops every packet to an address outside the subnet, services among them.
      options: { "com.docker.network.bridge.enable_ip_masquerade": "false" },
      labels: labLabels("segment"),
    },
    // A network with the same prefix cannot stand beside the one that it replaces.
    { parent, deleteBeforeReplace: true, dependsOn: after },
  );
  return pulumi.all([network.id, network.name]).apply(([, text]) => text);
}
