/** Which CNI reads a cluster's objects, and the settings of it that stand in no object: flags, Helm values, modes. */
import { CNIS } from "../components/cni";
import type { Cni, CniSettings } from "../components/cni/cni";
import { commonFindings } from "../components/cni/commonFindings";
import { checkSchema, object } from "../components/cni/crds/schema";
import { sortFindings } from "../components/cni/finding";
import type { ClusterObjects } from "../components/cni/objects";
import type { CniOptions } from "../components/cni/place";
import type { CniReading } from "../components/cni/reading";
import { fail, ok, type Result } from "../components/model/errors";
import { compareVersions } from "../components/model/version";
import { readYaml } from "./files";
import type { ClusterInput } from "./inputTypes";

export function readCluster(
  objects: ClusterObjects,
  choice: ClusterInput,
  where: Pick<CniOptions, "segments" | "nodes">,
  notes: string[],
): Result<CniReading> {
  const names = Object.keys(CNIS).join(", ");
  if (choice.cni === undefined) {
    const fix = `say --cni, for instance --cni ${Object.keys(CNIS)[0] ?? ""}`;
    return fail({ path: "--cni", found: "", expected: `the cluster's CNI: ${names}`, fix });
  }
  const cni = (CNIS as Readonly<Record<string, Cni>>)[choice.cni];
  if (cni === undefined) return fail({ path: "--cni", found: choice.cni, expected: `one of ${names}` });
  const settings = readSettings(choice.settings, cni);
  const version = versionOf(choice, cni, notes);
  if (!settings.ok) return settings;
  if (!version.ok) return version;
  const read = cni.read(objects, {
    ...settings.value,
    ...where,
    nodes: merged(where.nodes, (settings.value as Pick<CniOptions, "nodes">).nodes),
    ...(version.value === undefined ? {} : { version: version.value }),
    ...(choice.name === undefined ? {} : { cluster: choice.name }),
  });
  const fromSecrets = cni.secretsNamespace(settings.value as CniSettings) !== undefined;
  const findings = [...read.findings, ...commonFindings(objects, read.speakers, choice.cni, fromSecrets)];
  return ok({ ...read, findings: sortFindings(findings) });
}

/** "v3.32.1" is 3.32; of a version that nobody has looked at the rules of the others are taken, and that is noted. */
function versionOf({ cni: name, version }: ClusterInput, cni: Cni, notes: string[]): Result<string | undefined> {
  if (version === undefined) return ok(undefined);
  const [usual] = cni.versions;
  const short = /^v?([0-9]{1,4}\.[0-9]{1,4})([.+-].*)?$/.exec(version)?.[1];
  if (short === undefined) {
    const expected = `a version of ${name ?? "the CNI"}, such as ${usual}`;
    return fail({ path: "--cni-version", found: version, expected });
  }
  if (!cni.versions.includes(short)) {
    const known = [...cni.versions].sort(compareVersions).join(", ");
    notes.push(`${cni.title} ${version} is not among the versions whose rules are known (${known})`);
  }
  return ok(short);
}

/** A node stands where links and addresses say; a settings file adds what they do not. */
function merged(...both: [CniOptions["nodes"], CniOptions["nodes"]]): NonNullable<CniOptions["nodes"]> {
  const [where = {}, settings = {}] = both;
  const names = [...Object.keys(where), ...Object.keys(settings)];
  return Object.fromEntries(
    names.map((name) => {
      const [place, own] = [where[name], settings[name]];
      const interfaces = [...(place?.interfaces ?? []), ...(own?.interfaces ?? [])];
      return [name, { ...own, ...place, ...(interfaces.length === 0 ? {} : { interfaces }) }];
    }),
  );
}

function readSettings(file: string | undefined, { settings }: Cni): Result<object> {
  if (file === undefined) return ok({});
  const read = readYaml(file);
  if (!read.ok) return read;
  const { value } = read;
  const found = checkSchema(object(settings), value, "", "0");
  if (found.length === 0) return ok(value as object);
  const known = Object.keys(settings).join(", ");
  return fail(
    ...found.map(({ kind, path, sentence, fix }) =>
      kind === "unknown"
        ? { path, file, found: path.split(".").at(-1) ?? path, expected: `one of ${known}`, fix }
        : { path, file, found: "", expected: `another value: ${sentence}` },
    ),
  );
}
