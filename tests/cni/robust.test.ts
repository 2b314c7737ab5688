/** Whatever stands in the objects, a reading answers: no exception, no hang, findings that name their object. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readCalico } from "../../components/cni/calico";
import { readCilium } from "../../components/cni/cilium";
import { readDocuments, loadManifests } from "../../components/cni/load";
import { readKubeRouter } from "../../components/cni/kubeRouter";
import { readMetallb } from "../../components/cni/metallb";
import type { ClusterObjects } from "../../components/cni/objects";
import { calicoKinds } from "../../components/cni/crds/calico";
import { ciliumKinds } from "../../components/cni/crds/cilium";
import { metallbKinds } from "../../components/cni/crds/metallb";
import type { Schema } from "../../components/cni/crds/schema";

const words = fc.constantFrom(
  "",
  "all()",
  "rack == 'a'",
  "!has(x)",
  "10.0.0.1",
  "10.0.0.0/8",
  "2001:db8::/64",
  "fe80::1%eth0",
  "0.0.0.0/0",
  "90s",
  "64512:1",
  "1:2:3",
  "a",
  "constructor",
  "__proto__",
  "999.999.999.999/99",
);

/** A value that the schema nearly asks for: right in most places, anything at all in some. */
function near(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const wrong = fc.oneof(fc.constant(null), fc.integer(), words, fc.constant([]), fc.constant({}), fc.boolean());
  const right = ((): fc.Arbitrary<unknown> => {
    switch (schema.type) {
      case "boolean":
        return fc.boolean();
      case "integer":
        return fc.oneof(fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 4294967295 }), fc.constant(0));
      case "string":
        return schema.enum === undefined
          ? fc.oneof(words, fc.string({ maxLength: 12 }))
          : fc.constantFrom(...schema.enum);
      case "array":
        return fc.array(near(schema.items ?? { type: "string" }, depth + 1), { maxLength: depth > 2 ? 1 : 3 });
      case "object":
        return schema.properties === undefined
          ? fc.dictionary(words, words, { maxKeys: 2 })
          : fc.record(
              Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, near(one, depth + 1)])),
              { requiredKeys: [...(schema.required ?? [])] },
            );
    }
  })();
  return fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

const resources = fc.array(
  fc.oneof(
    ...[...calicoKinds, ...ciliumKinds, ...metallbKinds].map((kind) =>
      fc.record({
        apiVersion: fc.constant(`${kind.group}/${kind.version}`),
        kind: fc.constant(kind.kind),
        metadata: fc.record({
          name: fc.constantFrom("default", "node.n1", "n1", "x", "y"),
          namespace: fc.constant("metallb-system"),
          labels: fc.dictionary(fc.constantFrom("rack", "a"), fc.constantFrom("a", "b"), { maxKeys: 2 }),
        }),
        spec: near(kind.spec ?? { type: "object" }),
      }),
    ),
  ),
  { maxLength: 8 },
);

const annotations = fc.dictionary(
  fc.constantFrom(
    "projectcalico.org/IPv4Address",
    "projectcalico.org/ASNumber",
    "projectcalico.org/RouteReflectorClusterID",
    "kube-router.io/peers",
    "kube-router.io/peer.ips",
    "kube-router.io/rr.server",
    "kube-router.io/path-prepend.as",
    "cilium.io/bgp-virtual-router.64512",
  ),
  fc.oneof(words, fc.string({ maxLength: 20 })),
);

test("every reading of every near-valid set of objects ends in speakers and findings", () => {
  fc.assert(
    fc.property(
      resources,
      annotations,
      fc.constantFrom("3.31", "3.33", "1.18", "1.20", "0.15", "0.16", "x"),
      (list, notes, version) => {
        const objects: ClusterObjects = {
          nodes: ["n1", "n2"].map((name, i) => ({
            apiVersion: "v1",
            kind: "Node",
            metadata: { name, labels: { rack: "a" }, annotations: i === 0 ? notes : {} },
            spec: { podCIDRs: [`10.244.${i}.0/24`] },
            status: { addresses: [{ type: "InternalIP", address: `10.0.0.${i + 1}` }] },
          })),
          resources: list,
        };
        // A node is one speaker, or one for each instance that a CiliumBGPClusterConfig gives it.
        const instances = list.map(({ spec }) => (spec as { bgpInstances?: unknown } | undefined)?.bgpInstances);
        const most = Math.max(1, ...instances.map((given) => (Array.isArray(given) ? given.length : 0)));
        for (const read of [readCalico, readCilium, readMetallb, readKubeRouter]) {
          const { speakers, findings } = read(objects, { version });
          expect(speakers.length).toBeLessThanOrEqual(objects.nodes.length * most);
          for (const finding of findings) {
            expect(finding.object).not.toBe("");
            expect(finding.sentence).not.toContain("undefined");
            expect(finding.fix).not.toBe("");
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("arbitrary text and arbitrary values are faults or objects, never an exception", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 200 }), words), (text) => {
      const loaded = loadManifests([{ file: "x.yaml", text }]);
      expect(loaded.ok || loaded.faults.length > 0).toBe(true);
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const loaded = readDocuments([{ value }, { value: { apiVersion: "v1", kind: "List", items: [value] } }]);
      expect(loaded.ok || loaded.faults.length > 0).toBe(true);
    }),
    { numRuns: 300 },
  );
});
