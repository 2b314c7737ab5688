/**
 * Puts this project's plugins into a PULUMI_HOME as the versions that the npm packages ask for. Each is one bundled file
 * beside its launcher, so that nothing refers to a checkout that may vanish.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

export const plugins = {
  command: "1.2.1",
  docker: "5.2.0",
  kubernetes: "4.34.2",
} as const;
export type PluginName = keyof typeof plugins;

/** Where a plugin lies, as Pulumi looks for it. */
export const pluginFolder = (pulumiHome: string, name: PluginName, version: string = plugins[name]): string =>
  join(pulumiHome, "plugins", `resource-${name}-v${version}`);

/**
 * Installs `names` into `pulumiHome` and answers which were written; one whose content is there already costs a bundling
 * in memory (some 100 ms) and no write. Sources are the compiled files in dist/ when this file runs from there, else the
 * TypeScript sources. Safe to interrupt: a plugin appears whole, by a rename.
 */
export async function installPlugins(
  pulumiHome: string,
  names: readonly PluginName[] = Object.keys(plugins) as PluginName[],
): Promise<PluginName[]> {
  const written: PluginName[] = [];
  for (const name of names) {
    const source = ["main.js", "main.ts"].map((file) => resolve(__dirname, name, file)).find(existsSync);
    if (source === undefined) throw new Error(`engine/plugins/${name} has no main.ts`);
    const bundle = await bundled(source);
    const content = createHash("sha256").update(bundle).update(launcher).digest("hex");
    const folder = pluginFolder(pulumiHome, name);
    if (readIfThere(join(folder, "content")) === content) continue;
    place(pulumiHome, name, bundle, content);
    written.push(name);
  }
  return written;
}

/** What runs: the plugin's one file, under the node of the PATH, in the launcher's own process (the engine signals it). */
const launcher = `#!/bin/sh
exec node "$(dirname "$0")/main.js" "$@"
`;

async function bundled(source: string): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [source],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    write: false,
    minify: true,
    legalComments: "none",
    logLevel: "error",
    // Native helpers of ssh2 (through dockerode) that are optional: without them it uses JavaScript.
    external: ["cpu-features", "*.node"],
  });
  const file = result.outputFiles[0];
  if (file === undefined) throw new Error(`bundling ${source} gave nothing`);
  return file.contents;
}

function place(pulumiHome: string, name: PluginName, bundle: Uint8Array, content: string): void {
  const folder = pluginFolder(pulumiHome, name);
  const fresh = `${folder}.new.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, "main.js"), bundle);
  writeFileSync(join(fresh, `pulumi-resource-${name}`), launcher, { mode: 0o755 });
  writeFileSync(join(fresh, "content"), content);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}

const readIfThere = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
