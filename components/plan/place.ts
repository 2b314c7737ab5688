/** Gives nodes addresses of a segment in list order; appending a node changes no other address. */
import { allocateAddresses } from "../model/allocate";
import type { Address } from "../model/address";
import type { Prefix } from "../model/prefix";
import { Arguments } from "./arguments";

/** Segments that nodes can be placed on: a rack's. */
export interface Segments {
  readonly name: string;
  readonly segments: readonly {
    readonly name: string;
    readonly prefix: string;
    /** Addresses that no node may have: the router's and the gateway's. */
    readonly reserved: readonly string[];
  }[];
}

export interface PlaceOptions {
  /** The first node's address; the others follow. @default the first free address @example "10.10.10.10" */
  from?: string;
  /** Name of the segment. @default the rack's first */
  segment?: string;
}

/** One node on a segment of a rack. */
export interface Place<Rack extends Segments = Segments> {
  /** The node's name within its cluster. */
  name: string;
  rack: Rack;
  segment: string;
  prefix: string;
  address: string;
}

/** Gives each named node an address of the rack; those of router and gateway are passed over. */
export function place<Rack extends Segments>(rack: Rack, names: string[], options: PlaceOptions = {}): Place<Rack>[] {
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
