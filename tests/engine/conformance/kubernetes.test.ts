/**
 * The kubernetes plugin against the recording of pulumi-kubernetes 4.32.0, step by step, on a real API server 1.36 with its
 * controllers and no kubelet. It proves equality for what was recorded: Namespace, CRD and custom resource, ConfigMap and
 * Secret with their replacements, Service without a wait, NodePatch, two kinds of refusal. The rest is in
 * ../plugins/kubernetes.test.ts, where it is called unrecorded.
 */
import { controlPlane, until, type ControlPlane } from "./control-plane";
import { suite } from "./suite";

let plane: ControlPlane | undefined;

async function prepare(): Promise<void> {
  plane = await controlPlane();
  const { request } = plane;
  const node = {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "k01-worker" },
    spec: { podCIDR: "10.244.1.0/24", podCIDRs: ["10.244.1.0/24"] },
  };
  await request("POST", "/api/v1/nodes?fieldManager=curl", node);
  await until("the controllers have seen the node", undefined, async () => {
    const { body } = await request("GET", "/api/v1/nodes/k01-worker");
    const { annotations } = (body["metadata"] ?? {}) as { annotations?: Record<string, string> };
    return annotations?.["node.alpha.kubernetes.io/ttl"] !== undefined;
  });
}

/** What the API server chooses: moments, identities, versions of objects, service addresses. And the provider's version. */
const normalise = (text: string, path: string): string => {
  const name = /([^.[\]]+)(?:\[\d+\])*$/.exec(path)?.[1] ?? "";
  if (["creationTimestamp", "time", "uid", "resourceVersion", "clusterIP", "clusterIPs"].includes(name)) return name;
  return /^(inputs|outputs)\.version$/.test(path) ? "version" : text;
};

const recordedServer = "https://10.10.10.10:6443";

suite({
  name: "kubernetes",
  prepare,
  tidy: async () => plane?.stop(),
  program: () => {
    if (!plane) return Promise.resolve({ name: "kubernetes", plugins: ["kubernetes"], normalise });
    return Promise.resolve({
      name: "kubernetes",
      plugins: ["kubernetes"],
      normalise,
      replace: { [recordedServer]: plane.server },
      files: { "kubeconfig.yaml": plane.kubeconfig },
      // In step 3 a create that fails stops a replacement that does not depend on it: whether that one had begun is a race
      // in the engine, which the recording's side wins surely when operations run one by one.
      env: { PULUMI_PARALLEL: "1" },
    });
  },
  meanings: {
    3: [/namespaces "default" already exists/, /alias/, /Patch/, /upsertExistingObjects/],
    4: [
      /"conf\/w" failed to fully initialize or become live/,
      /\.spec\.size: expected numeric \(int or float\), got string/,
    ],
  },
  exceptions: {},
});
