/**
 * What a person sees while something takes long: one line a step, with its time; while steps run, how long they have
 * been at it, or how far the whole is and how long it will take.
 */
import * as os from "node:os";
import { roughly, whole, type Whole } from "./whole";

/** Says how far a step is, 0 to 1. */
export type Advance = (fraction: number) => void;

export interface Progress {
  /** Runs one step and prints how long it took; `detail` may say more at the end. Several steps may run at once. */
  step<T>(title: string, work: (advance: Advance) => Promise<T>, detail?: (result: T) => string): Promise<T>;
  say(line: string): void;
  /** Names the steps to come with their usual seconds: until they are done, a line tells how far the whole is. */
  expect(usual: ReadonlyMap<string, number>): void;
}

export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

interface Running {
  title: string;
  begin: number;
}

/** Progress goes to standard error: standard output belongs to what a verb was asked for. */
export function progress(out: NodeJS.WriteStream = process.stderr): Progress {
  const live = out.isTTY;
  const running = new Set<Running>();
  let all: { of: Whole; begin: number } | undefined;
  let ticking: NodeJS.Timeout | undefined;
  const clear = live ? "\r\x1b[K" : "";

  const say = (line: string): void => void out.write(`${clear}${line}\n`);
  const status = (): string => {
    const titles = [...running].map(({ title, begin }) => `${title} ... ${duration(Date.now() - begin)}`);
    if (all === undefined || all.of.fraction() === 1) return titles.join(", ");
    const left = roughly(all.of.left(Date.now() - all.begin));
    return `${Math.floor(all.of.fraction() * 100)} % of the set-up, ${left} (${titles.join(", ")})`;
  };
  const tick = (): void => void out.write(live ? `${clear}  ${status()}` : `  ${status()}\n`);
  const watch = (): void => {
    if (running.size > 0) ticking ??= setInterval(tick, live ? 1000 : 30_000).unref();
    else {
      clearInterval(ticking);
      ticking = undefined;
    }
  };

  return {
    say,
    expect(usual) {
      if (usual.size === 0) return;
      all = { of: whole(usual, os.cpus().length), begin: Date.now() };
      say(`  the set-up of ${usual.size} parts: ${roughly(all.of.left(0))}`);
    },
    async step(title, work, detail) {
      const step: Running = { title, begin: Date.now() };
      running.add(step);
      watch();
      const close = (mark: string, more = ""): void => {
        running.delete(step);
        watch();
        say(`${mark} ${title}${more === "" ? "" : `: ${more}`} (${duration(Date.now() - step.begin)})`);
      };
      try {
        const result = await work((fraction) => all?.of.advance(title, fraction));
        all?.of.advance(title, 1);
        close("+", detail?.(result));
        return result;
      } catch (error) {
        close("!", "failed");
        throw error;
      }
    },
  };
}

/** For callers that want the work and not the words. */
export const silent: Progress = {
  step: (_title, work) => work(() => undefined),
  say: () => undefined,
  expect: () => undefined,
};
