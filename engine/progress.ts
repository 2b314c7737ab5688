/**
 * What a person sees while something takes long: one line a step, with its time, and the elapsed time while it runs.
 */
export interface Progress {
  /** Runs one step and prints how long it took; `detail` may say more at the end. */
  step<T>(title: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<T>;
  say(line: string): void;
}

export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** Progress goes to standard error: standard output belongs to what a verb was asked for. */
export function progress(out: NodeJS.WriteStream = process.stderr): Progress {
  const live = out.isTTY;
  const say = (line: string): void => void out.write(`${line}\n`);
  return {
    say,
    async step(title, work, detail) {
      const begin = Date.now();
      const elapsed = (): string => duration(Date.now() - begin);
      const tick = live
        ? setInterval(() => out.write(`\r\x1b[K  ${title} ... ${elapsed()}`), 1000)
        : setInterval(() => say(`  ${title} ... ${elapsed()}`), 30_000);
      tick.unref();
      const close = (mark: string, more = ""): void => {
        clearInterval(tick);
        if (live) out.write("\r\x1b[K");
        say(`${mark} ${title}${more === "" ? "" : `: ${more}`} (${elapsed()})`);
      };
      try {
        const result = await work();
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
export const silent: Progress = { step: (_title, work) => work(), say: () => undefined };
