/** What the agent keeps of the API server's objects. */
import { expect, it } from "vitest";
import type { Api, ApiObject } from "../../../components/agent/api";
import { Store } from "../../../components/agent/store";

/** As kube-apiserver 1.36 answers for a Service whose pods do not run yet: both lists are required, and empty ones are null. */
const slice = JSON.parse(`{
  "apiVersion": "discovery.k8s.io/v1",
  "kind": "EndpointSlice",
  "metadata": { "name": "kube-dns-x7k2p", "namespace": "kube-system", "resourceVersion": "7" },
  "addressType": "IPv4",
  "endpoints": null,
  "ports": null
}`) as ApiObject;

it("has no null: an empty list of the API server is an absent one, in a list and in a change", async () => {
  const changed = { ...slice, metadata: { ...slice.metadata, name: "later" } };
  const api = {
    get: () => Promise.resolve({ metadata: { resourceVersion: "7" }, items: [slice] }),
    watch: (_path: string, _version: string, _stop: AbortSignal, on: (event: object) => void) => {
      on({ type: "ADDED", object: changed });
      return new Promise(() => undefined);
    },
  };
  const store = await new Promise<Store<ApiObject>>((resolve) => {
    const made = new Store(api as unknown as Api, "/apis/discovery.k8s.io/v1/endpointslices", () => {
      if (made.all.length === 2) resolve(made);
    });
  });
  store.close();
  for (const object of store.all)
    expect(Object.keys(object)).toEqual(["apiVersion", "kind", "metadata", "addressType"]);
});
