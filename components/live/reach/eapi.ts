/**
 * EOS's command API: JSON-RPC over HTTPS, or through the switch's own socket where the way is a container of Docker. The
 * certificate is checked before anything is sent. Commands of one call run one after the other in one session, and the
 * first that fails ends it.
 */
import { request } from "node:https";
import { type TLSSocket, connect } from "node:tls";
import { output } from "../shell";
import { dockerShell } from "./docker";
import { CommandError } from "./eapiErrors";
import type { EapiReach, Reach } from "./reach";

export interface Eapi {
  /** Where it leads, for messages. */
  readonly name: string;
  /** The answers, one a command. "text": what a terminal shows, as `{ output }`. */
  run<T = unknown>(this: void, commands: readonly string[], format?: "json" | "text"): Promise<T[]>;
}

const CONNECT_MS = 20_000;
/** A commit of a large configuration takes EOS tens of seconds. */
const ANSWER_MS = 180_000;
const PATH = "/command-api";
/** Where `protocol unix-socket` of `management api http-commands` listens. */
const SOCKET = "/var/run/command-api.sock";

export function eapi(reach: Reach): Eapi {
  switch (reach.by) {
    case "eapi":
      return client(reach.url, (body) => overHttps(reach, body));
    case "docker":
      return client(reach.container, (body) => overSocket(reach.container, body));
    default:
      throw new Error(`EOS is reached by eAPI, or by Docker, and not by ${reach.by}`);
  }
}

function client(name: string, send: (body: string) => Promise<string>): Eapi {
  return {
    name,
    run: async <T>(commands: readonly string[], format: "json" | "text" = "json") => {
      // Configuration wants privilege; what it is asked for, an enable password, is not supported.
      const cmds = ["enable", ...commands];
      const params = { version: 1, cmds, format };
      const said = await send(JSON.stringify({ jsonrpc: "2.0", method: "runCmds", params, id: "bgpfabric" }));
      const { result, error } = answerOf(name, said);
      if (error !== undefined) throw new CommandError(name, cmds, error);
      return (result ?? []).slice(1) as T[];
    },
  };
}

interface Answer {
  result?: unknown[];
  error?: { code: number; message: string; data?: unknown[] };
}

function answerOf(name: string, said: string): Answer {
  try {
    return JSON.parse(said) as Answer;
  } catch {
    throw new Error(`${name}: what answers is no eAPI: ${said.slice(0, 80).trim()}`);
  }
}

/** curl is part of EOS; the password of the API is not asked for on the socket. */
function overSocket(container: string, body: string): Promise<string> {
  const curl = ["curl", "-sS", "--unix-socket", SOCKET, "-H", "Content-Type: application/json-rpc"];
  return output(dockerShell(container), [...curl, "--data-binary", "@-", `http://localhost${PATH}`], body);
}

async function overHttps(reach: EapiReach, body: string): Promise<string> {
  const { url, user, password } = reach;
  const socket = await secured(reach);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new Error(`${url}: ${error.message}`));
    const asked = request(
      {
        createConnection: () => socket,
        host: new URL(url).hostname,
        method: "POST",
        path: PATH,
        auth: `${user}:${password}`,
        timeout: ANSWER_MS,
        headers: {
          "Content-Type": "application/json-rpc",
          "Content-Length": Buffer.byteLength(body),
          Connection: "close",
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("aborted", () => fail(new Error("the connection was lost before the answer ended")));
        response.on("end", () => {
          const { statusCode = 0 } = response;
          if (statusCode === 200) resolve(Buffer.concat(chunks).toString("utf8"));
          else fail(new Error(STATUS[statusCode] ?? `the switch answers ${statusCode}`));
        });
      },
    );
    asked.on("timeout", () => asked.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)));
    asked.on("error", fail);
    asked.end(body);
  });
}

const STATUS: Readonly<Record<number, string>> = {
  401: "the user or the password is refused",
  403: "the user may not use eAPI",
  404: "eAPI is not there: `management api http-commands` and `no shutdown` start it",
  503: "eAPI is busy or being restarted",
};

/** A connection to the switch whose certificate is the right one. */
function secured({ url, authority, fingerprint }: EapiReach): Promise<TLSSocket> {
  const { hostname, port, protocol } = new URL(url);
  if (protocol !== "https:") throw new Error(`${url}: eAPI is asked over https alone: a password goes with each call`);
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`${url}: ${why}`));
    };
    const host = hostname.replace(/^\[(.*)\]$/, "$1");
    const socket = connect(
      {
        host,
        port: port === "" ? 443 : Number(port),
        // No name of a server may be an address (RFC 6066).
        ...(/^[0-9.]+$|:/.test(host) ? {} : { servername: host }),
        ...(authority === undefined ? {} : { ca: authority }),
        rejectUnauthorized: fingerprint === undefined,
        timeout: CONNECT_MS,
      },
      () => {
        socket.setTimeout(0);
        const shown = socket.getPeerCertificate().fingerprint256;
        if (fingerprint === undefined || plain(shown) === plain(fingerprint)) resolve(socket);
        else {
          fail(
            `the certificate is ${shown}, and reach.fingerprint pins ${fingerprint}: another machine answers, or the ` +
              "switch has a new certificate; nothing was sent to it",
          );
        }
      },
    );
    socket.on("timeout", () => fail(`no connection within ${CONNECT_MS / 1000} s`));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      fail(`${error.message}${CERTIFICATE.test(error.code ?? "") ? `; ${PIN}` : ""}`),
    );
  });
}

const CERTIFICATE = /CERT|SIGNATURE|SELF_SIGNED/;
const PIN = "give reach.authority, the certificate that signed it, or pin it by reach.fingerprint";

/** "AB:CD" and "abcd" are one. */
export function plain(fingerprint: string): string {
  return fingerprint
    .replace(/^sha256[:=]/i, "")
    .replaceAll(":", "")
    .toLowerCase();
}
