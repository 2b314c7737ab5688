/** What a changed argument of the provider means: another daemon or other credentials, in place; its resources stay. */
import { difference } from "../difference";
import type { PlanDiff } from "../plugin";
import type { Values } from "../values";

/** The official plugin names the arguments and shows no detail of them (recorded). */
export function providerDifference(olds: Values, news: Values): PlanDiff {
  const paths = Object.keys(difference(own(olds), own(news)));
  const changed = [...new Set(paths.map((path) => path.split(/[.[]/, 1)[0] ?? path))];
  return { changes: changed.length > 0, changed };
}

/** Without the version and what the engine keeps for itself. */
const own = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([key]) => key !== "version" && !key.startsWith("__")));
