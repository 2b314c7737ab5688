/**
 * Records which installed routes sessions and next hops looked up, and the answers. If an answer changes, what was built on
 * it has to be built again.
 */
import type { PrefixMap } from "./bits";
import type { PrefixClass } from "./classes";
import type { InstalledRoutes } from "./reach";

export class RouteLookups {
  private readonly bySpeaker = new Map<number, Map<string, string>>();
  private readonly addresses = new Set<string>();
  /** Those of them whose classes are known. */
  private sourced = 0;
  private readonly found = new Set<number>();

  constructor(
    /** May BGP have a route around the address? Mostly not, and then nothing is noted. */
    private readonly covered: (address: string) => boolean,
  ) {}

  recording(installed: InstalledRoutes): InstalledRoutes {
    return (speaker, address) => {
      if (!this.covered(address)) return undefined;
      const answer = installed(speaker, address);
      let answers = this.bySpeaker.get(speaker);
      if (answers === undefined) this.bySpeaker.set(speaker, (answers = new Map<string, string>()));
      answers.set(address, JSON.stringify(answer ?? null));
      this.addresses.add(address);
      return answer;
    };
  }

  /** What has been asked so far. */
  copy(): RouteLookups {
    const copy = new RouteLookups(this.covered);
    for (const [speaker, answers] of this.bySpeaker) copy.bySpeaker.set(speaker, new Map(answers));
    for (const address of this.addresses) copy.addresses.add(address);
    return copy;
  }

  /** Would all be told the same again? Or these speakers at least. */
  unchanged(installed: InstalledRoutes, speakers: Iterable<number> = this.bySpeaker.keys()): boolean {
    for (const speaker of speakers) {
      for (const [address, answer] of this.bySpeaker.get(speaker) ?? []) {
        if (JSON.stringify(installed(speaker, address) ?? null) !== answer) return false;
      }
    }
    return true;
  }

  /** The classes that answers came from, or might have; `byPrefix` is the same each time. */
  sources(byPrefix: PrefixMap<PrefixClass>): ReadonlySet<number> {
    if (this.sourced < this.addresses.size) {
      for (const address of this.addresses) for (const [, { index }] of byPrefix.around(address)) this.found.add(index);
      this.sourced = this.addresses.size;
    }
    return this.found;
  }
}
