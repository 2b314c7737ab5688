/**
 * Speakers that may change places without anybody noticing: the same peers under the same settings, the same shape of
 * configuration, and nothing anywhere that tells their addresses or prefixes apart. What holds for one holds for all of
 * them, so failures and observations are computed once.
 */
import type { NeighborSettings, PrefixMatch, Speaker } from "../bgp/network";
import type { Session, SessionEnd } from "../bgp/solution";
import { containsPrefix, parsePrefix, prefixLength, type Prefix } from "../model/prefix";
import type { Forecast } from "./forecast";
import { settingsOf, speakersOf, type Speakers } from "./sessionChanges";

export interface Twins {
  /** Classes in the order of their first members; a speaker without a twin is a class of its own. */
  classes: string[][];
  classOf(name: string): readonly string[];
  /** Prefixes that the speaker alone originates, in an order that corresponds between twins. */
  own(name: string): readonly string[];
}

export function twinsOf(forecast: Forecast): Twins {
  const speakers = speakersOf(forecast.network);
  const own = ownPrefixes(forecast);
  const addresses = new Map(forecast.network.speakers.map((speaker) => [speaker.name, addressesOf(speaker)]));
  const statements = new Statements();
  const shapes = new Map<string, string>();
  for (const speaker of forecast.network.speakers) {
    const [mine, at] = [own.get(speaker.name) ?? [], addresses.get(speaker.name) ?? []];
    shapes.set(speaker.name, shapeOf(speaker, mine, at, statements));
  }
  const size = new Map<string, number>();
  for (const shape of shapes.values()) size.set(shape, (size.get(shape) ?? 0) + 1);
  const matchers = matchersOf(forecast.network.speakers, own);
  const sides = sidesOf(forecast.solution.sessions);

  const groups = new Map<string, string[]>();
  for (const { name } of forecast.network.speakers) {
    const shape = shapes.get(name) ?? "";
    const key =
      size.get(shape) === 1
        ? name
        : [
            shape,
            peersOf(name, sides.get(name) ?? [], speakers, shapes, size),
            seenBy(own.get(name) ?? [], shape, matchers, shapes),
          ].join("\n");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [name]);
    else group.push(name);
  }
  const classes = [...groups.values()];
  const byName = new Map(classes.flatMap((members) => members.map((name) => [name, members] as const)));
  return { classes, classOf: (name) => byName.get(name) ?? [name], own: (name) => own.get(name) ?? [] };
}

function addressesOf(speaker: Speaker): string[] {
  return speaker.interfaces.flatMap((each) => each.addresses.map((text) => text.split("/")[0] ?? text));
}

const SEVERAL = Symbol("several speakers");

/** Prefixes that stand as local routes at one speaker only, without the networks it is attached to. */
function ownPrefixes(forecast: Forecast): Map<string, string[]> {
  const holders = new Map<string, string | typeof SEVERAL>();
  const hold = (prefix: string, name: string): void => {
    const known = holders.get(prefix);
    if (known === undefined) holders.set(prefix, name);
    else if (known !== SEVERAL && known !== name) holders.set(prefix, SEVERAL);
  };
  for (const { name, originate, routes } of forecast.network.speakers) {
    for (const each of originate ?? []) if ("prefix" in each) hold(each.prefix, name);
    for (const route of routes ?? []) hold(route.prefix, name);
  }
  const own = new Map<string, string[]>();
  for (const [prefix, only] of holders) {
    if (only === SEVERAL) continue;
    const list = own.get(only);
    if (list === undefined) own.set(only, [prefix]);
    else list.push(prefix);
  }
  return own;
}

/** Names, places and texts decide nothing; neighbors and interfaces are compared by what they lead to. */
const UNTOLD: ReadonlySet<string> = new Set([
  "source",
  "description",
  "name",
  "place",
  "routerId",
  "neighbors",
  "interfaces",
]);

/** The speaker's text with everything that names it alone blanked out. */
function shapeOf(
  speaker: Speaker,
  own: readonly string[],
  addresses: readonly string[],
  statements: Statements,
): string {
  const ports = speaker.interfaces.map((each) => ({
    ...each,
    addresses: each.addresses.map((text) => text.split("/")[1] ?? ""),
  }));
  const blanks = new Map<string, string>([
    ...own.map((prefix, index) => [prefix, `#${index}`] as const),
    ...addresses.map((address, index) => [address, `@${index}`] as const),
  ]);
  const blanked = (value: unknown): string =>
    JSON.stringify(value, (key, each: unknown) => {
      if (UNTOLD.has(key)) return undefined;
      return typeof each === "string" ? (blanks.get(each) ?? each) : each;
    });
  const numbers = (speaker.originate ?? []).map((each) =>
    "prefix" in each && each.policy === undefined && !blanks.has(each.prefix)
      ? statements.numberOf(each)
      : statements.numberOfText(blanked(each)),
  );
  return `${blanked({ ...speaker, ports, originate: undefined })} ${rangesOf(numbers)}`;
}

/** Thousands of speakers announce thousands of services by the same statements: each has a number, and is read once. */
class Statements {
  private readonly known = new Map<object, number>();
  private readonly numbers = new Map<string, number>();

