/**
 * A device's tables: its own and those of its VRFs, which stand beside it as speakers ("tor1 vrf RED"). A
 * device's configuration holds all of them, and lists and route-maps once.
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

const POLICIES = ["policies", "prefixLists", "communityLists", "asPathLists"] as const;
type Shared = (typeof POLICIES)[number] | "groups";

/** The device with the lists and policies of all its tables; two of one name must say the same. */
export const withSharedPolicies = (d: Draft, tables: readonly [Table, ...Table[]]): Speaker =>
  withShared(d, tables, POLICIES, "FRR");

/** EOS has peer groups once too. */
export const withSharedGroups = (d: Draft, tables: readonly [Table, ...Table[]]): Speaker =>
  withShared(d, tables, [...POLICIES, "groups"], "EOS");

function withShared(
  d: Draft,
  tables: readonly [Table, ...Table[]],
  fields: readonly Shared[],
  system: string,
): Speaker {
  const merged = { ...tables[0].speaker };
  for (const { speaker, path } of tables.slice(1)) {
    for (const field of fields) {
      const known: Record<string, unknown> = { ...merged[field] };
      for (const [name, value] of Object.entries(speaker[field] ?? {})) {
        const other = known[name];
        if (other !== undefined && JSON.stringify(other) !== JSON.stringify(value)) {
          cannot(
            d,
            `${path}.${field}[${name}]`,
            name,
            `the same as in the device's other tables: ${system} has it once`,
          );
        }
        known[name] = other ?? value;
      }
      if (Object.keys(known).length > 0) Object.assign(merged, { [field]: known });
    }
  }
  return merged;
}
