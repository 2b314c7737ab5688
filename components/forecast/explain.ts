/**
 * The way of a packet, hop by hop, as the forwarding tables have it: at each speaker the route that decides, why its
 * path won, and the field of configuration that brought it. Equal-cost hops stand side by side in one step.
 */
import type { Source, Speaker } from "../bgp/network";
import type { DecisionStep, FibRoute, NextHop, Path } from "../bgp/solution";
import { parseAddress, type Address } from "../model/address";
import { fail, ok, type Result } from "../model/errors";
import { suggestion } from "../model/nearest";
import { containsAddress, parsePrefix, prefixBase, prefixLength, type Prefix } from "../model/prefix";
import type { Doubt } from "./doubts";
import { stepName } from "./fieldNames";
import type { Forecast } from "./forecast";
import { configuredBy, speakersOf } from "./sessionChanges";

export interface Explanation {
  from: string;
  destination: Address;
  /** Step by step; the speakers of one step share the traffic. */
  steps: Hop[][];
  outcome: Outcome;
  /** Where an outcome other than "delivered" happens, and why. */
  endings: { speaker: string; outcome: Outcome; sentence: string }[];
}

/**
 * delivered: every way ends at who has the destination. dropped: none does. split: some do. loop: some way comes back.
 */
export type Outcome = "delivered" | "dropped" | "loop" | "split";

export interface Hop {
  speaker: string;
  /** The entry of the forwarding table that decides; absent where nothing leads on. */
  route?: FibRoute;
  /** Where it goes next, by speaker. */
  next: string[];
  /** The paths BGP had for that entry, best first, each with the step that it won or lost at. */
  decision: Choice[];
  /** What put the entry there. */
  because: string;
  source?: Source;
  doubts: readonly Doubt[];
}

export interface Choice {
  nextHop: string;
  from: string;
  asPath: number[];
  verdict: "best" | "multipath" | "lost" | "not valid";
  step?: DecisionStep;
}

/** Longer ways than this do not happen without a loop. */
const LONGEST = 64;

export function explain(forecast: Forecast, from: string, destination: string): Result<Explanation> {
  const speakers = speakersOf(forecast.network);
  const faults = [];
  if (!speakers.has(from)) {
    faults.push({
      path: "from",
      found: from,
      expected: "the name of a speaker",
      fix: suggestion(from, [...speakers.keys()]),
    });
  }
  const address = parseAddress(destination.includes("/") ? hostOf(destination) : destination, "destination");
  if (!address.ok) faults.push(...address.faults);
  if (faults.length > 0 || !address.ok) return fail(...faults);
  return ok(walk(forecast, speakers, from, address.value));
}

/** A prefix stands for its first address. */
function hostOf(text: string): string {
  const parsed = parsePrefix(text);
  return parsed.ok ? prefixBase(parsed.value) : text;
}

function walk(
  forecast: Forecast,
  speakers: ReadonlyMap<string, Speaker>,
  from: string,
  destination: Address,
): Explanation {
  const machines = machinesOf(forecast);
  const owners = ownersOf(forecast, machines);
  const steps: Hop[][] = [];
  const endings: Explanation["endings"] = [];
  const seen = new Set<string>([from]);
  let delivered = false;
  let looped = false;
  let here = [from];
  while (here.length > 0 && steps.length < LONGEST) {
    const hops: Hop[] = [];
    const next = new Set<string>();
    for (const name of here) {
      const daemon = deciding(forecast, machines.get(name) ?? [], destination)?.name ?? name;
      const { hop, ending } = hopAt(forecast, speakers, owners, daemon, destination);
      hops.push({ ...hop, speaker: name });
      if (ending !== undefined) {
        delivered ||= ending.outcome === "delivered";
        endings.push({ speaker: name, ...ending });
      }
      for (const one of hop.next) {
        if (!seen.has(one)) next.add(one);
        else if (comesBack(steps, hops, name, one)) {
          looped = true;
          endings.push({ speaker: name, outcome: "loop", sentence: `${name} sends it back to ${one}` });
        }
      }
    }
    steps.push(hops);
    here = [...next].sort();
    for (const name of here) seen.add(name);
  }
  const failed = endings.some(({ outcome }) => outcome === "dropped");
  const outcome: Outcome = looped ? "loop" : delivered ? (failed ? "split" : "delivered") : "dropped";
  return { from, destination, steps, outcome, endings };
}

/** Does a way lead from `to` to `at` already? Then `at` sending to `to` closes a circle. */
function comesBack(steps: readonly Hop[][], current: readonly Hop[], at: string, to: string): boolean {
  const next = new Map([...steps.flat(), ...current].map((hop) => [hop.speaker, hop.next]));
  const reached = new Set([to]);
  for (const name of reached) {
    if (name === at) return true;
    for (const one of next.get(name) ?? []) reached.add(one);
  }
  return false;
}

