/**
 * What a container of a bare cluster is told when it starts: who it is, where the API server answers, and its
 * credentials. Two files, written by the program that makes the container; the agent only reads them.
 */
import { readFileSync } from "node:fs";

export const SETTINGS_FILE = "/etc/bgpfabric/node.json";
export const CREDENTIALS_FILE = "/etc/bgpfabric/credentials.json";
/** Where the agent itself is put. */
export const AGENT_FILE = "/opt/bgpfabric/agent.js";
/** What the control plane keeps. */
export const ETCD_DATA = "/var/lib/bgpfabric";
/** The namespace that the agent keeps its own objects in. */
export const AGENT_NAMESPACE = "bgpfabric-system";

/** Where a node's agent writes its address with the length of its network, which no field of a Node has. */
export const ADDRESS_ANNOTATION = "bgpfabric/address";
/** The same of an IPv6 address beside an IPv4 one. */
export const ADDRESS6_ANNOTATION = "bgpfabric/address6";
/** The router id of a node with IPv6 alone, which no object of a CNI holds. */
export const ROUTER_ID_ANNOTATION = "bgpfabric/router-id";

export interface NodeSettings {
  cluster: string;
  /** Name of the Kubernetes Node. */
  name: string;
  /** The node's address on its rack, with the length of its prefix: "10.10.10.11/24". */
  address: string;
  /** The same of an IPv6 address beside an IPv4 one. */
  address6?: string;
  /** Where the node has no IPv4 address to take it from. */
  routerId?: string;
  /** The API server, by a name that the certificate holds. */
  apiServer: { host: string; port: number };
  /** The node's part of the pod network. */
  podBlock: string;
  podBlock6?: string;
  /** With a comma between two of different families, as daemons' flags take them. */
  podNetwork: string;
  /** Range of the ClusterIPs, where the node has to have a route to it; with a comma between two. */
  serviceNetwork?: string;
  /** Where the node sends what it has no route for: an address on its rack. Absent: it has no default route. */
  defaultRoute?: string;
  defaultRoute6?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** What carries the pods and speaks BGP. */
  cni: InstalledCni;
  /** What speaks for the services beside the CNI, where that is something else. */
  balancer?: InstalledCni;
  /** Name of the agent's own Pod, among real kubelets. */
  pod?: string;
  /** Present where this container runs the control plane as well. */
  controlPlane?: ControlPlaneSettings;
}

export interface ControlPlaneSettings {
  /** Range of the ClusterIPs, with a comma between two of different families. */
  serviceNetwork: string;
}

/** The node's addresses without lengths, the one of its first family first. */
export function ownAddresses({ address, address6 }: Pick<NodeSettings, "address" | "address6">): string[] {
  return [address, address6].flatMap((one) => (one === undefined ? [] : [one.split("/")[0] ?? ""]));
}

/** The node's blocks of the pod network. */
export function ownBlocks({ podBlock, podBlock6 }: Pick<NodeSettings, "podBlock" | "podBlock6">): string[] {
  return [podBlock, podBlock6].filter((one) => one !== undefined);
}

/** What its Node is told of the node beside what the CNI notes. */
export function ownAnnotations({ address, address6, routerId, annotations }: NodeSettings): Record<string, string> {
  return {
    [ADDRESS_ANNOTATION]: address,
    ...(address6 === undefined ? {} : { [ADDRESS6_ANNOTATION]: address6 }),
    ...(routerId === undefined ? {} : { [ROUTER_ID_ANNOTATION]: routerId }),
    ...annotations,
  };
}

/** A CNI as the program chose it. */
export interface InstalledCni {
  /** Its name among cnis/. */
  kind: string;
  /** Whose kinds and rules hold: "3.32". */
  version: string;
  settings: Readonly<Record<string, unknown>>;
}

export interface KeyPair {
  key: string;
  certificate: string;
}

/** A pod's: kubelet writes the file anew before the token ends. */
export interface TokenFile {
  tokenFile: string;
}

/** How a program beside the agent reaches the API server, for its kubeconfig. */
export interface ProgramAccess {
  /** URL. */
  server: string;
  /** PEM. */
  authority: string;
  identity: KeyPair | TokenFile;
}

/** PEM texts. */
export interface Credentials {
  authority: string;
  /** The node itself: user system:node:NAME. */
  node: KeyPair;
  /** kube-proxy on it. */
  proxy: KeyPair;
  controlPlane?: {
    server: KeyPair;
    controllerManager: KeyPair;
    /** The agent's cluster part: an administrator. */
    agent: KeyPair;
    serviceAccounts: { key: string; publicKey: string };
  };
}

export function readSettings(): { settings: NodeSettings; credentials: Credentials } {
  return {
    settings: JSON.parse(readFileSync(SETTINGS_FILE, "utf8")) as NodeSettings,
    credentials: JSON.parse(readFileSync(CREDENTIALS_FILE, "utf8")) as Credentials,
  };
}
