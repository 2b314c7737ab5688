/**
 * What a stack needs of the lab image: a stack of routers alone spares the programs of a cluster, and only a stack whose
 * CNI brings a control plane of its own spends the minutes to build it.
 */
import type { Contents } from "./parts/image";
import type { PlaneName } from "./parts/planes";

const ROUTERS_ALONE: readonly string[] = [];

const PLANES: Readonly<Record<string, readonly PlaneName[]>> = {
  "cilium-racks": ["cilium"],
  metallb: ["metallb"],
};

export interface Needs extends Contents {
  /** kind, and the image of its nodes. */
  kind?: boolean;
}

/** The same program with its clusters on kind is the stack NAME-kind. */
const ON_KIND = "-kind";

export function onKind(stack: string): boolean {
  return stack.endsWith(ON_KIND);
}

/** A stack's name with its clusters on bare nodes. */
export function onBare(stack: string): string {
  return onKind(stack) ? stack.slice(0, -ON_KIND.length) : stack;
}

/** The same program with other address families is the stack NAME-dual or NAME-ipv6. */
const FAMILIES = /-(dual|ipv6)$/;

/** The same program with links without prefixes between its routers is the stack NAME-unnumbered. */
const UNNUMBERED = /-unnumbered$/;

/** The program of a stack, stacks/PROGRAM.ts. */
export function programOf(stack: string): string {
  return onBare(stack).replace(FAMILIES, "").replace(UNNUMBERED, "");
}

/** What a stack's name says of its configuration. */
export function settingsOf(stack: string): Record<string, string> {
  const family = FAMILIES.exec(onBare(stack))?.[1];
  return {
    ...(onKind(stack) ? { runtime: "kind" } : {}),
    ...(family === undefined ? {} : { family }),
    ...(UNNUMBERED.test(onBare(stack)) ? { links: "unnumbered" } : {}),
  };
}

/** The stack that `RUNTIME=...` means. */
export function stackOn(stack: string, runtime: string): string {
  return runtime === "kind" && !onKind(stack) ? `${stack}${ON_KIND}` : stack;
}

export function needs(stack: string): Needs {
  const planes = PLANES[programOf(stack)];
  return {
    cluster: !ROUTERS_ALONE.includes(stack),
    ...(planes === undefined ? {} : { planes }),
    ...(onKind(stack) ? { kind: true } : {}),
  };
}
