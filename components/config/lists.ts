/** What prefix lists and their entries come to, whichever target writes them. */
import { familyOf } from "../model/address";
import type { Family, PrefixListEntry, PrefixMatch } from "../bgp/network";

export const maxLength = (family: Family): number => (family === "ipv4" ? 32 : 128);
export const everything = (family: Family): string => (family === "ipv4" ? "0.0.0.0/0" : "::/0");
export const lengthOf = (prefix: string): number => Number(prefix.slice(prefix.indexOf("/") + 1));

/** The entries that can match a family, "any" spelled out. */
export function entriesOf(entries: PrefixListEntry[], family: Family): PrefixListEntry[] {
  return entries
    .filter((entry) => entry.prefix === "any" || familyOf(entry.prefix) === family)
    .map((entry) =>
      entry.prefix === "any" ? { ...entry, prefix: everything(family), ge: 0, le: maxLength(family) } : entry,
    );
}

/** Numbered as the routers do it: an entry without a number comes five after the highest, on a multiple of five. */
export function numbered<T extends { seq?: number }>(entries: readonly T[], step = 5): (T & { seq: number })[] {
  let highest = 0;
  return entries.map((entry) => {
    const seq = entry.seq ?? (Math.floor(highest / step) + 1) * step;
    highest = Math.max(highest, seq);
    return { ...entry, seq };
  });
}

/** The lengths that an entry matches: without ge and le the prefix itself. */
export function lengths(match: PrefixMatch): [number, number] {
  const own = lengthOf(match.prefix);
  const most = maxLength(familyOf(match.prefix));
  if (match.ge === undefined && match.le === undefined) return [own, own];
  return [match.ge ?? own, match.le ?? most];
}
