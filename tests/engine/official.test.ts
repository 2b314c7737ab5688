/**
 * The selective stack with a set of plugins that is taken for the official one, handed to the stand-ins and back: neither
 * plans a change of what the other has made. The set is a folder as Pulumi keeps plugins, named by
 * BGPFABRIC_OFFICIAL_PLUGINS; a plugin that it lacks is the stand-in in both homes, and is named in the output.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyPlugin } from "../../engine/parts/home";
import { type PluginName, installPlugins, pluginFolder, plugins } from "../../engine/plugins/install";
import { NETWORK, Stack, held } from "./stack";

const NAMES = Object.keys(plugins) as PluginName[];
const set = process.env["BGPFABRIC_OFFICIAL_PLUGINS"];
const stack = new Stack("selective-official");

/** `pulumi plugin ls` of a home: name and version. */
function listed(home: string): string[] {
  const said = execFileSync("pulumi", ["plugin", "ls", "--json"], {
    env: { ...process.env, PULUMI_HOME: home },
    encoding: "utf8",
  });
  return (JSON.parse(said) as { name: string; version: string }[])
    .map(({ name, version }) => `${name} ${version}`)
    .sort();
}

const wanted = NAMES.map((name) => `${name} ${plugins[name]}`).sort();

it("`pulumi plugin ls` in the home that the project made lists all three plugins", () => {
  expect(listed(process.env["PULUMI_HOME"] ?? "")).toEqual(wanted);
});

if (set === undefined || set === "") {
  const why =
    "not run with official plugins: BGPFABRIC_OFFICIAL_PLUGINS names no folder of them; " +
    "`pulumi plugin install resource docker 5.2.0` and the others fill one, ~/.pulumi/plugins (docs/first-run.md)";
  it("the selective stack with official plugins", ({ skip }) => {
    console.log(why);
    skip(why);
  });
} else {
  describe("the selective stack with official plugins", () => {
    const home = mkdtempSync(join(tmpdir(), "bgpfabric-official-"));
    const standIns = process.env["PULUMI_HOME"] ?? "";
    const use = (one: string) => (process.env["PULUMI_HOME"] = one);
    let before: string[];

    beforeAll(async () => {
      const missing: PluginName[] = [];
      for (const name of NAMES) {
        const folder = join(set, `resource-${name}-v${plugins[name]}`);
        if (existsSync(join(folder, `pulumi-resource-${name}`))) copyPlugin(folder, pluginFolder(home, name));
        else missing.push(name);
      }
      if (missing.length > 0) {
        console.log(`not official here, since ${set} has none: ${missing.join(", ")}; the stand-in takes part`);
        await installPlugins(home, missing);
      }
      expect(missing.length).toBeLessThan(NAMES.length);
      before = [];
      await stack.init();
    });
    afterAll(async () => {
      await stack.remove();
      use(standIns);
      rmSync(home, { recursive: true, force: true });
    });

    it("are found in a home of their own, all three", () => {
      expect(listed(home)).toEqual(wanted);
    });

    it("make the stack, and plan nothing after it", async () => {
      use(home);
      await stack.up();
      before = (await stack.outputs<{ sessions: string[] }>()).sessions;
      expect(before.length).toBe(2);
      expect(await stack.plan()).toEqual([]);
    });

    it("hand it to the stand-ins, which plan nothing, and nothing after a refresh", async () => {
      use(standIns);
      expect(await stack.plan()).toEqual([]);
      await stack.succeeds("preview", "--refresh", "--expect-no-changes");
    });

    it("get it back after the stand-ins have changed it, and plan nothing", async () => {
      await stack.succeeds("config", "set", "--path", "speakers[0]", "worker");
      await stack.succeeds("config", "set", "--path", "speakers[1]", "worker2");
      await stack.succeeds("config", "set", "--path", "speakers[2]", "worker3");
      await stack.up();
      use(home);
      expect(await stack.plan()).toEqual([]);
      await stack.succeeds("preview", "--refresh", "--expect-no-changes");
      expect((await stack.outputs<{ sessions: string[] }>()).sessions).toEqual([
        ...before,
        expect.stringContaining(`${NETWORK}.13`) as string,
      ]);
    });

    it("take away what the stand-ins have made", async () => {
      await stack.succeeds("destroy", "--yes", "--skip-preview");
      expect(await held(stack.name)).toEqual({ containers: [], networks: [], volumes: [] });
    });
  });
}
