/**
 * Unrecorded: what the docker plugin does where no recording of pulumi-docker 5.2.0 exists (refresh, delete, cancellation,
 * a container that ends or is unhealthy, ports and mounts), on a real daemon. It proves what an operator sees; not the
 * official plugin's wording.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { docker, images, makeImages, removeImages } from "../conformance/images";
import { Stack } from "../conformance/replay";
import { end, eventually } from "./watch";

let stack: Stack;
beforeAll(makeImages);
afterAll(removeImages);
beforeEach(async () => {
  stack = await Stack.make("docker", ["docker"]);
});
afterEach(async () => {
  await stack.remove();
  expect(await left()).toEqual([]);
});

/** Everything in the daemon that these tests name. */
async function left(): Promise<string[]> {
  const containers = await docker().listContainers({ all: true, filters: { name: ["unrecorded"] } });
  const networks = await docker().listNetworks({ filters: { name: ["unrecorded"] } });
  const { Volumes } = await docker().listVolumes({ filters: { name: ["unrecorded"] } });
  return [...containers.map((c) => c.Names.join()), ...networks.map((n) => n.Name), ...Volumes.map((v) => v.Name)];
}

const sleeping = `command: ["/bin/sh", "-c", "exec sleep 600"]`;
const all = `
  const net = new docker.Network("net", { name: "unrecorded-net", ipamConfigs: [{ subnet: "10.77.9.0/24", gateway: "10.77.9.254" }] });
  const vol = new docker.Volume("vol", { name: "unrecorded-vol" });
  new docker.Container("box", { name: "unrecorded-box", image: "${images.IMAGE}", ${sleeping}, labels: [{ label: "a", value: "b" }],
    networksAdvanced: [{ name: net.id, ipv4Address: "10.77.9.1" }], volumes: [{ volumeName: vol.name, containerPath: "/data" }] });`;
const program = (body: string): void =>
  stack.write({ "index.js": `const docker = require("@pulumi/docker");\n${body}\n` });
const box = () => docker().getContainer("unrecorded-box");
const idOf = async (): Promise<string> => (await box().inspect()).Id;
const unchanged = async (): Promise<void> => {
  expect((await stack.pulumi(["preview", "--expect-no-changes"])).exit).toBe(0);
};
const up = async (): Promise<void> => {
  const { exit, errors } = await stack.up(["--skip-preview"]);
  expect(errors).toEqual([]);
  expect(exit).toBe(0);
};
interface Planned {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff: Record<string, { kind: string }> | null;
}
const plan = async (): Promise<Record<string, string>> => {
  const { out } = await stack.pulumi(["preview", "--json"]);
  const { steps } = JSON.parse(out.slice(out.indexOf("{"))) as { steps: Planned[] };
  const changed = steps.filter(({ op }) => op !== "same");
  return Object.fromEntries(
    changed.map(({ op, urn, detailedDiff }) => [
      urn.split("::").pop(),
      [op, ...Object.keys(detailedDiff ?? {})].join(" "),
    ]),
  ) as Record<string, string>;
};

