/**
 * Who gets which address, prefix or ASN. Names take what is free in the order they are listed, so that one appended at
 * the end never moves those before it; what is `held` from earlier never moves at all, wherever a name is inserted.
 */
import { addressFromBigint, addressToBigint, familyOf, type Address } from "./address";
import { isReserved, type Asn } from "./asn";
import { fail, ok, type Fault, type Result } from "./errors";
import {
  bounds,
  containsAddress,
  containsPrefix,
  maximumLength,
  overlaps,
  prefixLength,
  subnets,
  type Prefix,
} from "./prefix";

/** Fixed choices, by name. */
interface Choices<T> {
  /** What a name has had until now: given first, to whoever is still listed. Those not listed keep nothing. */
  held?: Readonly<Record<string, T>>;
  /** What a name wants. It must be free when its turn comes: taking it from an earlier name would renumber that one. */
  pinned?: Readonly<Record<string, T>>;
}

interface Space<T> {
  /** Said in faults: "10.0.0.0/24". */
  title: string;
  /** Everything that may be given, in order. */
  candidates: () => Iterable<T>;
  fits: (value: T) => string | undefined;
  /** Where values may collide without being equal: which ones to compare with every other, and how. */
  uneven?: { is: (value: T) => boolean; collides: (a: T, b: T) => boolean };
}

function allocate<T extends string | number>(
  names: readonly string[],
  space: Space<T>,
  { held = {}, pinned = {} }: Choices<T>,
  path: string,
): Result<Map<string, T>> {
  const faults: Fault[] = [];
  const given = new Map<string, T>();
  const takenBy = new Map<T, string>();
  const unevenTaken: T[] = [];
  const at = (name: string) => (path === "" ? name : `${path}[${JSON.stringify(name)}]`);

  const give = (name: string, value: T) => {
    given.set(name, value);
    takenBy.set(value, name);
    if (space.uneven?.is(value) === true) unevenTaken.push(value);
  };
  const owner = (value: T): string | undefined => {
    const exact = takenBy.get(value);
    if (exact !== undefined || space.uneven === undefined) return exact;
    const { is, collides } = space.uneven;
    for (const taken of is(value) ? takenBy.keys() : unevenTaken) if (collides(taken, value)) return takenBy.get(taken);
    return undefined;
  };
  const claim = (name: string, value: T) => {
    const misfit = space.fits(value);
    const other = owner(value);
    if (misfit !== undefined) faults.push({ path: at(name), found: String(value), expected: misfit });
    else if (other !== undefined) {
      faults.push({
        path: at(name),
        found: String(value),
        expected: `one that is free; ${other} has it`,
        fix: `choose another, or fix what ${other} has`,
      });
    } else give(name, value);
  };

  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) faults.push({ path: at(name), found: name, expected: "each name once" });
    seen.add(name);
  }
  for (const name of seen) {
    const value = own(held, name);
    if (value !== undefined) claim(name, value);
  }
  const candidates = space.candidates()[Symbol.iterator]();
  let missing = 0;
  for (const name of seen) {
    if (given.has(name)) continue;
    const wanted = own(pinned, name);
    if (wanted !== undefined) {
      claim(name, wanted);
      continue;
    }
    let next = candidates.next();
    while (next.done !== true && owner(next.value) !== undefined) next = candidates.next();
    if (next.done === true) missing++;
    else give(name, next.value);
  }
  if (missing > 0) {
    faults.push({
      path,
      found: space.title,
      expected: `room for ${seen.size}, ${missing} more than it has`,
      fix: "take a larger one",
    });
  }
  return faults.length > 0 ? { ok: false, faults } : ok(new Map([...seen].map((name) => [name, given.get(name) as T])));
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/**
 * Addresses of one prefix. On a shared segment the first and last of IPv4 and the first of IPv6 are left out; where
 * every address counts (loopbacks), say so.
 */
