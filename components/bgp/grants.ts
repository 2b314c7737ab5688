/** What policies grant a neighbor's default route, as plain values. defaults.ts finds out which of them grants what. */
import type { Channel } from "./channels";
import type { SetActions } from "./network";

/** What the policies of default routes grant, by channel; a channel that is not in it gets none. */
export type Granted = ReadonlyMap<string, SetActions>;

/** Does a policy decide about the default route of this neighbor? */
export const isConditional = ({ settings }: Pick<Channel, "settings">): boolean =>
  typeof settings.defaultOriginate === "object";

export const grantKey = ({ link, speaker, family }: Channel): string =>
  `${link.session.key} ${speaker.speaker.name} ${family}`;

export const sameGrants = (a: Granted, b: Granted): boolean =>
  a.size === b.size &&
  [...a].every(([key, set]) => b.get(key) === set || JSON.stringify(b.get(key)) === JSON.stringify(set));
