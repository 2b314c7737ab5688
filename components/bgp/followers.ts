/**
 * Classes that were solved by their likeness to another: at most speakers they are answered as that one is. Only those whose
 * answer was exchanged, and their neighbors, have to be asked for each.
 */
import type { PrefixClass } from "./classes";
import type { Solved } from "./fixpoint";
import type { Round } from "./round";

export class Followers {
  private readonly leaders = new Map<Solved, PrefixClass>();
  private readonly apart = new Map<PrefixClass, ReadonlySet<number>>();

  constructor(private readonly round: Round) {
    for (const each of round.classes) {
      const solved = round.solved[each.index];
      if (solved !== undefined && solved.pattern === undefined) this.leaders.set(solved, each);
    }
  }

  /** The class that the speaker answers alike, if there is one; its rules must not tell prefixes apart. */
  leaderOf(prefixClass: PrefixClass, speaker: number): PrefixClass | undefined {
    const pattern = this.round.solved[prefixClass.index]?.pattern;
    const leader = pattern === undefined ? undefined : this.leaders.get(pattern);
    return leader === undefined || this.apartOf(prefixClass).has(speaker) ? undefined : leader;
  }

  private apartOf(prefixClass: PrefixClass): ReadonlySet<number> {
    let found = this.apart.get(prefixClass);
    if (found === undefined) {
      const channels = this.round.arenas[prefixClass.family].channels;
      const differing = this.round.solved[prefixClass.index]?.differing ?? [];
      const beside = differing.flatMap((at) => (channels[at] ?? []).map(({ remote }) => remote.index));
      this.apart.set(prefixClass, (found = new Set([...differing, ...beside])));
    }
    return found;
  }
}

const known = new WeakMap<Round, Followers>();

export function followersIn(round: Round): Followers {
  let found = known.get(round);
  if (found === undefined) known.set(round, (found = new Followers(round)));
  return found;
}

/** Does a rule tell prefixes apart of what the speaker hears? */
export function looksAtPrefixes({ arenas }: Round, family: PrefixClass["family"], speaker: number): boolean {
  return (arenas[family].channels[speaker] ?? []).some(({ importMemory, remote, remoteIndex }) => {
    const back = arenas[family].channels[remote.index]?.[remoteIndex];
    return importMemory.byPrefix || back?.exportMemory.byPrefix === true;
  });
}
