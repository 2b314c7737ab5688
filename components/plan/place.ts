/** Gives nodes addresses of a segment in list order; appending a node changes no other address. */
import { allocateAddresses } from "../model/allocate";
import { type Address, familyOf, v4ToInt } from "../model/address";
import { Arguments } from "./arguments";
import type { SegmentFacts } from "./facts";
import { type EachFamily, addressAfter, eachAddress, titleOf } from "./families";
import { prefixesOf } from "./segment";

export interface PlaceOptions {
  /**
   * The first node's address, or one of each family; the others follow. @default the first free address
   * @example "10.10.10.10" @example ["10.10.10.10", "fd00:10::10"]
   */
  from?: EachFamily;
  /**
   * Router id of the first node, four numbers like an IPv4 address; the others follow. For nodes with IPv6 alone.
   * @default each node's IPv4 address @example "10.0.0.10"
   */
  routerIds?: string;
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
  /** An IPv6 prefix beside an IPv4 one, and the node's address of it. */
  prefix6?: string;
  address6?: string;
  /** Where the node has no IPv4 address to take it from. */
  routerId?: string;
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
  const prefixes = prefixesOf(segment);
  const asked = options.from === undefined ? [] : eachAddress(options.from, "from", check);
  for (const { address, path } of asked) {
    if (prefixes.some((prefix) => familyOf(prefix) === familyOf(address))) continue;
    const expected = `an address of ${prefixes.join(", ")}: ${segment.name} has no ${titleOf(familyOf(address))} prefix`;
    check.add({ path, found: address, expected });
  }
  if (options.routerIds !== undefined && v4ToInt(options.routerIds) < 0) {
    const expected = 'four numbers like an IPv4 address, "10.0.0.10"';
    check.add({ path: "routerIds", found: options.routerIds, expected });
  }
  const given = prefixes.map((prefix) => {
    const from = asked.find(({ address }) => familyOf(address) === familyOf(prefix));
    return check.take(
      allocateAddresses(names, prefix, {
        ...(from === undefined ? {} : { from: from.address }),
        skip: segment.reserved as Address[],
        path: from?.path ?? "from",
      }),
    );
  });
  check.done();
  const [first, six] = given;
  return names.map((name, index) => {
    const address6 = six?.get(name);
    return {
      name,
      on,
      segment: segment.name,
      prefix: segment.prefix,
      address: first?.get(name) ?? "",
      ...(address6 === undefined || segment.prefix6 === undefined ? {} : { prefix6: segment.prefix6, address6 }),
      ...(options.routerIds === undefined ? {} : { routerId: addressAfter(options.routerIds as Address, index) }),
      ...(options.controlPlane === true ? { controlPlane: true } : {}),
    };
  });
}
