/**
 * The gate: the forecast as an input, the live network as the answer. It waits a bounded time until both are equal, and
 * says line by line what differs when they are not.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Body, equal } from "./body";
import { type Probe, ask } from "./probe";
import { differences } from "./causes";
import { type LiveSpeaker, type Observation, established, liveRouteLines, liveSessionLines } from "./observation";
import type { Measured } from "./receipt";
import { confirmSeconds, reachOf } from "./reach/reach";
import { liveSystem } from "./systems";

export interface GateInputs {
  /** Forecast, a line each. */
  sessions: string[];
  routes: string[];
  /** What the clusters' nodes learn, beside the routers. */
  nodeRoutes?: string[];
  /** Who is looked at. */
  speakers: LiveSpeaker[];
  /** What must answer. */
  probes: Probe[];
  /** Seconds. */
  timeout: number;
  /**
   * One for each push that must be confirmed, or that has passwords: a new push makes the gate look again, whatever the
   * forecast is.
   */
  pushes?: string[];
}

export interface GateOutputs extends GateInputs {
  /** What each probe was answered: "http://172.16.0.241/ from rack1-tor: 200 ...". */
  answers: string[];
  /** What it took and what it saw; a gate of an earlier version has none. */
  measured?: Measured;
}

interface Seen {
  sessions: string[];
  routes: string[];
  nodeRoutes: string[];
  answers: string[];
  /** Empty when everything is as forecast. */
  differences: string[];
}

const POLL_MS = 300;
/** Between two lines that say what the gate still waits for. */
const PROGRESS_MS = 5_000;

async function look(inputs: GateInputs): Promise<Seen> {
  const [forecastRoutes, nodeRoutes] = [inputs.routes, inputs.nodeRoutes ?? []];
  const first = await Promise.all(
    inputs.speakers.map((speaker) => observe(speaker, hasLine(forecastRoutes, speaker.name))),
  );
  const names = inputs.speakers.map(({ name }) => name);
  const views = first.flatMap((one) => one.sessions);
  const sessions = liveSessionLines(inputs.sessions, views, names);
  const routes = liveRouteLines(
    forecastRoutes,
    first.flatMap((one) => one.routes),
  );
  const silent = first.flatMap((one) => (one.silent === undefined ? [] : [`! ${one.silent}`]));
  const network = [
    ...silent,
    ...differences({
      forecast: { sessions: inputs.sessions, routes: forecastRoutes },
      live: { sessions, routes },
      views,
      passwords: new Map(
        first.flatMap(({ name, passwords }) => (passwords === undefined ? [] : [[name, passwords] as const])),
      ),
    }),
  ];
  // The nodes' own tables are many, and follow what the routers have: they are read when the rest is as forecast.
  const nodes = network.length > 0 ? nodeRoutes : await learnedAtNodes(inputs);
  const firm = withoutDoubts(nodeRoutes, nodes);
  const atNodes = differences({
    forecast: { sessions: inputs.sessions, routes: firm.forecast },
    live: { sessions: inputs.sessions, routes: firm.live },
    views,
  });
  const all = [...network, ...atNodes];
  // An address answers only over routes that are there: asking earlier would only wait.
  const asked = all.length > 0 ? [] : await Promise.all(inputs.probes.map((probe) => ask(inputs.speakers, probe)));
  return {
    sessions,
    routes,
    nodeRoutes: nodes,
    answers: asked.map(({ said }) => said),
    differences: [...all, ...asked.filter(({ ok }) => !ok).map(({ said }) => `! ${said}`)],
  };
}

/** Routes are read where the forecast has some to compare. */
function hasLine(routes: readonly string[], speaker: string): boolean {
  return routes.some((line) => line.startsWith(`${speaker} `));
}

/** Many nodes, many ties: where the forecast itself says that the answer may be another, a node's may be. */
export function withoutDoubts(
  forecast: readonly string[],
  live: readonly string[],
): { forecast: string[]; live: string[] } {
  const headOf = (line: string) => line.slice(0, line.indexOf(": "));
  const open = new Set(forecast.filter((line) => line.includes("; ")).map(headOf));
  const firm = (lines: readonly string[]) => lines.filter((line) => !open.has(headOf(line)));
  return { forecast: firm(forecast), live: firm(live) };
}

