/**
 * A cluster that one stack makes and another one takes as it is: docs/examples/platform up, changed and destroyed, and
 * nothing left on the cluster. Its facts bring up both stacks themselves; `verify-stacks` runs them beside those of stacks/.
 */
import { needs, stackOn } from "../needs";
import { whileChanging, type Session } from "../session";
import { surroundings } from "../surroundings";
import { hold } from "./facts";
import { leftInKernel, leftOf } from "./leftover";
import type { Take } from "./steps";

/** As one names it beside the stacks, and its facts. */
export const EXISTING = "existing";
const PROJECTS = ["platform-fabric", "platform-cluster"];

export const existing =
  (here: Session, runtime: string) =>
  async (take: Take): Promise<void> => {
    const stack = stackOn(EXISTING, runtime);
    const needed = needs(stack);
    await take("facts", () => hold(here, needed, EXISTING, { BGPFABRIC_STACK: stack }));
    await take("nothing left", () =>
      whileChanging(here, "make verify-stacks", async () => {
        const { host } = await surroundings(here, needed);
        const left = await Promise.all(PROJECTS.map((project) => leftOf(host, { project, stack })));
        const all = [...left.flat(), ...(await leftInKernel(host, here.at.run))];
        return all.length === 0 ? undefined : `left: ${all.join(", ")}`;
      }),
    );
  };
