/**
 * What a bare node answers of a kubelet's API, over real TLS and WebSocket. Commands in a pod's network are a fact of the
 * running lab (tests/live/kubectl.test.ts).
 */
import { spawn } from "node:child_process";
import https from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { commandLine, sizing } from "../../components/agent/kubelet/exec";
import { readFrame, statusFrame } from "../../components/agent/kubelet/channels";
import { logOptions, logText } from "../../components/agent/kubelet/logs";
import { ProgramLog } from "../../components/agent/kubelet/programLog";
import { KUBELET_PORT, startKubeletServer } from "../../components/agent/kubelet/server";
import type { NodeSettings } from "../../components/agent/settings";
import { credentialsFor } from "../../components/live/credentials";

// A loopback address of its own: a kubelet of this machine may have the port on another.
const ADDRESS = "127.83.10.250";
const seed = { secret: Buffer.alloc(32, 3).toString("base64"), issued: "2026-01-01T00:00:00Z" };
const credentials = credentialsFor(seed, { name: "k01-worker", address: ADDRESS }, { names: ["api"] });
const administrator = credentials.controlPlane?.agent ?? credentials.node;
const log = new ProgramLog();
let server: { stop(): void };

beforeAll(() => {
  const line = (second: number, text: string, stream: "Stdout" | "Stderr" = "Stdout") =>
    log.add({ time: `2026-01-01T00:00:0${second}.000Z`, stream, text });
  line(1, "one");
  line(2, "two", "Stderr");
  line(3, "three");
  server = startKubeletServer({
    settings: { address: `${ADDRESS}/24` } as NodeSettings,
    credentials,
    program: (_, name) => (name === "web-1" ? { pid: process.pid, log } : { none: `${name} does not run yet` }),
  });
});
afterAll(() => server.stop());

const at = (path: string, who = administrator) => ({
  host: ADDRESS,
  port: KUBELET_PORT,
  path,
  ca: credentials.authority,
  cert: who.certificate,
  key: who.key,
});

function get(path: string, who = administrator): Promise<[status: number, text: string]> {
  return new Promise((resolve, reject) => {
    const request = https.get(at(path, who), (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve([response.statusCode ?? 0, text]));
    });
    request.on("error", reject);
  });
}

/** What the node answers instead of a WebSocket. */
function refused(path: string, protocols: string[] = ["v5.channel.k8s.io"]): Promise<string> {
  const { host, port, ...tls } = at(path);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://${host}:${port}${path}`, protocols, tls);
    socket.on("unexpected-response", (_, response) => {
      response.setEncoding("utf8");
      response.on("data", (text: string) => resolve(`${response.statusCode}: ${text}`));
    });
    socket.on("open", () => reject(new Error("the node took the WebSocket")));
    socket.on("error", reject);
  });
}

describe("the node's API", () => {
  it("gives the API server the log of a pod's program", async () => {
    expect(await get("/containerLogs/default/web-1/nginx")).toEqual([200, "one\ntwo\nthree\n"]);
  });

  it("follows the log until the program ends", async () => {
    const said = get("/containerLogs/default/web-1/nginx?follow=true&tailLines=0");
    // The line counts for who follows already: it is written again until it has arrived.
    const writing = setInterval(
      () => log.add({ time: "2026-01-01T00:00:04.000Z", stream: "Stdout", text: "four" }),
      20,
    );
    const ending = setTimeout(() => log.end(), 500);
    expect((await said)[1]).toMatch(/^(four\n)+$/);
    clearInterval(writing);
    clearTimeout(ending);
  });

  it("answers no other node, whose certificate is of the same authority", async () => {
    expect(await get("/containerLogs/default/web-1/nginx", credentials.node)).toEqual([
      403,
      "a node answers the API server alone",
    ]);
  });

  it("answers no client without a certificate", async () => {
    const none = { certificate: "", key: "" };
    await expect(get("/containerLogs/default/web-1/nginx", none)).rejects.toThrow();
  });

  it("says why a pod has no log, and what it does not serve", async () => {
    expect(await get("/containerLogs/default/web-2/nginx")).toEqual([400, "web-2 does not run yet"]);
    expect(await get("/stats/summary")).toEqual([404, expect.stringContaining("containerLogs and exec")]);
    expect(await refused("/portForward/default/web-1")).toMatch(/^501: a bare node forwards no ports/);
    expect(await refused("/attach/default/web-1/nginx")).toMatch(/^501: a bare node attaches to no program/);
    expect(await refused("/exec/default/web-2/nginx?command=sh")).toBe("400: web-2 does not run yet");
  });
});

