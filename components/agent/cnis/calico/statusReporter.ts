/** Fills the CalicoNodeStatus objects that somebody made for this node, as often as each asks, as calico-node does. */
import { type Api, type ApiObject, PATCH } from "../../api";
import { log } from "../../log";
import { Store } from "../../store";
import { type BirdSays, type StatusClass, nodeStatus } from "./birdStatus";
import { CALICO } from "./paths";

const STATUSES = `${CALICO}/caliconodestatuses`;

type CalicoNodeStatus = ApiObject & {
  spec: { node: string; classes?: StatusClass[]; updatePeriodSeconds?: number };
};

/** What a running BIRD answers to "show ...". */
export type AskBird = (...words: string[]) => Promise<string>;

interface Reporting {
  spec: string;
  timer: NodeJS.Timeout | undefined;
}

export class StatusReporter {
  private readonly reporting = new Map<string, Reporting>();
  private readonly store: Store<CalicoNodeStatus>;

  constructor(
    private readonly api: Api,
    private readonly node: string,
    private readonly birds: () => { v4?: AskBird; v6?: AskBird },
  ) {
    this.store = new Store<CalicoNodeStatus>(api, STATUSES, () => this.reconcile());
  }

  stop(): void {
    this.store.close();
    for (const { timer } of this.reporting.values()) clearInterval(timer);
  }

  private reconcile(): void {
    const own = this.store.all.filter(({ spec }) => spec.node === this.node);
    const names = new Set(own.map(({ metadata }) => metadata.name));
    for (const [name, { timer }] of this.reporting) {
      if (names.has(name)) continue;
      clearInterval(timer);
      this.reporting.delete(name);
    }
    for (const { metadata, spec } of own) {
      const known = this.reporting.get(metadata.name);
      if (known?.spec === JSON.stringify(spec)) continue;
      clearInterval(known?.timer);
      const report = () => void this.report(metadata.name, spec.classes ?? []);
      const seconds = spec.updatePeriodSeconds ?? 0;
      // 0 is no report at all.
      const timer = seconds > 0 ? setInterval(report, seconds * 1_000) : undefined;
      this.reporting.set(metadata.name, { spec: JSON.stringify(spec), timer });
      if (seconds > 0) report();
    }
  }

  private async report(name: string, classes: readonly StatusClass[]): Promise<void> {
    const { v4, v6 } = this.birds();
    try {
      const [four, six] = await Promise.all([v4, v6].map((ask) => saysOf(ask)));
      const both = { ...(four === undefined ? {} : { v4: four }), ...(six === undefined ? {} : { v6: six }) };
      const said = nodeStatus(classes, both, new Date().toISOString());
      await this.api.patch(`${STATUSES}/${name}/status`, { status: said }, PATCH.merge);
    } catch (error) {
      log("calico", `CalicoNodeStatus ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function saysOf(ask: AskBird | undefined): Promise<BirdSays | undefined> {
  if (ask === undefined) return undefined;
  const [status, protocols, routes] = await Promise.all([ask("status"), ask("protocols"), ask("route")]);
  return { status, protocols, routes };
}
