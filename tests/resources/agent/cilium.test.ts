/** What the bare cluster's agent writes for Cilium's own control plane: the CiliumNode of each Node. */
import { expect, it } from "vitest";
import { ciliumNodeOf } from "../../../components/agent/cnis/cilium/ciliumNode";

it("a CiliumNode has the Node's labels, addresses and pod blocks, and goes with it", () => {
  const node = {
    metadata: { name: "w1", uid: "u-1", labels: { rack: "rack0" } },
    spec: { podCIDR: "10.1.0.0/26", podCIDRs: ["10.1.0.0/26", "fd01::/64"] },
    status: {
      addresses: [
        { type: "Hostname", address: "w1" },
        { type: "InternalIP", address: "10.0.1.2" },
      ],
    },
  };
  expect(ciliumNodeOf(node)).toEqual({
    apiVersion: "cilium.io/v2",
    kind: "CiliumNode",
    metadata: {
      name: "w1",
      labels: { rack: "rack0" },
      ownerReferences: [{ apiVersion: "v1", kind: "Node", name: "w1", uid: "u-1" }],
    },
    spec: { addresses: [{ type: "InternalIP", ip: "10.0.1.2" }], ipam: { podCIDRs: ["10.1.0.0/26", "fd01::/64"] } },
  });
});
