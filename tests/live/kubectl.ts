/** The real kubectl in the lab, as an administrator with the stack's kubeconfig runs it; and a terminal, which it lacks here. */
import { execFile } from "node:child_process";
import { WebSocket } from "ws";
import type { ApiEndpoint } from "../../components/agent/api";

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export function kubectl(args: readonly string[], input = ""): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { timeout: 60_000, maxBuffer: 2 ** 24 };
    const child = execFile("kubectl", args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

/** What a command writes to a terminal of the given size: `kubectl exec -it` needs a terminal of its own for that. */
export function onTerminal(
  { host, port, authority, identity }: ApiEndpoint,
  pod: string,
  [columns, rows]: [number, number],
  command: readonly string[],
): Promise<string> {
  const asked = [...command.map((word) => `command=${encodeURIComponent(word)}`), "stdin=1", "stdout=1", "tty=1"];
  const url = `wss://${host}:${port}/api/v1/namespaces/default/pods/${pod}/exec?${asked.join("&")}`;
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = new WebSocket(url, ["v5.channel.k8s.io"], {
      ca: authority,
      cert: identity?.certificate,
      key: identity?.key,
    });
    socket.on("open", () => socket.send(Buffer.from(`\u0004${JSON.stringify({ Width: columns, Height: rows })}`)));
    socket.on("message", (message: Buffer) => {
      if (message[0] === 1) said += message.subarray(1).toString();
    });
    socket.on("close", () => resolve(said));
    socket.on("error", reject);
  });
}
