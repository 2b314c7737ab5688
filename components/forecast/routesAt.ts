/**
 * A speaker's routes from rows of alike prefixes: for whoever looks at those of thousands of speakers, and keeps few. What
 * Forecast.routes gives of one speaker is kept.
 */
import type { Alike, FibRoute, Solution } from "../bgp/solution";
import { comparePrefixes, type Prefix } from "../model/prefix";
import type { Doubt } from "./doubts";
import type { Forecast } from "./forecast";
import { chosenRoute, insteadOf, type Route } from "./route";

export class RoutesAt {
  readonly rows = new Map<string, Alike>();
  private readonly alike: readonly Alike[];
  private readonly routes = new Map<Alike, Route | undefined>();
  private readonly solution: Solution;
  private learns: boolean | undefined;
  private fib: ReadonlyMap<string, FibRoute> | undefined;

  constructor(
    private readonly forecast: Forecast,
    private readonly speaker: string,
  ) {
    this.solution = forecast.solution;
    this.alike = this.solution.alike(speaker);
    for (const row of this.alike) for (const prefix of row.prefixes) this.rows.set(prefix, row);
  }

  /** The route to all prefixes of a row, as to its first. */
  routeOf(row: Alike | undefined): Route | undefined {
    if (row === undefined) return undefined;
    if (!this.routes.has(row)) {
      this.routes.set(row, chosenRoute(this.speaker, row.prefixes[0] ?? "", row.paths));
    }
    return this.routes.get(row);
  }

  /** What stands in the forwarding table for a prefix that the speaker has learned. */
  installed(prefix: string): FibRoute | undefined {
    this.learns ??= this.alike.some(({ paths }) => paths.some(({ best, kind }) => best && kind !== "local"));
    if (!this.learns) return undefined;
    this.fib ??= this.solution.fib?.(this.speaker) ?? this.solution.table(this.speaker).fib;
    return this.fib.get(prefix);
  }

  insteadOf(row: Alike | undefined, prefix: string): Route["insteadInstalled"] {
    const route = this.routeOf(row);
    return route === undefined ? undefined : insteadOf(route, this.installed(prefix));
  }

  routeTo(prefix: string): Route | undefined {
    const row = this.rows.get(prefix);
    const route = this.routeOf(row);
    if (route === undefined) return undefined;
    const instead = this.insteadOf(row, prefix);
    return { ...route, prefix, ...(instead === undefined ? {} : { insteadInstalled: instead }) };
  }

  doubts(prefix: string): readonly Doubt[] {
    return this.forecast.doubts(this.speaker, prefix);
  }

  /** Every route, by prefix. */
  *all(): Iterable<Route> {
    for (const prefix of [...this.rows.keys()].sort((a, b) => comparePrefixes(a as Prefix, b as Prefix))) {
      const route = this.routeTo(prefix);
      if (route !== undefined) yield route;
    }
  }
}
