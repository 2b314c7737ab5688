/**
 * The kubelet's API as far as kubectl needs it: logs and exec. TLS with the node's certificate; the API server alone is
 * answered, whose own certificate says that it is an administrator.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { WebSocketServer } from "ws";
import { log } from "../log";
import type { Credentials, NodeSettings } from "../settings";
import { PROTOCOLS } from "./channels";
import { exec, execOptions } from "./exec";
import { answerLogs, logOptions } from "./logs";
import type { ProgramLog } from "./programLog";

/** Where every kubelet listens. */
export const KUBELET_PORT = 10_250;
const ADMINISTRATORS = "system:masters";

/** A pod's program as the kubelet's API sees it; why there is none, in words. */
export type Program = { pid: number; log: ProgramLog } | { none: string };

export interface KubeletServerOptions {
  settings: NodeSettings;
  credentials: Credentials;
  program: (namespace: string, name: string) => Program;
}

interface Asked {
  verb: string;
  namespace: string;
  name: string;
  query: URLSearchParams;
}

interface Refusal {
  status: number;
  text: string;
}

export function startKubeletServer(options: KubeletServerOptions): { stop(): void } {
  const { authority, node } = options.credentials;
  const server = https.createServer(
    { cert: node.certificate, key: node.key, ca: authority, requestCert: true, rejectUnauthorized: true },
    (request, response) => answer(options, request, response),
  );
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.on("upgrade", (request, socket, head) => upgrade(options, sockets, request, socket, head));
  server.on("error", (error) => log("kubelet", `its API: ${error.message}`));
  server.listen(KUBELET_PORT, options.settings.address.split("/")[0]);
  return {
    stop: () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer(options: KubeletServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const asked = read(request);
  const refuse = ({ status, text }: Refusal) => {
    response.writeHead(status, { "content-type": "text/plain" });
    response.end(text);
  };
  const refusal = stranger(request) ?? (asked === undefined ? notServed() : unfit(asked, "containerLogs"));
  if (refusal !== undefined || asked === undefined) {
    refuse(refusal ?? notServed());
    return;
  }
  const program = options.program(asked.namespace, asked.name);
  if ("none" in program) refuse({ status: 400, text: program.none });
  else if (asked.query.get("previous") === "true")
    refuse({ status: 400, text: `a bare node keeps no log of the program that ${asked.name} ran before` });
  else answerLogs(response, program.log, logOptions(asked.query, Date.now()));
}

function upgrade(
  options: KubeletServerOptions,
  sockets: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on("error", () => socket.destroy());
  const asked = read(request);
  const refusal =
    stranger(request) ?? (asked === undefined ? notServed() : (unfit(asked, "exec") ?? otherProtocol(request)));
  if (refusal !== undefined || asked === undefined) return close(socket, refusal ?? notServed());
  const program = options.program(asked.namespace, asked.name);
  if ("none" in program) return close(socket, { status: 400, text: program.none });
  sockets.handleUpgrade(request, socket, head, (client) => exec(client, program.pid, execOptions(asked.query)));
}

/** "/exec/default/web-1/nginx?command=sh". */
function read({ url = "" }: IncomingMessage): Asked | undefined {
  const { pathname, searchParams: query } = new URL(url, "https://node");
  // The container stands behind them where there is one: a bare node's pods have a single one.
  const [, verb = "", namespace, name] = pathname.split("/").map(decodeURIComponent);
  if (namespace === undefined || name === undefined) return undefined;
  return { verb, namespace, name, query };
}

/** Any certificate of the cluster's authority gets as far as here, a node's too. */
function stranger({ socket }: IncomingMessage): Refusal | undefined {
  const { O: groups = [] } = (socket as TLSSocket).getPeerCertificate().subject as unknown as {
    O?: string | string[];
  };
  if ([groups].flat().includes(ADMINISTRATORS)) return undefined;
  return { status: 403, text: "a node answers the API server alone" };
}

function unfit({ verb }: Asked, served: "containerLogs" | "exec"): Refusal | undefined {
  if (verb === served) return undefined;
  if (verb === "portForward")
    return { status: 501, text: "a bare node forwards no ports: ask from inside the lab, by kubectl exec" };
  if (verb === "attach")
    return { status: 501, text: "a bare node attaches to no program: kubectl logs shows its output" };
  return notServed();
}

function notServed(): Refusal {
  return { status: 404, text: "a bare node serves containerLogs and exec of a kubelet's API" };
}

function otherProtocol({ headers }: IncomingMessage): Refusal | undefined {
  if (headers.upgrade?.toLowerCase() === "websocket") return undefined;
  const found = headers.upgrade ?? "nothing";
  return { status: 400, text: `exec on a bare node needs WebSocket, not ${found}: kubectl 1.31 or newer speaks it` };
}

function close(socket: Duplex, { status, text }: Refusal): void {
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  );
}
