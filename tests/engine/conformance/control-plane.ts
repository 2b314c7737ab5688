/**
 * A Kubernetes control plane of its own on loopback: etcd, kube-apiserver and kube-controller-manager from PATH, without a
 * kubelet, in a folder that goes with it. For tests that need the real API server and no node.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as https from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ControlPlane {
  readonly server: string;
  /** One that skips the check of the server's certificate, which is made at each start. */
  readonly kubeconfig: string;
  readonly request: (method: string, path: string, body?: unknown, type?: string) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}
export interface Answer {
  readonly code: number;
  readonly body: Record<string, unknown>;
}

const token = "tok";

export interface Options {
  /** The first port that a NodePort can get. */
  readonly nodePort?: number;
  /** How many there are. */
  readonly nodePorts?: number;
}

export async function controlPlane({ nodePort = 32071, nodePorts = 1 }: Options = {}): Promise<ControlPlane> {
  for (const program of ["etcd", "kube-apiserver", "kube-controller-manager"])
    try {
      execFileSync(program, ["--version"], { stdio: "ignore" });
    } catch {
      throw new Error(`${program} is not on PATH: \`make test\` prepares it`);
    }
  const folder = mkdtempSync(join(tmpdir(), "bgpfabric-control-plane-"));
  const running: Running[] = [];
  const run = (program: string, args: string[]): Running => {
    const one = start(program, args, folder);
    running.push(one);
    return one;
  };
  const stop = async (): Promise<void> => {
    // The controllers first: without them going, the API server would be asked to its last breath.
    for (const one of running.reverse()) await one.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [client, peer, api] = await freePorts(3);
    const etcd = `http://127.0.0.1:${client}`;
    run("etcd", [
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
      "--unsafe-no-fsync",
    ]);
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = join(folder, "service-account.key");
    writeFileSync(key, privateKey.export({ type: "pkcs1", format: "pem" }), { mode: 0o600 });
    writeFileSync(join(folder, "tokens.csv"), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
    const server = `https://127.0.0.1:${api}`;
    const apiserver = run("kube-apiserver", [
      `--etcd-servers=${etcd}`,
      `--secure-port=${api}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      "--endpoint-reconciler-type=none",
      `--cert-dir=${join(folder, "certificates")}`,
      "--authorization-mode=RBAC",
      `--token-auth-file=${join(folder, "tokens.csv")}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      "--service-cluster-ip-range=10.96.0.0/16",
      `--service-node-port-range=${nodePort}-${nodePort + nodePorts - 1}`,
    ]);
    const kubeconfig = [
      "apiVersion: v1",
      "kind: Config",
      `clusters: [{name: c, cluster: {server: "${server}", insecure-skip-tls-verify: true}}]`,
      `users: [{name: u, user: {token: ${token}}}]`,
      "contexts: [{name: x, context: {cluster: c, user: u}}]",
      "current-context: x",
      "",
    ].join("\n");
    const request = requests(server);
    await until("the API server is ready", apiserver, async () => (await request("GET", "/readyz")).code === 200);
    const config = join(folder, "kubeconfig.yaml");
    writeFileSync(config, kubeconfig, { mode: 0o600 });
    const controllers = run("kube-controller-manager", [
      `--kubeconfig=${config}`,
      "--leader-elect=false",
      "--secure-port=0",
      `--service-account-private-key-file=${key}`,
      "--controllers=*,-node-ipam-controller,-node-lifecycle-controller,-bootstrap-signer-controller",
    ]);
    await until("the controllers run", controllers, async () => {
      const account = await request("GET", "/api/v1/namespaces/default/serviceaccounts/default");
      return account.code === 200;
    });
    return { server, kubeconfig, request, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Running {
  readonly died: () => string | undefined;
  readonly stop: () => Promise<void>;
}

function start(program: string, args: string[], folder: string): Running {
  const log = join(folder, `${program}.log`);
  writeFileSync(log, "");
  const child: ChildProcess = spawn("sh", ["-c", 'exec "$0" "$@" >"$LOG" 2>&1', program, ...args], {
    cwd: folder,
    env: { ...process.env, LOG: log },
    stdio: "ignore",
  });
  const ended = new Promise<void>((done) => {
    child.once("exit", () => done());
    child.once("error", () => done());
  });
  return {
    died: () =>
      child.exitCode === null && child.signalCode === null
        ? undefined
        : `${program} ended:\n${readFileSync(log, "utf8").split("\n").slice(-20).join("\n")}`,
    stop: async () => {
      child.kill("SIGTERM");
      const hard = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(hard);
    },
  };
}

function requests(server: string): ControlPlane["request"] {
  const agent = new https.Agent({ rejectUnauthorized: false, keepAlive: false });
  return (method, path, body, type = "application/json") =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const sent = https.request(
        `${server}${path}`,
        {
          method,
          agent,
          headers: { authorization: `Bearer ${token}`, "content-type": type, accept: "application/json" },
        },
        (response) => {
          let answer = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
          response.on("end", () => resolve({ code: response.statusCode ?? 0, body: parsed(answer) }));
        },
      );
      sent.on("error", reject);
      sent.end(text);
    });
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}

/** Asks until the condition holds, for at most a minute; a program that died ends it at once. */
export async function until(
  what: string,
  program: Pick<Running, "died"> | undefined,
  holds: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    if (await holds().catch(() => false)) return;
    const death = program?.died();
    if (death !== undefined) throw new Error(death);
    if (Date.now() > end) throw new Error(`after a minute it is still not so that ${what}`);
    await new Promise((next) => setTimeout(next, 100));
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}
