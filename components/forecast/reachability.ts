/**
 * Whether one place of the network reaches another, there and back, as the forwarding tables have it: through kube-proxy
 * to each pod that may answer, and over the pod network between the nodes. Pure; the gate asks the same live.
 */
import { explain } from "./explain";
import type { Forecast } from "./forecast";

/** One end: the speaker that it stands at, and an address that packets to it carry. */
export interface Endpoint {
  title: string;
  speaker?: string;
  address?: string;
  /** Of a service: the nodes that its pods may run on, each with an address of its block. */
  backends?: readonly { speaker: string; address: string }[];
  /** externalTrafficPolicy Local: a node that takes its packets gives them to pods of its own alone. */
  local?: boolean;
}

export interface Unreached {
  /** Where packets end. */
  at: string;
  /** What has no route there. */
  destination: string;
  sentence: string;
}

export interface Reached {
  /** What is in the way; empty when every packet arrives, there and back. */
  unreached: Unreached[];
  /** Speakers of each step of the way there; those of one step share the traffic. */
  steps: string[][];
}

export function reachability(forecast: Forecast, from: Endpoint, to: Endpoint): Reached {
  if (from.speaker === undefined || to.address === undefined) return { unreached: [], steps: [] };
  const there = way(forecast, from.speaker, to.address, `from ${from.title} to ${to.title}`);
  const unreached = [...there.unreached];
  // Where the packets arrive: a service is taken by whichever node announces it, a pod or a node by itself.
  const ends = there.unreached.length > 0 ? [] : (there.steps.at(-1) ?? []);
  const back = from.address;
  for (const end of ends) {
    if (to.local === true) unreached.push(...withoutPod(from, to, end));
    for (const backend of to.local === true ? [] : (to.backends ?? [])) {
      if (backend.speaker === end) continue;
      const node = addressOf(forecast, end);
      unreached.push(
        ...way(
          forecast,
          end,
          backend.address,
          `from ${end}, which takes ${to.title}, to its pods on ${backend.speaker}`,
        ).unreached,
        ...(node === undefined
          ? []
          : way(forecast, backend.speaker, node, `from the pods of ${to.title} on ${backend.speaker} back to ${end}`)
              .unreached),
      );
    }
    if (back !== undefined)
      unreached.push(...way(forecast, end, back, `from ${to.title} back to ${from.title}`).unreached);
  }
  const known = new Map(unreached.map((one) => [one.sentence, one]));
  return { unreached: [...known.values()], steps: there.steps };
}

/** Packets for a Local service end at a node that has no pod of it. */
function withoutPod(from: Endpoint, to: Endpoint, end: string): Unreached[] {
  const isHere = (to.backends ?? []).some(({ speaker }) => end === speaker);
  if (isHere) return [];
  const sentence = `from ${from.title} to ${to.title}: ${end} takes the packets and has no pod of it, and externalTrafficPolicy is Local`;
  return [{ at: end, destination: to.address ?? "", sentence }];
}

function way(forecast: Forecast, from: string, destination: string, what: string): Reached {
  const explained = explain(forecast, from, destination);
  if (!explained.ok) return { unreached: [], steps: [] };
  const { steps, outcome, endings } = explained.value;
  const names = steps.map((hops) => hops.map(({ speaker }) => speaker));
  if (outcome === "delivered") return { unreached: [], steps: names };
  const failed = endings.filter((ending) => ending.outcome !== "delivered");
  return {
    steps: names,
    unreached: failed.map(({ speaker, sentence }) => ({
      at: speaker,
      destination,
      sentence: `${what}: ${sentence}`,
    })),
  };
}

/** The first address that the speaker has on a segment. */
function addressOf({ network }: Forecast, name: string): string | undefined {
  const speaker = network.speakers.find((one) => one.name === name);
  const on = speaker?.interfaces.find(({ segment, addresses }) => segment !== undefined && addresses.length > 0);
  return on?.addresses[0]?.split("/")[0];
}
