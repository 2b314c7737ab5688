/** What "ready" means for one object, as a thing that is told of changes and can be asked; which kinds have one: kinds.ts. */
import type { Values } from "../../values";
import type { Kind } from "../object";
import type { Change } from "../watch";

export interface Watched {
  readonly kind: Kind;
  /** One object of that kind; without, all in the namespace. */
  readonly name?: string;
  readonly see: (change: Change) => void;
}

export interface Readiness {
  readonly watches: readonly Watched[];
  readonly ready: () => boolean;
  /** The last that was seen of the object. */
  readonly object: () => Values;
  /** Why it is not ready. */
  readonly problems: () => string[];
  /** What is being waited for, for the progress line. */
  readonly progress?: () => string;
  /** When to ask again though nothing changed (milliseconds since 1970). */
  readonly again?: () => number | undefined;
  /** Counts as ready when the time is up or the run was cancelled. */
  readonly goodEnough?: () => boolean;
  /** Never going to be ready: the reason. */
  readonly failed?: () => string | undefined;
}

/** What a readiness is made from. */
export interface Subject {
  /** As the API server answered the create or update. */
  readonly object: Values;
  /** Before the update; undefined after a create. */
  readonly before: Values | undefined;
  /** For what may happen while the object is well ("claim x is not bound yet"). */
  readonly warn: (message: string) => void;
}

/** The object is there but not as it should be, or the wait for it ended. */
export class NotReady extends Error {
  constructor(
    message: string,
    readonly object: Values,
    readonly problems: readonly string[] = [],
  ) {
    super(message);
  }
}
