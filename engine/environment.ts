/**
 * The environment of everything that runs inside a lab: which daemon, which Pulumi, which state.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import type { LabHost } from "./host/lab-host";
import type { Places } from "./places";

export interface Surroundings {
  at: Places;
  host: LabHost;
  /** Folders that come first on PATH. */
  programs: string[];
  /** The PULUMI_HOME that the project made. */
  pulumiHome: string;
  /** Whether plugins of our own stand in there: then Pulumi must not go looking for others. */
  standIns: boolean;
  /** The lab image's name in the daemon. */
  image: string;
  /** The node image's, where the stack's clusters run on kind. */
  nodeImage?: string;
}

/** What Pulumi itself needs, whatever the lab and the backend. */
export function pulumiEnvironment({
  programs,
  pulumiHome,
  standIns,
}: Pick<Surroundings, "programs" | "pulumiHome" | "standIns">): Record<string, string> {
  return {
    PATH: [...programs, process.env["PATH"] ?? ""].join(path.delimiter),
    PULUMI_HOME: pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(standIns ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true", BGPFABRIC_STAND_INS: "true" } : {}),
  };
}

export function labEnvironment(around: Surroundings): Record<string, string> {
  const { at, host } = around;
  const backend = path.join(at.state, "backend");
  fs.mkdirSync(backend, { recursive: true });
  const programs = [...around.programs, ...(host.client === undefined ? [] : [host.client])];
  return {
    ...pulumiEnvironment({ ...around, programs }),
    ...(host.dockerHost === "" ? {} : { DOCKER_HOST: host.dockerHost }),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: process.env["PULUMI_CONFIG_PASSPHRASE"] ?? "",
    KUBECONFIG: path.join(at.state, "kubeconfig"),
    BGPFABRIC_LAB: at.lab,
    BGPFABRIC_IMAGE: around.image,
    ...(around.nodeImage === undefined ? {} : { BGPFABRIC_NODE_IMAGE: around.nodeImage }),
    ...(host.namespace === undefined ? {} : { BGPFABRIC_NETNS: host.namespace }),
  };
}

/** As lines for a shell. */
export function shellExports(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join("");
}
