/**
 * Kubeconfigs of several clusters as one, in JSON: a context, a user and a cluster each, named as the cluster is in the
 * program. Tools that make clusters call their users and contexts alike, or by names of their own.
 */
import { parse } from "yaml";

export interface NamedKubeconfig {
  name: string;
  /** YAML or JSON; its current context counts. */
  text: string;
}

interface Kubeconfig {
  clusters: { name: string; cluster: object }[];
  users: { name: string; user: object }[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
  "current-context": string;
}

export function mergeKubeconfigs(given: readonly NamedKubeconfig[]): string {
  const all = given.map(({ name, text }) => {
    const config = parse(text) as Kubeconfig;
    const { context } = named(config.contexts, config["current-context"]);
    const { cluster } = named(config.clusters, context.cluster);
    const { user } = named(config.users, context.user);
    const own = `${name}-${context.user}`;
    return {
      cluster: { name, cluster },
      user: { name: own, user },
      context: { name, context: { ...context, cluster: name, user: own } },
    };
  });
  return JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: all.map(({ cluster }) => cluster),
      users: all.map(({ user }) => user),
      contexts: all.map(({ context }) => context),
      "current-context": all[0]?.context.name,
    },
    null,
    2,
  );
}

function named<T extends { name: string }>(all: readonly T[], name: string): T {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the kubeconfig has nothing called ${name}`);
  return found;
}
