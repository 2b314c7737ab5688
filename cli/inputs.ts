/**
 * What a Network is made from, however it was named: by flags, or by a snapshot folder's bgpfabric.yaml. Nothing is read
 * here but that one file.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ok, type Fault, type Result } from "../components/model/errors";
import { namedFile } from "./files";
import type { Inputs, RouterInput } from "./inputTypes";
import { SNAPSHOT } from "./folder";
import { readSnapshot } from "./snapshot";

/** The flags that say what goes in; the same for every verb. */
export interface InputOptions {
  cni?: string;
  cniVersion?: string;
  cniSettings?: string;
  cluster?: string;
  frr?: string[];
  eos?: string[];
  links?: string;
  recursive?: boolean;
}

export function inputsOf(names: readonly string[], options: InputOptions): Result<Inputs> {
  const faults: Fault[] = [];
  const inputs: Inputs = {
    files: [],
    clusters: [],
    routers: [],
    links: options.links === undefined ? [] : [options.links],
    recursive: options.recursive === true,
    notes: [],
  };
  for (const system of ["frr", "eos"] as const) {
    for (const text of options[system] ?? []) {
      const named = namedFile(`--${system}`, text);
      if (named.ok) inputs.routers.push({ ...named.value, system, at: { path: `--${system}` } });
      else faults.push(...named.faults);
    }
  }
  for (const name of names) {
    if (name === "-" || !existsSync(join(name, SNAPSHOT))) {
      inputs.files.push(name);
      continue;
    }
    const snapshot = readSnapshot(name);
    if (!snapshot.ok) {
      faults.push(...snapshot.faults);
      continue;
    }
    const { files, clusters, routers, links, rules, notes } = snapshot.value;
    inputs.notes.push(...notes);
    inputs.files.push(...files);
    inputs.clusters.push(...clusters);
    inputs.routers.push(...routers);
    inputs.links.push(...links);
    if (rules !== undefined) inputs.rules = rules;
  }
  faults.push(...repeated(inputs.routers));
  return faults.length > 0 ? { ok: false, faults } : ok(inputs);
}

function repeated(routers: readonly RouterInput[]): Fault[] {
  const seen = new Map<string, string>();
  return routers.flatMap(({ name, file, at }) => {
    const before = seen.get(name);
    seen.set(name, file);
    if (before === undefined) return [];
    return [{ ...at, found: name, expected: `each router once: ${before} is ${name} already` }];
  });
}
