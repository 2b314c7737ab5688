/** Handles of this repository's own: whatever has the right fields can stand in for a component of the package. */
import type * as pulumi from "@pulumi/pulumi";
import type { RouterHandle, SegmentHandle } from "bgpfabric";

/** A segment that another stack owns: its Docker network by name, or none where the segment is a VLAN of real switches. */
export function sharedSegment(name: string, prefix: string, network?: pulumi.Input<string>): SegmentHandle {
  return {
    name,
    segments: [{ name, prefix, reserved: [prefix.replace(/\.0\/24$/, ".254")] }],
    networks: network === undefined ? {} : { [name]: network },
    network: { segments: [{ name, prefixes: [prefix] }] },
    resources: [],
  };
}

/** A switch that runs FRR and is reached by SSH; its BGP instance and everything before it are the network team's. */
export function rackSwitch(
  name: string,
  segment: SegmentHandle,
  address: string,
  key: pulumi.Input<string>,
): RouterHandle {
  const [lan] = segment.segments;
  return {
    name,
    system: "frr",
    asn: 65001,
    addresses: { [lan?.name ?? ""]: address },
    neighbors: "listed",
    reach: { by: "ssh", host: `${name}.example.com`, user: "automation", hostKey: "SHA256:0000", key },
  };
}
