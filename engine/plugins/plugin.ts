/**
 * What a plugin is to this framework: a plain object of functions, one for each thing the engine may ask.
 *
 * How to write one:
 *
 *     // engine/plugins/NAME/main.ts
 *     import { serve } from "../serve";
 *     void serve({
 *       name: "kubernetes", version: "4.34.2",
 *       async configure({ config, log }) { ... },
 *       async check({ type, news, olds, seed }) { return { inputs: news }; },
 *       async diff({ olds, news }) { return { changes: false }; },
 *       async create({ inputs, preview, signal }) { return { id: "x", outputs: inputs }; },
 *       async read({ id, outputs }) { return undefined; },          // undefined: it is gone
 *       async update({ id, news, olds, preview }) { return news; },
 *       async delete({ id, outputs }) {},                           // gone already is success
 *     });
 *
 * The framework serves the gRPC, announces the port, decodes and encodes property values (values.ts: secrets and unknowns
 * are marked values; `plain` strips the marks), aborts `signal` on the engine's Cancel, on the time limit of the resource
 * (customTimeouts) and when the engine is gone, and says once a run that the plugin stands in for the official one.
 * Throw an Error to fail an operation, `InitFailed` (errors.ts) when something was made but is not well, `unsupported`
 * for what only the official plugin has. A detailed difference in the words of the engine is in `Difference`; names left
 * out come from `autoname` (names.ts).
 */
import type { Autonaming } from "./names";
import type { Values } from "./values";

export type Severity = "debug" | "info" | "warning" | "error";

/** What every request carries. */
export interface Call {
  /** Aborted when the engine cancels or is gone, and when the operation's time is up (its reason is then a TimeoutError). */
  readonly signal: AbortSignal;
  /** The time limit of this operation in seconds (customTimeouts); 0: the program set none. */
  readonly seconds: number;
  /** Says something to the user; shown beside the resource when the call is about one. */
  readonly log: (severity: Severity, message: string) => void;
  /** The same, but replaced by the next one: progress ("waiting for ..."). */
  readonly status: (message: string) => void;
}

/** What every request about a resource carries. */
export interface ResourceCall extends Call {
  readonly urn: string;
  /** The type token, as "docker:index/network:Network". */
  readonly type: string;
  /** The resource's name in the program. */
  readonly name: string;
}

export interface CheckRequest extends ResourceCall {
  /** The inputs in the state; undefined when the resource is new. */
  readonly olds: Values | undefined;
  readonly news: Values;
  readonly seed: Uint8Array;
  readonly autonaming: Autonaming | undefined;
}
export interface Failure {
  readonly property: string;
  readonly reason: string;
}
export interface Checked {
  readonly inputs: Values;
  readonly failures?: readonly Failure[];
}

export interface DiffRequest extends ResourceCall {
  readonly id: string;
  /** The outputs in the state. */
  readonly olds: Values;
  /** The inputs in the state. */
  readonly oldInputs: Values;
  readonly news: Values;
  readonly ignoreChanges: readonly string[];
}
export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";
export interface PlanDiff {
  readonly changes: boolean;
  /** Property path ("ports[0].internal") to what happens there; the paths' first names are the changed properties. */
  readonly detailed?: Readonly<Record<string, DiffKind>>;
  /** True, or the paths, where `detailed` is about the inputs of the state, not its outputs. */
  readonly inputDiff?: boolean | readonly string[];
  /** The properties that force a replacement; default: the first names of the `-replace` paths. */
  readonly replaces?: readonly string[];
  /** The changed properties; default: the first names of the paths of `detailed`. */
  readonly changed?: readonly string[];
  readonly stables?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
}

export interface CreateRequest extends ResourceCall {
  readonly inputs: Values;
  /** A plan: make nothing, answer what the outputs would be, `unknown` for what is not known. */
  readonly preview: boolean;
}
export interface Created {
  /** Not needed in a preview. */
  readonly id: string;
  readonly outputs: Values;
}

export interface ReadRequest extends ResourceCall {
  readonly id: string;
  /** The inputs and outputs in the state; both empty when the resource is being imported. */
  readonly inputs: Values;
  readonly outputs: Values;
}
export interface ReadAnswer {
  readonly id: string;
  readonly outputs: Values;
  readonly inputs: Values;
}

export interface UpdateRequest extends ResourceCall {
  readonly id: string;
  readonly olds: Values;
  readonly oldInputs: Values;
  readonly news: Values;
  readonly ignoreChanges: readonly string[];
  readonly preview: boolean;
}

export interface DeleteRequest extends ResourceCall {
  readonly id: string;
  readonly outputs: Values;
  readonly inputs: Values;
}

export interface InvokeRequest extends Call {
  readonly token: string;
  readonly args: Values;
}

export interface Configuration extends Call {
  readonly config: Values;
}

export interface Plugin {
  readonly name: string;
  readonly version: string;
  /**
   * Default true. False: values come without their secret marks, and the engine marks in the answers what was secret in the
   * request at the same place.
   */
  readonly acceptSecrets?: boolean;
  /** The package's schema as JSON; default: one that has the name and the version only. */
  readonly schema?: () => string;
  /** The provider's own inputs; default: taken as they are. */
  readonly checkConfig?: (request: CheckRequest) => Promise<Checked>;
  /** Default: no change. */
  readonly diffConfig?: (request: DiffRequest) => Promise<PlanDiff>;
  readonly configure?: (request: Configuration) => Promise<void>;
  readonly check: (request: CheckRequest) => Promise<Checked>;
  readonly diff: (request: DiffRequest) => Promise<PlanDiff>;
  readonly create: (request: CreateRequest) => Promise<Created>;
  readonly read: (request: ReadRequest) => Promise<ReadAnswer | undefined>;
  readonly update: (request: UpdateRequest) => Promise<Values>;
  readonly delete: (request: DeleteRequest) => Promise<void>;
  readonly invoke?: (request: InvokeRequest) => Promise<{ outputs?: Values; failures?: readonly Failure[] }>;
  /** After the engine's Cancel, when every `signal` is aborted. */
  readonly cancel?: () => void;
}
