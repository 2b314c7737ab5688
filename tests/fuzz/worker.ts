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

parentPort?.on("message", ({ files, args }: Task) => {
  for (const [file, bytes] of Object.entries(files)) writeFileSync(file, Buffer.from(bytes, "base64"));
  let err = "";
  let out = 0;
  const code = bgpfabric(args, {
    out: (text) => {
      out += text.length;
    },
    err: (text) => {
      err += text;
    },
  });
  parentPort?.postMessage({ code, err, out } satisfies Done);
});
