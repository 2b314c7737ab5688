/**
 * Errors that mean something to the engine, in the shapes it knows. Any other Error that a plugin throws fails the one
 * operation with its message.
 */
import type { Values } from "./values";

/**
 * The resource exists (or still exists) but is not as it should be: the engine saves `outputs` with these reasons as
 * init errors, fails the run, and the next one updates it. Throw it from create, update or read.
 */
export class InitFailed extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Values,
    readonly reasons: string[],
    readonly inputs?: Values,
  ) {
    super(reasons.join("; "));
  }
}

/** Something that the official plugin has and this one has not. */
export const unsupported = (plugin: string, what: string): Error =>
  new Error(
    `${what} is not supported by the stand-in for pulumi-resource-${plugin}; the official ${plugin} plugin has it. ` +
      `Install that one (pulumi plugin install resource ${plugin}) where Pulumi's servers can be reached.`,
  );
