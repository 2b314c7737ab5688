/**
 * Our CRDs, and that what we call refused is what an API server with them refuses: verdicts.json holds what
 * kube-apiserver 1.36.2 said of each object (Calico 3.32, Cilium 1.18, MetalLB 0.16; strict field validation, dry run), and
 * with frr-k8s' own definition of FRRConfiguration (0.0.20, without the format of its ASNs).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CNIS } from "../../../components/cni";
import { calicoKinds } from "../../../components/cni/crds/calico";
import { ciliumKinds } from "../../../components/cni/crds/cilium";
import type { CustomResourceDefinition } from "../../../components/cni/crds/crd";
import { frrConfigurationKind, metallbKinds } from "../../../components/cni/crds/metallb";
import { checkSchema, type Schema } from "../../../components/cni/crds/schema";

interface Verdict {
  group: string;
  kind: string;
  spec: object;
  refused: boolean;
}
const verdicts = JSON.parse(readFileSync(join(__dirname, "verdicts.json"), "utf8")) as Verdict[];
const kinds = {
  "projectcalico.org": calicoKinds,
  "cilium.io": ciliumKinds,
  "metallb.io": metallbKinds,
  "frrk8s.metallb.io": [frrConfigurationKind],
};
const versions = {
  "projectcalico.org": "3.32",
  "cilium.io": "1.18",
  "metallb.io": "0.16",
  "frrk8s.metallb.io": "0.16",
};

describe("an API server refuses what we call refused, and takes the rest", () => {
  test.each(verdicts.map((verdict) => [`${verdict.kind} ${JSON.stringify(verdict.spec)}`, verdict] as const))(
    "%s",
    (_name, { group, kind, spec, refused }) => {
      const key = group as keyof typeof kinds;
      const schema = kinds[key].find((one) => one.kind === kind)?.spec as Schema;
      expect(checkSchema(schema, spec, "spec", versions[key]).length > 0).toBe(refused);
    },
  );
});

/** Every schema object of a CRD, with its place. */
function walk(value: unknown, place: string, visit: (schema: Record<string, unknown>, place: string) => void): void {
  if (typeof value !== "object" || value === null) return;
  const schema = value as Record<string, unknown>;
  if (typeof schema["type"] === "string") visit(schema, place);
  for (const [name, child] of Object.entries(schema)) walk(child, `${place}.${name}`, visit);
}

describe("CRDs", () => {
  const all: CustomResourceDefinition[] = [
    ...CNIS.calico.kinds(),
    ...CNIS.cilium.kinds("1.18"),
    ...CNIS.metallb.kinds(),
  ];

  test("none preserves a field that it does not name", () => {
    expect(JSON.stringify(all)).not.toContain("preserve-unknown-fields");
    const open: string[] = [];
    for (const { metadata, spec } of all) {
      walk(spec.versions[0]?.schema.openAPIV3Schema, metadata.name, (schema, place) => {
        const isOpen =
          schema["type"] === "object" &&
          schema["properties"] === undefined &&
          schema["additionalProperties"] === undefined &&
          !place.endsWith(".metadata");
        if (isOpen) open.push(place);
      });
    }
    expect(open).toEqual([]);
  });

  test("the kinds of each, by group, version and scope", () => {
    expect(all.map(({ metadata, spec }) => `${metadata.name} ${spec.versions[0]?.name ?? ""} ${spec.scope}`)).toEqual([
      "bgpconfigurations.projectcalico.org v3 Cluster",
      "bgppeers.projectcalico.org v3 Cluster",
      "bgpfilters.projectcalico.org v3 Cluster",
      "ippools.projectcalico.org v3 Cluster",
      "blockaffinities.projectcalico.org v3 Cluster",
      "ciliumbgpclusterconfigs.cilium.io v2 Cluster",
      "ciliumbgppeerconfigs.cilium.io v2 Cluster",
      "ciliumbgpadvertisements.cilium.io v2 Cluster",
      "ciliumbgpnodeconfigoverrides.cilium.io v2 Cluster",
      "ciliumloadbalancerippools.cilium.io v2 Cluster",
      "ciliumbgppeeringpolicies.cilium.io v2alpha1 Cluster",
      "bgppeers.metallb.io v1beta2 Namespaced",
      "ipaddresspools.metallb.io v1beta1 Namespaced",
      "bgpadvertisements.metallb.io v1beta1 Namespaced",
      "l2advertisements.metallb.io v1beta1 Namespaced",
      "bfdprofiles.metallb.io v1beta1 Namespaced",
      "communities.metallb.io v1beta1 Namespaced",
    ]);
  });

  test("of the version that is asked for: 3.31 lacks filter operations, 1.19 the peering policy", () => {
    expect(JSON.stringify(CNIS.calico.kinds("3.31"))).not.toContain("prependASPath");
    expect(JSON.stringify(CNIS.calico.kinds("3.32"))).toContain("prependASPath");
    expect(CNIS.cilium.kinds("1.19").map(({ spec }) => spec.names.kind)).not.toContain("CiliumBGPPeeringPolicy");
  });
});
