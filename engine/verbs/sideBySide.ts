/** Two stacks on one machine at once: each previews clean beside the other, and neither notices that the other goes. */
import { whileChanging, type Session } from "../session";
import { needs } from "../needs";
import { target } from "../stack/project";
import { surroundings } from "../surroundings";
import { type Running, containersOf, leftOf } from "./leftover";
import { down, up } from "./stack";
import { type Take, unchanged, verb } from "./steps";

/** Two of different CNIs, whose networks do not overlap. */
export const PAIR = ["kube-router", "service-lb"] as const;

export async function sideBySide(here: Session, take: Take): Promise<void> {
  const [first, second] = PAIR;
  const seen = (stack: string) => lookAt(here, stack);
  let before: Running[] = [];
  const both = async () => (await verb(() => up(first))()) ?? (await verb(() => up(second))());
  if (await take("up", both)) {
    await take("second preview", async () => (await unchanged(here, first)) ?? (await unchanged(here, second)));
    before = (await seen(second)).containers;
  }
  await take("down", async () => {
    const wrong = (await verb(() => down(first))()) ?? (await untouched(here, second, before));
    return (await verb(() => down(second))()) ?? wrong;
  });
  await take("nothing left", async () => {
    const left = [...(await seen(first)).left, ...(await seen(second)).left];
    return left.length === 0 ? undefined : `left: ${left.join(", ")}`;
  });
}

/** The same containers since the same time, and a preview that finds sessions and routes as they were. */
async function untouched(here: Session, stack: string, before: readonly Running[]): Promise<string | undefined> {
  const { containers } = await lookAt(here, stack);
  if (before.length === 0) return `${stack} ran no container`;
  if (JSON.stringify(containers) !== JSON.stringify(before)) return `${stack} has other containers than before`;
  return unchanged(here, stack);
}

function lookAt(here: Session, stack: string): Promise<{ containers: Running[]; left: string[] }> {
  return whileChanging(here, "make verify-stacks", async () => {
    const { host } = await surroundings(here, needs(stack));
    const goal = target(here.at.checkout, stack);
    return { containers: await containersOf(host, goal), left: await leftOf(host, goal) };
  });
}
