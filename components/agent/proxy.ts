/** kube-proxy as it is: the service's data path on a bare node is the real one. */
import { mkdirSync, writeFileSync } from "node:fs";
import http from "node:http";
import { Daemon } from "./daemon";
import { kubeconfig } from "./kubeconfig";
import type { Credentials, NodeSettings } from "./settings";

const DIRECTORY = "/run/bgpfabric";
const HEALTH_PORT = 10256;
const HEALTH_POLL_MS = 250;

export class Proxy {
  private readonly daemon: Daemon;
  private readonly poll: NodeJS.Timeout;
  private synced = false;

  constructor(settings: NodeSettings, credentials: Credentials) {
    mkdirSync(DIRECTORY, { recursive: true, mode: 0o700 });
    const file = `${DIRECTORY}/kube-proxy.conf`;
    const text = kubeconfig({
      cluster: settings.cluster,
      server: `https://${settings.apiServer.host}:${settings.apiServer.port}`,
      authority: credentials.authority,
      user: "system:kube-proxy",
      identity: credentials.proxy,
    });
    writeFileSync(file, text, { mode: 0o600 });
    this.daemon = new Daemon({
      name: "kube-proxy",
      command: "kube-proxy",
      args: [
        `--kubeconfig=${file}`,
        "--proxy-mode=nftables",
        `--hostname-override=${settings.name}`,
        `--cluster-cidr=${settings.podNetwork}`,
        // The limits of connection tracking belong to the host; a container may not write them.
        "--conntrack-max-per-core=0",
        "--conntrack-tcp-timeout-established=0",
        "--conntrack-tcp-timeout-close-wait=0",
        `--healthz-bind-address=127.0.0.1:${HEALTH_PORT}`,
        "--metrics-bind-address=127.0.0.1:10249",
      ],
    });
    this.poll = setInterval(() => this.probe(), HEALTH_POLL_MS);
  }

  /** Whether its rules have been written at least once since it started. */
  get ready(): boolean {
    return this.daemon.running && this.synced;
  }

  async stop(): Promise<void> {
    clearInterval(this.poll);
    await this.daemon.stop();
  }

  private probe(): void {
    const request = http.get({ host: "127.0.0.1", port: HEALTH_PORT, path: "/livez", timeout: 1_000 }, (response) => {
      response.resume();
      this.synced = response.statusCode === 200;
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => (this.synced = false));
  }
}
