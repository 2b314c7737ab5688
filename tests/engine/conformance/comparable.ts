/** One form for a recorded and a replayed step, free of all that differs from run to run and means nothing. */

export interface RawStep {
  readonly step: number;
  readonly preview: readonly {
    readonly op: string;
    readonly urn: string;
    readonly replaceReasons?: readonly string[] | null;
    readonly diffReasons?: readonly string[] | null;
    readonly detailedDiff?: Readonly<Record<string, { readonly kind: string; readonly inputDiff: boolean }>> | null;
  }[];
  readonly operations: readonly { readonly op: string; readonly urn: string; readonly failed: boolean }[];
  readonly errors: readonly { readonly urn: string; readonly message: string }[];
  readonly exit: number;
  readonly state: readonly RawResource[];
}
interface RawResource {
  readonly type: string;
  readonly urn: string;
  readonly id?: string;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
  readonly initErrors?: readonly string[];
  readonly delete?: boolean;
}

export interface Step {
  /** By resource: the operation, what of it differs and how, and why it is replaced. */
  readonly preview: Readonly<Record<string, unknown>>;
  /** By resource: what was done to it, in order. */
  readonly operations: Readonly<Record<string, readonly string[]>>;
  /** The resources that errors are about; "" for the run itself. */
  readonly failed: readonly string[];
  readonly exit: number;
  readonly state: Readonly<Record<string, unknown>>;
  /** What the errors say; compared by meaning, not by text. */
  readonly messages: readonly string[];
}

type Change = (text: string, path: string) => string;
const asIs: Change = (text) => text;

export const comparableRecording = (steps: readonly RawStep[], normalise?: Change): Step[] =>
  steps.map((step) => comparable(step, (text) => text, normalise));

/** `restore` turns what stands for a word of the recording back into that word. */
export function comparable(raw: RawStep, restore: (text: string) => string, normalise: Change = asIs): Step {
  const change: Change = (text, path) => normalise(usual(restore(text)), path);
  const shown = raw.preview.filter(({ urn }) => !isDefaultProvider(urn));
  return {
    preview: byName(shown, (step) => ({
      op: step.op,
      detailedDiff: sortKeys(step.detailedDiff ?? {}),
      diffReasons: [...(step.diffReasons ?? [])].sort(),
      replaceReasons: [...(step.replaceReasons ?? [])].sort(),
    })),
    operations: group(raw.operations.filter(({ op, urn }) => op !== "same" && !isDefaultProvider(urn))),
    failed: [...new Set(raw.errors.map(({ urn }) => short(urn)))].sort(),
    exit: raw.exit,
    state: byName(raw.state, (resource) => ({
      hasId: (resource.id ?? "") !== "",
      initErrors: (resource.initErrors ?? []).length > 0,
      toDelete: resource.delete ?? false,
      inputs: clean(resource.inputs, "inputs", change),
      outputs: clean(resource.outputs, "outputs", change),
    })),
    messages: raw.errors.map(({ message }) => message),
  };
}

/** "urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME" as "TYPE::NAME", which is how the recordings name resources. */
function short(urn: string): string {
  if (!urn.startsWith("urn:pulumi:")) return urn;
  const [, , types = "", ...name] = urn.split("::");
  return `${types.split("$").pop() ?? ""}::${name.join("::")}`;
}

/** Events of default providers are internal to the engine and were not recorded. */
const isDefaultProvider = (urn: string): boolean => /pulumi:providers:[^:]+::default/.test(urn);

function byName<T extends { urn: string }>(list: readonly T[], form: (item: T) => unknown): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const item of list) {
    let name = short(item.urn);
    while (name in found) name += "'"; // an old one beside its replacement
    found[name] = form(item);
  }
  return sortKeys(found);
}

function group(operations: RawStep["operations"]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { op, urn, failed } of operations) (found[short(urn)] ??= []).push(failed ? `${op} failed` : op);
  return sortKeys(found);
}

const sortKeys = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));

const secretKey = "4dabf18193072939515e22adb298388d";

/** Without ids and the engine's and the bridge's own `__` fields; lists that have no order of their own in one order. */
function clean(value: unknown, path: string, change: Change): unknown {
  if (typeof value === "string") return change(value, path);
  if (Array.isArray(value)) {
    const list = value.map((v, i) => clean(v, `${path}[${i}]`, change));
    const unordered = /\.(networkDatas|networksAdvanced)$/.test(path);
    return unordered ? list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : list;
  }
  if (typeof value !== "object" || value === null) return value;
  const map = value as Record<string, unknown>;
  if (map["networkName"] === "bridge") return bridgeData(map);
  if (map[secretKey] !== undefined && typeof map["plaintext"] === "string")
    return { secret: clean(JSON.parse(map["plaintext"]), path, change) };
  const kept = Object.entries(map).filter(([key]) => !key.startsWith("__") && !(key === "id" && path === "outputs"));
  return sortKeys(Object.fromEntries(kept.map(([key, v]) => [key, clean(v, `${path}.${key}`, change)])));
}

/** A container's place on the default bridge, whose prefix is the daemon's own choice. */
function bridgeData(data: Readonly<Record<string, unknown>>): unknown {
  const chosen = { gateway: "CHOSEN", ipAddress: "CHOSEN", ipPrefixLength: "CHOSEN", macAddress: "CHOSEN" };
  return sortKeys({ ...data, ...chosen });
}

/** What every recording has of the accidental. */
const usual = (text: string): string =>
  text
    .replace(/\b[0-9a-f]{64}\b/g, "ID")
    .replace(/^(.+)-[0-9a-f]{7,8}$/, "$1-RANDOM")
    .replace(/^[0-9a-f]{12}$/, "SHORT_ID")
    .replace(/^.*(\/volumes\/[^/]+\/_data)$/, "DOCKER_ROOT$1");
