/** Kernel routes that a CNI programs on its node, kept equal to a list and told from others by their protocol number. */
import { run } from "./run";

export class NodeRoutes {
  private present = new Map<string, string>();

  constructor(private readonly protocol: string) {}

  /** "PREFIX via ADDRESS": new ones first, so that no packet finds a gap. `keep`: what is not in the list stays. */
  async set(lines: readonly string[], { keep = false } = {}): Promise<void> {
    const wanted = new Map<string, string>();
    for (const line of lines) {
      const [prefix = "", ...hops] = line.split(" ");
      wanted.set(prefix, hops.join(" "));
    }
    for (const [prefix, hops] of wanted) {
      if (this.present.get(prefix) === hops) continue;
      await run("ip", ["route", "replace", prefix, "proto", this.protocol, ...hops.split(" ")]);
    }
    for (const [prefix, hops] of this.present) {
      if (wanted.has(prefix)) continue;
      if (keep) wanted.set(prefix, hops);
      else await run("ip", ["route", "del", prefix, "proto", this.protocol]);
    }
    this.present = wanted;
  }
}
