/** Gives nodes addresses of a segment in list order; appending a node changes no other address. */
import { allocateAddresses } from "../model/allocate";
import type { Address } from "../model/address";
import type { Prefix } from "../model/prefix";
import { Arguments } from "./arguments";
import type { SegmentFacts } from "./facts";

export interface PlaceOptions {
  /** The first node's address; the others follow. @default the first free address @example "10.10.10.10" */
  from?: string;
  /** Name of the segment. @default the rack's first */
  segment?: string;
  /**
   * Whether the nodes have the control plane's role: reflectors on "control-plane" nodes stand there. The cluster's first
   * node has it in any case. On the bare runtime that one alone runs an API server; the others carry the role.
   * @default false
   */
  controlPlane?: boolean;
}

/** One node on a segment. */
export interface Place<On extends SegmentFacts = SegmentFacts> {
  /** The node's name within its cluster. */
  name: string;
  /** What was given to place(): the rack, or the segment that stands alone. */
  on: On;
  segment: string;
  prefix: string;
  address: string;
  /** Whether it has the control plane's role. */
  controlPlane?: boolean;
}

/** Gives each named node an address of the segment; those of router and gateway are passed over. */
export function place<On extends SegmentFacts>(on: On, names: string[], options: PlaceOptions = {}): Place<On>[] {
  const check = new Arguments(`place(${on.name})`);
  const segment =
    options.segment === undefined ? on.segments[0] : on.segments.find(({ name }) => name === options.segment);
  if (segment === undefined) {
    check.add({
      path: "segment",
      found: options.segment ?? "",
      expected: `a segment of ${on.name}: ${on.segments.map(({ name }) => name).join(", ")}`,
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
    on,
    segment: segment.name,
    prefix: segment.prefix,
    address,
    ...(options.controlPlane === true ? { controlPlane: true } : {}),
  }));
}
