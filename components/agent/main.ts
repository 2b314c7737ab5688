/**
 * The agent: of a bare cluster's container, with the control plane where the settings say so and a node's part everywhere;
 * or of a real node, as the pod of a DaemonSet (pod.ts).
 */
import { familyOf } from "../model/address";
import { Api } from "./api";
import { ClusterAgent, prepareCluster } from "./cluster";
import { type LoadedCni, loadCnis } from "./cnis";
import { ready, startControlPlane } from "./controlPlane";
import { startKubelet } from "./kubelet/node";
import { startKubeletServer } from "./kubelet/server";
import { addDefaultRoute, rackLink, removeDefaultRoute } from "./links";
import { log } from "./log";
import { NODE_VARIABLE, startPod } from "./pod";
import { Pods } from "./pods";
import { Proxy } from "./proxy";
import { run } from "./run";
import { type Credentials, type NodeSettings, type ProgramAccess, ownAddresses, readSettings } from "./settings";

async function main(): Promise<void> {
  const node = process.env[NODE_VARIABLE];
  const stops: (() => Promise<void> | void)[] = [];
  stopOnSignals(stops);
  if (node === undefined) await bareNode(stops);
  else await startPod(node, stops);
}

async function bareNode(stops: (() => Promise<void> | void)[]): Promise<void> {
  const { settings, credentials } = readSettings();
  const cnis = await loadCnis(settings);
  const link = await rackLink(settings.address);
  // Docker gives each of its networks an IPv4 prefix, whatever the segment has. The control plane's node keeps its address:
  // Docker (20.10) publishes the API server's port by it.
  const ipv6Alone = !ownAddresses(settings).some((address) => familyOf(address) === "ipv4");
  if (ipv6Alone && settings.controlPlane === undefined) {
    await run("ip", ["-4", "address", "flush", "dev", link]);
  }
  await removeDefaultRoute({ ipv6: ownAddresses(settings).some((address) => familyOf(address) === "ipv6") });
  for (const router of [settings.defaultRoute, settings.defaultRoute6]) {
    if (router !== undefined) await addDefaultRoute(router);
  }
  log("agent", `${settings.name}: ${settings.address} on ${link}`);
  if (settings.controlPlane !== undefined) {
    const controlPlane = await startControlPlane(settings, credentials);
    // Last to stop: a node's farewell still needs it.
    stops.push(() => controlPlane.stop());
    await prepareCluster(controlPlane.api, cnis);
    log("agent", "the CNI's kinds are installed");
    const access = ownAccess(settings, credentials);
    const cluster = new ClusterAgent({ api: controlPlane.api, settings, access, cnis });
    stops.unshift(() => cluster.stop());
  }
  await startNode({ settings, credentials, cnis, stops });
}

/** Programs beside the API server are administrators, as the agent's own part there is. */
function ownAccess({ apiServer }: NodeSettings, { authority, controlPlane }: Credentials): ProgramAccess {
  if (controlPlane === undefined) throw new Error("settings: this container runs no control plane");
  return { server: `https://127.0.0.1:${apiServer.port}`, authority, identity: controlPlane.agent };
}

interface NodeOptions {
  settings: NodeSettings;
  credentials: Credentials;
  cnis: LoadedCni[];
  stops: (() => Promise<void> | void)[];
}

async function startNode({ settings, credentials, cnis, stops }: NodeOptions): Promise<void> {
  const { host, port } = settings.apiServer;
  const { authority, node: identity } = credentials;
  const api = new Api({ host, port, authority, identity });
  await ready(api);
  const proxy = new Proxy(settings, credentials);
  const access = { server: `https://${host}:${port}`, authority, identity };
  const parts = cnis.map(({ cni, installed }) => cni.node({ api, settings, access, cni: installed }));
  stops.unshift(...parts.map((part) => () => part.stop()), () => proxy.stop());
  const { gitVersion: version } = await api.get<{ gitVersion: string }>("/version");
  const unready = () => {
    const waiting = parts.map((part) => part.unready()).find((why) => why !== undefined);
    return waiting ?? (proxy.ready ? undefined : "kube-proxy has not written its rules yet");
  };
  await startKubelet({ api, settings, version, unready, cni: cnis[0]?.cni.title ?? "" });
  const pods = new Pods(api, settings);
  const program = (namespace: string, name: string) => pods.program(namespace, name);
  const server = startKubeletServer({ settings, credentials, program });
  stops.unshift(
    () => pods.stop(),
    () => server.stop(),
  );
}

/** One stop, in order, however often it is asked for. */
function stopOnSignals(stops: (() => Promise<void> | void)[]): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log("agent", `${signal}: stopping`);
    void (async () => {
      for (const step of stops) await Promise.resolve(step()).catch((error: unknown) => log("agent", String(error)));
      process.exit(0);
    })();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

main().catch((error: unknown) => {
  log("agent", error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
});
