/** A segment as a Docker network, and the preflight that it waits for. */
import { createHash } from "node:crypto";
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
      prefixes: segments.flatMap((segment) => subnetsOf(segment).map(({ subnet }) => subnet)),
      project: pulumi.getProject(),
      stack: pulumi.getStack(),
    },
    { parent },
  );
}

function subnetsOf({ name, prefix, gateway, prefix6, gateway6 }: OwnSegment): { subnet: string; gateway: string }[] {
  const own = [{ subnet: prefix, gateway }];
  if (prefix6 !== undefined && gateway6 !== undefined) own.push({ subnet: prefix6, gateway: gateway6 });
  return own.some(({ subnet }) => familyOf(subnet) === "ipv4") ? own : [...own, unusedIpv4(labName(name))];
}

/**
 * Docker gives a network with IPv6 alone an IPv4 prefix of its choice, and a refresh would show that as a change of the
 * network. So it is named: one of RFC 2544's second half, by the segment's name. Nothing of the lab uses it.
 */
function unusedIpv4(text: string): { subnet: string; gateway: string } {
  const third = (createHash("sha256").update(text).digest().readUInt8(0) >> 1) * 2;
  return { subnet: `198.19.${third}.0/23`, gateway: `198.19.${third + 1}.254` };
}

/** The network's name, by way of its id: a network made anew makes its containers anew. */
export function segmentNetwork(
  segment: OwnSegment,
  after: pulumi.Resource,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const { name } = segment;
  const network = new Network(
    `${name}-segment`,
    {
      name: labName(name),
      driver: "bridge",
      ipamConfigs: subnetsOf(segment),
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
