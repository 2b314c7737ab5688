/** One test a recorded step: the replay equals the recording in plan, operations, errors, exit code and state. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missing, recorded, replay, type Program, type Replayed } from "./replay";
import type { Step } from "./comparable";

export interface Suite {
  readonly program: Program | (() => Promise<Program>);
  readonly name?: string;
  /** What the errors of a step must say, in the recording and in the replay alike. */
  readonly meanings: Readonly<Record<number, readonly RegExp[]>>;
  /** By step: why it may differ, and how a step of either kind is made equal. At most three over all recordings. */
  readonly exceptions: Readonly<Record<number, { readonly why: string; readonly equalise: (step: Step) => Step }>>;
  /** Before and after all of it. */
  readonly prepare?: () => Promise<void>;
  readonly tidy?: () => Promise<void>;
}

export function suite({ program, name, meanings, exceptions, prepare, tidy }: Suite & { name?: string }): void {
  const title = name ?? (typeof program === "function" ? "" : program.name);
  describe(`the recording ${title}`, () => {
    if (missing !== undefined) {
      const reason = missing;
      it("is there to be compared with", ({ skip }) => {
        if (process.env["CI"]) expect.fail(reason);
        skip(reason);
      });
      return;
    }
    let replayed: Replayed | undefined;
    const given = async (): Promise<Program> => (typeof program === "function" ? program() : program);
    beforeAll(async () => {
      await prepare?.();
      replayed = await replay(await given());
    });
    afterAll(async () => {
      await replayed?.stack.remove();
      await tidy?.();
    });

    for (const step of recorded(title).keys()) {
      const exception = exceptions[step];
      it(`step ${step} gives the same plan, operations, errors and state${exception ? ` but for ${exception.why}` : ""}`, async () => {
        const { normalise } = await given();
        const equalise = exception?.equalise ?? ((s: Step) => s);
        const want = recorded(title, normalise)[step];
        const got = replayed?.steps[step];
        if (!want || !got) return expect.fail(`step ${step} was not run`);
        expect(comparedParts(equalise(got))).toEqual(comparedParts(equalise(want)));
        for (const meaning of meanings[step] ?? []) {
          expect(want.messages.join("\n"), "the recording").toMatch(meaning);
          expect(got.messages.join("\n"), "the replay").toMatch(meaning);
        }
      });
    }
  });
}

/** The words of errors are compared by `meanings`. */
const comparedParts = (step: Step): Partial<Step> => ({ ...step, messages: [] });
