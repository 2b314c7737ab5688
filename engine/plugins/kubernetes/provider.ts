/** The plugin for `kubernetes` 4.34.2 as one object: configured once, then each operation in its own file. */
import { setMaxListeners } from "node:events";
import { unsupported } from "../errors";
import type { Configuration, InvokeRequest, Plugin, ResourceCall } from "../plugin";
import { plainValues, type Value, type Values } from "../values";
import { check } from "./check";
import { client } from "./client";
import { cluster } from "./cluster";
import { checkConfig, diffConfig } from "./config";
import type { Context } from "./context";
import { create } from "./create";
import { decodeYaml } from "./decode";
import { remove } from "./delete";
import { diff } from "./diff";
import { access, defaultKubeconfig, readKubeconfig } from "./kubeconfig";
import { text } from "./object";
import { read } from "./read";
import { settings as readSettings } from "./settings";
import { update } from "./update";

/** Configures the plugin: a cluster that does not answer is no error here, only where one is needed. */
export async function connect(config: Values): Promise<Context> {
  const settings = readSettings(plainValues(config));
  const definitions = new Map<string, string>();
  const overrides = { context: settings.context, cluster: settings.cluster, namespace: settings.namespace };
  const given = settings.kubeconfig !== undefined && settings.kubeconfig !== null && settings.kubeconfig !== "";
  let namespace = settings.namespace;
  try {
    const found = access(given ? readKubeconfig(settings.kubeconfig) : defaultKubeconfig(), overrides);
    namespace = found.namespace;
    const http = client(found, settings.requestSeconds);
    const reached = cluster(http);
    // Asks for what nearly every program needs; a server that refuses this is out of reach for everything else too.
    await reached.exists({ group: "", version: "v1", kind: "Namespace" }, "strict");
    return { settings, cluster: reached, unreachable: "", namespace, definitions };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { settings, cluster: undefined, unreachable: reason, namespace, definitions };
  }
}

/** Helm's and kustomize's own machinery. */
const refusedTypes = /^kubernetes:(helm\.sh|kustomize|yaml)\//;

export function provider(): Plugin {
  let configured: Context | undefined;
  const context = ({ type, signal }: ResourceCall): Context => {
    setMaxListeners(0, signal); // one signal may stop hundreds of operations: that is no leak
    if (refusedTypes.test(type)) throw unsupported("kubernetes", `the resource type ${type}`);
    if (!configured) throw new Error("the provider is not configured");
    return configured;
  };
  return {
    name: "kubernetes",
    version: "4.34.2",
    checkConfig: (request) => Promise.resolve().then(() => checkConfig(request)),
    diffConfig: (request) => Promise.resolve().then(() => diffConfig(request)),
    configure: async ({ config }: Configuration) => {
      configured = await connect(config);
    },
    check: async (request) => check(request, context(request)),
    diff: async (request) => diff(request, context(request)),
    create: async (request) => create(request, context(request)),
    read: async (request) => read(request, context(request)),
    update: async (request) => update(request, context(request)),
    delete: async (request) => remove(request, context(request)),
    invoke: async ({ token, args }: InvokeRequest) => {
      if (token !== "kubernetes:yaml:decode") throw unsupported("kubernetes", `the function ${token}`);
      const plain = plainValues(args);
      const result: Value = await decodeYaml(text(plain, "text"), text(plain, "defaultNamespace"), configured);
      return { outputs: { result } };
    },
  };
}
