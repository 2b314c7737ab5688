/**
 * A prompt inside the lab, with docker, pulumi and the kubeconfig ready.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { labEnvironment } from "../environment";
import { handOver } from "../exec";
import { inside } from "../host/lab-host";
import { needs } from "../needs";
import { session } from "../session";
import { surroundings } from "../surroundings";

export async function shell(stack: string): Promise<number> {
  const here = session();
  const around = await surroundings(here, needs(stack));
  const rc = path.join(around.at.state, "shellrc");
  fs.writeFileSync(rc, rcFile(stack, path.join(here.at.checkout, "dist", "engine", "main.js")));
  here.progress.say(`  inside lab "${here.at.lab}": pulumi, docker, KUBECONFIG are ready; leave with Ctrl-D`);
  const [command, args] = inside(around.host, "bash", ["--rcfile", rc, "-i"]);
  return handOver(command, args, {
    cwd: here.at.checkout,
    env: { ...process.env, ...labEnvironment(around), BGPFABRIC_STACK: stack },
  });
}

/** The user's own settings first; then pulumi says what to run after it was killed. */
function rcFile(stack: string, engine: string): string {
  return `[ -f ~/.bashrc ] && . ~/.bashrc
PS1="(lab $BGPFABRIC_LAB) \\w\\$ "
pulumi() {
  command pulumi "$@"
  local code=$?
  [ $code -eq 0 ] || node '${engine}' hint '${stack}'
  return $code
}
`;
}