  numberOf(statement: object): number {
    let number = this.known.get(statement);
    if (number === undefined) this.known.set(statement, (number = this.numberOfText(JSON.stringify(statement))));
    return number;
  }

  numberOfText(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) this.numbers.set(text, (number = this.numbers.size));
    return number;
  }
}

/** "0-1999,2004": numbers in the order in which they were given come mostly one after the other. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: string[] = [];
  for (let first = 0; first < numbers.length;) {
    let last = first;
    while (numbers[last + 1] === (numbers[last] ?? 0) + 1) last++;
    ranges.push(`${numbers[first]}-${numbers[last]}`);
    first = last + 1;
  }
  return ranges.join();
}

interface SessionSide {
  session: Session;
  own: SessionEnd;
  far: SessionEnd | undefined;
}

function sidesOf(sessions: readonly Session[]): Map<string, SessionSide[]> {
  const sides = new Map<string, SessionSide[]>();
  for (const session of sessions) {
    for (const own of session.ends) {
      const far = session.ends.find((end) => end !== own);
      const list = sides.get(own.speaker);
      if (list === undefined) sides.set(own.speaker, [{ session, own, far }]);
      else list.push({ session, own, far });
    }
  }
  return sides;
}

/**
 * Whom it talks to. Peers of its own shape are counted where they are all of them (a mesh); otherwise each is named, and
 * who has peers of other names is no twin.
 */
function peersOf(
  name: string,
  sides: readonly SessionSide[],
  speakers: Speakers,
  shapes: ReadonlyMap<string, string>,
  size: ReadonlyMap<string, number>,
): string {
  const shape = shapes.get(name) ?? "";
  const alike = new Set(
    sides.flatMap(({ far }) => (far !== undefined && shapes.get(far.speaker) === shape ? [far.speaker] : [])),
  );
  const meshed = alike.size === (size.get(shape) ?? 0) - 1;
  return sides
    .map(({ session, own, far }) => {
      const peer = far === undefined ? session.key : meshed && alike.has(far.speaker) ? "twin" : far.speaker;
      const farSettings = far === undefined ? "" : plainSettings(settingsOf(speakers, far));
      return [
        peer,
        session.up,
        session.down?.reason ?? "",
        session.kind,
        session.families.join(),
        plainSettings(settingsOf(speakers, own)),
        farSettings,
      ].join("|");
    })
    .sort()
    .join("\n");
}

const OF_THE_SESSION: ReadonlySet<string> = new Set([
  "address",
  "interface",
  "localAddress",
  "description",
  "source",
  "passive",
]);

/** Addresses are the session's, and who of two dials makes no difference once it is up. */
function plainSettings(settings: NeighborSettings): string {
  return JSON.stringify(settings, (key, value: unknown) => (OF_THE_SESSION.has(key) ? undefined : value));
}

interface Matcher {
  prefix: Prefix;
  ge: number;
  le: number;
  owners: Set<string>;
}

/** Every bound on prefixes that a list or a policy names, with the speakers that name it, their own prefixes left out. */
function matchersOf(speakers: readonly Speaker[], own: ReadonlyMap<string, string[]>): Matcher[] {
  const matchers = new Map<string, Matcher>();
  for (const speaker of speakers) {
    const mine = new Set(own.get(speaker.name) ?? []);
    const add = ({ prefix, ge, le }: PrefixMatch) => {
      if (mine.has(prefix)) return;
      const parsed = parsePrefix(prefix);
      if (!parsed.ok) return;
      const from = ge ?? prefixLength(parsed.value);
      const to = le ?? (ge === undefined ? from : 128);
      const key = `${parsed.value} ${from} ${to}`;
      const known = matchers.get(key);
      if (known === undefined)
        matchers.set(key, { prefix: parsed.value, ge: from, le: to, owners: new Set([speaker.name]) });
      else known.owners.add(speaker.name);
    };
    for (const list of Object.values(speaker.prefixLists ?? {})) list.forEach(add);
    for (const policy of Object.values(speaker.policies ?? {})) {
      for (const { match } of policy.terms) [...(match?.prefixes ?? []), ...(match?.notPrefixes ?? [])].forEach(add);
    }
    for (const each of speaker.originate ?? []) if (each.kind === "aggregate") add({ prefix: each.prefix, le: 128 });
  }
  return [...matchers.values()];
}

/** Which bounds catch the speaker's own prefixes: twins are caught by the same ones. */
function seenBy(
  own: readonly string[],
  shape: string,
  matchers: readonly Matcher[],
  shapes: ReadonlyMap<string, string>,
): string {
  const caught: string[] = [];
  own.forEach((prefix, index) => {
    matchers.forEach((matcher, at) => {
      const length = prefixLength(prefix as Prefix);
      if (length < matcher.ge || length > matcher.le || !containsPrefix(matcher.prefix, prefix as Prefix)) return;
      const others = [...matcher.owners].some((owner) => shapes.get(owner) !== shape);
      caught.push(`${index} ${at} ${others}`);
    });
  });
  return caught.join();
}
