/**
 * The gate: the forecast as an input, the live network as the answer. It waits a bounded time until both are equal, and
 * says line by line what differs when they are not.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Body, equal } from "./body";
import { type Probe, ask } from "./probe";
import { type LiveSpeaker, type Observation, liveRouteLines, liveSessionLines, missing } from "./observation";
import { confirmSeconds, reachOf } from "./reach/reach";
import { liveSystem } from "./systems";

export interface GateInputs {
  /** Forecast, a line each. */
  sessions: string[];
  routes: string[];
  /** Who is looked at. */
  speakers: LiveSpeaker[];
  /** What must answer. */
  probes: Probe[];
  /** Seconds. */
  timeout: number;
  /** One for each push that must be confirmed: a new push makes the gate look again, whatever the forecast is. */
  pushes?: string[];
}

export interface GateOutputs extends GateInputs {
  /** What each probe was answered: "http://172.16.0.241/ from rack1-tor: 200 ...". */
  answers: string[];
}

interface Seen {
  sessions: string[];
  routes: string[];
  answers: string[];
  /** Empty when everything is as forecast. */
  differences: string[];
}

const POLL_MS = 300;

async function look(inputs: GateInputs): Promise<Seen> {
  const observations = await Promise.all(
    inputs.speakers.map((speaker) => observe(speaker, wantsRoutes(inputs, speaker))),
  );
  const names = inputs.speakers.map(({ name }) => name);
  const sessions = liveSessionLines(
    inputs.sessions,
    observations.flatMap((one) => one.sessions),
    names,
  );
  const routes = liveRouteLines(observations.flatMap((one) => one.routes));
  const network = [
    ...observations.flatMap(({ silent }) => (silent === undefined ? [] : [`! ${silent}`])),
    ...missing(inputs.sessions, sessions).map((line) => `- ${line}`),
    ...missing(sessions, inputs.sessions).map((line) => `+ ${line}`),
    ...missing(inputs.routes, routes).map((line) => `- ${line}`),
    ...missing(routes, inputs.routes).map((line) => `+ ${line}`),
  ];
  // An address answers only over routes that are there: asking earlier would only wait.
  const asked = network.length > 0 ? [] : await Promise.all(inputs.probes.map((probe) => ask(inputs.speakers, probe)));
  return {
    sessions,
    routes,
    answers: asked.map(({ said }) => said),
    differences: [...network, ...asked.filter(({ ok }) => !ok).map(({ said }) => `! ${said}`)],
  };
}

/** Routes are read where the forecast has some to compare: a node's are many, and most often the routers show them. */
function wantsRoutes({ routes }: GateInputs, { name }: LiveSpeaker): boolean {
  return routes.some((line) => line.startsWith(`${name} `));
}

async function observe(speaker: LiveSpeaker, routes: boolean): Promise<Observation & { silent?: string }> {
  try {
    const system = liveSystem(speaker.system);
    if (system === undefined) throw new Error(`this version cannot ask ${speaker.system}`);
    return await system.observe(reachOf(speaker), speaker.name, { routes });
  } catch (error) {
    // A speaker that does not answer has no sessions and no routes as far as anybody can tell; why is said beside them.
    const why = error instanceof Error ? error.message : String(error);
    return { sessions: [], routes: [], silent: `${speaker.name} does not answer: ${why}` };
  }
}

async function pass(inputs: GateInputs): Promise<GateOutputs> {
  const until = Date.now() + inputs.timeout * 1000;
  for (;;) {
    const { differences, answers } = await look(inputs);
    if (differences.length === 0) {
      await confirmAll(inputs);
      return { ...inputs, answers };
    }
    if (Date.now() > until) {
      const taken = await abandonAll(inputs);
      throw new Error(
        `after ${inputs.timeout} s the network is not what was forecast (- forecast and not seen, + seen and not forecast, ! no answer):\n${[...differences, ...taken].join("\n")}`,
      );
    }
    await delay(POLL_MS);
  }
}

/** The routers whose pushes return by themselves unless they are confirmed. */
function unconfirmed({ speakers, pushes = [] }: GateInputs) {
  return pushes.length === 0
    ? []
    : speakers.flatMap((speaker) => {
        const [at, configuration] = [reachOf(speaker), liveSystem(speaker.system)?.configuration];
        return configuration === undefined || confirmSeconds(at) === undefined
          ? []
          : [{ name: speaker.name, at, configuration }];
      });
}

async function confirmAll(inputs: GateInputs): Promise<void> {
  await Promise.all(unconfirmed(inputs).map(({ at, configuration }) => configuration.confirm(at)));
}

/** What became of each router, a line each. */
function abandonAll(inputs: GateInputs): Promise<string[]> {
  return Promise.all(
    unconfirmed(inputs).map(async ({ name, at, configuration }) => {
      try {
        await configuration.abandon(at);
        return `${name} runs its configuration of before this change; run again with --refresh to push once more`;
      } catch {
        return `${name} does not answer: what was pushed and not confirmed is taken back there after ${confirmSeconds(at) ?? 0} s`;
      }
    }),
  );
}

export const Gate: Body<GateInputs, GateOutputs> = {
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: (["sessions", "routes", "speakers", "probes", "pushes"] as const).some(
        (field) => !equal(olds[field], news[field]),
      ),
    }),
  create: async (inputs) => ({ id: "gate", outs: await pass(inputs) }),
  update: async (_id, _olds, news) => ({ outs: await pass(news) }),
  read: async (id, props) => {
    const { sessions: expected, routes: wanted, speakers, probes, timeout, pushes } = props;
    const kept = pushes === undefined ? {} : { pushes };
    const inputs: GateInputs = { sessions: expected, routes: wanted, speakers, probes, timeout, ...kept };
    const { sessions, routes, answers, differences } = await look(inputs);
    // As forecast: the forecast's own lines, so that a doubt which they carry is no difference.
    const seen = differences.length === 0 ? inputs : { ...inputs, sessions, routes };
    return { id, props: { ...seen, answers }, inputs: seen };
  },
};
