/**
 * Standard and large communities as canonical text. Well-known ones carry the names that FRR prints, so that what a
 * router shows and what a policy names are equal strings; extended communities are not for here.
 */
import { fail, ok, type Result } from "./errors";

declare const brand: unique symbol;
export type Community = string & { readonly [brand]: "Community" };
export type LargeCommunity = string & { readonly [brand]: "LargeCommunity" };

/** The registry of well-known communities (RFC 1997, 3765, 7611, 7999, 8326, 9494), by FRR's names. */
export const WELL_KNOWN: ReadonlyMap<string, number> = new Map([
  ["internet", 0],
  ["graceful-shutdown", 0xffff0000],
  ["accept-own", 0xffff0001],
  ["route-filter-translated-v4", 0xffff0002],
  ["route-filter-v4", 0xffff0003],
  ["route-filter-translated-v6", 0xffff0004],
  ["route-filter-v6", 0xffff0005],
  ["llgr-stale", 0xffff0006],
  ["no-llgr", 0xffff0007],
  ["accept-own-nexthop", 0xffff0008],
  ["blackhole", 0xffff029a],
  ["no-export", 0xffffff01],
  ["no-advertise", 0xffffff02],
  ["local-AS", 0xffffff03],
  ["no-peer", 0xffffff04],
]);

/** What others call them: RFC 1997, Cilium, EOS. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["no-export-subconfed", "local-AS"],
  ["local-as", "local-AS"],
  ["gshut", "graceful-shutdown"],
  ["planned-shut", "graceful-shutdown"],
  ["no_export", "no-export"],
  ["no_advertise", "no-advertise"],
]);

const NAMES: ReadonlyMap<number, string> = new Map([...WELL_KNOWN].map(([name, value]) => [value, name]));

/** FRR's JSON has the names without dashes: noExport, localAs, acceptown; EOS shouts: GSHUT. */
const lettersOf = (name: string): string => name.replaceAll("-", "").toLowerCase();
const BY_LETTERS: ReadonlyMap<string, string> = new Map([
  ...[...WELL_KNOWN.keys()].map((name): [string, string] => [lettersOf(name), name]),
  ...[...ALIASES].map(([alias, name]): [string, string] => [lettersOf(alias), name]),
]);

/** Takes "64512:100", a well-known name, or the plain number. */
export function parseCommunity(text: string, path = ""): Result<Community> {
  const value = communityValue(text);
  if (value !== undefined) return ok(printCommunity(value));
  const large = text.split(":").length === 3;
  return fail({
    path,
    found: text,
    expected: "a standard community, two numbers from 0 to 65535 with a colon, or a well-known name",
    ...(large
      ? { fix: "three numbers are a large community" }
      : /^[0-9]+:[0-9]+$/.test(text)
        ? { fix: "an ASN of four bytes needs a large community" }
        : {}),
  });
}

/** The 32 bits of a standard community, or undefined when the text is none. */
export function communityValue(text: string): number | undefined {
  const known = WELL_KNOWN.get(text) ?? WELL_KNOWN.get(ALIASES.get(text) ?? "");
  if (known !== undefined) return known;
  const colon = text.indexOf(":");
  if (colon < 0) return decimal(text, 0xffffffff);
  const high = decimal(text.slice(0, colon), 65535);
  const low = decimal(text.slice(colon + 1), 65535);
  return high === undefined || low === undefined ? undefined : high * 65536 + low;
}

export function printCommunity(value: number): Community {
  return (NAMES.get(value) ?? `${Math.floor(value / 65536)}:${value % 65536}`) as Community;
}

/** The name that a forecast has for what a daemon prints: "65535:65281", "no-export", or "noExport" as FRR's JSON has it. */
export function communityName(printed: string): string {
  const value = communityValue(printed);
  return value === undefined ? (BY_LETTERS.get(lettersOf(printed)) ?? printed) : printCommunity(value);
}

export function parseLargeCommunity(text: string, path = ""): Result<LargeCommunity> {
  const parts = text.split(":");
  if (parts.length === 3 && parts.every((part) => decimal(part, 0xffffffff) !== undefined)) {
    return ok(text as LargeCommunity);
  }
  return fail({
    path,
    found: text,
    expected: "a large community, three numbers from 0 to 4294967295 with colons",
    ...(parts.length === 2 ? { fix: "two numbers are a standard community" } : {}),
  });
}

/** Either kind, told apart by its colons. */
export function parseAnyCommunity(
  text: string,
  path = "",
): Result<{ kind: "standard"; community: Community } | { kind: "large"; community: LargeCommunity }> {
  if (text.split(":").length === 3) {
    const large = parseLargeCommunity(text, path);
    return large.ok ? ok({ kind: "large", community: large.value }) : large;
  }
  const standard = parseCommunity(text, path);
  return standard.ok ? ok({ kind: "standard", community: standard.value }) : standard;
}

/** By number, as routers order them in an update. */
export function compareCommunities(a: string, b: string): number {
  return (communityValue(a) ?? 0) - (communityValue(b) ?? 0);
}

export function compareLargeCommunities(a: string, b: string): number {
  const [as, bs] = [a.split(":"), b.split(":")];
  for (let i = 0; i < 3; i++) {
    const difference = Number(as[i]) - Number(bs[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function decimal(text: string, most: number): number | undefined {
  if (!/^(0|[1-9][0-9]{0,9})$/.test(text)) return undefined;
  const value = Number(text);
  return value > most ? undefined : value;
}
