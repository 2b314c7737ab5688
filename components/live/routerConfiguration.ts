/**
 * A router's configuration as a custom resource: pushed in place, read back from the router, compared with what it runs.
 * A hand edit is what the router really runs after a refresh, and the next update makes it the program's again.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { System } from "../bgp/network";
import { type Body, type Failure, equal } from "./body";
import { type At, type Reach, confirmSeconds, placeOf, reachOf } from "./reach/reach";
import { hasPassword, redact } from "./redact";
import { Unreachable } from "./shell";
import { liveSystem } from "./systems";
import { UNKNOWN } from "./unknown";

export type RouterConfigurationInputs = At & {
  system: System;
  /** The whole configuration, or its BGP alone. */
  text: string;
  /** Of a router that exists: the text is its BGP, and the rest of its configuration stays as it is. */
  part?: "bgp";
  /** Of a router that exists: whether neighbors that it has and the text has not may go. */
  overwrite?: boolean;
  /** Of a router that exists: what a push would change there now. Found by `check`, for a preview. */
  changes?: string[];
};

export type RouterConfigurationOutputs = RouterConfigurationInputs & {
  /** Of a push that the gate must look at, whatever the forecast is: another one each time. */
  pushed?: string;
  /** Of a router that exists: what stood in the place of the text before the first push. */
  before?: string;
};

/** A fabric whose containers all start at once, on a machine that does other things too: FRR took more than 90. */
const START_SECONDS = 300;
const POLL_MS = 100;

async function push(
  inputs: RouterConfigurationInputs,
  olds?: RouterConfigurationOutputs,
): Promise<RouterConfigurationOutputs> {
  const [reach, { answers }] = [reachOf(inputs), systemOf(inputs)];
  const until = Date.now() + START_SECONDS * 1000;
  // A container may have just been started. At a router that exists nothing starts, and its own error says more.
  while (reach.by === "docker" && !(await answers(reach))) {
    if (Date.now() > until) {
      const container = placeOf(reach).slice(0, 12);
      throw new Error(`${inputs.system} does not answer after ${START_SECONDS} s: docker logs ${container} says more`);
    }
    await delay(POLL_MS);
  }
  const pushed = isLookedAt(reach, inputs.text) ? { pushed: randomUUID() } : {};
  if (inputs.part === undefined) {
    const whole = wholeOf(inputs);
    await withoutPasswords(inputs.text, () => whole.push(reach, inputs.text));
    return { ...kept(inputs, inputs.text), ...pushed };
  }
  const [part, earlier] = [partOf(inputs), sameRouter(inputs, olds) ? olds?.text : undefined];
  return withoutPasswords(inputs.text, async () => {
    const { faults } = await compared(inputs, earlier);
    if (faults.length > 0) throw new Error(`${placeOf(reach)}: ${faults.join("; ")}`);
    const replaced = await part.push(reach, inputs.text, earlier);
    const before = `${earlier === undefined ? "" : (olds?.before ?? "")}${replaced}`;
    return { ...kept(inputs, inputs.text), ...pushed, before };
  });
}

/** A push that must be confirmed, and one of a password, which resets sessions and is in no forecast. */
function isLookedAt(reach: Reach, text: string): boolean {
  return confirmSeconds(reach) !== undefined || hasPassword(text);
}

/** What a push would change, and why it is refused. */
async function compared(
  inputs: RouterConfigurationInputs,
  earlier: string | undefined,
): Promise<{ changes: string[]; said: string; faults: string[] }> {
  const {
    changes,
    faults,
    foreign,
    said = changes.join("\n"),
  } = await partOf(inputs).compare(reachOf(inputs), inputs.text, earlier);
  const unknown = earlier === undefined && inputs.overwrite !== true ? foreign : [];
  const found =
    unknown.length === 0 ? [] : [`it has neighbors that the program has not, ${unknown.join(", ")}: ${ADOPT}`];
  return { changes, said, faults: [...faults, ...found] };
}

