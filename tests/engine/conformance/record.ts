/**
 * Takes every argument of the table through its values with a plugin, and answers what it planned and what the state then
 * held. Run by hand with an official plugin it makes recorded/arguments.json; the tests run it with the stand-ins.
 */
import type { Values } from "../../../engine/plugins/values";
import type { Driver } from "./driver";
import { type Change, type Known } from "./driver";
import { argumentsAt, way, type Position, type Row, type Type } from "./table";

export interface Step {
  readonly to: Position;
  readonly plan?: Change;
  /** The state afterwards where it differs from the type's first. */
  readonly state?: Values;
}
export interface Recorded {
  /** The state with nothing but the type's own arguments. */
  readonly first: Values;
  readonly rows: Readonly<Record<string, readonly Step[]>>;
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The arguments with a name and a subnet of the row's own. */
export const filled = (values: Values, argument: string, subnet: number): Values =>
  JSON.parse(
    JSON.stringify(values).replaceAll("NAME", argument.toLowerCase()).replaceAll("SUBNET", String(subnet)),
  ) as Values;

/** One argument's way. A step that the plugin refuses is recorded, and the next goes on from the last good state. */
export async function record(
  driver: Driver,
  type: Type,
  row: Row,
  subnet: number,
): Promise<{ step: Step; state: Values }[]> {
  const name = row.argument;
  const steps: { step: Step; state: Values }[] = [];
  let known: Known | undefined;
  for (const position of way) {
    const given = argumentsAt(type, row, position);
    if (given === undefined) continue;
    const { inputs, failures } = await driver.check(name, known?.inputs ?? {}, filled(given, name, subnet));
    if (failures.length > 0) {
      steps.push({ step: { to: position, plan: { failures } }, state: known?.outputs ?? {} });
      continue;
    }
    const plan = known && (await driver.diff(name, known, inputs));
    let error: string | undefined;
    try {
      known = await apply(driver, name, known, plan, inputs);
    } catch (failure) {
      error = message(failure);
      if (replaces(plan)) known = undefined;
    }
    steps.push({
      step: { to: position, ...(plan || error ? { plan: { ...plan, ...(error ? { error } : {}) } } : {}) },
      state: known?.outputs ?? {},
    });
  }
  if (known) await driver.delete(name, known).catch(() => undefined);
  return steps;
}

const replaces = (plan: Change | undefined): boolean =>
  Object.values(plan?.detailed ?? {}).some((kind) => kind.endsWith("-replace"));

/** The old one goes first, whatever the plan says: names and subnets of the table cannot be taken twice. */
async function apply(
  driver: Driver,
  name: string,
  known: Known | undefined,
  plan: Change | undefined,
  inputs: Values,
): Promise<Known> {
  if (known === undefined) return driver.create(name, inputs);
  if (replaces(plan)) {
    await driver.delete(name, known);
    return driver.create(name, inputs);
  }
  if (plan?.changes) return driver.update(name, known, inputs);
  return { ...known, inputs };
}
