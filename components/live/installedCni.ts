/** The version of a CNI as a cluster that others set up shows it: what the CNI writes about itself, or its agents' image. */
import { type Api, ApiError } from "../agent/api";

interface Place {
  path: string;
  version: (object: unknown) => string | undefined;
}

const information = (group: string): Place => ({
  path: `/apis/${group}/clusterinformations/default`,
  version: (object) => (object as { spec?: { calicoVersion?: string } }).spec?.calicoVersion,
});

const daemonSet = (namespace: string, name: string): Place => ({
  path: `/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}`,
  version: (object) => {
    const { spec } = object as { spec: { template: { spec: { containers: { image: string }[] } } } };
    return spec.template.spec.containers.map(({ image }) => /:([^/:@]+)(@|$)/.exec(image)?.[1]).find(Boolean);
  },
});

/** In this order; the names are those of each CNI's own manifests and charts. */
const PLACES: Readonly<Record<string, readonly Place[]>> = {
  calico: [
    information("projectcalico.org/v3"),
    information("crd.projectcalico.org/v1"),
    daemonSet("calico-system", "calico-node"),
    daemonSet("kube-system", "calico-node"),
  ],
  cilium: [daemonSet("kube-system", "cilium")],
  metallb: [daemonSet("metallb-system", "speaker"), daemonSet("metallb-system", "metallb-speaker")],
  "kube-router": [daemonSet("kube-system", "kube-router")],
};

/** "3.32.1" of "v3.32.1"; undefined where none of the places has one. */
export async function installedVersion(api: Api, kind: string): Promise<string | undefined> {
  for (const { path, version } of PLACES[kind] ?? []) {
    const found = await api.get<unknown>(path).then(version, absent);
    const numbers = /^v?(\d+\.\d+(\.\d+)?)/.exec(found ?? "")?.[1];
    if (numbers !== undefined) return numbers;
  }
  return undefined;
}

/** Where it would have been looked for, for messages. */
export function placesOf(kind: string): string {
  return (PLACES[kind] ?? []).map(({ path }) => path).join(", ");
}

/** Forbidden counts as absent: another place may be readable. */
function absent(error: unknown): undefined {
  if (error instanceof ApiError && [403, 404].includes(error.status)) return undefined;
  throw error;
}
