/** Names given to what the program left unnamed, as the engine's naming configuration wants them. Format only; no I/O. */
import { createHash, randomBytes } from "node:crypto";

export interface Autonaming {
  /** `propose`: the plugin may adapt the name; `enforce`: exactly this; `disable`: the program must give one. */
  readonly mode: "propose" | "enforce" | "disable";
  readonly proposedName: string;
}

/** `length` hex digits: always the same ones for the same seed, so that a plan and its update agree; random without. */
export function randomHex(seed: Uint8Array, length: number): string {
  const bytes = seed.length > 0 ? createHash("sha256").update(seed).digest() : randomBytes(Math.ceil(length / 2));
  return bytes.toString("hex").slice(0, length);
}

/**
 * The name for a resource whose program gave none: what the state has already, else `NAME-xxxxxxx` (or what the naming
 * configuration proposes). Undefined where naming is disabled.
 */
export function autoname(
  name: string,
  seed: Uint8Array,
  previous: string | undefined,
  naming?: Autonaming,
  random = 7,
): string | undefined {
  if (previous !== undefined && previous !== "") return previous;
  if (naming?.mode === "disable") return undefined;
  if (naming && naming.proposedName !== "") return naming.proposedName;
  return `${name}-${randomHex(seed, random)}`;
}
