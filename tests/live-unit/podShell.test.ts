/** How a command gets into a pod's network: by the file of a bare node, or by what containerd knows. ctr and nsenter are doubles. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { insidePod } from "../../components/live/podShell";
import type { Shell } from "../../components/live/shell";

const folder = mkdtempSync(join(tmpdir(), "bgpfabric-pod-"));
const program = (name: string, script: string) => {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
};
/** A node on which `file` stands for the bare node's note. */
const node = (file: string): Shell => ({
  name: "node",
  run: ([shell = "", flag = "", script = "", , ...rest]) => {
    const env = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
    try {
      const stdout = execFileSync(shell, [flag, script, file, ...rest], { env, encoding: "utf8", stdio: "pipe" });
      return Promise.resolve({ code: 0, stdout, stderr: "" });
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: string };
      return Promise.resolve({ code: status, stdout: "", stderr });
    }
  },
});

beforeAll(() => {
  program("nsenter", 'echo "$@"');
  // As ctr of containerd 1.6 prints them: the sandbox of one pod runs, that of its predecessor has stopped.
  program(
    "ctr",
    `case "$*" in
  *'pod.namespace"'==default,*'pod.name"'==shell-a,*kind\\"==sandbox) printf 'old\\nnew\\n' ;;
  *'tasks list') printf 'TASK   PID    STATUS\\nold    0      STOPPED\\nnew    41     RUNNING\\nother  42     RUNNING\\n' ;;
esac`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

it("takes the process that a bare node has noted", async () => {
  const noted = join(folder, "default_shell-a.pid");
  writeFileSync(noted, "17");
  const { stdout } = await insidePod(node(noted), "default/shell-a").run(["ping", "-c", "1", "10.0.0.1"]);
  expect(stdout.trim()).toBe("--net=/proc/17/ns/net ping -c 1 10.0.0.1");
});

it("asks containerd for the pod's sandbox that runs, where there is a real kubelet", async () => {
  const { stdout } = await insidePod(node("/nowhere"), "default/shell-a").run(["curl", "http://10.96.0.10/"]);
  expect(stdout.trim()).toBe("--net=/proc/41/ns/net curl http://10.96.0.10/");
});

it("says that the pod does not run there", async () => {
  const { code, stderr } = await insidePod(node("/nowhere"), "default/shell-b").run(["true"]);
  expect([code, stderr.trim()]).toEqual([1, "no pod default/shell-b runs here"]);
});
