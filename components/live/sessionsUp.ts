/**
 * Waits for sessions as a custom resource: a step that comes after it begins when they are established. Before it goes,
 * it waits for those that take over. The gate compares the whole network; this one holds an order.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Body, equal } from "./body";
import { type LiveSession, type LiveSpeaker, byView } from "./observation";
import { reachOf } from "./reach/reach";
import { Unreachable } from "./shell";
import { liveSystem } from "./systems";

/** One end's view of a session: the speaker, and the address of its peer. */
export interface SessionView {
  speaker: string;
  peer: string;
  /** Prefixes that the speaker must have taken over it, besides: a reflector's session may stand before it reflects. */
  accepted?: number;
  /** Prefixes that it may have taken over it: one that has ceased to reflect gives its own. */
  most?: number;
}

export interface SessionsUpInputs {
  /** Who is asked. */
  speakers: LiveSpeaker[];
  /** What must be established. */
  sessions: SessionView[];
  /** What must be established before this resource is deleted. */
  back: SessionView[];
  /** Seconds. */
  timeout: number;
}

const POLL_MS = 300;

/** Views that are not established, each with the daemon's word for its state. */
export function waiting(wanted: readonly SessionView[], seen: readonly LiveSession[]): string[] {
  const known = byView(seen);
  return wanted.flatMap(({ speaker, peer, accepted: least = 0, most = Infinity }) => {
    const session = known.get(`${speaker} ${peer}`);
    if (session?.up !== true) return [`${speaker} - ${peer}: ${session?.state ?? "no such neighbor"}`];
    const accepted = session.accepted ?? 0;
    if (accepted < least) return [`${speaker} - ${peer}: ${accepted} prefixes, waiting for ${least}`];
    return accepted <= most ? [] : [`${speaker} - ${peer}: ${accepted} prefixes, waiting until they are ${most}`];
  });
}

async function established({ speakers, timeout }: SessionsUpInputs, wanted: readonly SessionView[]): Promise<void> {
  if (wanted.length === 0) return;
  const asked = speakers.filter(({ name }) => wanted.some(({ speaker }) => speaker === name));
  const until = Date.now() + timeout * 1000;
  for (;;) {
    const left = waiting(wanted, (await Promise.all(asked.map(sessionsOf))).flat());
    if (left.length === 0) return;
    if (Date.now() > until)
      throw new Error(`after ${timeout} s these sessions are not established:\n${left.join("\n")}`);
    await delay(POLL_MS);
  }
}

/** None of a daemon that does not answer yet: it is asked again until the time is over. */
async function sessionsOf(speaker: LiveSpeaker): Promise<LiveSession[]> {
  const system = liveSystem(speaker.system);
  if (system === undefined) throw new Error(`this version cannot ask ${speaker.system}`);
  try {
    return (await system.observe(reachOf(speaker), speaker.name)).sessions;
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    return [];
  }
}

export const SessionsUp: Body<SessionsUpInputs, SessionsUpInputs> = {
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: (["speakers", "sessions", "back"] as const).some((field) => !equal(olds[field], news[field])),
    }),
  create: async (inputs) => {
    await established(inputs, inputs.sessions);
    return { id: "sessions", outs: inputs };
  },
  update: async (_id, _olds, news) => {
    await established(news, news.sessions);
    return { outs: news };
  },
  delete: async (_id, props) => {
    try {
      await established(props, props.back);
    } catch (error) {
      // A node that does not run has no sessions that somebody could miss.
      if (!(error instanceof Unreachable)) throw error;
    }
  },
};
