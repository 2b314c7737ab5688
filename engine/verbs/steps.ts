/** What the steps of `verify-stacks` have in common: each returns what is wrong, or nothing. */
import { needs } from "../needs";
import type { Session } from "../session";
import { pulumi } from "../stack/recover";
import { surroundings } from "../surroundings";

/** Runs a step, notes how it ended, and says so. `work` returns what is wrong. */
export type Take = (name: string, work: () => Promise<string | undefined>) => Promise<boolean>;

/** A verb as a step. */
export const verb = (run: () => Promise<number>) => async (): Promise<string | undefined> => {
  const code = await run();
  return code === 0 ? undefined : `it ended with ${code}`;
};

export async function unchanged(here: Session, stack: string): Promise<string | undefined> {
  const around = await surroundings(here, needs(stack));
  await pulumi(around, ["preview", "--refresh", "--expect-no-changes", "--stack", stack]);
  return undefined;
}
