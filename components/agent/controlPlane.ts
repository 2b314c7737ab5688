/** The control plane's own daemons: etcd, kube-apiserver, kube-controller-manager. */
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Api } from "./api";
import { Daemon } from "./daemon";
import { kubeconfig } from "./kubeconfig";
import { log } from "./log";
import { type Credentials, ETCD_DATA, type NodeSettings } from "./settings";

const DIRECTORY = "/run/bgpfabric";
const READY_POLL_MS = 200;
const ETCD_PORT = 2379;
const ETCD_POLL_MS = 25;

/**
 * Controllers that stand for a cloud, a disk or a kubelet's certificate have nothing to do here; pod blocks are given
 * by the plan (node-ipam) and load balancer addresses by the agent.
 */
const CONTROLLERS_OFF = [
  "node-ipam-controller",
  "node-route-controller",
  "service-lb-controller",
  "cloud-node-lifecycle-controller",
  "persistentvolume-binder-controller",
  "persistentvolume-attach-detach-controller",
  "persistentvolume-expander-controller",
  "persistentvolume-protection-controller",
  "persistentvolumeclaim-protection-controller",
  "certificatesigningrequest-signing-controller",
  "certificatesigningrequest-approving-controller",
  "certificatesigningrequest-cleaner-controller",
  "clusterrole-aggregation-controller",
  "horizontal-pod-autoscaler-controller",
  "bootstrap-signer-controller",
  "token-cleaner-controller",
];

export interface ControlPlane {
  api: Api;
  stop(): Promise<void>;
}

/** Starts the daemons and returns when the API server is ready. */
export async function startControlPlane(settings: NodeSettings, credentials: Credentials): Promise<ControlPlane> {
  const own = settings.controlPlane;
  const keys = credentials.controlPlane;
  if (own === undefined || keys === undefined) throw new Error("settings: this container runs no control plane");
  mkdirSync(DIRECTORY, { recursive: true, mode: 0o700 });
  const file = (name: string, text: string) => {
    const path = `${DIRECTORY}/${name}`;
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const authority = file("ca.crt", credentials.authority);
  const serviceAccountKey = file("sa.key", keys.serviceAccounts.key);

  const etcd = new Daemon({
    name: "etcd",
    command: "etcd",
    args: [
      `--data-dir=${ETCD_DATA}/etcd`,
      `--listen-client-urls=http://127.0.0.1:${ETCD_PORT}`,
      `--advertise-client-urls=http://127.0.0.1:${ETCD_PORT}`,
      "--listen-peer-urls=http://127.0.0.1:2380",
      "--log-level=warn",
      // A lab's state is its program; what a crash of the host would lose is made again by the next run.
      "--unsafe-no-fsync",
    ],
  });
  await listening(ETCD_PORT);
  const apiServer = new Daemon({
    name: "kube-apiserver",
    command: "kube-apiserver",
    args: [
      `--etcd-servers=http://127.0.0.1:${ETCD_PORT}`,
      `--secure-port=${settings.apiServer.port}`,
      `--advertise-address=${settings.address.split("/")[0]}`,
      `--tls-cert-file=${file("apiserver.crt", keys.server.certificate)}`,
      `--tls-private-key-file=${file("apiserver.key", keys.server.key)}`,
      `--client-ca-file=${authority}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${file("sa.pub", keys.serviceAccounts.publicKey)}`,
      `--service-account-signing-key-file=${serviceAccountKey}`,
      `--service-cluster-ip-range=${own.serviceNetwork}`,
      // A node's name is in no DNS, and its certificate holds the address.
      "--kubelet-preferred-address-types=InternalIP",
      `--kubelet-certificate-authority=${authority}`,
      `--kubelet-client-certificate=${file("kubelet-client.crt", keys.agent.certificate)}`,
      `--kubelet-client-key=${file("kubelet-client.key", keys.agent.key)}`,
      "--authorization-mode=Node,RBAC",
      "--allow-privileged=true",
      "--profiling=false",
    ],
  });
  const server = `https://127.0.0.1:${settings.apiServer.port}`;
  const user = "system:kube-controller-manager";
  const controllerManager = new Daemon({
    name: "kube-controller-manager",
    command: "kube-controller-manager",
    args: [
      `--kubeconfig=${file(
        "controller-manager.conf",
        kubeconfig({
          cluster: settings.cluster,
          server,
          authority: credentials.authority,
          user,
          identity: keys.controllerManager,
        }),
      )}`,
      "--leader-elect=false",
      `--service-account-private-key-file=${serviceAccountKey}`,
      `--root-ca-file=${authority}`,
      `--controllers=*,${CONTROLLERS_OFF.map((name) => `-${name}`).join(",")}`,
      "--bind-address=127.0.0.1",
      `--cert-dir=${DIRECTORY}`,
      "--profiling=false",
    ],
  });

  const api = new Api({
    host: "127.0.0.1",
    port: settings.apiServer.port,
    authority: credentials.authority,
    identity: keys.agent,
  });
  await ready(api);
  return {
    api,
    stop: async () => {
      // Neither keeps anything; their own farewells take longer than Docker waits.
      await Promise.all([controllerManager.stop("SIGKILL"), apiServer.stop("SIGKILL")]);
      await etcd.stop();
    },
  };
}

/** The API server tries etcd only every second or so: it is started when etcd listens. */
async function listening(port: number): Promise<void> {
  const open = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port });
      socket.on("connect", () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
  while (!(await open())) await delay(ETCD_POLL_MS);
}

/** Waits until the API server says that it is ready. */
export async function ready(api: Api): Promise<void> {
  const started = Date.now();
  for (;;) {
    try {
      await api.get("/readyz");
      log("agent", `API server ready after ${Date.now() - started} ms`);
      return;
    } catch {
      await delay(READY_POLL_MS);
    }
  }
}
