/** The Provider's arguments and their environment variables, as pulumi-kubernetes 4.34 reads them. */
import { unsupported } from "../errors";
import { isValues, type Value, type Values } from "../values";
import { number, text } from "./object";

export interface Settings {
  readonly kubeconfig: Value | undefined;
  readonly context: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly deleteUnreachable: boolean;
  readonly skipUpdateUnreachable: boolean;
  readonly serverSideApply: boolean;
  readonly patchForce: boolean;
  readonly upsert: boolean;
  readonly configMapMutable: boolean;
  readonly secretMutable: boolean;
  readonly suppressHelmHookWarnings: boolean;
  /** Seconds for one request; undefined: the client's own. */
  readonly requestSeconds: number | undefined;
}

/** What only the official plugin has. Settings of Helm alone are taken: no Helm resource is made here. */
const refused = ["renderYamlToDirectory", "alwaysRender", "rejectUnknownResources"];

/** Provider arguments arrive as JSON text ("true", "false"), from an older SDK as they are. */
const isTrue = (value: Value | undefined): boolean => value === true || value === "true";

export function refuseUnsupported(config: Values): void {
  for (const name of refused) {
    const value = config[name];
    if (value !== undefined && value !== null && value !== "" && value !== "false" && value !== false)
      throw unsupported("kubernetes", `the provider's argument ${name}`);
  }
}

export function settings(config: Values, env: NodeJS.ProcessEnv = process.env): Settings {
  refuseUnsupported(config);
  const flag = (name: string, variable: string, otherwise = false): boolean => {
    if (config[name] !== undefined && config[name] !== null) return isTrue(config[name]);
    const set = env[variable];
    return set === undefined ? otherwise : set === "true";
  };
  const client = objectOf(config["kubeClientSettings"]);
  const timeout = number(client, "timeout") ?? Number(env["PULUMI_K8S_CLIENT_TIMEOUT"] || 0);
  return {
    kubeconfig: config["kubeconfig"],
    context: text(config, "context"),
    cluster: text(config, "cluster"),
    namespace: text(config, "namespace"),
    deleteUnreachable: flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
    skipUpdateUnreachable: flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
    serverSideApply: flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", true),
    patchForce: flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
    upsert: flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
    configMapMutable: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
    secretMutable: flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
    suppressHelmHookWarnings: flag("suppressHelmHookWarnings", "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS"),
    requestSeconds: timeout > 0 ? timeout : undefined,
  };
}

function objectOf(value: Value | undefined): Values {
  const object = typeof value === "string" && value !== "" ? (JSON.parse(value) as Value) : value;
  return isValues(object) ? object : {};
}
