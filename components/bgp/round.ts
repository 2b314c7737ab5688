/** One round of solving: sessions as they are now, and what every class of prefixes came to with them. */
import type { PrefixMap } from "./bits";
import type { Channels } from "./channels";
import type { PrefixClass } from "./classes";
import type { Compiled } from "./compile";
import { outcome } from "./decide";
import { type Solved } from "./fixpoint";
import { advertise, selectFrom, type Arena, type Held } from "./step";
import type { Family } from "./network";
import type { Own } from "./origins";
import type { Installed, InstalledRoutes } from "./reach";
import type { Formed } from "./sessions/sessions";
import { bgpRoute } from "./table";

export interface Round {
  formed: Formed;
  channels: Channels;
  classes: PrefixClass[];
  solved: Solved[];
  /** Aggregates that stand at speakers, by class. */
  extra: Map<number, Own[]>[];
  arenas: Record<Family, Arena>;
  byPrefix: PrefixMap<PrefixClass>;
}

/** What a speaker holds: from the search where it took part, or else from what its neighbors tell it. */
export function heldAt(round: Round, prefixClass: PrefixClass, speaker: number): Held {
  return heldIn(round, prefixClass, round.solved[prefixClass.index], speaker);
}

export function heldIn(round: Round, prefixClass: PrefixClass, solved: Solved | undefined, speaker: number): Held {
  const found = solved?.held.get(speaker);
  if (found !== undefined && found.partial !== true) return found;
  const arena = round.arenas[prefixClass.family];
  const heard = (arena.channels[speaker] ?? []).map((channel) => {
    const remote = solved?.held.get(channel.remote.index);
    if (remote === undefined) return undefined;
    const back = arena.channels[channel.remote.index]?.[channel.remoteIndex];
    return back === undefined ? undefined : advertise(arena, prefixClass, back, remote);
  });
  return selectFrom(arena, prefixClass, speaker, found?.candidates, heard);
}

/** `complete` solves what is not solved yet of a round of which only some classes were. */
export function installedBy(compiled: Compiled, round: Round, complete?: () => void): InstalledRoutes {
  const known = new Map<string, Installed | undefined>();
  const byClass = new Map<PrefixClass, Map<number, Route | undefined>>();
  /** What the speaker installs for all prefixes of the class. */
  const routeAt = (prefixClass: PrefixClass, speaker: number): Route | undefined => {
    let routes = byClass.get(prefixClass);
    if (round.solved[prefixClass.index] === undefined) complete?.();
    if (routes === undefined) byClass.set(prefixClass, (routes = new Map<number, Route | undefined>()));
    if (!routes.has(speaker)) routes.set(speaker, installedAt(compiled, round, prefixClass, speaker));
    return routes.get(speaker);
  };
  return (speaker, address) => {
    const key = `${speaker} ${address}`;
    if (known.has(key)) return known.get(key);
    let answer: Installed | undefined;
    for (const [prefix, prefixClass] of round.byPrefix.around(address)) {
      const route = routeAt(prefixClass, speaker);
      if (route === undefined) continue;
      answer = { prefix, ...route };
      break;
    }
    known.set(key, answer);
    return answer;
  };
}

type Route = Omit<Installed, "prefix">;

function installedAt(compiled: Compiled, round: Round, prefixClass: PrefixClass, index: number): Route | undefined {
  const speaker = compiled.speakers[index];
  const arena = round.arenas[prefixClass.family];
  const w = arena.weighings[index];
  if (speaker === undefined || w === undefined) return undefined;
  const held = heldAt(round, prefixClass, index);
  if (held.best === undefined) return undefined;
  const decision = outcome(w, held.candidates);
  const route = bgpRoute(speaker, arena.channels[index] ?? [], decision);
  if (route === undefined) return undefined;
  return {
    distance: route.distance,
    nextHops: route.nextHops,
    metric: decision.best?.bundle.med ?? 0,
    ...(route.source === "aggregate" ? { blackhole: true } : {}),
  };
}

/** Is there a prefix in BGP at all that holds the address? Mostly not: nobody announces the nodes' own networks. */
export function coverage(byPrefix: PrefixMap<PrefixClass>): (address: string) => boolean {
  const known = new Map<string, boolean>();
  return (address) => {
    let answer = known.get(address);
    if (answer === undefined) {
      answer = byPrefix.around(address).length > 0;
      known.set(address, answer);
    }
    return answer;
  };
}
