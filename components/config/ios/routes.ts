/** Static routes as they are read: next hops of one prefix and distance make one route. */
import type { StaticRoute } from "../../bgp/network";
import type { Build } from "./reading";

export function addRoute(b: Build, route: StaticRoute, no: boolean): void {
  const same = (one: StaticRoute): boolean =>
    one.prefix === route.prefix &&
    one.distance === route.distance &&
    one.tag === route.tag &&
    one.interface === route.interface;
  if (no) {
    b.routes = b.routes.filter(
      (one) => !(one.prefix === route.prefix && JSON.stringify(one.via) === JSON.stringify(route.via)),
    );
    return;
  }
  const known =
    route.via === undefined || route.interface !== undefined
      ? undefined
      : b.routes.find((one) => same(one) && one.via !== undefined);
  if (known?.via !== undefined) known.via.push(...(route.via ?? []));
  else if (!b.routes.some((one) => JSON.stringify(one) === JSON.stringify(route))) b.routes.push(route);
}
