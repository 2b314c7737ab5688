/**
 * A device's tables: its own and those of its VRFs, which stand beside it as speakers ("tor1 vrf RED"). One frr.conf holds
 * all of them, and lists and route-maps once.
 */
import type { Network, Speaker } from "../../bgp/network";
import { cannot, type Draft } from "../draft";

export interface Table {
  speaker: Speaker;
  path: string;
  vrf?: string;
}

export function tablesOf(network: Network, device: Speaker): [Table, ...Table[]] {
  const prefix = `${device.name} vrf `;
  const vrfs = network.speakers.filter(({ name }) => name.startsWith(prefix));
  return [
    { speaker: device, path: `speakers[${device.name}]` },
    ...vrfs.map((speaker) => ({
      speaker,
      path: `speakers[${speaker.name}]`,
      vrf: speaker.name.slice(prefix.length),
    })),
  ];
}

const SHARED = ["policies", "prefixLists", "communityLists", "asPathLists"] as const;

/** The device with the lists and policies of all its tables; two of one name must say the same. */
export function withSharedPolicies(d: Draft, tables: readonly [Table, ...Table[]]): Speaker {
  const merged = { ...tables[0].speaker };
  for (const { speaker, path } of tables.slice(1)) {
    for (const field of SHARED) {
      const known: Record<string, unknown> = { ...merged[field] };
      for (const [name, value] of Object.entries(speaker[field] ?? {})) {
        const other = known[name];
        if (other !== undefined && JSON.stringify(other) !== JSON.stringify(value)) {
          cannot(d, `${path}.${field}[${name}]`, name, "the same as in the device's other tables: FRR has it once");
        }
        known[name] = value;
      }
      if (Object.keys(known).length > 0) Object.assign(merged, { [field]: known });
    }
  }
  return merged;
}
