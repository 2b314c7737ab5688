/**
 * Settings of a CNI that follow from what all parts of a program want together: flags that a DaemonSet would carry. They
 * come as a ConfigMap of the CNI's name, after the cluster has started, and hold over what the cluster started with.
 */
import type { ApiObject } from "../api";
import { AGENT_NAMESPACE } from "../settings";
import type { ClusterView } from "./cni";

type ConfigMap = ApiObject & { data?: Record<string, string> };

/** The key of the ConfigMap that holds them, as JSON. */
export const FLAGS_KEY = "settings.json";

export function watchFlags(view: ClusterView): () => Readonly<Record<string, unknown>> {
  const { cni } = view;
  const path = `/api/v1/namespaces/${AGENT_NAMESPACE}/configmaps?fieldSelector=metadata.name%3D${cni.kind}`;
  const store = view.watch<ConfigMap>(path);
  return () => {
    const text = store.get(cni.kind, AGENT_NAMESPACE)?.data?.[FLAGS_KEY];
    if (text === undefined) return cni.settings;
    try {
      return { ...cni.settings, ...(JSON.parse(text) as Record<string, unknown>) };
    } catch {
      view.say(`ConfigMap ${AGENT_NAMESPACE}/${cni.kind}: ${FLAGS_KEY} is not JSON`);
      return cni.settings;
    }
  };
}
