/**
 * Objects of Kubernetes that leave the program, deleted before the gate looks. The engine deletes last of all, and a system
 * that checks its objects as one does nothing while one is there that it refuses. It makes nothing, and what stays is not its.
 */
import { isNotFound } from "../agent/api";
import { apiOf } from "./access";
import { type Body, equal } from "./body";

export interface LeavingInputs {
  kubeconfig: string;
  /** Paths in the API of the objects that the program has: "/apis/metallb.io/v1beta2/namespaces/metallb-system/bgppeers/tor". */
  paths: string[];
}

export const Leaving: Body<LeavingInputs, LeavingInputs> = {
  diff: (_id, olds, news) => Promise.resolve({ changes: !equal(olds.paths, news.paths) }),
  create: (inputs) => Promise.resolve({ id: "leaving", outs: inputs }),
  update: async (_id, olds, news) => {
    const api = await apiOf(news.kubeconfig);
    try {
      for (const path of olds.paths.filter((one) => !news.paths.includes(one))) {
        await api.delete(path).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      }
    } finally {
      api.close();
    }
    return { outs: news };
  },
};
