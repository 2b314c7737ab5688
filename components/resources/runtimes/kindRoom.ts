/** The question whether the machine has room for all clusters on kind that a program makes, before the first is made. */
import * as pulumi from "@pulumi/pulumi";
import { Live } from "../dynamic";

/** Of this program, by kind's names: each asks for all of them together, since they take from the same machine. */
const CLUSTERS = new Map<string, number>();

export function kindRoom(name: string, cluster: { name: string; nodes: number }, parent: pulumi.Resource): Live {
  CLUSTERS.set(cluster.name, cluster.nodes);
  // By then the program has been read, and has made all its clusters.
  const all = new Promise<void>((resolve) => setImmediate(resolve)).then(() =>
    [...CLUSTERS].map(([known, nodes]) => ({ name: known, nodes })),
  );
  return new Live("KindRoom", `${name}-room`, { clusters: pulumi.output(all) }, { parent });
}