/** Names of the machines that have an address; of several daemons on one machine the first stands for it. */
type Owners = ReadonlyMap<string, string[]>;

/** Speakers that share all of their addresses: daemons of one machine, such as Calico's and MetalLB's of a node. */
function machinesOf({ network }: Forecast): ReadonlyMap<string, readonly Speaker[]> {
  const byAddresses = new Map<string, Speaker[]>();
  for (const speaker of network.speakers) {
    const addresses = speaker.interfaces.flatMap((each) => each.addresses);
    const key = addresses.length === 0 ? speaker.name : addresses.sort().join(" ");
    byAddresses.set(key, [...(byAddresses.get(key) ?? []), speaker]);
  }
  return new Map([...byAddresses.values()].flatMap((all) => all.map((speaker) => [speaker.name, all] as const)));
}

function ownersOf(forecast: Forecast, machines: ReturnType<typeof machinesOf>): Owners {
  const owners = new Map<string, string[]>();
  for (const speaker of forecast.network.speakers) {
    if (speaker.down === true || machines.get(speaker.name)?.[0] !== speaker) continue;
    for (const each of speaker.interfaces) {
      for (const text of each.addresses) {
        const address = text.split("/")[0] ?? text;
        const list = owners.get(address);
        if (list === undefined) owners.set(address, [speaker.name]);
        else list.push(speaker.name);
      }
    }
  }
  return owners;
}

/** Of the daemons on one machine, which share its kernel, the one with the longest prefix around the destination. */
function deciding(forecast: Forecast, daemons: readonly Speaker[], destination: Address): Speaker | undefined {
  if (daemons.length < 2) return daemons[0];
  const lengthAt = (speaker: Speaker) => {
    const route = longestMatch(forecast.solution.table(speaker.name).fib, destination)?.prefix;
    const own = ownRoute(forecast, speaker, destination);
    return Math.max(...[route, own].map((prefix) => (prefix === undefined ? -1 : prefixLength(prefix as Prefix))));
  };
  return daemons
    .filter(({ down }) => down !== true)
    .map((speaker) => ({ speaker, length: lengthAt(speaker) }))
    .sort((a, b) => b.length - a.length)[0]?.speaker;
}

interface Step {
  hop: Hop;
  ending?: { outcome: Outcome; sentence: string };
}

function hopAt(
  forecast: Forecast,
  speakers: ReadonlyMap<string, Speaker>,
  owners: Owners,
  name: string,
  destination: Address,
): Step {
  const speaker = speakers.get(name);
  const hop: Hop = { speaker: name, next: [], decision: [], because: "", doubts: [] };
  if (speaker === undefined || speaker.down === true) {
    return { hop: { ...hop, because: "it is down" }, ending: { outcome: "dropped", sentence: `${name} is down` } };
  }
  if (owners.get(destination)?.includes(name) === true) {
    const sentence = `${destination} is an address of ${name}`;
    return { hop: { ...hop, because: sentence }, ending: { outcome: "delivered", sentence } };
  }
  const table = forecast.solution.table(name);
  const route = longestMatch(table.fib, destination);
  const own = ownRoute(forecast, speaker, destination);
  if (
    own !== undefined &&
    speaker.role === "node" &&
    (route === undefined || prefixLength(own as Prefix) >= prefixLength(route.prefix as Prefix))
  ) {
    const sentence = `${own} belongs to ${name}: what runs there answers`;
    return {
      hop: { ...hop, ...(route === undefined ? {} : { route }), because: sentence },
      ending: { outcome: "delivered", sentence },
    };
  }
  if (route === undefined) {
    const sentence = `${name} has no route to ${destination}`;
    return { hop: { ...hop, because: sentence }, ending: { outcome: "dropped", sentence } };
  }
  const paths = table.rib.get(route.prefix) ?? [];
  const made: Hop = {
    ...hop,
    route,
    decision: route.source === "bgp" ? paths.map(choiceOf) : [],
    doubts: forecast.doubts(name, route.prefix),
    ...reasonOf(forecast, speakers, name, route, paths),
  };
  if (route.nextHops.some((each) => each.blackhole === true)) {
    return {
      hop: made,
      ending: { outcome: "dropped", sentence: `${name} drops ${route.prefix} (${route.source} blackhole)` },
    };
  }
  const next = new Set(route.nextHops.flatMap((each) => nextSpeakers(forecast, owners, speaker, each, destination)));
  made.next = [...next].sort();
  if (made.next.length > 0) return { hop: made };
  if (route.source === "connected") {
    const sentence = `${destination} is on a network that ${name} is attached to (${route.prefix})`;
    return { hop: made, ending: { outcome: "delivered", sentence } };
  }
  const hops = route.nextHops.map(({ address, interface: port }) => address ?? port ?? "").join(", ");
  return {
    hop: made,
    ending: { outcome: "dropped", sentence: `nobody has the next hop ${hops} of ${route.prefix} at ${name}` },
  };
}

