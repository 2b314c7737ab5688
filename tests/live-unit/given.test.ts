/** What the cluster's part gives a node is applied in the end, though its daemon may start slowly. */
import { expect, it, vi } from "vitest";
import type { Api } from "../../components/agent/api";
import { watchGiven } from "../../components/agent/given";

/** An API server with the Secret of one node, which nothing changes any more. */
function serverWith(text: string): Api {
  const data = { "gobgpd.yaml": Buffer.from(text).toString("base64") };
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "kr-worker1.kube-router", namespace: "bgpfabric-system", resourceVersion: "7" },
    data,
  };
  const api = {
    get: () => Promise.resolve({ metadata: { resourceVersion: "7" }, items: [secret] }),
    watch: () => new Promise(() => undefined),
  };
  return api as unknown as Api;
}

it("is applied again until it is, without another change: a gobgpd that did not answer in time", async () => {
  const silent = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const applied: string[] = [];
  const taken = vi.fn((given: Readonly<Record<string, string>>) => {
    if (taken.mock.calls.length < 3) return Promise.reject(new Error("gobgp: connection refused"));
    applied.push(given["gobgpd.yaml"] ?? "");
    return Promise.resolve();
  });
  const watching = watchGiven(serverWith("as: 64512"), "kr-worker1", "kube-router", taken);
  await vi.waitFor(() => expect(applied).toEqual(["as: 64512"]), { timeout: 20_000, interval: 50 });
  watching.close();
  silent.mockRestore();
  expect(taken).toHaveBeenCalledTimes(3);
}, 30_000);
