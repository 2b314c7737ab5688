/** The systems that can run in a container as routers: one file and one line each. */
import type { ContainerRouter } from "./container";
import { eosContainer } from "./eos";
import { frrContainer } from "./frr";

export const CONTAINERS: Readonly<Record<"frr" | "eos", ContainerRouter>> = { frr: frrContainer, eos: eosContainer };

export type ContainerSystem = keyof typeof CONTAINERS;
