/** The ways that lead to a shell: one file and one line each. */
import type { System } from "../../bgp/network";
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

/** EOS is asked by its command API, through a container's socket or over the network; the others are asked by a shell. */
const EOS_WAYS: readonly Reach["by"][] = ["docker", "eapi"];

/** What is wrong with a way that this version does not have for the system; it is found before anything is made. */
export function unreachable(by: Reach["by"], path: string, system?: System): Fault[] {
  if (system === "eos") {
    if (EOS_WAYS.includes(by)) return [];
    return [{ path: `${path}.reach.by`, found: by, expected: '"docker" or "eapi": EOS is asked by its command API' }];
  }
  if (by in SHELLS) return [];
  return [{ path: `${path}.reach.by`, found: by, expected: BUILT.join(" or "), fix: NOT_BUILT }];
}