const ADOPT = "give them to the program, or set overwrite: true, which removes them";

function partOf({ system }: RouterConfigurationInputs) {
  const part = liveSystem(system)?.part;
  if (part === undefined) throw new Error(`this version cannot configure a part of ${system}`);
  return part;
}

/** A text of another router says nothing about what this one has. */
function sameRouter(inputs: RouterConfigurationInputs, olds: Partial<RouterConfigurationOutputs> | undefined): boolean {
  return olds?.text !== undefined && addressOf(olds as At) === addressOf(inputs);
}

function addressOf(at: At): string {
  const reach = reachOf(at);
  return reach.by === "ssh" ? `${reach.host} ${reach.port ?? 22}` : placeOf(reach);
}

/** What the push would do is looked up before anything is made; a router that cannot be asked is no fault of the program. */
async function check(
  olds: Partial<RouterConfigurationOutputs>,
  news: RouterConfigurationInputs,
): Promise<{ inputs: RouterConfigurationInputs; failures: Failure[] }> {
  if (news.part === undefined || JSON.stringify(news).includes(UNKNOWN)) return { inputs: news, failures: [] };
  const place = placeOf(reachOf(news));
  try {
    const { changes, said, faults } = await withoutPasswords(news.text, () =>
      compared(news, sameRouter(news, olds) ? olds.text : undefined),
    );
    // The provider's standard output is what the engine shows below its plan.
    if (changes.length > 0) console.log(redact(`${place}:\n${said}`.replaceAll("\n", "\n  "), news.text));
    return {
      inputs: { ...news, changes: changes.map((line) => redact(line, news.text)) },
      failures: faults.map((fault) => ({ property: "text", reason: `${place}: ${redact(fault, news.text)}` })),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.log(`${place} cannot be asked what a push would change there: ${why}`);
    return { inputs: news, failures: [] };
  }
}

function systemOf({ system }: RouterConfigurationInputs) {
  const live = liveSystem(system);
  if (live?.configuration === undefined) throw new Error(`this version cannot configure ${system}`);
  return live;
}

function wholeOf(inputs: RouterConfigurationInputs) {
  const { whole } = systemOf(inputs);
  if (whole === undefined) throw new Error(`this version configures of ${inputs.system} its BGP alone`);
  return whole;
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
  const { part, overwrite } = props;
  return {
    ...at,
    system: props.system,
    text,
    ...(part === undefined ? {} : { part }),
    ...(overwrite === undefined ? {} : { overwrite }),
  };
}

export const RouterConfiguration: Body<RouterConfigurationInputs, RouterConfigurationOutputs> = {
  check,
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes:
        olds.text !== news.text ||
        !equal(reachOf(olds), reachOf(news)) ||
        olds.system !== news.system ||
        (news.changes ?? []).length > 0,
      // The router that was reached before gets back what it had.
      ...(news.part === undefined || sameRouter(news, olds) ? {} : { replaces: ["reach"] }),
    }),
  create: async (inputs) => ({ id: "configuration", outs: await push(inputs) }),
  update: async (_id, olds, news) => ({ outs: await push(news, olds) }),
  read: async (id, props) => {
    let text = "";
    try {
      const { running } = props.part === undefined ? wholeOf(props) : partOf(props);
      text = await withoutPasswords(props.text, () => running(reachOf(props), props.text));
    } catch (error) {
      // A stopped or missing router runs no configuration; starting it again is its container's business.
      if (!(error instanceof Unreachable)) throw error;
    }
    const { pushed, before } = props;
    return {
      id,
      props: {
        ...kept(props, text),
        ...(pushed === undefined ? {} : { pushed }),
        ...(before === undefined ? {} : { before }),
      },
      inputs: kept(props, text),
    };
  },
  // A container goes with its configuration; a router that exists gets back what it had.
  delete: async (_id, props) => {
    if (props.part === undefined) return;
    await withoutPasswords(props.text, () => partOf(props).restore(reachOf(props), props.text, props.before ?? ""));
  },
};
