/** Asks an address over HTTP from where a daemon runs. */
import type { Shell } from "../shell";

const SECONDS = 3;

export async function httpStatus(shell: Shell, url: string): Promise<string | undefined> {
  const command = ["curl", "-s", "-o", "/dev/null", "-m", String(SECONDS), "-w", "%{http_code}", url];
  const { stdout } = await shell.run(command);
  return stdout === "000" ? undefined : stdout;
}
