/** A running stack as its facts are looked up: programs in its containers, and its API server as an administrator reaches it. */
import { readFileSync } from "node:fs";
import { Api } from "../../components/agent/api";
import { readKubeconfig } from "../../components/live/kubeconfig";
import { dockerShell } from "../../components/live/reach/docker";
import { output } from "../../components/live/shell";
import { orThrow } from "../../components/model/errors";

export { until } from "./lab";

export interface Lab {
  /** Runs a program in a container, by the speaker's name. */
  inside(this: void, name: string, ...command: string[]): Promise<string>;
  /** Asks a router. */
  vty<T>(this: void, router: string, command: string): Promise<T>;
  api(this: void): Api;
}

export function labOf(stack: string): Lab {
  const inside = (name: string, ...command: string[]) => output(dockerShell(`bgpfabric-${stack}-${name}`), command);
  return {
    inside,
    vty: async <T>(router: string, command: string) => JSON.parse(await inside(router, "vtysh", "-c", command)) as T,
    api: () => {
      const file = process.env["KUBECONFIG"];
      if (file === undefined) throw new Error("no KUBECONFIG: bring the stack up and run these in its lab");
      return new Api(orThrow(readKubeconfig(readFileSync(file, "utf8"))));
    },
  };
}
