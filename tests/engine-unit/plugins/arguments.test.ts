/**
 * Every supported argument of the docker and command types: left out, zero, given, changed, left out again. The plan of
 * each step from the state that the official plugin had left is the plan that the official plugin made (docker at the
 * commit of pulumi-docker 5.2.0 on Docker 20.10, command 1.2.1; recorded/arguments.jsonl). It proves plans, not what is
 * done to Docker. Not recorded, because that plugin had them later: deviceCgroupRules, uploads[].owner and .group.
 */
import { describe, expect, it } from "vitest";
import { faults } from "../../../engine/plugins/command/arguments";
import { diff as diffCommand } from "../../../engine/plugins/command/diff";
import { diff } from "../../../engine/plugins/docker/diff";
import { checkInputs } from "../../../engine/plugins/docker/inputs";
import { schemas } from "../../../engine/plugins/docker/schemas";
import type { PlanDiff } from "../../../engine/plugins/plugin";
import type { Values } from "../../../engine/plugins/values";
import { recordedArguments, type RecordedStep } from "../../engine/conformance/recorded";
import { filled } from "../../engine/conformance/record";
import { argumentsAt, types, type Row, type Type } from "../../engine/conformance/table";

const recorded = recordedArguments();

interface Checked {
  readonly inputs: Values;
  readonly failures: number;
}
function check({ type }: Type, news: Values, olds: Values | undefined): Checked {
  const schema = schemas[type];
  if (!schema) return { inputs: news, failures: faults(news).length };
  const checked = checkInputs(schema, {
    type,
    urn: `urn:pulumi:s::p::${type}::name`,
    name: "name",
    news,
    olds,
    seed: new Uint8Array(32).fill(7),
    autonaming: undefined,
    signal: new AbortController().signal,
    seconds: 0,
    log: () => undefined,
    status: () => undefined,
  });
  return { inputs: checked.inputs, failures: checked.failures?.length ?? 0 };
}
function planOf({ type }: Type, olds: Values, oldInputs: Values, news: Values): PlanDiff {
  const schema = schemas[type];
  return schema ? diff(schema, olds, news) : diffCommand({ ignoreChanges: [], olds, oldInputs, news });
}

/** A plan in the recording's form. */
const shown = (plan: PlanDiff): RecordedStep["plan"] =>
  plan.changes
    ? {
        changes: true,
        detailed: { ...plan.detailed },
        ...(plan.deleteBeforeReplace ? { deleteBeforeReplace: true } : {}),
      }
    : { changes: false };

/** What the stand-in plans along the way, each step from the state that the official plugin left. */
function plans(type: Type, row: Row, steps: readonly RecordedStep[]): unknown[] {
  let state: Values | undefined;
  let inputs: Values | undefined;
  return steps.map((step) => {
    const news = filled(argumentsAt(type, row, step.to) ?? {}, row.argument, subnetIn(steps));
    const checked = check(type, news, inputs);
    if (checked.failures > 0) return { to: step.to, plan: { failures: true } };
    const plan = state === undefined ? undefined : shown(planOf(type, state, inputs ?? {}, checked.inputs));
    state = step.state;
    // A made-up name is random.
    const name = news["name"] === undefined && plan === undefined ? state?.["name"] : undefined;
    inputs = state && { ...checked.inputs, ...(name === undefined ? {} : { name }) };
    return {
      to: step.to,
      ...(plan || step.plan?.error ? { plan: { ...plan, ...(step.plan?.error ? { error: true } : {}) } } : {}),
    };
  });
}
const subnetIn = (steps: readonly RecordedStep[]): number =>
  Number(/10\.123\.(\d+)\./.exec(JSON.stringify(steps))?.[1] ?? 0);

describe.each(types)("the plan of $type is the official plugin's", (type) => {
  it.each(type.rows.map((row) => [row.argument, row] as const))("%s", (argument, row) => {
    const steps = recorded.get(`${type.type} ${argument}`) ?? [];
    expect(steps.length).toBeGreaterThan(5);
    expect(plans(type, row, steps)).toEqual(steps.map(({ to, plan }) => ({ to, ...(plan ? { plan } : {}) })));
  });
});

it("every argument that the stand-ins support is in the table", () => {
  const later = ["deviceCgroupRules"];
  for (const { type, rows } of types) {
    const schema = schemas[type];
    if (!schema) continue;
    const supported = Object.entries(schema.fields).filter(([, field]) => !field.output && !field.missing);
    expect(rows.map(({ argument }) => argument).sort()).toEqual(
      supported
        .map(([key]) => key)
        .filter((key) => !later.includes(key))
        .sort(),
    );
  }
});
