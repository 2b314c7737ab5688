/** The agent of a bare cluster's container: the control plane where the settings say so, and a node's part everywhere. */
import { definitions } from "../cni/crds";
import { calicoKinds } from "../cni/crds/calico";
import { Api } from "./api";
import { ClusterAgent, prepareCluster } from "./cluster";
import { ready, startControlPlane } from "./controlPlane";
import { startKubelet } from "./kubelet";
import { rackLink, removeDefaultRoute } from "./links";
import { log } from "./log";
import { Pods } from "./pods";
import { Proxy } from "./proxy";
import { type Credentials, type NodeSettings, readSettings } from "./settings";
import { SpeakerOfNode } from "./cnis/calico/node";

async function main(): Promise<void> {
  const { settings, credentials } = readSettings();
  const stops: (() => Promise<void> | void)[] = [];
  stopOnSignals(stops);
  const link = await rackLink(settings.address);
  await removeDefaultRoute();
  log("agent", `${settings.name}: ${settings.address} on ${link}`);
  if (settings.controlPlane !== undefined) {
    const controlPlane = await startControlPlane(settings, credentials);
    // Last to stop: a node's farewell still needs it.
    stops.push(() => controlPlane.stop());
    await prepareCluster(controlPlane.api, definitions(calicoKinds, settings.controlPlane.calico));
    log("agent", "the CNI's kinds are installed");
    new ClusterAgent(controlPlane.api, settings.controlPlane.calico);
  }
  await startNode(settings, credentials, stops);
}

async function startNode(
  settings: NodeSettings,
  credentials: Credentials,
  stops: (() => Promise<void> | void)[],
): Promise<void> {
  const api = new Api({
    host: settings.apiServer.host,
    port: settings.apiServer.port,
    authority: credentials.authority,
    identity: credentials.node,
  });
  await ready(api);
  const proxy = new Proxy(settings, credentials);
  const speaker = new SpeakerOfNode(api, settings);
  stops.unshift(
    () => speaker.stop(),
    () => proxy.stop(),
  );
  const { gitVersion: version } = await api.get<{ gitVersion: string }>("/version");
  const unready = () => {
    if (!speaker.running) return "the BGP daemon does not run yet";
    return proxy.ready ? undefined : "kube-proxy has not written its rules yet";
  };
  await startKubelet({ api, settings, version, unready });
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
