/**
 * What is said when something a person wrote cannot be taken: values that the pure rooms return, and the one exception
 * that carries them to the edge. Not for mistakes of the program itself.
 */

export interface Fault {
  /** The argument or field: "racks[0].segments[1]". Empty for the whole input. */
  path: string;
  /** What was there, as written. Never a secret's value. */
  found: string;
  /** What would be right there. */
  expected: string;
  fix?: string;
  file?: string;
  line?: number;
  /** 1-based, within the line or, without a line, within what was found. */
  column?: number;
}

export type Result<T> = { ok: true; value: T } | { ok: false; faults: Fault[] };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T = never>(...faults: Fault[]): Result<T> {
  return { ok: false, faults };
}

/** All values, or all faults of all results: the person who wrote them wants every mistake at once. */
export function collect<T>(results: Iterable<Result<T>>): Result<T[]> {
  const values: T[] = [];
  const faults: Fault[] = [];
  for (const result of results) {
    if (result.ok) values.push(result.value);
    else faults.push(...result.faults);
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: values };
}

/** "tor1.conf:12:5: neighbors[0].address: found "10.0.0.300", expected an IPv4 or IPv6 address; ..." in one line. */
export function printFault(fault: Fault): string {
  const place = [fault.file, fault.line, fault.line === undefined ? undefined : fault.column]
    .filter((part) => part !== undefined)
    .join(":");
  const column = fault.line === undefined && fault.column !== undefined ? ` at character ${fault.column}` : "";
  // JSON escapes what a terminal would take for commands, but for the upper control characters.
  const found = fault.found === "" ? "nothing" : JSON.stringify(fault.found).replace(/[\x7f-\x9f]/g, "?");
  return [
    place,
    fault.path,
    `found ${found}${column}, expected ${fault.expected}${fault.fix === undefined ? "" : `; ${fault.fix}`}`,
  ]
    .filter((part) => part !== "")
    .join(": ");
}

/** The one error type for users: thrown at the edges only, holding everything that was wrong. */
export class UserError extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(printFault).join("\n"));
    this.name = "UserError";
    this.faults = faults;
  }
}

/** The value, or a UserError: for the edges, where an exception is how one says no. */
export function orThrow<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new UserError(result.faults);
}
