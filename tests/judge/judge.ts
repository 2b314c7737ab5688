/**
 * One set under judgement: applied to the real control plane, heard by the listener, compared with what the reading and the
 * forecast say of the same objects, and taken away again.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isNotFound } from "../../components/agent/api";
import type { KubernetesObject, Service } from "../../components/cni/objects";
import { expected, heardLines, type Expected, type Lines } from "./expected";
import type { Listener } from "./listener";
import { asObjects, type ObjectSet, type Plane } from "./set";
import { pathOf, type World } from "./world";

export interface Verdict {
  set: number;
  agreed: number;
  misses: { forecast: string[]; heard: string[] };
  /** Why entries, or all of them, cannot be compared. */
  apart: string[];
  seconds: number;
}

/** Nothing may come for so long before both sides count as settled, and so long after the set was applied. */
const QUIET_MS = 1_500;
const LEAST_MS = 3_500;
const PATIENCE_MS = 75_000;
const POLL_MS = 250;

export async function judge(seed: number, set: ObjectSet, plane: Plane, world: World, listener: Listener) {
  const begun = Date.now();
  const verdict: Verdict = { set: seed, agreed: 0, misses: { forecast: [], heard: [] }, apart: [], seconds: 0 };
  listener.expect(set.routers);
  world.listen();
  const applied: KubernetesObject[] = [];
  try {
    for (const node of set.nodes) {
      await world.api.apply(pathOf(node), { ...node, spec: {}, status: undefined });
      for (const one of plane.beside(node)) await world.api.apply(pathOf(one), one);
    }
    for (const object of set.objects) {
      await until(() => plane.mayFollow?.(world, set, object) ?? true, "the plane does not take in what was applied");
      await world.api.apply(pathOf(object), object);
      applied.push(object);
    }
    await compare(verdict, set, plane, world, listener);
  } catch (error) {
    verdict.apart.push(error instanceof Error ? error.message : String(error));
  }
  for (const object of applied.reverse()) await take(world, object);
  await until(
    async () => listener.heard.length === 0 && (await plane.clean(world)),
    "the last set's sessions do not end",
  );
  return { ...verdict, seconds: (Date.now() - begun) / 1000 };
}

async function compare(verdict: Verdict, set: ObjectSet, plane: Plane, world: World, listener: Listener) {
  const applied = Date.now();
  let known = "";
  let wanted: Expected | undefined;
  for (;;) {
    await delay(POLL_MS);
    const { items } = await world.api.get<{ items: Service[] }>("/api/v1/namespaces/default/services");
    // The API server's own service is among them: a selector of everything announces it too.
    const services = items.map((one): Service => ({ ...one, apiVersion: "v1", kind: "Service" }));
    const text = JSON.stringify(services.map(({ metadata, spec, status }) => [metadata.name, spec, status]));
    if (text !== known) {
      known = text;
      const reading = plane.read(asObjects(set, services));
      const whole = plane.apart(reading);
      if (whole !== undefined) {
        verdict.apart.push(whole);
        return;
      }
      wanted = expected(reading, set.routers);
      listener.changed = Date.now();
    }
    if (wanted === undefined) continue;
    const written = await plane.written?.(world, set);
    const theirs = written === undefined ? heardLines(listener.heard) : expected(written, set.routers);
    const { forecast, heard, agreed, open } = held(wanted, theirs);
    const now = Date.now();
    const settled = now - listener.changed > QUIET_MS && now - applied > (plane.leastMs ?? LEAST_MS);
    if ((settled && forecast.length + heard.length === 0) || now - applied > PATIENCE_MS) {
      verdict.agreed = agreed;
      verdict.misses = { forecast, heard };
      verdict.apart.push(...open);
      return;
    }
  }
}

/** Lines of both sides beside each other; those of a node of which the forecast is open are told apart. */
function held(wanted: Expected, heard: Lines) {
  const told = (lines: Lines) => [...lines.sessions, ...lines.paths].filter((line) => !wanted.isOpen(line));
  const mine = told(wanted);
  const theirs = told(heard);
  const known = new Set(mine);
  const seen = new Set(theirs);
  return {
    agreed: mine.filter((line) => seen.has(line)).length,
    forecast: mine.filter((line) => !seen.has(line)),
    heard: theirs.filter((line) => !known.has(line)),
    open: wanted.open,
  };
}

async function take(world: World, object: KubernetesObject): Promise<void> {
  await world.api.delete(pathOf(object)).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

async function until(holds: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(otherwise);
    await delay(POLL_MS);
  }
}
