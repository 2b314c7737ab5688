/**
 * The lab host by itself: start, stop, its environment, and any command inside it.
 */
import { handOver } from "../exec";
import { labEnvironment, shellExports } from "../environment";
import { inside, netnsFile } from "../host/lab-host";
import { provideHost } from "../host/provide";
import { stopPrivateHost } from "../host/private";
import { session, whileChanging } from "../session";
import { surroundings } from "../surroundings";

export async function hostStart(): Promise<number> {
  const here = session();
  const host = await whileChanging(here, "starting the lab host", () => provideHost(here));
  process.stdout.write(`${host.dockerHost === "" ? "Docker's default socket" : host.dockerHost} (${host.kind})\n`);
  return 0;
}

export async function hostStop(): Promise<number> {
  const here = session();
  const stopped = await whileChanging(here, "stopping the lab host", () => stopPrivateHost(here.at));
  process.stdout.write(stopped ? `lab "${here.at.lab}" stopped\n` : `lab "${here.at.lab}" was not running\n`);
  return 0;
}

export async function envVerb(): Promise<number> {
  const around = await surroundings(session());
  process.stdout.write(shellExports(labEnvironment(around)));
  const { namespace } = around.host;
  if (namespace !== undefined)
    process.stdout.write(`# inside the lab: nsenter --net=${netnsFile(namespace)} COMMAND\n`);
  return 0;
}

export async function runVerb(command: string[]): Promise<number> {
  const around = await surroundings(session());
  const [first, ...rest] = command;
  if (first === undefined) return 0;
  const [program, args] = inside(around.host, first, rest);
  return handOver(program, args, { env: { ...process.env, ...labEnvironment(around) } });
}
