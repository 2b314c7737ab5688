/**
 * Unrecorded: what the command plugin does where no recording of pulumi-command 1.2.1 exists (preview, delete, refresh,
 * cancellation, secrets in errors), after its source. It proves what an operator sees; not the official plugin's wording.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Stack } from "../conformance/replay";
import { end, eventually, processes } from "./watch";

let stack: Stack;
beforeEach(async () => {
  stack = await Stack.make("command", ["command"]);
});
afterEach(async () => {
  await stack.remove();
});

const program = (body: string): void =>
  stack.write({
    "index.js": `const pulumi = require("@pulumi/pulumi"); const { local } = require("@pulumi/command");\n${body}\n`,
  });
const inFolder = (name: string): string => join(stack.folder, name);
const lines = (name: string): string[] => readFileSync(inFolder(name), "utf8").trim().split("\n");

describe("a command, where nothing was recorded", () => {
  it("is not run by a preview, which takes its output for unknown", async () => {
    program(`const c = new local.Command("c", { create: "touch ran; echo out" });
       new local.Command("d", { create: c.stdout });`);
    const plan = await stack.pulumi(["preview", "--json"]);
    expect(plan.exit).toBe(0);
    expect(existsSync(inFolder("ran"))).toBe(false);
    const { steps } = JSON.parse(plan.out) as {
      steps: { urn: string; newState: { inputs?: Record<string, unknown> } }[];
    };
    const dependent = steps.find(({ urn }) => urn.endsWith("::d"));
    expect(dependent?.newState.inputs?.["create"]).toBe("04da6b54-80e4-46f7-96ec-b56ff0331ba9"); // unknown
  });

  it("is unchanged in a preview after an update, and after a refresh", async () => {
    program(`new local.Command("c", { create: "echo out", environment: { A: "1" }, triggers: [1, { a: true }] });`);
    expect((await stack.up()).exit).toBe(0);
    expect((await stack.pulumi(["preview", "--expect-no-changes"])).exit).toBe(0);
    expect((await stack.pulumi(["refresh", "--yes", "--expect-no-changes"])).exit).toBe(0);
  });

  it("deletes with the command, directory, environment and last output that the state holds", async () => {
    program(
      `new local.Command("c", { create: "echo made", delete: 'echo "$A $PULUMI_COMMAND_STDOUT" >> deleted', dir: ".", environment: { A: "1" } });`,
    );
    expect((await stack.up()).exit).toBe(0);
    program("");
    expect((await stack.up()).exit).toBe(0);
    expect(lines("deleted")).toEqual(["1 made"]);
  });

  it("stays in the state when its delete command fails", async () => {
    program(`new local.Command("c", { create: "true", delete: "test -e allowed" });`);
    expect((await stack.up()).exit).toBe(0);
    const failed = await stack.update("destroy");
    expect(failed.exit).not.toBe(0);
    expect(failed.errors.map(({ message }) => message).join()).toContain('exit status 1: running "test -e allowed"');
    expect((await stack.state()).map(({ urn }) => urn.split("::").pop())).toContain("c");
    stack.write({ allowed: "" });
    expect((await stack.update("destroy")).exit).toBe(0);
  });

  it("shows no secret in the error of a failed command, nor in the state", async () => {
    program(
      `new local.Command("c", { create: pulumi.secret("echo hunter-two-$WORD; exit 4"), environment: { WORD: pulumi.secret("open-sesame") }, logging: "stdoutAndStderr" });
       new local.Command("d", { create: "true", environment: { WORD: pulumi.secret("open-sesame") } });`,
    );
    const failed = await stack.up();
    expect(failed.exit).not.toBe(0);
    expect(failed.errors.map(({ message }) => message).join()).toContain("exit status 4");
    // The SDK's own debug messages tell everything; nobody sees them but who asks for them.
    const events = lines("events.json")
      .filter((line) => !line.includes('"severity":"debug"'))
      .join("\n");
    const exported = (await stack.pulumi(["stack", "export"])).out;
    for (const text of [events, exported]) {
      expect(text).not.toContain("open-sesame");
      expect(text).not.toContain("exit 4");
    }
  });

  it("refuses assets, archives and remote commands by name, and says that the official plugin has them, before anything is made", async () => {
    const refused = async (body: string): Promise<string> => {
      program(body);
      const { exit, out, err } = await stack.pulumi(["preview"]);
      expect(exit).not.toBe(0);
      return out + err;
    };
    const official = "the official command plugin has it";
    const assets = await refused(`new local.Command("c", { create: "touch ran", assetPaths: ["*"] });`);
    expect(assets).toContain("the argument assetPaths of command:local:Command is not supported");
    expect(assets).toContain(official);
    const remote = await refused(
      `new (require("@pulumi/command").remote.Command)("r", { create: "true", connection: { host: "h" } });`,
    );
    expect(remote).toContain("the resource type command:remote:Command is not supported");
    expect(remote).toContain(official);
    expect(existsSync(inFolder("ran"))).toBe(false);
  });

  it("ends with all that it started when the run is interrupted, is not in the state, and is run by the next update", async () => {
    program(`new local.Command("c", { create: "test -e again || { echo $$ > pid; sleep 600 & wait; }" });`);
    const run = stack.start(["up", "--yes", "--skip-preview"]);
    const group = await eventually("the command runs", () =>
      existsSync(inFolder("pid")) ? Number(lines("pid")[0]) || undefined : undefined,
    );
    await eventually("its child runs", () => processes().find(({ parent }) => parent === group));
    const started = processes().filter(({ pid, parent }) => pid === group || parent === group);
    expect(await end(run, "SIGINT")).not.toBe(0);
    const left = processes().filter(({ pid }) => started.some((p) => p.pid === pid));
    expect(left).toEqual([]);
    expect((await stack.state()).map(({ type }) => type)).not.toContain("command:local:Command");
    stack.write({ again: "" });
    expect((await stack.up()).exit).toBe(0);
  });

  it("ends when the run is killed: neither command nor plugin outlives the engine", async () => {
    program(`new local.Command("c", { create: "echo $$ > pid; exec sleep 600" });`);
    const run = stack.start(["up", "--yes", "--skip-preview"]);
    const command = await eventually("the command runs", () =>
      existsSync(inFolder("pid")) ? Number(lines("pid")[0]) || undefined : undefined,
    );
    const plugin = processes().find(({ pid }) => pid === command)?.parent;
    expect(plugin).toBeGreaterThan(1);
    await end(run, "SIGKILL");
    await eventually("command and plugin have ended", () =>
      processes().some(({ pid }) => pid === command || pid === plugin) ? undefined : true,
    );
  });

  it("a run of preview and update says once that the plugins stand in", async () => {
    program(`new local.Command("c", { create: "true" });`);
    const ran = await stack.pulumi(["up", "--yes"]);
    expect(ran.exit).toBe(0);
    // Progress lines repeat it; the list of diagnostics at the end of each of the two phases does not.
    expect(ran.out.match(/^ {4}\S.*own stand in/gm)).toHaveLength(1);
  });
});
