/** Nodes with the labels and annotations that an intent puts on them. */
import type { NodeMark } from "./cni";
import type { Node } from "./objects";

export function markNodes(nodes: readonly Node[], marks: readonly NodeMark[]): Node[] {
  return nodes.map((node) => {
    const own = marks.filter(({ name }) => name === node.metadata.name);
    if (own.length === 0) return node;
    const { labels, annotations } = node.metadata;
    return {
      ...node,
      metadata: {
        ...node.metadata,
        labels: Object.assign({}, labels, ...own.map((mark) => mark.labels)) as Record<string, string>,
        annotations: Object.assign({}, annotations, ...own.map((mark) => mark.annotations)) as Record<string, string>,
      },
    };
  });
}
