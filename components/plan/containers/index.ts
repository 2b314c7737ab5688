/** The systems that can run in a container as routers: one file and one line each. */
import type { ContainerRouter } from "./container";
import { frrContainer } from "./frr";

export const CONTAINERS = { frr: frrContainer } satisfies Record<string, ContainerRouter>;

export type ContainerSystem = keyof typeof CONTAINERS;
