/**
 * Whether the machine has what the nodes of kind clusters take of it, asked before one of them is made: instances of
 * inotify, of which a user has 128 on most machines. It runs as the check of a resource, so a preview says it too.
 */
import { readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { type Body, type Failure, equal } from "./body";
import { connect } from "./reach/docker";

export interface KindRoomInputs {
  /** All clusters on kind of the program, by kind's names, with the number of their nodes. */
  clusters: { name: string; nodes: number }[];
}

/** What systemd, containerd and kubelet of a node take, and the pods of the control plane beside them. */
export const OF_NODE = 12;
export const OF_CONTROL_PLANE = 13;

const LIMIT = "/proc/sys/fs/inotify/max_user_instances";
/** kind's own label of a node's container. */
const CLUSTER_LABEL = "io.x-k8s.kind.cluster";

/** What is wrong where so many instances of `limit` are taken, and so many nodes of each cluster stand already. */
export function roomFaults(
  { clusters }: KindRoomInputs,
  { limit, taken, standing }: { limit: number; taken: number; standing: Readonly<Record<string, number>> },
): Failure[] {
  const wanted = clusters.flatMap(({ name, nodes }) => {
    const there = standing[name] ?? 0;
    const instances = Math.max(0, nodes - there) * OF_NODE + (there === 0 ? OF_CONTROL_PLANE : 0);
    return instances === 0 ? [] : [{ name, nodes, instances }];
  });
  const sum = wanted.reduce((total, { instances }) => total + instances, 0);
  if (sum === 0 || taken + sum <= limit) return [];
  const each = wanted.map(({ name, nodes, instances }) => `${name}, ${nodes} nodes, ${instances}`).join("; ");
  return [
    {
      property: "clusters",
      reason:
        `kind's nodes would take ${sum} instances of inotify (${each}), and ${limit - taken} are left: the machine gives ` +
        `root ${limit} (fs.inotify.max_user_instances), ${taken} are taken; ` +
        "run fewer nodes, end other clusters, or raise the setting",
    },
  ];
}

/** Instances that processes of root have; elsewhere than on Linux there is nothing to count. */
function takenByRoot(): number {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .reduce((total, pid) => total + instancesOf(`/proc/${pid}`), 0);
}

function instancesOf(process: string): number {
  try {
    if (statSync(process).uid !== 0) return 0;
    return readdirSync(`${process}/fd`).filter((fd) => isInotify(`${process}/fd/${fd}`)).length;
  } catch {
    // Gone already, or not ours to look at.
    return 0;
  }
}

function isInotify(fd: string): boolean {
  try {
    return readlinkSync(fd) === "anon_inode:inotify";
  } catch {
    return false;
  }
}

async function standingNodes(): Promise<Record<string, number>> {
  const nodes = await connect().listContainers({ filters: JSON.stringify({ label: [CLUSTER_LABEL] }) });
  const found: Record<string, number> = {};
  for (const { Labels } of nodes) {
    const cluster = Labels[CLUSTER_LABEL] ?? "";
    found[cluster] = (found[cluster] ?? 0) + 1;
  }
  return found;
}

async function faults(inputs: KindRoomInputs): Promise<Failure[]> {
  let limit: number;
  try {
    limit = Number(readFileSync(LIMIT, "utf8"));
  } catch {
    return [];
  }
  const standing = await standingNodes();
  return roomFaults(inputs, { limit, taken: takenByRoot(), standing });
}

export const KindRoom: Body<KindRoomInputs, KindRoomInputs> = {
  check: async (_olds, news) => ({ inputs: news, failures: await faults(news) }),
  diff: (_id, olds, news) => Promise.resolve({ changes: !equal(olds.clusters, news.clusters) }),
  create: (inputs) => Promise.resolve({ id: "room", outs: inputs }),
  update: (_id, _olds, news) => Promise.resolve({ outs: news }),
};
