/**
 * The PULUMI_HOME of the project, with the resource plugins where they cannot be acquired: the stand-ins of
 * engine/plugins, each bundled into one file that needs nothing of the checkout. The user's own home is never touched.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fillSlot, readSlot } from "../cache";
import { must } from "../exec";
import { contentsOf, keyOf } from "../hash";
import { installPlugins, plugins as standIns, type PluginName } from "../plugins/install";
import type { Session } from "../session";
import { answersSoon } from "./download";

export interface Home {
  dir: string;
  plugins: Plugin[];
  /** Whether any plugin in it is not to be acquired: a stand-in of ours, or missing. */
  standIns: boolean;
}

export interface Plugin {
  name: string;
  version: string;
  origin: "yours" | "official" | "stand-in" | "missing";
}

const PLUGINS = Object.keys(standIns) as PluginName[];

/** The versions that the npm packages of this checkout ask for. */
function wantedPlugins(checkout: string): { name: PluginName; version: string }[] {
  return PLUGINS.map((name) => {
    const manifest = path.join(checkout, "node_modules", "@pulumi", name, "package.json");
    return { name, version: (JSON.parse(fs.readFileSync(manifest, "utf8")) as { version: string }).version };
  });
}

/** The user's own copy of a plugin, in the home that Pulumi uses by default. */
function ownCopy(name: string, version: string): string | undefined {
  const named = process.env["PULUMI_HOME"];
  // One of ours (an open lab shell) is not the user's.
  const home =
    named === undefined || named === "" || named.includes("/bgpfabric/parts/")
      ? path.join(os.homedir(), ".pulumi")
      : named;
  const dir = path.join(home, "plugins", `resource-${name}-v${version}`);
  return fs.existsSync(path.join(dir, `pulumi-resource-${name}`)) ? dir : undefined;
}

/**
 * Pulumi takes only real directories for plugins (sdk/go/common/workspace, 3.259), so a link to the user's folder is not
 * found. Files are hard-linked where both lie on one file system, else copied: a plugin has 50 to 150 MB.
 */
export function copyPlugin(from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    const real = entry.isSymbolicLink() ? fs.realpathSync(source) : source;
    if (fs.statSync(real).isDirectory()) {
      copyPlugin(real, target);
      continue;
    }
    try {
      fs.linkSync(real, target);
    } catch {
      fs.copyFileSync(real, target); // another file system, or one without hard links
    }
  }
}

function sourceOf(checkout: string, name: string): string {
  return path.join(checkout, "dist", "engine", "plugins", name, "main.js");
}

export function homeName(checkout: string): string {
  const wanted = wantedPlugins(checkout);
  const built = path.join(checkout, "dist", "engine", "plugins");
  return `home-${keyOf({
    ...(fs.existsSync(built) ? contentsOf(built, (file) => file.endsWith(".js")) : {}),
    wanted: JSON.stringify(wanted),
    own: wanted.map(({ name, version }) => ownCopy(name, version) ?? "").join(":"),
    libraries: fs.readFileSync(path.join(checkout, "package-lock.json"), "utf8"),
    offline: process.env["BGPFABRIC_OFFLINE"] ?? "",
    recipe: "2",
  })}`;
}

export function currentHome({ at }: Session): Home | undefined {
  const slot = readSlot(at.cache, homeName(at.checkout));
  return slot === undefined ? undefined : describe(slot.dir);
}

/** The home, made when the plugins changed. */
export async function provideHome(session: Session): Promise<Home> {
  const { at, progress } = session;
  const there = currentHome(session);
  if (there !== undefined) return there;
  return progress.step(
    "resource plugins",
    async () => {
      const slot = await fillSlot(at.cache, homeName(at.checkout), async (dir) => {
        const plugins = await install(at.checkout, dir);
        fs.writeFileSync(path.join(dir, "plugins.json"), JSON.stringify(plugins));
        return "checkout";
      });
      return describe(slot.dir);
    },
    (home) => home.plugins.map((plugin) => `${plugin.name} ${plugin.version} ${plugin.origin}`).join(", "),
  );
}

/**
 * Official plugins that the home does not hold yet, acquired by Pulumi itself: it would do so when a program asks for
 * them, and until then `pulumi plugin ls` would not list them. `engine` is the folder of the pulumi program.
 */
export async function acquirePlugins({ progress }: Session, home: Home, engine: string): Promise<void> {
  const missing = home.plugins.filter(
    ({ name, version, origin }) =>
      origin === "official" && !fs.existsSync(path.join(home.dir, "plugins", `resource-${name}-v${version}`)),
  );
  if (missing.length === 0) return;
  await progress.step(
    "official plugins",
    async () => {
      const env = { ...process.env, PULUMI_HOME: home.dir, PULUMI_SKIP_UPDATE_CHECK: "true" };
      for (const { name, version } of missing) {
        await must(path.join(engine, "pulumi"), ["plugin", "install", "resource", name, version], { env });
      }
    },
    () => missing.map(({ name, version }) => `${name} ${version}`).join(", "),
  );
}

function describe(dir: string): Home {
  const plugins = JSON.parse(fs.readFileSync(path.join(dir, "plugins.json"), "utf8")) as Plugin[];
  return {
    dir,
    plugins,
    standIns: plugins.some((plugin) => plugin.origin === "stand-in" || plugin.origin === "missing"),
  };
}

async function install(checkout: string, home: string): Promise<Plugin[]> {
  const plugins: Plugin[] = [];
  let official: boolean | undefined;
  for (const { name, version } of wantedPlugins(checkout)) {
    const dir = path.join(home, "plugins", `resource-${name}-v${version}`);
    const own = ownCopy(name, version);
    if (own !== undefined) {
      copyPlugin(own, dir);
      plugins.push({ name, version, origin: "yours" });
      continue;
    }
    // Pulumi acquires what is missing by itself; all we have to know is whether it will get it.
    official ??= await answersSoon(
      "https://get.pulumi.com/releases/plugins/pulumi-resource-command-v1.2.1-linux-amd64.tar.gz",
    );
    if (official) {
      plugins.push({ name, version, origin: "official" });
    } else if (fs.existsSync(sourceOf(checkout, name))) {
      await installPlugins(home, [name]);
      plugins.push({ name, version, origin: "stand-in" });
    } else {
      plugins.push({ name, version, origin: "missing" });
    }
  }
  return plugins;
}
