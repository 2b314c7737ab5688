/** Proves where the project's PULUMI_HOME takes the plugins of a user who has them from; not that Pulumi runs with them. */
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Plugin, acquirePlugins, provideHome } from "../../engine/parts/home";
import { silent } from "../../engine/progress";
import { temporaryFolder } from "./temporary";

const checkout = join(__dirname, "..", "..");
const names = ["command", "docker", "kubernetes"];
const versionOf = (name: string): string =>
  (
    JSON.parse(readFileSync(join(checkout, "node_modules", "@pulumi", name, "package.json"), "utf8")) as {
      version: string;
    }
  ).version;
const folderOf = (home: string, name: string): string => join(home, "plugins", `resource-${name}-v${versionOf(name)}`);

/** A PULUMI_HOME as `pulumi plugin install` leaves it. */
function usersHome(): string {
  const home = temporaryFolder();
  for (const name of names) {
    mkdirSync(folderOf(home, name), { recursive: true });
    const program = join(folderOf(home, name), `pulumi-resource-${name}`);
    writeFileSync(program, `#!/bin/sh\necho ${name}\n`);
    chmodSync(program, 0o755);
  }
  return home;
}

describe("the PULUMI_HOME of a user who has the official plugins", () => {
  afterEach(() => vi.unstubAllEnvs());

  // Pulumi 3.259 passes over a plugin folder that is a link ("no resource plugin ... found").
  it("holds them in real folders, executable, and they survive the user's own", async () => {
    const users = usersHome();
    // A package manager may link single files.
    writeFileSync(join(users, "data"), "data");
    symlinkSync(join(users, "data"), join(folderOf(users, "docker"), "data"));
    vi.stubEnv("PULUMI_HOME", users);
    const at = { cache: temporaryFolder(), state: "", run: "", lab: "lab", checkout };
    const home = await provideHome({ at, progress: silent });
    expect(home.plugins.map(({ origin }) => origin)).toEqual(["yours", "yours", "yours"]);
    expect(home.standIns).toBe(false);
    rmSync(users, { recursive: true, force: true });
    for (const name of names) {
      const folder = folderOf(home.dir, name);
      expect(lstatSync(folder).isDirectory()).toBe(true);
      expect(lstatSync(join(folder, `pulumi-resource-${name}`)).mode & 0o111).not.toBe(0);
      expect(readFileSync(join(folder, `pulumi-resource-${name}`), "utf8")).toContain(name);
    }
    expect(readFileSync(join(folderOf(home.dir, "docker"), "data"), "utf8")).toBe("data");
  });
});

describe("official plugins that no home holds yet", () => {
  /** A pulumi that does what the real one does with "plugin install": a folder in its home. */
  function fakeEngine(code = 0): string {
    const engine = temporaryFolder();
    const install = `mkdir -p "$PULUMI_HOME/plugins/$3-$4-v$5"`;
    writeFileSync(
      join(engine, "pulumi"),
      `#!/bin/sh\n[ "$1 $2" = "plugin install" ] || exit 64\n${install}\nexit ${code}\n`,
    );
    chmodSync(join(engine, "pulumi"), 0o755);
    return engine;
  }
  const session = { at: { cache: "", state: "", run: "", lab: "lab", checkout }, progress: silent };
  const home = (origin: Plugin["origin"]) => ({
    dir: temporaryFolder(),
    plugins: names.map((name): Plugin => ({ name, version: versionOf(name), origin })),
    standIns: false,
  });

  it("are acquired by Pulumi before a program asks for them, so that `pulumi plugin ls` lists them", async () => {
    const official = home("official");
    await acquirePlugins(session, official, fakeEngine());
    for (const name of names) expect(lstatSync(folderOf(official.dir, name)).isDirectory()).toBe(true);
  });

  it("are not looked for where a stand-in or the user's own is in their place", async () => {
    for (const origin of ["stand-in", "yours"] as const) await acquirePlugins(session, home(origin), "/nowhere");
  });

  it("that cannot be acquired are an error with what Pulumi printed", async () => {
    await expect(acquirePlugins(session, home("official"), fakeEngine(3))).rejects.toThrow(
      /plugin install resource .* ended with 3/,
    );
  });
});
