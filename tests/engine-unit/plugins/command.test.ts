/** Running a command: what a failure that is not the command's own says. What the engine makes of it: tests/engine/plugins. */
import { describe, expect, it } from "vitest";
import { run } from "../../../engine/plugins/command/run";

const call = (signal = new AbortController().signal) => ({
  signal,
  seconds: 0,
  log: () => undefined,
  status: () => undefined,
});
const nothing = { stdout: "", stderr: "" };

describe("a command that cannot run", () => {
  it("in a folder that is missing names the folder, not the shell", async () => {
    const running = run("true", { dir: "/no/such/folder" }, nothing, [], call());
    await expect(running).rejects.toThrow('the folder /no/such/folder (dir) does not exist: running "true"');
  });

  it("to its end in its time names the time limit", async () => {
    const running = run("sleep 60", {}, nothing, [], call(AbortSignal.timeout(200)));
    await expect(running).rejects.toThrow(/time/);
  });
});
