/**
 * `make judge SETS=n`: drawn sets of objects applied to the real control planes of Cilium and MetalLB, and what these do
 * compared with the forecast: sessions with their parameters, announced prefixes with their attributes.
 *
 *   --plane NAME    cilium, metallb, metallb-frr or metallb-frr-k8s
 *   --sets N        how many sets (default 10)  --from N     the first seed (default 1)
 *   --logs DIR      keep what the programs said --json       the summary as JSON
 *
 * The programs come from PATH: etcd, kube-apiserver, kube-controller-manager and the plane's own; `make` sees to it.
 */
import { parseArgs } from "node:util";
import { dice } from "../fidelity/dice";
import { enter } from "../fidelity/sandbox";
import { ciliumPlane } from "./cilium";
import { type Verdict, judge } from "./judge";
import { metallbPlane } from "./metallb";
import { metallbFrrK8sPlane, metallbFrrPlane } from "./metallbFrr";
import { Listener } from "./listener";
import type { Plane } from "./set";
import { makeWorld } from "./world";

const PLANES: Readonly<Record<string, Plane>> = {
  cilium: ciliumPlane,
  metallb: metallbPlane,
  "metallb-frr": metallbFrrPlane,
  "metallb-frr-k8s": metallbFrrK8sPlane,
};

const { values: options } = parseArgs({
  options: {
    plane: { type: "string", default: "cilium" },
    sets: { type: "string", default: "10" },
    from: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    logs: { type: "string" },
  },
});

async function main(): Promise<number> {
  enter();
  const plane = PLANES[options.plane];
  if (plane === undefined)
    throw new Error(`--plane: found ${options.plane}, expected ${Object.keys(PLANES).join(" or ")}`);
  const begun = Date.now();
  const world = await makeWorld(options.logs);
  const listener = new Listener();
  const verdicts: Verdict[] = [];
  try {
    await listener.start();
    await world.nodes();
    await plane.start(world);
    const first = Number(options.from);
    for (let seed = first; seed < first + Number(options.sets); seed++) {
      const verdict = await judge(seed, plane.draw(dice(seed)), plane, world, listener);
      verdicts.push(verdict);
      tell(verdict);
    }
  } finally {
    listener.stop();
    await world.stop();
  }
  const summary = summarise(plane.title, verdicts, (Date.now() - begun) / 1000);
  process.stdout.write(`${options.json ? JSON.stringify({ ...summary, verdicts }) : summary.line}\n`);
  return summary.missed > 0 ? 1 : 0;
}

function tell({ set, agreed, misses, apart, seconds }: Verdict): void {
  const lines = [
    `set ${set}: ${agreed} entries agree (${seconds.toFixed(1)} s)`,
    ...misses.forecast.map((line) => `  forecast alone: ${line}`),
    ...misses.heard.map((line) => `  heard alone:    ${line}`),
    ...apart.map((why) => `  not comparable: ${why}`),
  ];
  process.stderr.write(`${lines.join("\n")}\n`);
}

function summarise(title: string, verdicts: readonly Verdict[], seconds: number) {
  const isMissed = ({ misses }: Verdict) => misses.forecast.length + misses.heard.length > 0;
  const missed = verdicts.filter(isMissed).length;
  const apart = verdicts.filter((verdict) => !isMissed(verdict) && verdict.apart.length > 0).length;
  const entries = verdicts.reduce((sum, { agreed }) => sum + agreed, 0);
  const line =
    `${title}: ${verdicts.length} sets, ${verdicts.length - missed - apart} agree (${entries} entries), ` +
    `${missed} missed, ${apart} not comparable, ${seconds.toFixed(0)} s`;
  return { line, missed, apart, entries };
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`judge: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