describe("kubectl logs", () => {
  const text = (query: string) =>
    logText(log.lines.slice(0, 3), logOptions(new URLSearchParams(query), Date.parse("2026-01-01T00:00:05Z")));

  it.each([
    ["tailLines=1", "three\n"],
    ["tailLines=0", ""],
    ["sinceSeconds=3", "two\nthree\n"],
    ["sinceTime=2026-01-01T00:00:03Z", "three\n"],
    ["stream=Stderr", "two\n"],
    ["limitBytes=5", "one\nt"],
    ["tailLines=1&timestamps=true", "2026-01-01T00:00:03.000Z three\n"],
  ])("%s", (query, expected) => {
    expect(text(query)).toBe(expected);
  });

  it("keeps the last 2,000 lines of a program", () => {
    const busy = new ProgramLog();
    for (let number = 0; number < 2_500; number++) busy.add({ time: "", stream: "Stdout", text: String(number) });
    expect([busy.lines.length, busy.lines[0]?.text]).toEqual([2_000, "500"]);
  });
});

describe("the frames of a remote command", () => {
  it("carry input, its end, and the terminal's size", () => {
    expect(readFrame(Buffer.from([0, 104, 105]))).toEqual({ kind: "stdin", data: Buffer.from("hi") });
    expect(readFrame(Buffer.from([255, 0]))).toEqual({ kind: "stdin-end" });
    const size = Buffer.concat([Buffer.from([4]), Buffer.from('{"Width":80,"Height":24}')]);
    expect(readFrame(size)).toEqual({ kind: "resize", columns: 80, rows: 24 });
    expect(readFrame(Buffer.from([4, 0]))).toEqual({ kind: "ignored" });
  });

  it("end with a status whose cause is the exit code", () => {
    const status = (code: number) => JSON.parse(statusFrame({ code }).subarray(1).toString()) as unknown;
    expect(status(0)).toEqual({ metadata: {}, status: "Success" });
    expect(status(3)).toMatchObject({
      status: "Failure",
      reason: "NonZeroExitCode",
      details: { causes: [{ reason: "ExitCode", message: "3" }] },
    });
  });

  it("a command for a terminal is one line of a shell, with every word kept as it is", () => {
    const [program, args] = commandLine(7, { command: ["sh", "-c", "echo it's $HOME"], stdin: true, tty: true });
    expect(program).toBe("script");
    expect(args).toContain(
      `'nsenter' '--net=/proc/7/ns/net' '--uts=/proc/7/ns/uts' '--' 'sh' '-c' 'echo it'\\''s $HOME'`,
    );
  });
});

// Terminals of util-linux' script, whose process has its child in /proc: a bare node is Linux.
describe.skipIf(process.platform !== "linux")("a terminal's size (on Linux)", () => {
  it("is what the client said before the terminal was there", async () => {
    const shown = "while [ \"$(stty size)\" = '0 0' ]; do sleep 0.05; done; stty size";
    const slow = `sleep 0.3; exec script --quiet --return --flush --command "$0" /dev/null`;
    const child = spawn("sh", ["-c", slow, shown], { stdio: ["pipe", "pipe", "inherit"] });
    sizing(child)({ columns: 132, rows: 43 });
    const said: Buffer[] = [];
    child.stdout.on("data", (data: Buffer) => said.push(data));
    await new Promise((ended) => child.on("close", ended));
    expect(Buffer.concat(said).toString().trim()).toBe("43 132");
  }, 10_000);
});
