/** Runs command lines as they come, and says what became of each. A thread, so that one that hangs can be ended. */
import { writeFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { bgpfabric } from "../../cli/program";

export interface Task {
  files: Record<string, string>;
  args: string[];
}

export interface Done {
  code: number;
  err: string;
  out: number;
}

parentPort?.on("message", (task: Task) => void run(task).then((done) => parentPort?.postMessage(done)));

async function run({ files, args }: Task): Promise<Done> {
  for (const [file, bytes] of Object.entries(files)) writeFileSync(file, Buffer.from(bytes, "base64"));
  let err = "";
  let out = 0;
  let last = "";
  const code = await bgpfabric(args, {
    out: (text) => {
      out += text.length;
      last = text;
    },
    err: (text) => {
      err += text;
    },
  });
  // With --json faults stand where answers stand.
  return { code, err: code === 2 ? err + last : err, out };
}
