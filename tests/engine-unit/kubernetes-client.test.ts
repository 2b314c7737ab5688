/** The plugin's own HTTP: refusals, watches, and that waiting holds up nobody. Against a server of the test on loopback. */
import { setMaxListeners } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { client, isAlreadyExists, isNamespaceMissing } from "../../engine/plugins/kubernetes/client";
import { cluster } from "../../engine/plugins/kubernetes/cluster";
import { watch, type Change } from "../../engine/plugins/kubernetes/watch";
import type { Values } from "../../engine/plugins/values";

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void;
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function serving(handle: Handler): Promise<ReturnType<typeof client>> {
  const server = createServer((request, response) =>
    handle(request, response, new URL(request.url ?? "/", "http://localhost")),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(() => (server.closeAllConnections(), server.close()));
  const { port } = server.address() as AddressInfo;
  return client({
    server: `http://127.0.0.1:${port}`,
    namespace: "default",
    tls: { rejectUnauthorized: true },
    token: "t",
  });
}
const answer = (response: ServerResponse, code: number, body: unknown): void =>
  void response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
const object = (name: string): Values => ({ metadata: { name, uid: `uid-${name}`, resourceVersion: "1" } });
const line = (type: string, name: string): string => `${JSON.stringify({ type, object: object(name) })}\n`;
const withoutMore = (): void => undefined;

describe("refusals", () => {
  it("carry the server's words, code and reason", async () => {
    const http = await serving((request, response, url) => {
      expect(request.headers.authorization).toBe("Bearer t");
      if (url.pathname === "/exists")
        return answer(response, 409, {
          code: 409,
          reason: "AlreadyExists",
          message: 'namespaces "default" already exists',
        });
      answer(response, 404, { code: 404, reason: "NotFound", message: "gone", details: { kind: "namespaces" } });
    });
    const refused = await http.request({ method: "POST", path: "/exists", body: {} }).catch((error: unknown) => error);
    expect(isAlreadyExists(refused)).toBe(true);
    expect((refused as Error).message).toBe('namespaces "default" already exists');
    expect(isNamespaceMissing(await http.request({ method: "GET", path: "/x" }).catch((e: unknown) => e))).toBe(true);
  });
});

describe("kinds", () => {
  it("a definition that came since is found by asking once more", async () => {
    let asked = 0;
    const http = await serving((_request, response) => {
      asked++;
      const kinds = asked > 1 ? [{ name: "widgets", kind: "Widget", namespaced: true }] : [];
      answer(response, 200, { resources: [...kinds, { name: "widgets/status", kind: "Widget", namespaced: true }] });
    });
    const kind = { group: "conf.example", version: "v1", kind: "Widget" };
    expect((await cluster(http).objects(kind, "n")).path).toBe("/apis/conf.example/v1/namespaces/n/widgets");
    expect(asked).toBe(2);
  });
});

describe("watches", () => {
  it("two hundred of them leave a request its way", async () => {
    const http = await serving((_request, response, url) => {
      if (url.searchParams.has("watch")) return void response.writeHead(200).write(line("ADDED", "a"));
      answer(response, 200, { metadata: { resourceVersion: "1" }, items: [] });
    });
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    let open = 0;
    let all: () => void = withoutMore;
    const allOpen = new Promise<void>((done) => (all = done));
    const watches = Array.from({ length: 200 }, () =>
      watch(http, "/objects", "", stop.signal, () => {
        if (++open === 200) all();
      }),
    );
    await allOpen;
    expect(await http.request({ method: "GET", path: "/version" })).toHaveProperty("items");
    stop.abort();
    await Promise.all(watches);
  });

  it("what vanished while no watch was open is told as deleted; what is there is listed each time", async () => {
    let lists = 0;
    const http = await serving((_request, response, url) => {
      if (url.searchParams.has("watch")) {
        response.writeHead(200);
        return void response.end(
          `${line("MODIFIED", "b")}${JSON.stringify({ type: "ERROR", object: { code: 410, message: "too old" } })}\n`,
        );
      }
      const items = ++lists === 1 ? [object("a"), object("b")] : [object("b")];
      answer(response, 200, { kind: "ThingList", apiVersion: "v1", metadata: { resourceVersion: "7" }, items });
    });
    const stop = new AbortController();
    const seen: string[] = [];
    const listed: number[] = [];
    await watch(
      http,
      "/objects",
      "",
      stop.signal,
      ({ type, object: o }: Change) => seen.push(`${type} ${(o["metadata"] as { name: string }).name}`),
      (objects) => {
        listed.push(objects.length);
        if (listed.length === 2) stop.abort();
      },
    );
    expect(seen.slice(0, 4)).toEqual(["ADDED a", "ADDED b", "MODIFIED b", "DELETED a"]);
    expect(listed).toEqual([2, 1]);
  });
});
