/**
 * What a stack needs of the lab image: a stack of routers alone spares the programs of a cluster, and the minutes to
 * build them.
 */
import type { Contents } from "./parts/image";

const ROUTERS_ALONE: readonly string[] = [];

export function needs(stack: string): Contents {
  return { cluster: !ROUTERS_ALONE.includes(stack) };
}
