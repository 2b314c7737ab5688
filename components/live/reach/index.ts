/** The ways that lead to a shell: one file and one line each. */
import type { Fault } from "../../model/errors";
import type { Shell } from "../shell";
import { dockerShell } from "./docker";
import { type Reach, placeOf } from "./reach";
import { sshShell } from "./ssh";

type Shells = { readonly [By in Reach["by"]]?: (reach: Extract<Reach, { by: By }>) => Shell };

const SHELLS: Shells = {
  docker: ({ container }) => dockerShell(container),
  ssh: sshShell,
};

export function shellOf(reach: Reach): Shell {
  const open = SHELLS[reach.by] as ((reach: Reach) => Shell) | undefined;
  if (open === undefined) throw new Error(`${placeOf(reach)}: ${NOT_BUILT}`);
  return open(reach);
}

const BUILT = Object.keys(SHELLS).map((by) => `"${by}"`);
const NOT_BUILT = `this version reaches speakers by ${BUILT.join(" or ")} alone`;

/** What is wrong with a way that this version does not have; it is found before anything is made. */
export function unreachable(by: Reach["by"], path: string): Fault[] {
  if (by in SHELLS) return [];
  return [{ path: `${path}.reach.by`, found: by, expected: BUILT.join(" or "), fix: NOT_BUILT }];
}
