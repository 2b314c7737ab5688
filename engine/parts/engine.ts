/**
 * The Pulumi engine put together: one folder with the CLI and everything that has to lie beside it.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { fillSlot, readSlot } from "../cache";
import { keyOf } from "../hash";
import type { Session } from "../session";
import { lookUp, provide, slotName, type Part, type Ready } from "./part";
import { hasLanguageHost, languageHost, pulumiCli } from "./pulumi";

export interface Engine {
  /** The folder to put on PATH. */
  dir: string;
  parts: Ready[];
}

/** Every part of the engine that the machine still lacks is made. */
export async function provideEngine(here: Session): Promise<Engine> {
  const { at } = here;
  const cli = await provide(pulumiCli(at.checkout), here);
  if (cli.origin === "path" || hasLanguageHost(cli.dir)) return { dir: cli.dir, parts: [cli] };
  const host = await provide(languageHost(at.checkout), here);
  const name = assemblyName(at.checkout);
  const slot =
    readSlot(at.cache, name) ??
    (await fillSlot(at.cache, name, (dir) => {
      // The CLI looks beside its own file, so a link to it elsewhere would not do.
      for (const part of [cli, host]) copyPrograms(part.dir, dir);
      return Promise.resolve(cli.origin);
    }));
  return { dir: slot.dir, parts: [cli, host] };
}

/** The engine as it is now, if nothing has to be made. */
export async function currentEngine({ at }: Session): Promise<Engine | undefined> {
  const cli = await lookUp(pulumiCli(at.checkout), at.cache);
  if (cli === undefined) return undefined;
  if (cli.origin === "path" || hasLanguageHost(cli.dir)) return { dir: cli.dir, parts: [cli] };
  const host = await lookUp(languageHost(at.checkout), at.cache);
  const slot = readSlot(at.cache, assemblyName(at.checkout));
  return host === undefined || slot === undefined ? undefined : { dir: slot.dir, parts: [cli, host] };
}

export function engineParts(checkout: string): Part[] {
  return [pulumiCli(checkout), languageHost(checkout)];
}

function assemblyName(checkout: string): string {
  return `engine-${keyOf(Object.fromEntries(engineParts(checkout).map((part) => [part.name, slotName(part)])))}`;
}

function copyPrograms(from: string, to: string): void {
  for (const name of fs.readdirSync(from)) {
    if (name.startsWith(".")) continue;
    const target = path.join(to, name);
    try {
      fs.linkSync(path.join(from, name), target);
    } catch {
      fs.copyFileSync(path.join(from, name), target);
    }
  }
}
