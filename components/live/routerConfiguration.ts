/**
 * A router's configuration as a custom resource: pushed in place, read back from the router, compared with what it runs.
 * A hand edit is what the router really runs after a refresh, and the next update makes it the program's again.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { System } from "../bgp/network";
import { type Body, equal } from "./body";
import { type At, confirmSeconds, placeOf, reachOf } from "./reach/reach";
import { redact } from "./redact";
import { Unreachable } from "./shell";
import { liveSystem } from "./systems";

export type RouterConfigurationInputs = At & {
  system: System;
  /** The whole configuration. */
  text: string;
};

export type RouterConfigurationOutputs = RouterConfigurationInputs & {
  /** Of a push that must be confirmed: another one each time. */
  pushed?: string;
};

const START_TIMEOUT_MS = 30_000;
const POLL_MS = 100;

async function push(inputs: RouterConfigurationInputs): Promise<RouterConfigurationOutputs> {
  const [reach, { answers, configuration }] = [reachOf(inputs), systemOf(inputs)];
  const until = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(reach))) {
    if (Date.now() > until) {
      throw new Error(`${placeOf(reach)}: ${inputs.system} does not answer after ${START_TIMEOUT_MS / 1000} s`);
    }
    await delay(POLL_MS);
  }
  await withoutPasswords(inputs.text, () => configuration.push(reach, inputs.text));
  return { ...kept(inputs, inputs.text), ...(confirmSeconds(reach) === undefined ? {} : { pushed: randomUUID() }) };
}

function systemOf({ system }: RouterConfigurationInputs) {
  const live = liveSystem(system);
  if (live?.configuration === undefined) throw new Error(`this version cannot configure ${system}`);
  return { answers: live.answers, configuration: live.configuration };
}

/** An error of the router names lines of its configuration, and a line may hold a password. */
async function withoutPasswords<T>(text: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    // Without the cause, whose message holds what is taken out here.
    throw new Error(redact(error instanceof Error ? error.message : String(error), text));
  }
}

function kept(props: RouterConfigurationInputs, text: string): RouterConfigurationInputs {
  const at: At = "reach" in props ? { reach: props.reach } : { container: props.container };
  return { ...at, system: props.system, text };
}

export const RouterConfiguration: Body<RouterConfigurationInputs, RouterConfigurationOutputs> = {
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: olds.text !== news.text || !equal(reachOf(olds), reachOf(news)) || olds.system !== news.system,
    }),
  create: async (inputs) => ({ id: "configuration", outs: await push(inputs) }),
  update: async (_id, _olds, news) => ({ outs: await push(news) }),
  read: async (id, props) => {
    let text = "";
    try {
      const { configuration } = systemOf(props);
      text = await withoutPasswords(props.text, () => configuration.running(reachOf(props), props.text));
    } catch (error) {
      // A stopped or missing router runs no configuration; starting it again is its container's business.
      if (!(error instanceof Unreachable)) throw error;
    }
    const { pushed } = props;
    return {
      id,
      props: { ...kept(props, text), ...(pushed === undefined ? {} : { pushed }) },
      inputs: kept(props, text),
    };
  },
};
