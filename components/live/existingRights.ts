/** What a program asks of a cluster that it does not own, by CNI: docs/existing-clusters.md lists the same as a role. */
import type { Api } from "../agent/api";

interface Right {
  group: string;
  resource: string;
  verb: string;
}

const OWN = ["get", "create", "patch", "delete"];

const each = (group: string, resources: string[], verbs: string[]): Right[] =>
  resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb })));

const NODES = each("", ["nodes"], ["get", "list", "patch"]);

const OF_CNI: Readonly<Record<string, readonly Right[]>> = {
  calico: [
    ...each("projectcalico.org", ["bgppeers", "bgpfilters", "ippools"], OWN),
    ...each("projectcalico.org", ["ippools"], ["list"]),
    ...each("projectcalico.org", ["bgpconfigurations"], ["get", "patch"]),
  ],
  cilium: each(
    "cilium.io",
    [
      ...["ciliumbgpadvertisements", "ciliumbgpclusterconfigs", "ciliumbgpnodeconfigoverrides"],
      ...["ciliumbgppeerconfigs", "ciliumloadbalancerippools"],
    ],
    OWN,
  ),
  metallb: each("metallb.io", ["bfdprofiles", "bgpadvertisements", "bgppeers", "communities", "ipaddresspools"], OWN),
  "kube-router": [],
};

export function rightsFor(kinds: readonly string[]): Right[] {
  return [...NODES, ...kinds.flatMap((kind) => OF_CNI[kind] ?? [])];
}

/** "patch nodes" where the API server would refuse that; all of them at once. */
export async function missingRights(api: Api, kinds: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(
    rightsFor(kinds).map(async ({ group, resource, verb }) => {
      const { status } = await api.create<{ status: { allowed: boolean } }>(
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SelfSubjectAccessReview",
          spec: { resourceAttributes: { group, resource, verb } },
        },
      );
      return status.allowed ? [] : [`${verb} ${resource}${group === "" ? "" : `.${group}`}`];
    }),
  );
  return answers.flat();
}