/** Of the nodes that the forecast has routes for, and of no other: a CNI's daemon may know more than it uses. */
async function learnedAtNodes({ speakers, nodeRoutes = [] }: GateInputs): Promise<string[]> {
  const asked = speakers.filter(({ name }) => hasLine(nodeRoutes, name));
  const seen = await Promise.all(asked.map((speaker) => observe(speaker, true)));
  return liveRouteLines(
    nodeRoutes,
    seen.flatMap((one) => one.routes),
  );
}

async function observe(
  speaker: LiveSpeaker,
  routes: boolean,
): Promise<Observation & { name: string; silent?: string }> {
  const { name } = speaker;
  try {
    const system = liveSystem(speaker.system);
    if (system === undefined) throw new Error(`this version cannot ask ${speaker.system}`);
    return { name, ...(await system.observe(reachOf(speaker), name, { routes })) };
  } catch (error) {
    // A speaker that does not answer has no sessions and no routes as far as anybody can tell; why is said beside them.
    const why = error instanceof Error ? error.message : String(error);
    return { name, sessions: [], routes: [], silent: `${name} does not answer: ${why}` };
  }
}

async function pass(inputs: GateInputs): Promise<GateOutputs> {
  const begin = Date.now();
  const until = begin + inputs.timeout * 1000;
  let said = begin;
  for (let looks = 1; ; looks++) {
    const seen = await look(inputs);
    if (seen.differences.length === 0) {
      const seconds = Math.round((Date.now() - begin) / 100) / 10;
      await confirmAll(inputs);
      return { ...inputs, answers: seen.answers, measured: await measure(inputs, seen, { seconds, looks }) };
    }
    if (Date.now() > until) {
      const taken = await abandonAll(inputs);
      throw new Error(
        `after ${inputs.timeout} s the network is not what was forecast (- forecast and not seen, + seen and not forecast, ! no answer):\n${[...seen.differences, ...taken].join("\n")}`,
      );
    }
    if (Date.now() - said >= PROGRESS_MS) {
      said = Date.now();
      // The engine shows what a provider writes beside the stack.
      process.stdout.write(`${progress(seen.differences, Math.round((said - begin) / 1000))}\n`);
    }
    await delay(POLL_MS);
  }
}

/** "after 5 s 3 things are not as forecast: ...". */
export function progress(differing: readonly string[], seconds: number): string {
  const facts = differing.filter((line) => !line.startsWith(" "));
  const [first = ""] = facts;
  const more = facts.length > 1 ? `, and ${facts.length - 1} more` : "";
  return `the gate waits, ${seconds} s: ${first}${more}`;
}

async function measure(
  inputs: GateInputs,
  { sessions, routes, nodeRoutes }: Seen,
  took: Pick<Measured, "seconds" | "looks">,
): Promise<Measured> {
  const versions = await Promise.all(
    inputs.speakers.map(async (speaker): Promise<[string, string]> => {
      const version = await liveSystem(speaker.system)
        ?.version?.(reachOf(speaker))
        .catch(() => undefined);
      return [speaker.name, version ?? speaker.system];
    }),
  );
  return {
    ...took,
    versions: Object.fromEntries(versions),
    established: established(inputs.sessions, sessions),
    routes: routes.length,
    nodeRoutes: nodeRoutes.length,
  };
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

/** What the program gave, without what the gate found. */
function inputsOf({ sessions, routes, nodeRoutes, speakers, probes, timeout, pushes }: GateInputs): GateInputs {
  return {
    sessions,
    routes,
    ...(nodeRoutes === undefined ? {} : { nodeRoutes }),
    speakers,
    probes,
    timeout,
    ...(pushes === undefined ? {} : { pushes }),
  };
}

export const Gate: Body<GateInputs, GateOutputs> = {
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: (["sessions", "routes", "nodeRoutes", "speakers", "probes", "pushes"] as const).some(
        (field) => !equal(olds[field], news[field]),
      ),
    }),
  create: async (inputs) => ({ id: "gate", outs: await pass(inputs) }),
  update: async (_id, _olds, news) => ({ outs: await pass(news) }),
  read: async (id, props) => {
    const { measured } = props;
    const inputs = inputsOf(props);
    const { sessions, routes, nodeRoutes, answers, differences: found } = await look(inputs);
    // As forecast: the forecast's own lines, so that a doubt which they carry is no difference.
    const seen =
      found.length === 0
        ? inputs
        : { ...inputs, sessions, routes, ...(inputs.nodeRoutes === undefined ? {} : { nodeRoutes }) };
    return { id, props: { ...seen, answers, ...(measured === undefined ? {} : { measured }) }, inputs: seen };
  },
};
