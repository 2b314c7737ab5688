/** A file of facts, tests/live/NAME.test.ts, held in the lab's environment. */
import * as path from "node:path";
import { labEnvironment } from "../environment";
import { handOver } from "../exec";
import { inside } from "../host/lab-host";
import type { Needs } from "../needs";
import type { Session } from "../session";
import { surroundings } from "../surroundings";

/** What is wrong, or nothing. `env` tells the facts which stack they are of. */
export async function hold(
  here: Session,
  needed: Needs,
  name: string,
  env: Record<string, string>,
): Promise<string | undefined> {
  const file = path.join("tests/live", `${name}.test.ts`);
  const around = await surroundings(here, needed);
  const [command, args] = inside(around.host, "npx", ["vitest", "run", "--project", "live", file]);
  const code = await handOver(command, args, {
    cwd: here.at.checkout,
    env: { ...process.env, ...labEnvironment(around), ...env, CI: "true" },
  });
  return code === 0 ? undefined : `${file} failed`;
}