function longestMatch(fib: ReadonlyMap<string, FibRoute>, destination: Address): FibRoute | undefined {
  let best: FibRoute | undefined;
  for (const [prefix, route] of fib) {
    if (best !== undefined && prefixLength(prefix as Prefix) <= prefixLength(best.prefix as Prefix)) continue;
    if (containsAddress(prefix as Prefix, destination)) best = route;
  }
  return best;
}

/** Towards others: by an address, or out of an interface on a segment. A device like cilium_host leads to own pods. */
function leadsAway(speaker: Speaker, hop: NextHop): boolean {
  if (hop.blackhole === true) return false;
  return (
    hop.address !== undefined ||
    speaker.interfaces.some((each) => each.name === hop.interface && each.segment !== undefined)
  );
}

/**
 * The longest prefix around the destination that the speaker announces for what runs on it: a pod block, a service. The
 * forwarding table has a blackhole for it, a device of its own, or nothing; what leads elsewhere is not its own.
 */
function ownRoute(forecast: Forecast, speaker: Speaker, destination: Address): string | undefined {
  let own: string | undefined;
  const { fib } = forecast.solution.table(speaker.name);
  for (const [prefix, route] of forecast.routes(speaker.name)) {
    if (fib.get(prefix)?.nextHops.some((hop) => leadsAway(speaker, hop)) === true) continue;
    if (route.kind !== "local" || route.local === "connected" || route.local === "default") continue;
    if (own !== undefined && prefixLength(prefix as Prefix) <= prefixLength(own as Prefix)) continue;
    if (containsAddress(prefix as Prefix, destination)) own = prefix;
  }
  return own;
}

function choiceOf(path: Path): Choice {
  return {
    nextHop: path.nextHop,
    from: path.from?.speaker ?? "itself",
    asPath: path.asPath,
    verdict: path.best ? "best" : path.multipath ? "multipath" : path.valid ? "lost" : "not valid",
    ...(path.step === undefined ? {} : { step: path.step }),
  };
}

function reasonOf(
  forecast: Forecast,
  speakers: ReadonlyMap<string, Speaker>,
  name: string,
  route: FibRoute,
  paths: readonly Path[],
): { because: string; source?: Source } {
  if (route.source !== "bgp") return { because: `${route.source} route ${route.prefix}, distance ${route.distance}` };
  const best = paths.find((path) => path.best);
  const session = forecast.solution.sessions.find(
    ({ up, ends }) =>
      up &&
      ends.some((end) => end.speaker === name) &&
      ends.some(
        (end) =>
          end.speaker === best?.from?.speaker &&
          (end.address === best.from.address || end.address.includes("%") || best.from.address.includes("%")),
      ),
  );
  const end = session?.ends.find((one) => one.speaker === name);
  const source = end === undefined ? undefined : configuredBy(speakers, end).source;
  const step =
    best?.step === undefined || best.step === "only-path" ? "the only path" : `won by ${stepName(best.step)}`;
  const because = `${best?.kind ?? "bgp"} route ${route.prefix} from ${best?.from?.speaker ?? "?"}, ${step}, distance ${route.distance}`;
  return source === undefined ? { because } : { because, source };
}

/** Who stands behind a next hop: the owner of its address, or the other end of the interface. */
function nextSpeakers(
  forecast: Forecast,
  owners: Owners,
  speaker: Speaker,
  hop: NextHop,
  destination: Address,
): string[] {
  if (hop.address !== undefined) {
    const found = owners.get(hop.address);
    if (found !== undefined) return found.filter((name) => name !== speaker.name);
  }
  const segment = speaker.interfaces.find((each) => each.name === hop.interface)?.segment;
  if (segment === undefined) return [];
  const onSegment = forecast.network.speakers.filter(
    (other) =>
      other.name !== speaker.name &&
      other.down !== true &&
      other.interfaces.some((each) => each.segment === segment && each.down !== true),
  );
  // On a link of two the other one gets it; on a larger segment only who has the destination does.
  if (hop.address === undefined) {
    const owner = owners.get(destination)?.filter((name) => onSegment.some((other) => other.name === name)) ?? [];
    if (owner.length > 0) return owner;
    const connected = speaker.interfaces.some(
      (each) => each.name === hop.interface && each.addresses.some((text) => holds(text, destination)),
    );
    if (connected) return [];
  }
  return onSegment.length === 1 ? onSegment.map((other) => other.name) : [];
}

function holds(interfaceAddress: string, destination: Address): boolean {
  const parsed = parsePrefix(interfaceAddress);
  return parsed.ok && containsAddress(parsed.value, destination);
}

/** The names of each step, equal-cost ones joined: ["nodeA", "leaf1", "spine1 | spine2", "leaf3", "nodeB"]. */
export function stepNames(explanation: Explanation): string[] {
  return explanation.steps.map((hops) => hops.map((hop) => hop.speaker).join(" | "));
}
