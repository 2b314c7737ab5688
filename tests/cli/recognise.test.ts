/** Proves that manifests are told apart by whose API they use, as `kubectl get -o yaml` and people write it. */
import { describe, expect, test } from "vitest";
import { recognise } from "../../cli/recognise";

const cnisOf = (text: string) => {
  const what = recognise(text);
  return what?.kind === "manifests" ? what.cnis : undefined;
};

describe("whose objects they are", () => {
  test("a BGPPeer of Calico, through its API server and as its own definition", () => {
    expect(cnisOf("apiVersion: projectcalico.org/v3\nkind: BGPPeer\n")).toEqual([{ name: "calico" }]);
    expect(cnisOf('{\n "apiVersion": "crd.projectcalico.org/v1",\n "kind": "BGPPeer"\n}')).toEqual([
      { name: "calico" },
    ]);
  });

  test("an FRRConfiguration of frr-k8s is MetalLB's", () => {
    expect(cnisOf("apiVersion: frrk8s.metallb.io/v1beta1\nkind: FRRConfiguration\n")).toEqual([{ name: "metallb" }]);
  });

  test("an item of a list whose first key is apiVersion", () => {
    expect(cnisOf("apiVersion: v1\nkind: List\nitems:\n- apiVersion: cilium.io/v2\n  kind: CiliumNode\n")).toEqual([
      { name: "cilium" },
    ]);
  });

  test("kube-router has annotations alone", () => {
    const node = "apiVersion: v1\nkind: Node\nmetadata:\n  annotations:\n    kube-router.io/peer.asns: '65001'\n";
    expect(cnisOf(node)).toEqual([{ name: "kube-router" }]);
  });

  test("another project's domain that ends alike is nobody's", () => {
    expect(cnisOf("apiVersion: notcilium.io/v1\nkind: Thing\n")).toEqual([]);
  });

  test("Calico's version is Calico's alone where MetalLB stands in the same file", () => {
    const text = [
      "apiVersion: projectcalico.org/v3\nkind: ClusterInformation\nspec:\n  calicoVersion: v3.30.1\n",
      "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\n",
    ].join("---\n");
    expect(cnisOf(text)).toEqual([{ name: "calico", version: "3.30" }, { name: "metallb" }]);
  });
});
