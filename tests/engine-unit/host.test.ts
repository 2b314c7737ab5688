/** Proves how a Docker daemon is found and what the lab's environment holds; starting one is proven with the real engine. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { table, nodeFinding } from "../../engine/doctor";
import { labEnvironment, shellExports } from "../../engine/environment";
import { contextEndpoint, findDaemon } from "../../engine/host/find";
import { inside } from "../../engine/host/lab-host";
import { places } from "../../engine/places";
import { temporaryFolder } from "./temporary";

/** A socket that answers /version as Docker does. */
async function daemonAt(socket: string): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ Version: "28.2.2", Arch: "amd64" }));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return server;
}

function contextConfig(home: string, name: string, host: string): void {
  const id = createHash("sha256").update(name).digest("hex");
  mkdirSync(join(home, ".docker", "contexts", "meta", id), { recursive: true });
  writeFileSync(join(home, ".docker", "config.json"), JSON.stringify({ currentContext: name }));
  writeFileSync(
    join(home, ".docker", "contexts", "meta", id, "meta.json"),
    JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }),
  );
}

describe("the user's Docker", () => {
  it("is found by DOCKER_HOST", async () => {
    const socket = join(temporaryFolder(), "docker.sock");
    await daemonAt(socket);
    const daemon = await findDaemon({ DOCKER_HOST: `unix://${socket}` });
    expect(daemon).toMatchObject({ dockerHost: `unix://${socket}`, version: "28.2.2" });
  });

  it("that DOCKER_HOST names and that does not answer is an error, not passed over", async () => {
    const socket = join(temporaryFolder(), "absent.sock");
    await expect(findDaemon({ DOCKER_HOST: `unix://${socket}` })).rejects.toThrow(
      `DOCKER_HOST=unix://${socket}: no Docker daemon answers there`,
    );
  });

  it("is found by the current context of its client", async () => {
    const home = temporaryFolder();
    const socket = join(home, "desktop.sock");
    await daemonAt(socket);
    contextConfig(home, "desktop-linux", `unix://${socket}`);
    expect(await findDaemon({ HOME: home })).toMatchObject({ how: "docker context desktop-linux", version: "28.2.2" });
  });

  it("has no context of its own when the client uses the default one", () => {
    const home = temporaryFolder();
    mkdirSync(join(home, ".docker"));
    writeFileSync(join(home, ".docker", "config.json"), JSON.stringify({ currentContext: "default" }));
    expect(contextEndpoint({ HOME: home })).toBeUndefined();
    expect(contextEndpoint({ HOME: temporaryFolder() })).toBeUndefined();
  });
});

describe("where the engine keeps things", () => {
  it("is outside the checkout, under the XDG folders, a state for each lab", () => {
    expect(places({ HOME: "/home/u" }, "/src")).toEqual({
      cache: "/home/u/.cache/bgpfabric",
      state: "/home/u/.local/state/bgpfabric/lab",
      run: "/run/bgpfabric/lab",
      lab: "lab",
      checkout: "/src",
    });
    const other = places({ HOME: "/home/u", XDG_CACHE_HOME: "/c", XDG_STATE_HOME: "/s", BGPFABRIC_LAB: "two" }, "/src");
    expect([other.cache, other.state]).toEqual(["/c/bgpfabric", "/s/bgpfabric/two"]);
  });

  it.each(["Lab", "../x", "a".repeat(21), "1st"])("refuses %s as the name of a lab", (name) => {
    expect(() => places({ HOME: "/home/u", BGPFABRIC_LAB: name }, "/src")).toThrow(`BGPFABRIC_LAB=${name}`);
  });
});

describe("a command inside the lab", () => {
  it("runs in the namespace of a private daemon, and as it is with the user's own", () => {
    const host = { kind: "private", dockerHost: "unix:///s", namespace: "bgpfabric-lab" } as const;
    expect(inside(host, "pulumi", ["up"])).toEqual([
      "nsenter",
      ["--net=/var/run/netns/bgpfabric-lab", "--", "pulumi", "up"],
    ]);
    expect(inside({ kind: "yours", dockerHost: "" }, "pulumi", ["up"])).toEqual(["pulumi", ["up"]]);
  });

  it("has a Pulumi that stays off the network and off the user's own home", () => {
    const state = temporaryFolder();
    const environment = labEnvironment({
      at: { cache: "", state, run: "", lab: "lab", checkout: "" },
      host: { kind: "private", dockerHost: "unix:///run/d.sock", namespace: "bgpfabric-lab", client: "/c/client" },
      programs: ["/c/engine"],
      pulumiHome: "/c/home",
      standIns: true,
      image: "bgpfabric/lab:1",
    });
    expect(environment).toMatchObject({
      DOCKER_HOST: "unix:///run/d.sock",
      PULUMI_HOME: "/c/home",
      PULUMI_BACKEND_URL: `file://${state}/backend`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      BGPFABRIC_STAND_INS: "true",
      BGPFABRIC_IMAGE: "bgpfabric/lab:1",
    });
    expect(environment["PATH"]).toMatch(/^\/c\/engine:\/c\/client:/);
  });

  it("is told as lines that a shell reads back, quotes included", () => {
    expect(shellExports({ A: "it's" })).toBe(`export A='it'\\''s'\n`);
  });
});

describe("the doctor", () => {
  it("names the exact next step for a Node.js that is too old", () => {
    expect(nodeFinding("18.20.4")).toMatchObject({ next: "install Node.js 20.19.0 or newer", blocking: true });
    expect(nodeFinding("20.20.2").next).toBeUndefined();
  });

  it("prints a line for each part, with what to do beside it", () => {
    const text = table([
      { part: "pulumi", version: "3.259.0", origin: "go modules (made in 233 s)" },
      { part: "docker", version: "-", origin: "-", next: "start Docker or set DOCKER_HOST", blocking: true },
    ]);
    expect(text.split("\n")).toEqual([
      "PART    VERSION  ORIGIN                      NEXT STEP",
      "pulumi  3.259.0  go modules (made in 233 s)",
      "docker  -        -                           start Docker or set DOCKER_HOST",
      "",
    ]);
  });
});
