/** From a kubeconfig to the API that it leads to. */
import { parseDocument } from "yaml";
import { Api } from "../agent/api";
import { orThrow } from "../model/errors";
import { withCredentials } from "./credentialPlugin";
import { readKubeconfig } from "./kubeconfig";

/** The caller closes it. */
export async function apiOf(kubeconfig: string): Promise<Api> {
  return new Api(orThrow(readKubeconfig(await withCredentials(kubeconfig))));
}

/** The same kubeconfig with another current context. */
export function atContext(kubeconfig: string, context: string | undefined): string {
  if (context === undefined) return kubeconfig;
  const document = parseDocument(kubeconfig);
  document.set("current-context", context);
  return document.toString();
}
