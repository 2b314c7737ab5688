/** Where a cluster's nodes stand: names to addresses of a rack's segment, in order, so that one more moves nobody. */
import { allocateAddresses } from "../../model/allocate";
import type { Address } from "../../model/address";
import type { Prefix } from "../../model/prefix";
import { Arguments } from "../arguments";
import type { RackHandle } from "../handles";

export interface PlaceOptions {
  /** The first node's address; the others follow. @default the first free address @example "10.10.10.10" */
  from?: string;
  /** Name of the segment. @default the rack's first */
  segment?: string;
}

/** One node on a segment of a rack. */
export interface Place {
  /** The node's name within its cluster. */
  name: string;
  rack: RackHandle;
  segment: string;
  prefix: string;
  address: string;
}

/** Gives each named node an address of the rack; those of router and gateway are passed over. */
export function place(rack: RackHandle, names: string[], options: PlaceOptions = {}): Place[] {
  const check = new Arguments(`place(${rack.name})`);
  const segment =
    options.segment === undefined ? rack.segments[0] : rack.segments.find(({ name }) => name === options.segment);
  if (segment === undefined) {
    check.add({
      path: "segment",
      found: options.segment ?? "",
      expected: `a segment of the rack: ${rack.segments.map(({ name }) => name).join(", ")}`,
    });
    check.done();
    return [];
  }
  const from = options.from === undefined ? undefined : check.address(options.from, "from");
  const given = check.take(
    allocateAddresses(names, segment.prefix as Prefix, {
      ...(from === undefined ? {} : { from }),
      skip: segment.reserved as Address[],
      path: "from",
    }),
  );
  check.done();
  return [...(given ?? [])].map(([name, address]) => ({
    name,
    rack,
    segment: segment.name,
    prefix: segment.prefix,
    address,
  }));
}
