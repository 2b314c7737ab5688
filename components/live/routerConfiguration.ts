/**
 * A router's configuration as a custom resource: pushed in place, read back from the router, compared with what it runs.
 * A hand edit is what the router really runs after a refresh, and the next update makes it the program's again.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Body, same } from "./body";
import { connect, isGone } from "./docker";
import { frrAnswers, frrConfigure, frrEdits } from "./frr";
import { applyEdits } from "./frrDrift";

export interface RouterConfigurationInputs {
  /** Container that the router runs in. */
  container: string;
  system: "frr";
  /** The whole configuration. */
  text: string;
}

const START_TIMEOUT_MS = 30_000;
const POLL_MS = 100;

async function push(inputs: RouterConfigurationInputs): Promise<RouterConfigurationInputs> {
  const docker = connect();
  const until = Date.now() + START_TIMEOUT_MS;
  while (!(await frrAnswers(docker, inputs.container))) {
    if (Date.now() > until) {
      throw new Error(
        `${inputs.container}: FRR does not answer after ${START_TIMEOUT_MS / 1000} s; docker logs ${inputs.container} says why`,
      );
    }
    await delay(POLL_MS);
  }
  await frrConfigure(docker, inputs.container, inputs.text);
  return { container: inputs.container, system: inputs.system, text: inputs.text };
}

export const RouterConfiguration: Body<RouterConfigurationInputs, RouterConfigurationInputs> = {
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: olds.text !== news.text || olds.container !== news.container || !same(olds.system, news.system),
    }),
  create: async (inputs) => ({ id: "configuration", outs: await push(inputs) }),
  update: async (_id, _olds, news) => ({ outs: await push(news) }),
  read: async (id, props) => {
    const docker = connect();
    const kept = { container: props.container, system: props.system };
    try {
      const text = applyEdits(props.text, await frrEdits(docker, props.container, props.text));
      return { id, props: { ...kept, text }, inputs: { ...kept, text } };
    } catch (error) {
      // A stopped or missing router runs no configuration; starting it again is its container's business.
      if (!isGone(error)) throw error;
      return { id, props: { ...kept, text: "" }, inputs: { ...kept, text: "" } };
    }
  },
};
