/** Kubeconfigs of bare clusters as one. Users are renamed after their clusters, since each cluster calls its own alike. */
import type { kubeconfig } from "../agent/kubeconfig";

type Kubeconfig = ReturnType<typeof parse>;

function parse(text: string) {
  return JSON.parse(text) as {
    clusters: object[];
    users: { name: string; user: object }[];
    contexts: { name: string; context: { cluster: string; user: string } }[];
    "current-context": string;
  };
}

/** The texts as `kubeconfig` writes them. */
export function mergeKubeconfigs(texts: readonly (ReturnType<typeof kubeconfig> | undefined)[]): string {
  const all = texts.flatMap((text) => (text === undefined ? [] : [parse(text)]));
  const named = (config: Kubeconfig, user: string) => `${config["current-context"]}-${user}`;
  return JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: all.flatMap(({ clusters }) => clusters),
      users: all.flatMap((config) => config.users.map((user) => ({ ...user, name: named(config, user.name) }))),
      contexts: all.flatMap((config) =>
        config.contexts.map(({ name, context }) => ({
          name,
          context: { ...context, user: named(config, context.user) },
        })),
      ),
      "current-context": all[0]?.["current-context"],
    },
    null,
    2,
  );
}
