/**
 * Undoing: `clean` removes every lab and leaves the machine as it was, `purge` removes the cache as well.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { bytes, remove, removeEmptyFolder, sizeOf } from "../cache";
import { connect } from "../host/find";
import { currentHost } from "../host/provide";
import { guests, stopPrivateHost } from "../host/private";
import { labImages } from "../parts/image";
import { heldLocks } from "../lock";
import { SetupError } from "../places";
import { locksDir, session, whileChanging, type Session } from "../session";
import { stackNames } from "../stack/backend";
import { target } from "../stack/project";
import { surroundings } from "../surroundings";
import { destroy } from "./stack";

export async function clean(): Promise<number> {
  const here = session();
  const code = await whileChanging(here, "make clean", () => cleanLab(here));
  if (code === 0) removeState(here);
  return code;
}

async function cleanLab(here: Session): Promise<number> {
  const { at, progress } = here;
  const inLab = await guests(at);
  if (inLab.length > 0) progress.say(`  still open inside the lab: process ${inLab.join(", ")} (a shell?)`);
  const host = await currentHost(at);
  // A private daemon takes its containers with it; in the user's own each stack is destroyed.
  if (host?.kind === "yours") {
    for (const stack of projectStacks(here)) {
      const code = await destroy(await surroundings(here), target(at.checkout, stack));
      if (code !== 0) return code;
    }
    const docker = connect(host.dockerHost);
    for (const image of await labImages(docker)) await docker.getImage(image).remove({ force: true });
  }
  if (process.platform === "linux") {
    await progress.step(`lab "${at.lab}" removed`, () => stopPrivateHost(at));
  }
  return 0;
}

function projectStacks({ at }: Session): string[] {
  return fs.existsSync(path.join(at.checkout, "Pulumi.yaml")) ? stackNames(at, target(at.checkout, "any").project) : [];
}

function removeState({ at }: Session): void {
  remove(at.state);
  removeEmptyFolder(path.dirname(at.state));
}

export async function purge(): Promise<number> {
  const code = await clean();
  if (code !== 0) return code;
  const here = session();
  const { cache } = here.at;
  const size = sizeOf(cache);
  const busy = heldLocks(locksDir(here.at));
  if (busy.length > 0) throw new SetupError(`the cache is in use: ${busy.join("; ")}; wait for it, then run again`);
  remove(cache);
  process.stdout.write(`removed ${cache}: ${bytes(size)}\n`);
  return 0;
}
