/** Asks an FRR daemon a question over its own vty socket, the way vtysh does: cheap enough to poll. */
import { connect } from "node:net";

/** vtysh's protocol: the command ends with a zero byte, the answer with three zero bytes and a status byte. */
export function ask(socket: string, command: string, timeout = 20_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = connect(socket);
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      client.destroy();
      reject(new Error(`${socket}: no answer to "${command}" within ${timeout} ms`));
    }, timeout);
    const commands = ["enable", command];
    let answer = Buffer.alloc(0);
    client.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    client.on("connect", () => client.write(`${commands.shift()}\0`));
    client.on("data", (chunk) => {
      chunks.push(chunk);
      const tail = chunk.length >= 4 ? chunk : Buffer.concat(chunks);
      const end = tail.length;
      if (end < 4 || tail[end - 4] !== 0 || tail[end - 3] !== 0 || tail[end - 2] !== 0) return;
      answer = Buffer.concat(chunks);
      chunks.length = 0;
      const next = commands.shift();
      if (next !== undefined) {
        client.write(`${next}\0`);
        return;
      }
      clearTimeout(timer);
      client.end();
      resolve(answer.subarray(0, answer.length - 4).toString("utf8"));
    });
  });
}
