/**
 * What a Network will do, in the form that people, gates and rules read: sessions, each speaker's routes, and the
 * doubts about them. The rules of BGP are bgp's; nothing here decides a route.
 */
import type { Network } from "../bgp/network";
import { resolve, solve } from "../bgp/solve";
import type { Solution } from "../bgp/solution";
import { doubtsOf, type Doubt, type Doubts } from "./doubts";
import { routesOf, type Route } from "./route";

export interface Forecast {
  network: Network;
  solution: Solution;
  /** A speaker's routes by prefix, in order; made when first asked for. */
  routes(speaker: string): ReadonlyMap<string, Route>;
  /** What stands against taking an answer for exact; empty when nothing does. */
  doubts(speaker: string, prefix: string): readonly Doubt[];
}

export function forecast(network: Network): Forecast {
  return forecastOf(solve(network));
}

/** The forecast of a changed network, from where an earlier one stands: the same answers as from scratch, sooner. */
export function reforecast(before: Forecast, network: Network): Forecast {
  return forecastOf(resolve(before.solution, network));
}

export function forecastOf(solution: Solution): Forecast {
  const made = new Map<string, ReadonlyMap<string, Route>>();
  let doubts: Doubts | undefined;
  return {
    network: solution.network,
    solution,
    routes(speaker) {
      let routes = made.get(speaker);
      if (routes === undefined) {
        routes = routesOf(solution.table(speaker));
        made.set(speaker, routes);
      }
      return routes;
    },
    doubts(speaker, prefix) {
      doubts ??= doubtsOf(solution);
      return doubts(speaker, prefix);
    },
  };
}
