/**
 * Makes the exports of this folder anew: a real API server with our CustomResourceDefinitions takes what stands in
 * applied-*.yaml, and what `kubectl get -o yaml` gives back is written beside it. Not a test; run it when a kind changes:
 * `npx esbuild tests/cni/exports/make.ts --bundle --platform=node --outfile=make.cjs`, then `node make.cjs FOLDER` with
 * etcd, kube-apiserver, kube-controller-manager and kubectl on PATH. frr-k8s.yaml was made in the same way with frr-k8s' own
 * definition (0.0.20), but for the format of its ASNs, with which kube-apiserver 1.36 refuses every object.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CNIS } from "../../../components/cni";
import { controlPlane } from "../../engine/conformance/control-plane";

const sets = [
  { name: "core", cni: undefined, version: "", kinds: ["nodes", "services", "endpointslices"] },
  { name: "calico", cni: "calico", version: "3.32" },
  { name: "cilium", cni: "cilium", version: "1.18" },
  { name: "cilium-v1", cni: "cilium", version: "1.16" },
  { name: "metallb", cni: "metallb", version: "0.16" },
] as const;

async function main(folder: string): Promise<void> {
  for (const set of sets) {
    const plane = await controlPlane();
    const scratch = mkdtempSync(join(tmpdir(), "bgpfabric-exports-"));
    try {
      const config = join(scratch, "kubeconfig.yaml");
      writeFileSync(config, plane.kubeconfig, { mode: 0o600 });
      const kubectl = (...args: string[]): string =>
        execFileSync("kubectl", ["--kubeconfig", config, ...args], { encoding: "utf8" });
      const definitions = set.cni === undefined ? [] : CNIS[set.cni].kinds(set.version);
      const names = definitions.map(({ metadata }) => metadata.name);
      for (const each of definitions) {
        const file = join(scratch, "definition.json");
        writeFileSync(file, JSON.stringify(each));
        kubectl("apply", "-f", file);
        kubectl("wait", "--for=condition=Established", `crd/${each.metadata.name}`);
      }
      if (set.name === "metallb") kubectl("create", "namespace", "metallb-system");
      const applied = join(folder, `applied-${set.name}.yaml`);
      kubectl("apply", "-f", applied);
      if (set.cni === undefined) {
        const status = { status: { addresses: [{ type: "InternalIP", address: "10.0.0.11" }] } };
        kubectl("patch", "node", "n1", "--subresource=status", "--patch", JSON.stringify(status));
      }
      const wanted = set.cni === undefined ? set.kinds : names;
      const given = kubectl("get", wanted.join(","), "--all-namespaces", "-o", "yaml", "--show-managed-fields");
      writeFileSync(join(folder, `${set.name}.yaml`), given);
      process.stdout.write(`${set.name}: ${readFileSync(applied, "utf8").split("---").length} objects\n`);
    } finally {
      await plane.stop();
      rmSync(scratch, { recursive: true });
    }
  }
}

main(process.argv[2] ?? ".").catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
