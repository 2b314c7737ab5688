/**
 * A running stack as its facts are looked up: programs in its containers, pods by kubectl, and its API servers as an
 * administrator reaches them. The same facts hold where its clusters run on kind: BGPFABRIC_STACK names that stack.
 */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { Api } from "../../components/agent/api";
import { readKubeconfig } from "../../components/live/kubeconfig";
import { dockerShell } from "../../components/live/reach/docker";
import { output } from "../../components/live/shell";
import { orThrow } from "../../components/model/errors";
import { kubectl } from "./kubectl";

export { until } from "./lab";

export interface Lab {
  /** Real kubelets and pods of images, instead of bare nodes. */
  onKind: boolean;
  /** Runs a program in a router's or a node's container, by the speaker's name. */
  inside(this: void, name: string, ...command: string[]): Promise<string>;
  /** Runs a program in a pod of the namespace "default". */
  inPod(this: void, pod: string, command: readonly string[], cluster?: string): Promise<string>;
  /** Asks a router. */
  vty<T>(this: void, router: string, command: string): Promise<T>;
  /** The API server of the cluster that is named, or of the only one. */
  api(this: void, cluster?: string): Api;
}

export function labOf(program: string): Lab {
  const stack = process.env["BGPFABRIC_STACK"] ?? program;
  const onKind = stack.endsWith("-kind");
  let nodes: Promise<Map<string, string>> | undefined;
  const containerOf = async (name: string): Promise<string> => {
    if (onKind) nodes ??= kindContainers();
    return (await nodes)?.get(name) ?? `bgpfabric-${stack}-${name}`;
  };
  const inside = async (name: string, ...command: string[]) => output(dockerShell(await containerOf(name)), command);
  return {
    onKind,
    inside,
    inPod: async (pod, command, cluster) => {
      const context = cluster === undefined ? [] : ["--context", cluster];
      const { code, stdout, stderr } = await kubectl([...context, "exec", pod, "--", ...command]);
      if (code !== 0) throw new Error(`${pod}: ${command.join(" ")}: ${code} ${stderr}${stdout}`);
      return stdout;
    },
    vty: async <T>(router: string, command: string) => JSON.parse(await inside(router, "vtysh", "-c", command)) as T,
    api: (cluster) => apiIn(cluster),
  };
}

function kubeconfig(): string {
  const file = process.env["KUBECONFIG"];
  if (file === undefined) throw new Error("no KUBECONFIG: bring the stack up and run these in its lab");
  return readFileSync(file, "utf8");
}

function apiIn(context?: string): Api {
  return new Api(orThrow(readKubeconfig(kubeconfig(), context === undefined ? {} : { context })));
}

/** Containers by the names of their Nodes: kind tells each kubelet the name of its container. */
async function kindContainers(): Promise<Map<string, string>> {
  const { contexts } = parse(kubeconfig()) as { contexts: { name: string }[] };
  const all = await Promise.all(
    contexts.map(async ({ name }) => {
      const api = apiIn(name);
      const { items } = await api.get<{ items: { metadata: { name: string }; spec: { providerID: string } }[] }>(
        "/api/v1/nodes",
      );
      api.close();
      return items.map(({ metadata, spec }): [string, string] => [
        metadata.name,
        spec.providerID.split("/").at(-1) ?? "",
      ]);
    }),
  );
  return new Map(all.flat());
}
