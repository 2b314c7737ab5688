/** What a program asks of a cluster that it does not own: docs/existing-clusters.md lists the same as a role. */
import type { Api } from "../agent/api";
import { type Right, rights } from "../cni/installed";

const NODES = rights("", ["nodes"], ["get", "list", "patch"]);

/** "patch nodes" where the API server would refuse that; all of them at once. */
export async function missingRights(api: Api, ofCnis: readonly Right[]): Promise<string[]> {
  const answers = await Promise.all(
    [...NODES, ...ofCnis].map(async ({ group, resource, verb }) => {
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
