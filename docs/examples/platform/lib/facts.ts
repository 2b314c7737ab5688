/** What both stacks say: names and addresses are plain values, so that a preview knows the whole fabric. */
export const SHOP = {
  asn: 64512,
  lan: "10.30.0.0/24",
  firstNode: "10.30.0.10",
  nodes: ["control-plane", "worker", "worker2"],
  pods: "10.244.0.0/16",
} as const;

/** As Kubernetes has them. */
export const nodeNames = SHOP.nodes.map((name) => `shop-${name}`);
