/** The agent of a bare cluster's container: the control plane where the settings say so, and a node's part everywhere. */
import { Api } from "./api";
import { ClusterAgent, prepareCluster } from "./cluster";
import { loadCni } from "./cnis";
import type { AgentCni } from "./cnis/cni";
import { ready, startControlPlane } from "./controlPlane";
import { startKubelet } from "./kubelet";
import { rackLink, removeDefaultRoute } from "./links";
import { log } from "./log";
import { Pods } from "./pods";
import { Proxy } from "./proxy";
import { type Credentials, type InstalledCni, type NodeSettings, readSettings } from "./settings";

async function main(): Promise<void> {
  const { settings, credentials } = readSettings();
  const stops: (() => Promise<void> | void)[] = [];
  stopOnSignals(stops);
  const cnis = await load(settings);
  const link = await rackLink(settings.address);
  await removeDefaultRoute();
  log("agent", `${settings.name}: ${settings.address} on ${link}`);
  if (settings.controlPlane !== undefined) {
    const controlPlane = await startControlPlane(settings, credentials);
    // Last to stop: a node's farewell still needs it.
    stops.push(() => controlPlane.stop());
    await prepareCluster(
      controlPlane.api,
      cnis.flatMap(({ cni, installed }) => cni.kinds(installed.version)),
      cnis.flatMap(({ cni }) => cni.access ?? []),
      cnis.flatMap(({ cni }) => cni.namespaces ?? []),
    );
    log("agent", "the CNI's kinds are installed");
    const cluster = new ClusterAgent({ api: controlPlane.api, settings, credentials, cnis });
    stops.unshift(() => cluster.stop());
  }
  await startNode({ settings, credentials, cnis, stops });
}

interface Loaded {
  cni: AgentCni;
  installed: InstalledCni;
}

function load({ cni, balancer }: NodeSettings): Promise<Loaded[]> {
  const all = [cni, ...(balancer === undefined ? [] : [balancer])];
  return Promise.all(all.map(async (installed) => ({ cni: await loadCni(installed.kind), installed })));
}

interface NodeOptions {
  settings: NodeSettings;
  credentials: Credentials;
  cnis: Loaded[];
  stops: (() => Promise<void> | void)[];
}

async function startNode({ settings, credentials, cnis, stops }: NodeOptions): Promise<void> {
  const api = new Api({
    host: settings.apiServer.host,
    port: settings.apiServer.port,
    authority: credentials.authority,
    identity: credentials.node,
  });
  await ready(api);
  const proxy = new Proxy(settings, credentials);
  const parts = cnis.map(({ cni, installed }) => cni.node({ api, settings, credentials, cni: installed }));
  stops.unshift(...parts.map((part) => () => part.stop()), () => proxy.stop());
  const { gitVersion: version } = await api.get<{ gitVersion: string }>("/version");
  const unready = () => {
    const waiting = parts.map((part) => part.unready()).find((why) => why !== undefined);
    return waiting ?? (proxy.ready ? undefined : "kube-proxy has not written its rules yet");
  };
  await startKubelet({ api, settings, version, unready, cni: cnis[0]?.cni.title ?? "" });
  const pods = new Pods(api, settings);
  stops.unshift(() => pods.stop());
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