export function allocateAddresses(
  names: readonly string[],
  pool: Prefix,
  options: Choices<Address> & { from?: Address; skip?: readonly Address[]; every?: boolean; path?: string } = {},
): Result<Map<string, Address>> {
  const family = familyOf(pool);
  const path = options.path ?? "";
  const { first, last } = bounds(pool);
  const spare = options.every === true || prefixLength(pool) >= maximumLength(family) - 1 ? 0n : 1n;
  const lowest = first + spare;
  const highest = family === "ipv4" ? last - spare : last;
  if (options.from !== undefined && !containsAddress(pool, options.from)) {
    return fail({ path, found: options.from, expected: `an address of ${pool} to begin at` });
  }
  const skipped = new Set<string>(options.skip ?? []);
  const space: Space<Address> = {
    title: options.from === undefined ? pool : `${pool} from ${options.from}`,
    *candidates() {
      const start = options.from === undefined ? lowest : addressToBigint(options.from);
      for (let value = start < lowest ? lowest : start; value <= highest; value++) {
        const address = addressFromBigint(value, family);
        if (!skipped.has(address)) yield address;
      }
    },
    fits(address) {
      if (!containsAddress(pool, address)) return `an address of ${pool}`;
      if (skipped.has(address)) return "one that is not set aside";
      const value = addressToBigint(address);
      return value < lowest || value > highest ? `a host's address of ${pool}` : undefined;
    },
  };
  return allocate(names, space, options, path);
}

/** Loopbacks: every address of the pool is one. */
export function allocateLoopbacks(
  names: readonly string[],
  pool: Prefix,
  options: Choices<Address> & { from?: Address; skip?: readonly Address[]; path?: string } = {},
): Result<Map<string, Address>> {
  return allocateAddresses(names, pool, { ...options, every: true });
}

/** Disjoint prefixes of one length out of a pool: racks' segments, nodes' pod blocks. */
export function allocatePrefixes(
  names: readonly string[],
  pool: Prefix,
  length: number,
  options: Choices<Prefix> & { skip?: readonly Prefix[]; path?: string } = {},
): Result<Map<string, Prefix>> {
  const path = options.path ?? "";
  const most = maximumLength(familyOf(pool));
  if (!Number.isInteger(length) || length < prefixLength(pool) || length > most) {
    return fail({
      path,
      found: String(length),
      expected: `a length from ${prefixLength(pool)} to ${most} for pieces of ${pool}`,
    });
  }
  const skipped = options.skip ?? [];
  const space: Space<Prefix> = {
    title: `${pool} in pieces of /${length}`,
    *candidates() {
      for (const piece of subnets(pool, length)) if (!skipped.some((one) => overlaps(one, piece))) yield piece;
    },
    fits(piece) {
      if (!containsPrefix(pool, piece)) return `a prefix within ${pool}`;
      return skipped.some((one) => overlaps(one, piece)) ? "one that is not set aside" : undefined;
    },
    // Pieces of one length are apart or equal; a held or pinned one may be of another length.
    uneven: { is: (piece) => prefixLength(piece) !== length, collides: overlaps },
  };
  return allocate(names, space, options, path);
}

/** ASNs of a range, by default the 1,023 private ones of two bytes; reserved ones inside it are passed over. */
export function allocateAsns(
  names: readonly string[],
  options: Choices<Asn> & { first?: number; last?: number; skip?: readonly number[]; path?: string } = {},
): Result<Map<string, Asn>> {
  const { first = 64512, last = 65534, skip = [], path = "" } = options;
  if (!Number.isInteger(first) || !Number.isInteger(last) || first < 1 || last > 4294967294 || first > last) {
    return fail({ path, found: `${first}-${last}`, expected: "a range of ASNs from 1 to 4294967294, the lower first" });
  }
  const skipped = new Set(skip);
  const space: Space<Asn> = {
    title: `AS ${first}-${last}`,
    *candidates() {
      for (let asn = first; asn <= last; asn++) if (!skipped.has(asn) && !isReserved(asn)) yield asn as Asn;
    },
    fits(asn) {
      if (isReserved(asn) || !Number.isInteger(asn) || asn < 1) return "an ASN that is not reserved";
      return skipped.has(asn) ? "one that is not set aside" : undefined;
    },
  };
  return allocate(names, space, options, path);
}