describe("docker resources, where nothing was recorded", () => {
  it("are unchanged in a preview after an update and after a refresh", async () => {
    program(all);
    await up();
    await unchanged();
    expect((await stack.pulumi(["refresh", "--yes", "--expect-no-changes"])).exit).toBe(0);
    await unchanged();
  });

  it("a container stopped by hand is drift, and the next update starts the same one", async () => {
    program(all);
    await up();
    const id = await idOf();
    await box().stop({ t: 0 });
    expect((await stack.update("refresh")).exit).toBe(0);
    expect(await plan()).toEqual({ box: "update mustRun" });
    await up();
    expect(await idOf()).toBe(id);
    expect((await box().inspect()).State.Running).toBe(true);
    await unchanged();
  });

  it("what was removed by hand is gone after a refresh, and the next update makes it again", async () => {
    program(all);
    await up();
    await box().remove({ force: true });
    await docker().getNetwork("unrecorded-net").remove();
    await docker().getVolume("unrecorded-vol").remove();
    expect((await stack.update("refresh")).exit).toBe(0);
    expect(await plan()).toEqual({ net: "create", vol: "create", box: "create" });
    await up();
    await unchanged();
  });

  it("destroy succeeds when everything was removed by hand before, and leaves nothing when it was not", async () => {
    program(all);
    await up();
    await box().remove({ force: true });
    await docker().getNetwork("unrecorded-net").remove();
    await docker().getVolume("unrecorded-vol").remove();
    expect((await stack.update("destroy")).exit).toBe(0);
    await up();
    expect(await left()).toHaveLength(3);
    expect((await stack.update("destroy")).exit).toBe(0);
    expect(await left()).toEqual([]);
  });

  it("a network in use by a stranger fails its removal by name and stays in the state", async () => {
    program(`new docker.Network("net", { name: "unrecorded-net", ipamConfigs: [{ subnet: "10.77.9.0/24" }] });`);
    await up();
    const stranger = await docker().createContainer({
      name: "unrecorded-stranger",
      Image: images.IMAGE,
      Cmd: ["sleep", "600"],
      HostConfig: { NetworkMode: "unrecorded-net" },
    });
    await stranger.start();
    try {
      const failed = await stack.update("destroy");
      expect(failed.exit).not.toBe(0);
      expect(failed.errors.map(({ message }) => message).join()).toContain("has active endpoints");
      expect((await stack.state()).map(({ type }) => type)).toContain("docker:index/network:Network");
    } finally {
      await stranger.remove({ force: true });
    }
  });

  it("a container that never gets healthy fails the run, stays in the state with that reason, and the next run makes it anew", async () => {
    const unhealthy = (test: string): void =>
      program(`new docker.Container("box", { name: "unrecorded-box", image: "${images.IMAGE}", ${sleeping},
      healthcheck: { tests: ["CMD", "${test}"], interval: "1s", retries: 1 }, wait: true, waitTimeout: 2 });`);
    unhealthy("false");
    const failed = await stack.up(["--skip-preview"]);
    expect(failed.exit).not.toBe(0);
    expect(failed.errors.map(({ message }) => message).join()).toContain("container failed to be in healthy state");
    const [, saved] = await stack.state();
    expect(saved?.initErrors).toHaveLength(1);
    const id = await idOf();
    // As the official plugin: it is never called done while it is not healthy.
    expect((await stack.up(["--skip-preview"])).exit).not.toBe(0);
    expect(await idOf()).not.toBe(id);
    unhealthy("true");
    await up();
    await unchanged();
  });

  it("an interrupted wait leaves the container in the state, and the next update replaces it", async () => {
    const waiting = (test: string): void =>
      program(`new docker.Container("box", { name: "unrecorded-box", image: "${images.IMAGE}", ${sleeping},
      healthcheck: { tests: ["CMD", "${test}"], interval: "1s", retries: 1 }, wait: true, waitTimeout: 600 });`);
    waiting("false");
    const run = stack.start(["up", "--yes", "--skip-preview"]);
    await eventually("the container runs", async () => {
      const [found] = await docker().listContainers({ filters: { name: ["unrecorded-box"] } });
      return found;
    });
    const id = await idOf();
    expect(await end(run, "SIGINT")).not.toBe(0);
    expect((await stack.state()).map((resource) => resource.id)).toContain(id);
    waiting("true");
    await up();
    expect(await idOf()).not.toBe(id);
    await unchanged();
  });

  it("ports, mounts, hosts, devices, limits and a memory file system come back as they were given", async () => {
    program(`new docker.Container("box", { name: "unrecorded-box", image: "${images.IMAGE}", ${sleeping}, user: "0", workingDir: "/tmp",
      ports: [{ internal: 80, external: 18080, ip: "127.0.0.1" }, { internal: 53, external: 10053, ip: "127.0.0.1", protocol: "udp" }],
      hosts: [{ host: "peer", ip: "10.0.0.9" }], ulimits: [{ name: "nofile", soft: 1024, hard: 2048 }], dns: ["10.0.0.53"],
      devices: [{ hostPath: "/dev/null", containerPath: "/dev/nothing" }], tmpfs: { "/run/x": "size=1m" }, shmSize: 32, init: true,
      mounts: [{ type: "tmpfs", target: "/mnt", tmpfsOptions: { sizeBytes: 1048576 } }], envs: ["B=2", "A=1"], stopTimeout: 3, stopSignal: "SIGTERM",
      uploads: [{ file: "/etc/deep/${"x".repeat(120)}", content: "long\\n", executable: true }], networkMode: "bridge" });`);
    await up();
    await unchanged();
    expect((await stack.pulumi(["refresh", "--yes", "--expect-no-changes"])).exit).toBe(0);
    const { HostConfig } = await box().inspect();
    expect(HostConfig.PortBindings).toEqual({
      "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "18080" }],
      "53/udp": [{ HostIp: "127.0.0.1", HostPort: "10053" }],
    });
    expect(HostConfig.Tmpfs).toEqual({ "/run/x": "size=1m" });
  });

  it("everything wrong in the arguments is said at once, by path, before anything is made", async () => {
    program(`new docker.Container("box", { name: "unrecorded-box", image: "${images.IMAGE}", restart: "sometimes", gpus: "all", memory: -1,
      uploads: [{ file: "/x", content: "y", permissions: "rw", shoeSize: 43 }] });`);
    const { exit, out, err } = await stack.pulumi(["preview"]);
    expect(exit).not.toBe(0);
    for (const said of [
      "restart must be one of no, on-failure, always, unless-stopped",
      "the argument gpus of docker:index/container:Container is not supported",
      "the official docker plugin has it",
      "memory must be at least 0",
      'uploads[0].permissions must be four octal digits, as "0644"',
      "docker:index/container:Container has no argument uploads[0].shoeSize",
    ])
      expect(out + err).toContain(said);
    expect(await left()).toEqual([]);
  });

  it("an image gets a further name, which stays when the resource goes; a network is found by name", async () => {
    program(`const net = new docker.Network("net", { name: "unrecorded-net", ipamConfigs: [{ subnet: "10.77.9.0/24", gateway: "10.77.9.254" }] });
      new docker.Tag("tag", { sourceImage: "${images.IMAGE}", targetImage: "bgpfabric-conformance/further:2" });
      exports.subnet = docker.getNetworkOutput({ name: net.name }).ipamConfigs.apply(([config]) => config.subnet);`);
    await up();
    await unchanged();
    expect((await stack.pulumi(["stack", "output", "subnet"])).out.trim()).toBe("10.77.9.0/24");
    const image = docker().getImage("bgpfabric-conformance/further:2");
    expect((await image.inspect()).Id).toBe((await docker().getImage(images.IMAGE).inspect()).Id);
    expect((await stack.update("destroy")).exit).toBe(0);
    await image.remove();
  });

  // Without the program's text: the language host that is built here (3.68) does not write programs.
  it("a volume made by hand is imported, and a program that names what it has changes nothing", async () => {
    await docker().createVolume({ Name: "unrecorded-vol", Labels: { a: "b" } });
    program("");
    const wanted = ["docker:index/volume:Volume", "vol", "unrecorded-vol"];
    const imported = await stack.pulumi(["import", "--yes", "--protect=false", "--generate-code=false", ...wanted]);
    expect(imported.exit).toBe(0);
    program(`new docker.Volume("vol", { name: "unrecorded-vol", labels: [{ label: "a", value: "b" }] });`);
    await unchanged();
  });

  it("a resource type that only the official plugin has is refused by name", async () => {
    program(`new docker.Secret("t", { data: "YQ==" });`);
    const { exit, out, err } = await stack.pulumi(["preview"]);
    expect(exit).not.toBe(0);
    expect(out + err).toContain("the resource type docker:index/secret:Secret is not supported");
  });
});
