/** A drain as a resource, against an API server's double that evicts as the real one does: the pod goes, its owner makes another. */
import { expect, it, vi } from "vitest";
import { Schedulable } from "../../components/live/schedulable";

interface FakePod {
  metadata: { name: string; namespace: string; uid: string; ownerReferences: { uid: string; kind: string }[] };
  spec: { nodeName: string };
  status: { conditions: { type: string; status: string }[] };
}
let pods: FakePod[] = [];
const evicted: string[] = [];

const pod = (name: string, owner: string, nodeName: string, ready = true): FakePod => ({
  metadata: { name, namespace: "default", uid: name, ownerReferences: [{ uid: `${owner} of ${name}`, kind: owner }] },
  spec: { nodeName },
  status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
});

vi.mock("../../components/live/access", () => ({
  apiOf: () =>
    Promise.resolve({
      close: () => undefined,
      patch: () => Promise.resolve({}),
      get: () => Promise.resolve({ items: pods }),
      create: (path: string) => {
        const name = /pods\/([^/]+)\/eviction$/.exec(path)?.[1] ?? "";
        const gone = pods.find(({ metadata }) => metadata.name === name);
        evicted.push(name);
        if (gone === undefined) return Promise.resolve({});
        const again = {
          ...gone,
          metadata: { ...gone.metadata, name: `${name}-2`, uid: `${name}-2` },
          spec: { nodeName: "b" },
        };
        pods = [...pods.filter((one) => one !== gone), again];
        return Promise.resolve({});
      },
    }),
}));

it("moves what serves, does not wait for a replacement of what never served, and leaves daemons and static pods", async () => {
  pods = [
    pod("web", "ReplicaSet", "a"),
    // Its image cannot be pulled: it will never be Ready, on no node.
    pod("coredns", "ReplicaSet", "a", false),
    pod("agent", "DaemonSet", "a"),
    pod("etcd-a", "Node", "a"),
    pod("elsewhere", "ReplicaSet", "b"),
  ];
  await Schedulable.create({ kubeconfig: "", nodes: ["a"], schedulable: false, timeout: 2 });
  expect(evicted.sort()).toEqual(["coredns", "web"]);
  expect(pods.filter(({ spec }) => spec.nodeName === "a").map(({ metadata }) => metadata.name)).toEqual([
    "agent",
    "etcd-a",
  ]);
});

const drained = { kubeconfig: "", nodes: ["a"], timeout: 2, schedulable: false };
const ended = { ...drained, schedulable: true };

it("drains the same nodes again on the way back, which is a change of what they are drained for alone", async () => {
  pods = [pod("web", "ReplicaSet", "a")];
  const { changes } = await Schedulable.diff("nodes", drained, { ...drained, retire: true });
  expect(changes).toBe(true);
  await Schedulable.update?.("nodes", drained, { ...drained, retire: true });
  expect(pods.map(({ spec }) => spec.nodeName)).toEqual(["b"]);
});

it("drains nodes that reflect when the tier is deleted, and moves no pod when they have retired before", async () => {
  pods = [pod("api", "ReplicaSet", "a")];
  await Schedulable.delete?.("nodes", { ...ended, retire: true });
  expect(pods.map(({ spec }) => spec.nodeName)).toEqual(["a"]);
  await Schedulable.delete?.("nodes", ended);
  expect(pods.map(({ spec }) => spec.nodeName)).toEqual(["b"]);
});
