/** Mistakes with ClusterPeering: two clusters that route to each other share nothing but the network between them. */
import { describe } from "vitest";
import { calico, kubeRouter } from "../../../components/cni/choices";
import type { ClusterSpec } from "../../../components/plan/cluster";
import { planClusterPeering } from "../../../components/plan/clusterPeering";
import { whole } from "../../../components/plan/combine";
import { UserError } from "../../../components/model/errors";
import { place } from "../../../components/plan/place";
import { planReflectorTier } from "../../../components/plan/reflectorTier";
import { clusterOn, rackOf, refuses } from "./mistake";

function tierOf(name: string, from: string, changes: Partial<ClusterSpec>, retire = false) {
  const rack = rackOf();
  const nodes = place(rack, ["m01", "m02", "m03"], { from });
  const cluster = clusterOn(rack, { nodes, ...changes }, name);
  const reflectors = { nodes: ["m02", "m03"] };
  return planReflectorTier(`${name}-rr`, { cluster, reflectors, clusterId: "244.0.0.1", retire });
}
const A = { cni: calico({ asn: 64512 }), pods: "10.200.0.0/16", services: "10.201.0.0/16" };
const B = { cni: calico({ asn: 64513 }), pods: "10.210.0.0/16", services: "10.211.0.0/16" };
const peering =
  (b: Partial<ClusterSpec>, a: Partial<ClusterSpec> = {}) =>
  () =>
    planClusterPeering("a-b", {
      between: [tierOf("a", "10.10.10.10", { ...A, ...a }), tierOf("b", "10.10.10.20", { ...B, ...b })],
    });

describe("two clusters that peer", () => {
  refuses([
    {
      what: "reflectors that retire, which the sessions between the clusters need",
      call: () =>
        planClusterPeering("a-b", {
          between: [tierOf("a", "10.10.10.10", A), tierOf("b", "10.10.10.20", B, true)],
        }),
      says: /^between\[1\]: found "b-rr, whose reflectors retire", expected reflectors that stay/,
    },
    {
      what: "one ASN",
      call: peering({ cni: calico({ asn: 64512 }) }),
      says: /^between\[1\]: found "AS 64512", expected another ASN.*own.*cni.asn/,
    },
    {
      what: "one pod network",
      call: peering({ pods: "10.200.0.0/16" }),
      says: /^between\[1\]: found "pods 10.200.0.0\/16 of b"/,
    },
    {
      what: "pods over the other's services",
      call: peering({ pods: "10.201.0.0/16" }),
      says: /apart from the services 10.201.0.0\/16 of a/,
    },
    {
      what: "services over the other's pods",
      call: peering({ services: "10.200.128.0/17" }),
      says: /found "services 10.200.128.0\/17 of b".*apart from the pods/,
    },
    {
      what: "one range of services, as every cluster has it that says none",
      call: peering({ services: "10.96.0.0/16" }, { services: "10.96.0.0/16" }),
      says: /services 10.96.0.0\/16 of b/,
    },
    {
      what: "a pod network inside the other's",
      call: peering({ pods: "10.200.64.0/18" }),
      says: /pods 10.200.64.0\/18 of b/,
    },
    {
      what: "a cluster with itself",
      call: () => {
        const tier = tierOf("a", "10.10.10.10", A);
        return planClusterPeering("a-a", { between: [tier, tier] });
      },
      says: /^between\[1\]: .*reflectors of another cluster than a/,
    },
    { what: "everything at once", call: peering({ ...A }), says: /apart from the services/ },
    {
      what: "disabled pools for a CNI that has none",
      call: peering({ cni: kubeRouter({ asn: 64513 }) }),
      says: /^between\[1\]\.pools/,
    },
    {
      what: "nodes of both with one address",
      call: () => {
        const rack = rackOf();
        const [a, b] = [clusterOn(rack, A, "a"), clusterOn(rack, B, "b")];
        const result = whole([rack, a, b]);
        if (!result.ok) throw new UserError(result.faults);
      },
      says: /found "10.10.10.10", expected an address of its own/,
    },
  ]);
});
