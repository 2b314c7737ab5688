/**
 * A service asked every 100 ms from inside a container while something changes: how often, and which questions had no
 * answer. It shows what a step costs the users of the service; what the network becomes is for the facts.
 */
import type Docker from "dockerode";

export interface Asked {
  times: number;
  /** When, in seconds, and curl's word: "1764435600.1 000". */
  lost: string[];
}

const INTERVAL_S = 0.1;
/** One that has not answered by then has not answered. */
const PATIENCE_S = 1;
/** It ends by itself, whatever becomes of this program. */
const LONGEST_S = 1200;
const FILE = "/tmp/asking";

export async function whileAsked(
  docker: Docker,
  container: string,
  url: string,
  work: () => Promise<unknown>,
): Promise<Asked> {
  const ask = `curl -s -m ${PATIENCE_S} -o /dev/null -w '%{http_code}' ${url}`;
  const loop = `end=$(($(date +%s) + ${LONGEST_S})); while [ -e ${FILE} ] && [ $(date +%s) -lt $end ]; do echo "$(date +%s.%N) $(${ask})"; sleep ${INTERVAL_S}; done`;
  const inside = docker.getContainer(container);
  await said(inside, `touch ${FILE}`);
  const asking = said(inside, loop);
  try {
    await work();
  } finally {
    await said(inside, `rm -f ${FILE}`);
  }
  return count(await asking);
}

export function count(text: string): Asked {
  const lines = text.split("\n").filter((line) => line.includes(" "));
  return { times: lines.length, lost: lines.filter((line) => !line.endsWith(" 200")) };
}

/** What a shell's command wrote, when it has ended. */
async function said(container: Docker.Container, command: string): Promise<string> {
  const exec = await container.exec({ Cmd: ["sh", "-c", command], AttachStdout: true, AttachStderr: true, Tty: true });
  const stream = await exec.start({ Tty: true });
  let text = "";
  stream.on("data", (data: Buffer) => (text += data.toString()));
  await new Promise<void>((resolve, reject) => {
    stream.on("end", resolve);
    stream.on("error", reject);
  });
  return text.replaceAll("\r", "");
}
