/**
 * What the cluster's part of a CNI decided for a node: one Secret, because passwords are in it. The cluster's part writes
 * it, the node's part applies it within the time that a watch takes.
 */
import type { Api } from "./api";
import { log } from "./log";
import type { Secret } from "./objects";
import { AGENT_NAMESPACE } from "./settings";
import { Store } from "./store";

export type Given = Readonly<Record<string, string>>;

const SECRETS = `/api/v1/namespaces/${AGENT_NAMESPACE}/secrets`;

/** Two CNIs on one node, one of them a load balancer, have a Secret each. */
function nameOf(node: string, kind: string): string {
  return `${node}.${kind}`;
}

export async function give(api: Api, node: string, kind: string, given: Given): Promise<void> {
  const name = nameOf(node, kind);
  const encode = ([key, text]: [string, string]) => [key, Buffer.from(text, "utf8").toString("base64")];
  await api.apply(`${SECRETS}/${name}`, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: AGENT_NAMESPACE, labels: { "bgpfabric/node": node } },
    type: "Opaque",
    data: Object.fromEntries(Object.entries(given).map(encode)) as object,
  });
}

/** What could not be applied is tried again after this time, whether or not another answer comes. */
const RETRY_MS = 2_000;

/** Applies each answer, one after another, until it is closed. */
export function watchGiven(
  api: Api,
  node: string,
  kind: string,
  apply: (given: Given) => Promise<void>,
): Pick<Store<Secret>, "close"> {
  const name = nameOf(node, kind);
  let queue: Promise<void> = Promise.resolve();
  let retry: NodeJS.Timeout | undefined;
  let closed = false;
  const applyLatest = () => {
    clearTimeout(retry);
    queue = queue
      .then(async () => {
        const secret = store.get(name, AGENT_NAMESPACE);
        if (secret !== undefined && !closed) await apply(decode(secret));
      })
      .catch((error: unknown) => {
        log(kind, error instanceof Error ? error.message : String(error));
        if (!closed) retry = setTimeout(applyLatest, RETRY_MS);
      });
  };
  const store = new Store<Secret>(api, `${SECRETS}?fieldSelector=metadata.name%3D${name}`, applyLatest);
  return {
    close: () => {
      closed = true;
      clearTimeout(retry);
      store.close();
    },
  };
}

function decode({ data = {} }: Secret): Given {
  return Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text, "base64").toString("utf8")]),
  );
}
