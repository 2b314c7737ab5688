/**
 * A cluster that exists, compared with what the program says of it. It runs as the check of a resource: a preview reports
 * every difference at once, and nothing is changed while there is one. The resource owns nothing of the cluster.
 */
import type { Api } from "../agent/api";
import { type Node, PATHS } from "../agent/objects";
import type { ComparedPools, Installed } from "../cni/installed";
import { familyOf, type Address } from "../model/address";
import { containsAddress, type Prefix } from "../model/prefix";
import { apiOf } from "./access";
import { type Body, equal, type Failure } from "./body";
import { missingRights } from "./existingRights";
import { installedVersion } from "./installedCni";
import { UNKNOWN } from "./unknown";

export interface ExistingClusterInputs {
  kubeconfig: string;
  nodes: { name: string; address: string; podBlock?: string }[];
  serviceNetwork: string;
  /** The CNI, and the balancer beside it. */
  cnis: (Pick<Installed, "shown" | "rights" | "shared"> & { kind: string; version: string })[];
  /** The pods' pools that the CNI must have. */
  pools?: Omit<ComparedPools, "kind"> & { wanted: { cidr: string; [field: string]: unknown }[] };
}

type Check = (api: Api, inputs: ExistingClusterInputs) => Promise<Failure[]>;

const CHECKS: readonly Check[] = [nodeFaults, serviceFaults, cniFaults, poolFaults, sharedFaults, rightFaults];

async function faults(inputs: ExistingClusterInputs): Promise<Failure[]> {
  if (inputs.kubeconfig === UNKNOWN) return [];
  let api: Api;
  try {
    api = await apiOf(inputs.kubeconfig);
  } catch (error) {
    return [{ property: "kubeconfig", reason: messageOf(error) }];
  }
  try {
    await api.get("/version");
    const found: Failure[] = [];
    for (const check of CHECKS) found.push(...(await check(api, inputs).catch(unreadable)));
    return found;
  } catch (error) {
    return [{ property: "kubeconfig", reason: `the cluster's API does not answer: ${messageOf(error)}` }];
  } finally {
    api.close();
  }
}

/** What may not be read is one more thing that is wrong, and hides nothing else. */
function unreadable(error: unknown): Failure[] {
  return [{ property: "kubeconfig", reason: messageOf(error) }];
}

async function nodeFaults(api: Api, { nodes }: ExistingClusterInputs): Promise<Failure[]> {
  const { items } = await api.get<{ items: Node[] }>(PATHS.nodes);
  const there = new Map(items.map((node) => [node.metadata.name, node]));
  const unnamed = [...there.keys()].filter((name) => !nodes.some((node) => node.name === name));
  return [
    ...nodes.flatMap(({ name, address, podBlock }): Failure[] => {
      const node = there.get(name);
      if (node === undefined) return [wrong("nodes", name, `a node of the cluster: ${[...there.keys()].join(", ")}`)];
      const internal = (node.status?.addresses ?? []).filter(({ type }) => type === "InternalIP");
      const own = internal.filter((one) => familyOf(one.address as Address) === familyOf(address as Address));
      const found = own.map((one) => one.address).join(", ");
      return [
        ...(own.some((one) => one.address === address)
          ? []
          : [
              wrong(
                "nodes",
                `${name} at ${address}`,
                `its InternalIP, ${found === "" ? "of which it has none" : found}`,
              ),
            ]),
        ...(podBlock === undefined || node.spec.podCIDR === undefined || node.spec.podCIDR === podBlock
          ? []
          : [wrong("existing.podBlocks", `${podBlock} for ${name}`, `its podCIDR ${node.spec.podCIDR}`)]),
      ];
    }),
    ...unnamed.map((name) =>
      wrong("nodes", "", `${name} among them: the cluster has it, and a forecast without one of the nodes is none`),
    ),
  ];
}

async function serviceFaults(api: Api, { serviceNetwork }: ExistingClusterInputs): Promise<Failure[]> {
  const { spec } = await api.get<{ spec: { clusterIP: string } }>("/api/v1/namespaces/default/services/kubernetes");
  if (containsAddress(serviceNetwork as Prefix, spec.clusterIP as Address)) return [];
  return [wrong("services", serviceNetwork, `the prefix of the cluster's services, ${spec.clusterIP} among them`)];
}

async function cniFaults(api: Api, { cnis }: ExistingClusterInputs): Promise<Failure[]> {
  const found: Failure[] = [];
  for (const { kind, version, shown } of cnis) {
    const installed = await installedVersion(api, shown);
    if (installed === undefined) {
      const places = shown.map(({ path }) => path).join(", ");
      found.push(wrong("cni", kind, `a CNI that the cluster has: none of ${places}`));
    } else if (!`${installed}.`.startsWith(`${version}.`)) {
      found.push(wrong("cni.version", version, `${installed}, which the cluster has`));
    }
  }
  return found;
}

interface IpPool {
  metadata: { name: string };
  spec: { cidr: string; [field: string]: unknown };
}

async function poolFaults(api: Api, { pools }: ExistingClusterInputs): Promise<Failure[]> {
  if (pools === undefined || pools.wanted.length === 0) return [];
  const { items } = await api.get<{ items: IpPool[] }>(pools.path);
  return pools.wanted.flatMap((wanted): Failure[] => {
    const pool = items.find(({ spec }) => spec.cidr === wanted.cidr);
    if (pool === undefined) {
      const known = items.map(({ spec }) => spec.cidr).join(", ");
      return [wrong("pods", wanted.cidr, `the range of one of the CNI's pools: ${known}`)];
    }
    return Object.entries(pools.defaults).flatMap(([field, usual]) => {
      const [asked, found] = [wanted[field] ?? usual, pool.spec[field] ?? usual];
      if (equal(asked, found)) return [];
      return [wrong("cni", `${field} ${String(asked)}`, `${String(found)}, as the pool ${pool.metadata.name} has it`)];
    });
  });
}

async function sharedFaults(api: Api, { cnis }: ExistingClusterInputs): Promise<Failure[]> {
  const found: Failure[] = [];
  for (const path of cnis.flatMap(({ shared }) => shared)) {
    const there = await api.get(path).then(
      () => true,
      (error: unknown) => {
        if ((error as { status?: number }).status === 404) return false;
        throw error;
      },
    );
    if (!there) {
      found.push({
        property: "existing",
        reason: `${path} is not in the cluster: make one with an empty spec, so that this program owns none of it; it gets fields, and loses them again with a destroy`,
      });
    }
  }
  return found;
}

async function rightFaults(api: Api, { cnis }: ExistingClusterInputs): Promise<Failure[]> {
  const missing = await missingRights(
    api,
    cnis.flatMap(({ rights }) => rights),
  );
  return missing.map((right) => ({
    property: "existing.kubeconfig",
    reason: `its user may not ${right}; docs/existing-clusters.md has the role that it needs`,
  }));
}

function wrong(property: string, found: string, expected: string): Failure {
  return { property, reason: `found ${found === "" ? "nothing" : JSON.stringify(found)}, expected ${expected}` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export const ExistingCluster: Body<ExistingClusterInputs, ExistingClusterInputs> = {
  check: async (_olds, news) => ({ inputs: news, failures: await faults(news) }),
  diff: (_id, olds, news) => {
    // Another credential is no change of what was compared.
    const [before, after] = [olds, news].map((inputs) => ({ ...inputs, kubeconfig: "" }));
    return Promise.resolve({ changes: !equal(before, after) });
  },
  create: (inputs) => Promise.resolve({ id: "cluster", outs: inputs }),
  update: (_id, _olds, news) => Promise.resolve({ outs: news }),
};
