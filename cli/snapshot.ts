/**
 * A snapshot: a folder that holds a whole network as its files, and bgpfabric.yaml, which says what each of them is.
 * `bgpfabric init` writes that file (see verbs/init.ts).
 */
import { basename, join, normalize } from "node:path";
import { CNIS } from "../components/cni";
import { choice, list, object, text, whole, type Schema } from "../components/cni/crds/schema";
import { ok, type Result } from "../components/model/errors";
import { readChecked } from "./checkedYaml";
import { filesOf, OF_OTHERS, SNAPSHOT } from "./folder";
import type { ClusterInput, Inputs, RouterInput } from "./inputTypes";

const ROUTER = object(
  {
    file: text(),
    system: choice(["frr", "eos"]),
    version: text(),
    profile: choice(["traditional", "datacenter"]),
  },
  ["file", "system"],
);

const CLUSTER = object(
  {
    name: text(),
    cni: choice(Object.keys(CNIS)),
    version: text(),
    settings: text(),
    manifests: list(text(), { minItems: 1 }),
  },
  ["cni", "manifests"],
);

const SCHEMA: Schema = object({
  version: whole(1, 1),
  networks: list(text()),
  clusters: list(CLUSTER),
  routers: { type: "object", additionalProperties: ROUTER },
  links: text(),
  rules: text(),
});

interface SnapshotFile {
  networks?: string[];
  clusters?: { name?: string; cni: string; version?: string; settings?: string; manifests: string[] }[];
  routers?: Record<string, Pick<RouterInput, "file" | "system" | "version" | "profile">>;
  links?: string;
  rules?: string;
}

export function readSnapshot(folder: string): Result<Omit<Inputs, "recursive">> {
  const read = readChecked<SnapshotFile>(join(folder, SNAPSHOT), SCHEMA, "a field of bgpfabric.yaml");
  return read.ok ? ok(inputs(read.value.value, folder, read.value.file, read.value.place)) : read;
}

function inputs(
  value: SnapshotFile,
  folder: string,
  file: string,
  place: (path: string) => { line?: number },
): Omit<Inputs, "recursive"> {
  const within = (name: string): string => join(folder, name);
  const clusters = (value.clusters ?? []).map(({ name, cni, version, settings, manifests }): ClusterInput => ({
    cni,
    files: manifests.map(within),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(settings === undefined ? {} : { settings: within(settings) }),
  }));
  const routers = Object.entries(value.routers ?? {}).map(([name, router]): RouterInput => ({
    ...router,
    name,
    file: within(router.file),
    at: { path: `routers.${name}`, file, ...place(`routers.${name}`) },
  }));
  const all = {
    files: (value.networks ?? []).map(within),
    clusters,
    routers,
    links: value.links === undefined ? [] : [within(value.links)],
    ...(value.rules === undefined ? {} : { rules: within(value.rules) }),
  };
  const named = [
    ...all.files,
    ...clusters.flatMap((cluster) => [...cluster.files, ...(cluster.settings === undefined ? [] : [cluster.settings])]),
    ...routers.map((router) => router.file),
    ...all.links,
    ...(all.rules === undefined ? [] : [all.rules]),
  ];
  return { ...all, notes: unnamed(folder, named) };
}

/** A file that was added beside the named ones changes nothing, and whoever added it thinks that it does. */
function unnamed(folder: string, named: readonly string[]): string[] {
  const known = named.map((file) => normalize(file).replace(/\/$/, ""));
  return filesOf(folder)
    .filter((file) => /\.(ya?ml|json|conf|cfg)$/.test(file) && !OF_OTHERS.test(basename(file)))
    .filter((file) => !known.some((one) => file === one || file.startsWith(`${one}/`)))
    .map((file) => `${file}: not read, ${SNAPSHOT} does not name it`);
}
